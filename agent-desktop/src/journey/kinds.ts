import type { JourneyItem } from './interaction.ts';
import { isRecord } from './interaction.ts';

/** A type in one form: `Order Completed`, `orderCompleted` and `order_completed` are one type. */
export function typeName(type: string): string {
  return type
    .trim()
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replace(/[\s.:/-]+/g, '_')
    .toLowerCase();
}

/** What a sender may call one thing. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  page: ['page_view', 'page', 'page_viewed', 'screen', 'screen_view', 'product_viewed', 'product_view', 'view_item'],
  basket: ['add_to_cart', 'product_added', 'added_to_cart', 'add_to_basket'],
  'basket-out': ['remove_from_cart', 'product_removed', 'remove_from_basket'],
  purchase: ['purchase', 'order_completed', 'order_placed', 'checkout_completed'],
  'logged-in': ['logged_in', 'login', 'signed_in', 'sign_in'],
  'logged-out': ['logged_out', 'logout', 'signed_out', 'sign_out'],
  'signed-up': ['signed_up', 'sign_up', 'registered'],
  opened: ['email_open', 'email_opened', 'open'],
  followed: ['email_click', 'email_link_clicked', 'email_clicked', 'click', 'link_clicked'],
  call: ['call', 'call_started', 'call_ended', 'phone_call'],
  note: ['note'],
  search: ['search', 'products_searched', 'searched'],
  visit: ['store_visit', 'visit', 'visited', 'store_visited'],
  asked: ['ticket', 'ticket_opened', 'ticket_created', 'question', 'complaint'],
  'offer-presented': ['offer_presented'],
  'offer-clicked': ['offer_clicked'],
  'offer-accepted': ['offer_accepted'],
  'offer-declined': ['offer_declined'],
};

const KIND_OF = new Map(Object.entries(KINDS).flatMap(([kind, types]) => types.map((type) => [type, kind] as const)));

/** Types that only the gateway or an agent writes. A page could send another spelling, so that counts as a type nobody knows. */
const RESERVED = /^(note|offer_.*)$/;

/** What kind of act this is; null for a type that the desktop does not know. */
export function kindOf({ type }: Pick<JourneyItem, 'type'>): string | null {
  const name = typeName(type);
  return RESERVED.test(name) && name !== type ? null : (KIND_OF.get(name) ?? null);
}

export const isPageView = (item: JourneyItem): boolean => kindOf(item) === 'page';

/** A look leaves a ring on the track, an act a filled stop. */
const LOOKS: ReadonlySet<string | null> = new Set(['page', 'opened', 'followed', 'search', 'visit', 'offer-presented']);

export const isLook = (item: JourneyItem): boolean => LOOKS.has(kindOf(item));

/** Kinds of which each has its own row, however equal they look. */
const SINGLE: ReadonlySet<string | null> = new Set(['purchase', 'call', 'note', 'asked', 'offer-accepted', 'offer-declined']);

/** What is equal for the same act again; null for an act that is never put together with another. */
export function actOf(item: JourneyItem): string | null {
  const kind = kindOf(item);
  if (SINGLE.has(kind) || amountOf(item) !== null) return null;
  return JSON.stringify([typeName(item.type), item.touchpoint, subjectOf(item)]);
}

/** The names under which senders put what an act is about, the one that says most first. */
const SUBJECTS = [
  'title',
  'productName',
  'product_name',
  'name',
  'description',
  'subject',
  'campaign',
  'query',
  'store',
  'reason',
  'label',
  'offer',
  'sku',
];

/** What the act is about, in the sender's words; for a page without a title its address in words. */
export function subjectOf(item: JourneyItem): string | null {
  for (const name of SUBJECTS) {
    const text = textOf(item.properties[name]);
    if (text !== null) return text;
  }
  return item.pageUrl === null ? null : pageName(item.pageUrl);
}

/** A page's address in words: its last part, without a file's ending. Null for a site's first page. */
export function pageName(pageUrl: string): string | null {
  const path = pageUrl.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '');
  const last = path.split('/').findLast((part) => part !== '') ?? '';
  const words = decoded(last)
    .replace(/\.\w{2,5}$/, '')
    .replace(/[-_+\s]+/g, ' ')
    .trim();
  if (words === '') return null;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The name of the offer that a response is about: an offer's id is `<decision>:<name>`. Null for what is no response. */
export function offerNameOf(item: Pick<JourneyItem, 'type' | 'properties'>): string | null {
  if (kindOf(item)?.startsWith('offer-') !== true) return null;
  return textOf(item.properties.offer) ?? textOf(item.properties.offerId)?.split(':').at(-1) ?? null;
}

/** A sender's text or number as a short text; null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text === '') return null;
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** A row shows a line or two; a sender may send a book. */
const MAX_TEXT = 500;

export interface Amount {
  readonly value: number;
  /** ISO 4217; null where the sender named none. */
  readonly currency: string | null;
}

/** What the act came to: a total, or a price times the quantity. The web tag sends attributes of the page, so its numbers are texts. */
export function amountOf({ properties }: Pick<JourneyItem, 'properties'>): Amount | null {
  for (const name of ['total', 'revenue', 'amount', 'price']) {
    const value = properties[name];
    const number = finiteOf(isRecord(value) ? value.amount : value);
    if (number === null) continue;
    const times = name === 'price' ? (finiteOf(properties.quantity) ?? 1) : 1;
    return { value: number * times, currency: currencyOf(isRecord(value) ? value : properties) };
  }
  return null;
}

function finiteOf(value: unknown): number | null {
  if (typeof value === 'string' && !/^-?\d{1,15}(\.\d{1,10})?$/.test(value)) return null;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

function currencyOf(properties: Readonly<Record<string, unknown>>): string | null {
  const currency = properties.currency ?? properties.currencyCode;
  return typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency) ? currency.toUpperCase() : null;
}
