import { decorateHandoffLinks, type Hosts } from './handoff-links.ts';
import { isModule, type Listen, listen, within } from './listening.ts';
import { attributesOf, propertiesOf } from './marked-elements.ts';
import { createOutbox } from './outbox.ts';
import type * as Placements from './placements.ts';
import { isPrivate } from './privacy.ts';
import { routeOf, stripFromAddress, watchHistory } from './routes.ts';
import { attempt, read, write } from './storage.ts';
import type { Tag, TagOptions } from './tag-options.ts';

/**
 * Starts a tag. Its parameters are separate ones, because the build shortens names of variables, not of properties.
 * @param gateway its URL, with a slash at the end
 * @param token as in `TagOptions`
 * @param handoffParameter an empty text for none
 * @param loadPlacements loads what fills placements with offers. Called only where a page has a placement.
 * @param app in the module only: `signal` ends the tag, `automatic` is as in `TagOptions`
 */
export function startTag(
  { touchpoint, consent: consentOption }: Pick<TagOptions, 'touchpoint' | 'consent'>,
  gateway: string,
  token: string | false | undefined,
  hosts: Hosts,
  handoffParameter: string,
  loadPlacements: () => Promise<typeof Placements>,
  app?: { readonly signal: AbortSignal; readonly automatic?: boolean | undefined },
): Omit<Tag, 'stop'> {
  const isAutomatic = !isModule || app?.automatic !== false;
  const space = `customerProfile:${gateway}`;
  /** True when the person allows capturing. Read from the storage each time, because they may have chosen in another tab. */
  function isAllowed(): boolean {
    return (
      !(isModule && app?.signal.aborted) &&
      !isPrivate() &&
      !read(`${space}optOut`) &&
      // `true`, as a text or not.
      /^t/.test((read(`${space}consent`) ?? consentOption !== 'required') as never)
    );
  }

  /** True when the gateway may be asked something for the visitor of the current cookie. */
  function mayAsk(): boolean {
    return isAllowed() && !read(`${space}reset`);
  }

  const [add, flush, clear, login, reset, currentToken, sending] = createOutbox(space, gateway, isAllowed, () => restoreLinks());
  const listenHere: Listen = isModule ? (names, listener, isLast) => listen(names, listener, isLast, app?.signal) : listen;
  const restoreLinks = decorateHandoffLinks(hosts, gateway, currentToken, mayAsk);
  let placements: Promise<typeof Placements> | undefined;
  let { referrer } = document;
  /** The address with its handoff token, until a record has taken the token along. */
  let arrival = location.href;
  stripFromAddress(handoffParameter);
  let here = location.href;

  function fillPlacements(): void {
    if (!mayAsk() || !document.querySelector('[data-placement]')) return;
    placements ??= loadPlacements();
    placements.then((module) => module.fill(gateway, touchpoint, currentToken, sending, mayAsk)).catch(() => undefined);
  }

  function forgetUnlessAllowed(): void {
    if (!isAllowed()) clear();
  }

  function choose(choice: string, value: string | boolean): void {
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
    attempt(() => add(JSON.stringify(record), pageUrl !== href));
    arrival = '';
  }

  function page(): void {
    capture('page_view', { title: document.title || undefined, referrer: referrer.split(/[?#]/)[0] || undefined });
    fillPlacements();
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

  if (isModule) app?.signal.addEventListener('abort', restoreLinks);
  forgetUnlessAllowed();
  if (token) login(token);
  if (isAutomatic) {
    page();
    listenHere('popstate', routed);
    listenHere('pageshow', (event: PageTransitionEvent) => event.persisted && page());
    listenHere('click', within('[data-capture]:not(form)', captureMarked));
    listenHere('submit', within('form[data-capture]', captureMarked));
    watchHistory(routed);
    // Routers add placements long after the address has changed.
    const observer = new MutationObserver(fillPlacements);
    observer.observe(document, { childList: true, subtree: true });
    if (isModule) app?.signal.addEventListener('abort', () => observer.disconnect());
  }

  return {
    capture,
    page,
    login,
    reset,
    optOut: () => choose('optOut', true),
    optIn: () => choose('optOut', ''),
    consent: (given) => choose('consent', `${given}`),
    flush,
  };
}
