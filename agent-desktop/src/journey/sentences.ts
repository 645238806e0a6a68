import type { JourneyItem } from './interaction.ts';
import { type Amount, amountOf, isLook, kindOf, offerNameOf, pageName, subjectOf, textOf, typeName } from './kinds.ts';

/** The part of `useText()` that a sentence needs. */
export type Translate = (text: string, values?: Record<string, string | number>) => string;

/** What a row says. */
export interface Sentence {
  readonly title: string;
  /** What it was about; null for nothing known. */
  readonly detail: string | null;
  readonly amount: Amount | null;
  /** A state beside it, such as a note's outcome. */
  readonly tag: string | null;
  /** True for a look, such as a page view: a ring on the track. */
  readonly isLook: boolean;
}

type Words = Omit<Sentence, 'isLook' | 'tag' | 'amount'> & Partial<Sentence>;

/**
 * Says what happened. An interaction of a type that nobody foresaw is said by its type and what its sender put beside it.
 * @param offerTitle of an answer to an offer: the offer's title. Without one its name is said.
 */
export function sentenceOf(item: JourneyItem, t: Translate, offerTitle: string | null = null): Sentence {
  const say = SENTENCES[kindOf(item) ?? ''] ?? unknown;
  const said = { amount: amountOf(item), tag: null, isLook: isLook(item), ...say(item, t) };
  return offerTitle === null ? said : { ...said, detail: offerTitle };
}

const SENTENCES: Readonly<Record<string, (item: JourneyItem, t: Translate) => Words>> = {
  page: (item, t) => ({ title: t('Looked at'), detail: pageTitle(item, t), amount: null }),
  basket: (item, t) => ({ title: t('Put in basket'), detail: withQuantity(item) }),
  'basket-out': (item, t) => ({ title: t('Took out of the basket'), detail: withQuantity(item), amount: null }),
  purchase: (item, t) => {
    const number = numberOf(item, ORDER_NUMBERS);
    return { title: number === null ? t('Bought') : t('Bought {number}', { number }), detail: lineCount(item, t) };
  },
  'logged-in': (item, t) => ({ title: t('Logged in'), detail: textOf(item.properties.method) }),
  'logged-out': (_, t) => ({ title: t('Logged out'), detail: null }),
  'signed-up': (item, t) => ({ title: t('Signed up'), detail: subjectOf(item) }),
  opened: (item, t) => ({ title: t('Opened'), detail: subjectOf(item) ?? t('an e-mail') }),
  followed: (item, t) => ({ title: t('Followed a link'), detail: followed(item, t) }),
  call: (item, t) => {
    const seconds = secondsOf(item);
    const title = seconds === null ? t('Call') : t('Call, {duration}', { duration: durationOf(seconds, t) });
    return { title, detail: subjectOf(item) ?? textOf(item.properties.text), amount: null };
  },
  note: (item, t) => ({
    title: item.actor === null ? t('Note') : t('Note by {actor}', { actor: item.actor }),
    detail: noteOf(item),
    tag: textOf(item.properties.outcome),
    amount: null,
  }),
  search: (item, t) => ({ title: t('Searched for'), detail: textOf(item.properties.query) ?? subjectOf(item), amount: null }),
  visit: (item, t) => {
    const store = textOf(item.properties.store);
    return { title: store === null ? t('Visited a store') : t('Visited {store}', { store }), detail: textOf(item.properties.reason) };
  },
  asked: (item, t) => {
    const subject = textOf(item.properties.subject) ?? subjectOf(item);
    const title = subject === null ? t('Asked') : t('Asked: {subject}', { subject });
    return { title, detail: numberOf(item, TICKET_NUMBERS), tag: textOf(item.properties.status), amount: null };
  },
  'offer-presented': (item, t) => ({ title: t('Was shown an offer'), detail: offerOf(item), amount: null }),
  'offer-clicked': (item, t) => ({ title: t('Opened an offer'), detail: offerOf(item), amount: null }),
  'offer-accepted': (item, t) => ({ title: t('Took an offer'), detail: offerOf(item), amount: null }),
  'offer-declined': (item, t) => ({ title: t('Declined an offer'), detail: offerOf(item), amount: null }),
};

function unknown(item: JourneyItem): Words {
  const words = typeName(item.type).replaceAll('_', ' ').trim() || item.type;
  return { title: words.charAt(0).toUpperCase() + words.slice(1), detail: subjectOf(item) ?? pairs(item) };
}

/** Beside an unknown type: its first simple properties, as they were sent. */
function pairs({ properties }: JourneyItem): string | null {
  const said = Object.entries(properties).flatMap(([name, value]) => {
    const text = textOf(value);
    return text === null ? [] : [`${name} ${text}`];
  });
  return said.length === 0 ? null : said.slice(0, 3).join(', ');
}

/** The page's name; the first page of a site has none in its address. */
export function pageTitle(item: JourneyItem, t: Translate): string {
  return subjectOf(item) ?? (item.pageUrl === null ? t('a page') : t('the first page'));
}

function withQuantity(item: JourneyItem): string | null {
  const [subject, quantity] = [subjectOf(item), item.properties.quantity];
  return subject !== null && Number(quantity) > 1 ? `${quantity} × ${subject}` : subject;
}

const LISTS = ['lines', 'items', 'products'];

function lineCount({ properties }: JourneyItem, t: Translate): string | null {
  for (const name of LISTS) {
    const value = properties[name];
    const count = Array.isArray(value) ? value.length : value;
    if (typeof count === 'number' && Number.isInteger(count) && count > 0) {
      return t('{count, plural, one {# line} other {# lines}}', { count });
    }
  }
  return null;
}

/** The names under which senders put the number of an order or a ticket. */
const ORDER_NUMBERS = ['invoiceNo', 'invoiceNumber', 'orderNumber', 'orderNo', 'orderId', 'order_id', 'number'];
const TICKET_NUMBERS = ['ticketId', 'ticket_id', 'number', 'id'];

function numberOf({ properties }: JourneyItem, names: readonly string[]): string | null {
  return names.map((name) => textOf(properties[name])).find((text) => text !== null) ?? null;
}

function followed(item: JourneyItem, t: Translate): string | null {
  const [subject, page] = [subjectOf(item), item.pageUrl === null ? null : pageName(item.pageUrl)];
  return subject === null || page === null || subject === page ? (subject ?? page) : t('{subject}, to {page}', { subject, page });
}

function secondsOf({ properties }: JourneyItem): number | null {
  const value = properties.seconds ?? properties.durationSeconds ?? properties.duration;
  return typeof value === 'number' && value > 0 ? Math.round(value) : null;
}

/** A duration in its two largest units. */
export function durationOf(seconds: number, t: Translate): string {
  if (seconds < 60) return t('{seconds} s', { seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return seconds % 60 === 0 ? t('{minutes} min', { minutes }) : t('{minutes} min {seconds} s', { minutes, seconds: seconds % 60 });
  return t('{hours} h {minutes} min', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** An agent wrote it to be read: it is not shortened as other texts are. */
const MAX_NOTE = 10_000;

function noteOf({ properties }: JourneyItem): string | null {
  return typeof properties.text === 'string' ? properties.text.slice(0, MAX_NOTE) : null;
}

/** An offer's id is `<decision>:<name>`; the name is the file's, in words. */
function offerOf(item: JourneyItem): string | null {
  const name = offerNameOf(item);
  if (name === null) return null;
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Of several page views close together: how many, and in which time. */
export function burstTitle(items: readonly JourneyItem[], t: Translate): string {
  const [count, milliseconds] = [items.length, (items[0]?.at ?? 0) - (items.at(-1)?.at ?? 0)];
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return t('{count} pages within a minute', { count });
  if (minutes < 120) return t('{count} pages in {minutes, plural, one {# minute} other {# minutes}}', { count, minutes });
  return t('{count} pages in {hours} hours', { count, hours: Math.round(minutes / 60) });
}

/** The pages of a burst by name, the newest first, each once. */
export function burstDetail(items: readonly JourneyItem[], t: Translate): string {
  const names = new Set<string>();
  for (const item of items) if (names.size < 3) names.add(pageTitle(item, t));
  return [...names].join(', ');
}
