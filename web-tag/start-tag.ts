import type { Connection } from './connection.ts';
import { decorateHandoffLinks, type Hosts } from './handoff-links.ts';
import { listenUntil, within } from './listening.ts';
import { attributesOf, propertiesOf } from './marked-elements.ts';
import { createOutbox } from './outbox.ts';
import { stripFromAddress, watchHistory } from './routes.ts';
import { attempt, read, write } from './storage.ts';
import type { Tag, TagOptions } from './tag-options.ts';

/** The tag without an end, as a page has it. @param signal ends it nevertheless. */
export function startTag(
  {
    gateway,
    touchpoint,
    handoff,
    handoffParameter = '',
    consent,
    automatic = true,
  }: Omit<TagOptions, 'handoff'> & { readonly handoff: Hosts },
  signal?: AbortSignal,
): Omit<Tag, 'stop'> {
  const connection: Connection = { gateway };
  const space = `customerProfile:${gateway}`;
  const outbox = createOutbox(space, connection, isAllowed);
  const listen = listenUntil(signal);
  const restoreLinks = decorateHandoffLinks(handoff, connection, () => isAllowed() && !read(`${space}reset`), listen);
  let { referrer } = document;
  /** The address with its handoff token, until a record takes that along. */
  let arrival = location.href;
  stripFromAddress(handoffParameter);
  let here = location.href;

  /** What the person at this browser wants. Read anew every time: they may have said so in another tab. */
  function isAllowed(): boolean {
    const choice = read(`${space}consent`);
    return !signal?.aborted && !isPrivate() && !read(`${space}optOut`) && (choice ? choice === 'true' : consent !== 'required');
  }

  function forgetUnlessAllowed(): void {
    if (isAllowed()) return;
    outbox.clear();
    restoreLinks();
  }

  function choose(choice: string, value: string): void {
    const wasAllowed = isAllowed();
    write(space + choice, value);
    forgetUnlessAllowed();
    if (automatic && !wasAllowed) page();
  }

  function capture(type: string, properties?: object, attributes?: object): void {
    if (!isAllowed()) return;
    const { href } = location;
    const pageUrl = (href === here && arrival) || href;
    // `randomUUID` is there in secure contexts only.
    const id = crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join('-');
    const record = { id, type, touchpoint, occurredAt: new Date(), pageUrl, properties, attributes };
    attempt(() => outbox.add(id, JSON.stringify(record), pageUrl !== href));
    arrival = '';
  }

  function page(): void {
    capture('page_view', { title: document.title || undefined, referrer: referrer.split(/[?#]/)[0] || undefined });
  }

  /** The address may be another one now. With a router that has kept the token, the token may be back in it. */
  function routed(): void {
    stripFromAddress(handoffParameter);
    const before = here;
    here = location.href;
    if (before.split('#')[0] === here.split('#')[0]) return;
    referrer = before;
    arrival = '';
    page();
  }

  const captureMarked = (element: HTMLElement) => capture(element.dataset.capture as string, propertiesOf(element), attributesOf(element));

  // Seen again, there is nothing to lose either.
  listen('pagehide visibilitychange', outbox.leave);
  signal?.addEventListener('abort', restoreLinks);
  forgetUnlessAllowed();
  if (automatic) {
    page();
    listen('popstate', routed);
    listen('pageshow', (event: PageTransitionEvent) => event.persisted && page());
    listen('click', within('[data-capture]:not(form)', captureMarked));
    listen('submit', within('form[data-capture]', captureMarked));
    watchHistory(routed);
  }

  return {
    capture,
    page,
    login(token) {
      connection.token = token;
      restoreLinks();
    },
    reset() {
      restoreLinks();
      return outbox.reset(isPrivate());
    },
    optOut: () => choose('optOut', 'true'),
    optIn: () => choose('optOut', ''),
    consent: (given) => choose('consent', `${given}`),
    flush: outbox.flush,
  };
}

/** https://www.w3.org/TR/gpc/ */
const isPrivate = () => !!(navigator as { readonly globalPrivacyControl?: boolean }).globalPrivacyControl;
