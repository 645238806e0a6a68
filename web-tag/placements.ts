import { type OfferResponse, watchOffer } from './offer-responses.ts';
import { type OfferContent, renderOffer } from './offer-template.ts';

/** Milliseconds. A later answer is not shown, so that the page does not change while the visitor reads it. */
const PATIENCE = 300;
/** Placements of one request. The gateway trusts the documents for 1 to 10 placements (src/graphql/execution/own-documents.ts). */
const MAX_PLACEMENTS = 10;
const RESPOND = 'mutation($i:RespondToOfferInput!){respondToOffer(input:$i){outcome}}';

/** What the tag gives to this script. */
interface Tag {
  /** Its URL, with a slash at the end. */
  readonly gateway: string;
  readonly touchpoint: string | undefined;
  /** The login token; undefined without a login. */
  currentToken(): string | undefined;
  /** The records that are being sent; undefined when none are. */
  sending(): Promise<unknown> | undefined;
  /** True when the gateway may be asked something for this visitor now. */
  mayAsk(): boolean;
}

interface Placement {
  readonly name: string;
  /** The page's own content of the element, with its template; undefined until offers replace it. */
  own?: readonly Node[];
}

interface Offer {
  readonly content: OfferContent;
  readonly token: string;
}

const placements = new WeakMap<Element, Placement>();
/** Responses that were sent, each with its token. Each is sent once, also when a page shows the offer twice. */
const sent = new Set<string>();
/** True when placements will be filled when the browser has read the page. */
let isWaiting = false;

/** The query for the offers of this many placements. The gateway trusts exactly these texts. */
const documentFor = (indexes: readonly number[]): string =>
  `query($l:String${indexes.map((at) => `,$p${at}:String!,$f${at}:Int`).join('')}){customer{${indexes
    .map((at) => `o${at}:offers(placement:$p${at},first:$f${at},locale:$l){content token}`)
    .join(' ')}}}`;

/**
 * Fills the page's placements that are new, or have another name than before. May be called at any time, and never throws.
 * @param gateway its URL, with a slash at the end
 * @param currentToken the login token; undefined without a login
 * @param sending the records that are being sent; undefined when none are
 * @param mayAsk true when the gateway may be asked something for this visitor now
 */
export function fill(
  gateway: string,
  touchpoint: string | undefined,
  currentToken: () => string | undefined,
  sending: () => Promise<unknown> | undefined,
  mayAsk: () => boolean,
): void {
  const fillAll = () => fillNow({ gateway, touchpoint, currentToken, sending, mayAsk });
  if (document.readyState !== 'loading') return void fillAll();
  // Until the browser has read the page, a template may be incomplete.
  if (!isWaiting) addEventListener('DOMContentLoaded', fillAll);
  isWaiting = true;
}

function fillNow(tag: Tag): void {
  const found: HTMLElement[] = [];
  for (const element of tag.mayAsk() ? document.querySelectorAll<HTMLElement>('[data-placement]') : []) {
    const name = element.dataset.placement as string;
    const before = placements.get(element);
    if (!name || before?.name === name || !element.querySelector('template')) continue;
    // Offers of the former placement must not stay.
    if (before?.own) element.replaceChildren(...before.own);
    placements.set(element, { name });
    found.push(element);
  }
  while (found[0]) askAndShow(found.splice(0, MAX_PLACEMENTS), tag).catch(() => undefined);
}

async function askAndShow(elements: readonly HTMLElement[], tag: Tag): Promise<void> {
  const asked = elements.map((element) => placements.get(element) as Placement);
  const variables: Record<string, unknown> = { l: document.documentElement.lang || undefined };
  elements.forEach(({ dataset }, at) => {
    variables[`p${at}`] = dataset.placement;
    // A whole number, as GraphQL needs it; left out for anything else.
    variables[`f${at}`] = Number(dataset.slots) | 0 || undefined;
  });
  // An aborted request sets no cookie. So the visitor's first interactions, which are sent a second later, start no second visitor.
  const patience = new AbortController();
  setTimeout(() => patience.abort(), PATIENCE);
  // The answer to these records may set the first cookie, or use up a handoff token.
  await tag.sending();
  patience.signal.throwIfAborted();
  const response = await send(tag, documentFor([...elements.keys()]), variables, { signal: patience.signal });
  const { customer } = (await response.json()).data ?? {};
  elements.forEach((element, at) => {
    const offers: readonly Offer[] = customer?.[`o${at}`] ?? [];
    const placement = placements.get(element) as Placement;
    if (offers[0] && tag.mayAsk() && placement === asked[at]) show(element, placement, offers, tag);
  });
}

/** Replaces the element's content in one step. The element does not get smaller, so the content below it does not move up. */
function show(element: HTMLElement, placement: Placement, offers: readonly Offer[], tag: Tag): void {
  const template = element.querySelector('template') as HTMLTemplateElement;
  const copies = offers.map(({ content, token }) => {
    const copy = renderOffer(template, content);
    watchOffer(copy, (response) => respond(tag, token, response));
    return copy;
  });
  placement.own = [...element.childNodes];
  element.style.minHeight = getComputedStyle(element).height;
  element.replaceChildren(template, ...copies);
}

/** Sends a response, also while the page is being left. One that does not arrive is lost. */
function respond(tag: Tag, token: string, response: OfferResponse): void {
  if (!tag.mayAsk() || sent.has(response + token)) return;
  sent.add(response + token);
  send(tag, RESPOND, { i: { token, response } }, { keepalive: true }).catch(() => undefined);
}

function send({ gateway, touchpoint, currentToken }: Tag, query: string, variables: object, more: RequestInit): Promise<Response> {
  const token = currentToken();
  return fetch(`${gateway}graphql`, {
    method: 'POST',
    body: JSON.stringify({ query, variables }),
    credentials: 'include',
    // Capture rules may read the page's address. Interactions send the same address.
    referrerPolicy: 'no-referrer-when-downgrade',
    headers: {
      'content-type': 'application/json',
      ...(touchpoint && { 'x-touchpoint': touchpoint }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...more,
  });
}
