import { type Listen, within } from './listening.ts';

const LINK = 'a[href]';
const PATIENCE = 800;
/** A token is good for 5 minutes: from that, 20 s in which its answer may come, and 20 s to reach the other site. */
const LIFETIME = 260_000;
const PAUSE_AFTER_FAILURE = 10_000;

/** Each with the touchpoint that it is. */
export type Hosts = readonly (readonly string[])[];

interface Decoration {
  /** The attribute as the page wrote it. */
  readonly plain: string;
  /** What the link says as long as nobody else changes it. */
  href: string;
  /** While the token has not come. */
  answer?: Promise<void> | undefined;
}

/**
 * Puts a token into a link to another site of the owner's when it is about to be followed, and takes it out again.
 * @param ask answers the link with a token in it; undefined when there is none to be had
 * @returns takes all of them out.
 */
export function decorateHandoffLinks(
  hosts: Hosts,
  ask: (touchpoint: string, url: string) => Promise<string | undefined>,
  isAllowed: () => boolean,
  listen: Listen,
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
    // Changed by the page meanwhile: what it says now is what it means.
    restore(link);
    const decoration: Decoration = { plain: link.getAttribute('href') as string, href };
    const isCurrent = () => decorations.get(link) === decoration;
    decorations.set(link, decoration);
    decoration.answer = ask(touchpoint, href).then((url) => {
      decoration.answer = undefined;
      if (url && isCurrent() && link.href === href) {
        link.href = url;
        decoration.href = link.href;
      }
      setTimeout(() => isCurrent() && restore(link), url ? LIFETIME : PAUSE_AFTER_FAILURE);
    });
  }

  /**
   * A token is for one use. A click that came before it waits a moment, unless it opens another tab or the page does something else with it.
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
    // The browser reads the link only after its listeners.
    setTimeout(restore, 0, link);
  }

  // A finger is a pointer, too.
  listen('pointerover focusin', within(LINK, approach));
  // What is copied or dragged may go to somebody else.
  listen('contextmenu dragstart', within(LINK, restore));
  // Last of all listeners, so that the page's own have had their say.
  listen('click auxclick', within(LINK, follow), true);

  return () => {
    for (const link of decorations.keys()) restore(link);
  };
}

/** A token never goes from a secure page over a connection that others can read, nor to the site it comes from. */
function touchpointOf({ host, protocol }: HTMLAnchorElement, hosts: Hosts): string | false | undefined {
  // `http:` sorts before `https:`.
  const isSafe = host !== location.host && protocol >= location.protocol;
  return isSafe && hosts.find(([name]) => (name?.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name))?.[1];
}
