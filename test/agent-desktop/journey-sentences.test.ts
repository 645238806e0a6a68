import { describe, expect, it } from 'vitest';
import { activityOf } from '../../agent-desktop/src/journey/activity.ts';
import { entriesByNumber, entryOf } from '../../agent-desktop/src/journey/entries.ts';
import { frameOf } from '../../agent-desktop/src/journey/frames.ts';
import { amountOf, offerNameOf, pageName } from '../../agent-desktop/src/journey/kinds.ts';
import { burstTitle, sentenceOf } from '../../agent-desktop/src/journey/sentences.ts';
import { translator } from '../../agent-desktop/src/text/translate.ts';
import { item, MINUTE, NOON } from './interactions.ts';
import { fact, layout } from './layout.ts';

const t = translator('en');
const said = (given: Parameters<typeof item>[0]) => {
  const { title, detail, tag } = sentenceOf(item({ pageUrl: null, ...given }), t);
  return [title, detail, tag].filter((part) => part !== null).join(' | ');
};

describe('sentences', () => {
  it.each([
    [{ type: 'page_view', pageUrl: 'https://shop.example/products/white-metal_lantern.html?cid=1#x' }, 'Looked at | White metal lantern'],
    [{ type: 'page_view', pageUrl: 'https://shop.example/', properties: { title: 'December gifts' } }, 'Looked at | December gifts'],
    [{ type: 'page_view', pageUrl: 'https://shop.example/' }, 'Looked at | the first page'],
    [{ type: 'add_to_cart', properties: { description: 'LANTERN', sku: '71053', quantity: 2 } }, 'Put in basket | 2 × LANTERN'],
    [{ type: 'Order Completed', properties: { orderId: '7', products: [{}, {}] } }, 'Bought 7 | 2 lines'],
    [{ type: 'purchase', properties: { invoiceNo: '536790', lines: 1 } }, 'Bought 536790 | 1 line'],
    [{ type: 'logged_in' }, 'Logged in'],
    [{ type: 'email_open', properties: { campaign: 'December gifts' } }, 'Opened | December gifts'],
    [{ type: 'call', properties: { seconds: 192, reason: 'A copy of 536396' } }, 'Call, 3 min 12 s | A copy of 536396'],
    [{ type: 'note', properties: { text: 'Wants a refund.', outcome: 'Follow up' } }, 'Note | Wants a refund. | Follow up'],
    [{ type: 'note', actor: 'tom-hale', properties: { text: 'Called back.' } }, 'Note by tom-hale | Called back.'],
    [{ type: 'offer_accepted', properties: { offerId: 'd1:free-delivery' } }, 'Took an offer | Free delivery'],
    [{ type: 'ticket_opened', properties: { subject: 'When?', ticketId: 'T-1', status: 'open' } }, 'Asked: When? | T-1 | open'],
    [{ type: 'warrantyRegistered', properties: { model: 'X1', years: 2, nested: {} } }, 'Warranty registered | model X1, years 2'],
    [{ type: '', properties: {} }, ''],
  ] as const)('say %j as "%s"', (given, sentence) => {
    expect(said(given)).toBe(sentence);
  });

  it('say an offer by its title where there is one', () => {
    const accepted = item({ type: 'offer_accepted', properties: { offerId: 'd1:open-ticket', offer: 'open-ticket' } });
    expect(sentenceOf(accepted, t, 'Apologise, and offer a voucher').detail).toBe('Apologise, and offer a voucher');
    expect([accepted, item({ type: 'survey', properties: { offer: 'open-ticket' } })].map(offerNameOf)).toEqual(['open-ticket', null]);
  });

  it('take nothing that a page sent for a note of an agent, or for an answer to an offer', () => {
    expect(said({ type: 'Note', properties: { text: 'Refund agreed.', outcome: 'Solved' } })).toBe(
      'Note | text Refund agreed., outcome Solved',
    );
    expect(said({ type: 'Offer Accepted', properties: { name: 'gift' } })).toBe('Offer accepted | gift');
  });

  it('do not fail for what a sender may send', () => {
    expect(pageName('https://shop.example/%E0%A4%A')).toBe('%E0%A4%A');
    expect(said({ type: 'page_view', properties: { title: { deep: true }, name: Number.NaN } })).toBe('Looked at | a page');
    expect(said({ type: 'note', properties: { text: 5 } })).toBe('Note');
  });

  it('count the pages of a burst and the minutes between them', () => {
    const views = (pause: number) => [0, 1, 2].map((index) => item({ at: NOON - index * pause }));
    expect(burstTitle(views(2 * MINUTE), t)).toBe('3 pages in 4 minutes');
    expect(burstTitle(views(MINUTE / 2), t)).toBe('3 pages in 1 minute');
    expect(burstTitle(views(1_000), t)).toBe('3 pages within a minute');
  });

  it('name a currency only where the sender did', () => {
    expect(amountOf({ properties: { total: 44.4, currency: 'gbp' } })).toEqual({ value: 44.4, currency: 'GBP' });
    expect(amountOf({ properties: { total: 44.4 } })).toEqual({ value: 44.4, currency: null });
    expect(amountOf({ properties: { total: 'n/a' } })).toBeNull();
  });

  it('read numbers that the web tag sends as texts, and say what all pieces come to', () => {
    const properties = { name: 'LANTERN', price: '3.75', currency: 'GBP', quantity: '2' };
    expect(amountOf({ properties })).toEqual({ value: 7.5, currency: 'GBP' });
    expect(said({ type: 'add_to_cart', properties })).toBe('Put in basket | 2 × LANTERN');
    expect(amountOf({ properties: { ...properties, total: 5 } })).toEqual({ value: 5, currency: 'GBP' });
    expect(amountOf({ properties: { price: '0x10' } })).toBeNull();
  });
});

it('finds the entry that an interaction names by its number, and no other', () => {
  const list = {
    list: { ...layoutList(), columns: [fact('invoiceNo', ['orders'], { kind: 'code' }), fact('total', ['orders'], { kind: 'number' })] },
    state: 'value' as const,
    entries: [{ invoiceNo: '536790', total: 12 }],
    next: null,
    source: 'orders',
    fetchedAt: null,
    stale: false,
    code: null,
  };
  const entries = entriesByNumber([list]);
  expect(entryOf(item({ properties: { orderId: '536790' } }), entries)?.entry).toEqual({ invoiceNo: '536790', total: 12 });
  expect(entryOf(item({ properties: { orderId: '1', quantity: '536790' } }), entries)).toBeNull();
});

const layoutList = () => ({
  path: 'orders',
  label: 'Orders',
  description: null,
  isConnection: true,
  sources: ['orders'],
  min: 'RECOGNIZED' as const,
  columns: [],
  inner: [],
});

it('reads a day and a week of the calendar, and the whole journey around a day', () => {
  const { touchpoints } = {
    ...layout(),
    touchpoints: [
      { name: 'web', channel: 'WEB' },
      { name: 'club', channel: 'WEB' },
      { name: 'mail', channel: 'EMAIL' },
    ],
  };
  const now = new Date(NOON);
  const at = (day: number) => new Date(2010, 11, day).getTime();
  const frame = (choice: Partial<Parameters<typeof frameOf>[0]>) =>
    frameOf({ channels: new Set(), span: 'all', day: null, ...choice }, touchpoints, now);
  expect(frame({ span: 'day' })).toEqual({ touchpoints: null, since: at(3), until: null, around: null });
  expect(frame({ span: 'week', day: '2010-12-10' })).toEqual({ touchpoints: null, since: at(4), until: at(11), around: null });
  expect(frame({ day: '2010-12-10', channels: new Set(['WEB']) })).toEqual({
    touchpoints: ['web', 'club'],
    since: null,
    until: null,
    around: at(11),
  });
});

it('draws the activity of the last days only where all of them are loaded', () => {
  const now = new Date(NOON);
  const end = { cursor: null, hasMore: false };
  const items = [item({ at: NOON }), item({ at: NOON - 1 }), item({ at: NOON - 24 * 60 * MINUTE })];
  expect(activityOf({ items, newer: end, older: end }, now)?.slice(-3)).toEqual([0, 1, 2]);
  expect(activityOf({ items, newer: end, older: { cursor: 'x', hasMore: true } }, now)).toBeNull();
});
