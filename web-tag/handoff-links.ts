import { ask, CREATE_HANDOFF } from './connection.ts';
import { listen, within } from './listening.ts';

const LINK = 'a[href]';
/** Milliseconds that a click waits for a token. */
const PATIENCE = 800;
/** Milliseconds. A token is valid for 5 minutes; less 20 s until its answer arrives, less 20 s until the other site is reached. */
const LIFETIME = 260_000;
/** Milliseconds. */
const PAUSE_AFTER_FAILURE = 10_000;

/** Pairs of a host and its touchpoint. */
export type Hosts = readonly (readonly string[])[];

interface Decoration {
  /** The `href` attribute as the page wrote it. */
  readonly plain: string;
  /** The link's URL as this module set it. Another value means that the page has changed the link. */
  href: string;
  /** Present until the request for the token is answered. */
  answer?: Promise<void> | undefined;
}

/**
 * Puts a handoff token into a link to another site of the owner shortly before the link is followed, and removes it again.
 * @param ask returns the link with a token in it; undefined when the gateway gives none
 * @returns a function that removes the tokens from all links.
 */
export function decorateHandoffLinks(
  hosts: Hosts,
  gateway: string,
  currentToken: () => string | undefined,
  isAllowed: () => boolean,
): () => void {
  const decorations = new Map<HTMLAnchorElement, Decoration>();

  function restore(link: HTMLAnchorElement): void {
    const decoration = decorations.get(link);
    decorations.delete(link);
    if (link.href === decoration?.href) link.setAttribute('href', decoration.plain);
  }

  function approach(link: HTMLAnchorElement): void {
    const touchpoint = isAllowed() && touchpointOf(link, hosts);
    const { href } = link;
    if (!touchpoint || decorations.get(link)?.href === href) return;
    // The page has changed the link meanwhile: its present URL is the one to use.
    restore(link);
    const decoration: Decoration = { plain: link.getAttribute('href') as string, href };
    const isCurrent = () => decorations.get(link) === decoration;
    decorations.set(link, decoration);
    decoration.answer = ask(gateway, CREATE_HANDOFF, currentToken(), { touchpoint, url: href }).then((payload) => {
      const url = payload?.url;
      decoration.answer = undefined;
      if (url && isCurrent() && link.href === href) {
        link.href = url;
        decoration.href = link.href;
      }
      setTimeout(() => isCurrent() && restore(link), url ? LIFETIME : PAUSE_AFTER_FAILURE);
    });
  }

  /**
   * Follows a link. A token can be used once, so it is removed after the click. A click before the token is there waits up to `PATIENCE`,
   * unless the click opens another tab or the page handles it itself.
   */
  async function follow(link: HTMLAnchorElement, event: MouseEvent): Promise<void> {
    approach(link);
    const answer = decorations.get(link)?.answer;
    if (answer) {
      if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || link.target) return;
      event.preventDefault();
      await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
      location.href = link.href;
    }
    // The browser reads the URL after all listeners have run.
    setTimeout(restore, 0, link);
  }

  // Pointer events include touch.
  listen('pointerover focusin', within(LINK, approach));
  // A link that is copied or dragged may reach another person.
  listen('contextmenu dragstart', within(LINK, restore));
  // After the page's own listeners, which may handle the click themselves.
  listen('click auxclick', within(LINK, follow), true);

  return () => {
    for (const link of decorations.keys()) restore(link);
  };
}

/** The touchpoint to which the link leads. None for the page's own site, or for a link from a secure page to an insecure one, on which others could read the token. */
function touchpointOf({ host, protocol }: HTMLAnchorElement, hosts: Hosts): string | false | undefined {
  // `http:` sorts before `https:`.
  const isSafe = host !== location.host && protocol >= location.protocol;
  return isSafe && hosts.find(([name]) => (name?.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name))?.[1];
}
