import { FOR_OWN_SITE } from '../security-headers.ts';

/** Hosts as browsers write them. Another text of a client does not get into a header. */
const HOST = /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/;

export interface DesktopHeaders {
  /** The host of the page's own address. */
  readonly host: string;
  /** The origins to which the page connects when an agent signs in; none where that is not by OpenID Connect. */
  readonly signIn: readonly string[];
  /** The origins of the pages that may show it in a frame; null for none. */
  readonly embedders: readonly string[] | null;
}

/**
 * Headers of the desktop's page: it loads only files of the gateway, runs no code of another origin, and connects to the gateway and
 * to where agents sign in. Its address, which may have an identifier, is sent to nobody.
 */
export function desktopHeaders({ host, signIn, embedders }: DesktopHeaders): Readonly<Record<string, string>> {
  // Browsers differ in whether 'self' is also the WebSocket of the same host.
  const sockets = HOST.test(host) ? [`ws://${host}`, `wss://${host}`] : [];
  const policy = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'connect-src': ["'self'", ...sockets, ...signIn].join(' '),
    'img-src': "'self' data:",
    'font-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': embedders?.join(' ') ?? "'none'",
  };
  return {
    'content-security-policy': Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${sources}`)
      .join('; '),
    'referrer-policy': 'no-referrer',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(embedders === null ? IN_NO_FRAME : IN_A_FRAME),
  };
}

/** For browsers that don't know `frame-ancestors`. A page that opens the desktop gets no handle on it. */
const IN_NO_FRAME = { 'x-frame-options': 'DENY', 'cross-origin-opener-policy': 'same-origin', ...FOR_OWN_SITE };
/** A page that isolates itself (COEP) shows only frames that allow it. */
const IN_A_FRAME = { 'cross-origin-embedder-policy': 'require-corp', 'cross-origin-resource-policy': 'cross-origin' };
