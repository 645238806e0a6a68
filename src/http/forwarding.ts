import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { Trust } from '../model/trust-proxy.ts';

/** Headers in which proxies say that a request is somebody else's. */
const FORWARDED = [
  ...['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-server', 'x-real-ip', 'x-client-ip'],
  ...['true-client-ip', 'cf-connecting-ip', 'fly-client-ip', 'x-original-host'],
] as const;

/** What a request was before proxies passed it on. Every transport uses it. */
export class Forwarding {
  readonly #trust: Trust | null;
  readonly #production: boolean;

  constructor(trust: Trust | null, production: boolean) {
    this.#trust = trust;
    this.#production = production;
  }

  /**
   * Whether a cookie gets `Secure`. Only a page on localhost, which has no certificate, gets it without; in production none does.
   * A forwarded scheme counts from any client: one that lies loses only its own cookie.
   */
  isSecure(isPlainLocalhost: boolean): boolean {
    return this.#production || !isPlainLocalhost;
  }

  /** Whether the page is on http://localhost, from where browsers take no cookie with the prefix `__Host-`. */
  isPlainLocalhost(request: IncomingMessage): boolean {
    return isLocalhost(this.hostOf(request)) && !saysHttps(request);
  }

  /**
   * Whether a web origin is the gateway's own. Without a trusted proxy, a development server in front of the gateway is
   * believed when it runs on this machine: a foreign page can't make a browser send `x-forwarded-host` without asking
   * first (CORS preflight), and the preflight is refused.
   */
  isOwnOrigin(origin: string, request: IncomingMessage): boolean {
    if (!URL.canParse(origin)) return false;
    const { protocol, host } = new URL(origin);
    if (host === withoutDefaultPort(this.hostOf(request), protocol)) return this.#hasScheme(protocol, request);
    const forwarded = last(request.headers['x-forwarded-host']);
    return !this.#production && this.#trust === null && isLoopback(request) && forwarded === host;
  }

  /**
   * The address of the client: of the connection, or the one that the trusted proxies name in `x-forwarded-for`.
   * @returns undefined for a connection without an address, such as a socket of the file system.
   */
  addressOf(request: IncomingMessage): string | undefined {
    const trust = this.#trust;
    return trust === null ? request.socket.remoteAddress : proxyAddr(request, (address, hop) => trust(address ?? '', hop));
  }

  /**
   * Whether the client is on this machine and asks for it by that name. A page whose own name leads to this machine (DNS rebinding)
   * is at another host; the clients of a tunnel or of a proxy on this machine have another address.
   */
  isLocal(request: IncomingMessage): boolean {
    if (!isLoopback(request) || !isLocalhost(this.hostOf(request))) return false;
    if (FORWARDED.every((header) => request.headers[header] === undefined)) return true;
    // Only a trusted proxy that names its client is believed that this one is on this machine, too.
    const isNamed = this.#isTrusted(request) && request.headers['x-forwarded-for'] !== undefined;
    return isNamed && isLoopbackAddress(this.addressOf(request) ?? '');
  }

  #isTrusted({ socket }: IncomingMessage): boolean {
    return this.#trust?.(socket?.remoteAddress ?? '', 0) ?? false;
  }

  /** The host by which the client reached the gateway, with its port where it has one. Any text: the client says it. */
  hostOf(request: IncomingMessage): string {
    const { host = '' } = request.headers;
    return (this.#isTrusted(request) ? last(request.headers['x-forwarded-host']) : undefined) ?? host;
  }

  /** True also where no trusted proxy says by which scheme the request came: the gateway itself speaks HTTP. */
  #hasScheme(protocol: string, request: IncomingMessage): boolean {
    const scheme = this.#isTrusted(request) ? last(request.headers['x-forwarded-proto']) : undefined;
    return scheme === undefined || `${scheme.toLowerCase()}:` === protocol;
  }
}

/** Of a list, what the proxy nearest to us added, as Fastify takes it. */
function last(header: string | string[] | undefined): string | undefined {
  const value = header?.toString().split(',').at(-1)?.trim();
  return value === '' ? undefined : value;
}

/** `x-forwarded-proto`, and `Forwarded` (RFC 7239, section 5.4). */
function saysHttps({ headers }: IncomingMessage): boolean {
  if (headers['x-forwarded-proto'] === undefined && headers.forwarded === undefined) return false;
  return /\bhttps\b/i.test(String(headers['x-forwarded-proto'])) || /\bproto="?https\b/i.test(headers.forwarded ?? '');
}

function withoutDefaultPort(host: string, protocol: string): string {
  const url = `${protocol}//${host}`;
  return URL.canParse(url) ? new URL(url).host : host;
}

function isLocalhost(host: string): boolean {
  const name = host.startsWith('[') ? host.slice(0, host.indexOf(']') + 1) : (host.split(':', 1)[0] as string);
  return name === 'localhost' || name === '127.0.0.1' || name === '[::1]' || name.endsWith('.localhost');
}

function isLoopback({ socket }: IncomingMessage): boolean {
  return isLoopbackAddress(socket?.remoteAddress ?? '');
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
