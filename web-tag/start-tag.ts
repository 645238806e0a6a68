import { createHandoff } from './connection.ts';
import { decorateHandoffLinks, type Hosts } from './handoff-links.ts';
import { isModule, type Listen, listen, within } from './listening.ts';
import { attributesOf, propertiesOf } from './marked-elements.ts';
import { createOutbox } from './outbox.ts';
import { isPrivate } from './privacy.ts';
import { routeOf, stripFromAddress, watchHistory } from './routes.ts';
import { attempt, read, write } from './storage.ts';
import type { Tag, TagOptions } from './tag-options.ts';

interface StartOptions extends Omit<TagOptions, 'handoff'> {
  readonly handoff: Hosts;
  readonly handoffParameter: string;
}

/** Starts a tag. @param signal ends it; in the module only. */
export function startTag(options: StartOptions, signal?: AbortSignal): Omit<Tag, 'stop'> {
  const { gateway, token, touchpoint, handoff, handoffParameter, consent } = options;
  const isAutomatic = !isModule || options.automatic !== false;
  const space = `customerProfile:${gateway}`;
  const outbox = createOutbox(space, gateway, isAllowed);
  const listenHere: Listen = isModule ? (names, listener, isLast) => listen(names, listener, isLast, signal) : listen;
  const restoreLinks = decorateHandoffLinks(
    handoff,
    (to, url) => createHandoff(gateway, outbox.token(), to, url),
    () => isAllowed() && !read(`${space}reset`),
    listen,
  );
  let { referrer } = document;
  /** The address with its handoff token, until a record has taken the token along. */
  let arrival = location.href;
  stripFromAddress(handoffParameter);
  let here = location.href;

  /** True when the person allows capturing. Read from the storage each time, because they may have chosen in another tab. */
  function isAllowed(): boolean {
    return (
      !(isModule && signal?.aborted) &&
      !isPrivate() &&
      !read(`${space}optOut`) &&
      (read(`${space}consent`) ?? `${consent !== 'required'}`) === 'true'
    );
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
    if (isAutomatic && !wasAllowed) page();
  }

  function capture(type: string, properties?: object, attributes?: object): void {
    if (!isAllowed()) return;
    const { href } = location;
    const pageUrl = (href === here && arrival) || href;
    // Must be unique for a customer only. `randomUUID` exists in secure contexts only.
    const id = `${Math.random()}${Math.random()}`;
    const record = { id, type, touchpoint, occurredAt: new Date(), pageUrl, properties, attributes };
    attempt(() => outbox.add(id, JSON.stringify(record), pageUrl !== href));
    arrival = '';
  }

  function page(): void {
    capture('page_view', { title: document.title || undefined, referrer: referrer.split(/[?#]/)[0] || undefined });
  }

  /** After a change of route. A router that kept the handoff token may have written it into the address again. */
  function routed(): void {
    stripFromAddress(handoffParameter);
    const before = here;
    here = location.href;
    if (routeOf(before) === routeOf(here)) return;
    referrer = before;
    arrival = '';
    page();
  }

  const captureMarked = (element: HTMLElement) => capture(element.dataset.capture as string, propertiesOf(element), attributesOf(element));

  // Also when the page becomes visible again: sending then does no harm, and a check costs bytes.
  listenHere('visibilitychange', outbox.leave);
  if (isModule) signal?.addEventListener('abort', restoreLinks);
  forgetUnlessAllowed();
  if (token) outbox.login(token);
  if (isAutomatic) {
    page();
    listenHere('popstate', routed);
    listenHere('pageshow', (event: PageTransitionEvent) => event.persisted && page());
    listenHere('click', within('[data-capture]:not(form)', captureMarked));
    listenHere('submit', within('form[data-capture]', captureMarked));
    watchHistory(routed);
  }

  return {
    capture,
    page,
    login(next) {
      restoreLinks();
      outbox.login(next);
    },
    reset() {
      restoreLinks();
      return outbox.reset();
    },
    optOut: () => choose('optOut', 'true'),
    optIn: () => choose('optOut', ''),
    consent: (given) => choose('consent', `${given}`),
    flush: outbox.flush,
  };
}
