import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestFirst, parseInteraction } from '../../agent-desktop/src/journey/interaction.ts';
import { BURST_PAUSE, BURST_SIZE, type EventRow, type JourneyRow, journeyRows } from '../../agent-desktop/src/journey/journey-rows.ts';
import { tracksOf, wayIn } from '../../agent-desktop/src/journey/tracks.ts';
import { anyInteractions, item, MINUTE, NOON } from './interactions.ts';

const dayOf = (at: number) => new Date(at).toDateString();
const NONE = { fresh: new Map() };
const isEvent = (row: JourneyRow): row is EventRow => 'items' in row;
const shapes = (rows: readonly JourneyRow[]) =>
  rows.map((row) => (isEvent(row) ? `${row.kind} ${row.items.length}` : row.count > 0 ? `${row.kind} ${row.count}` : row.kind));

describe('rows of a journey', () => {
  it('puts page views of one touchpoint with less than five minutes between them into one row', () => {
    const views = [0, 4, 8, 12].map((minutes) => item({ at: NOON - minutes * MINUTE }));
    expect(shapes(journeyRows(views, NONE, dayOf))).toEqual(['day', 'burst 4']);
  });

  it('leaves two page views, a pause of five minutes and another touchpoint apart', () => {
    const views = [
      item({ at: NOON }),
      item({ at: NOON - 1 * MINUTE }),
      item({ at: NOON - 6 * MINUTE }),
      item({ at: NOON - 7 * MINUTE, touchpoint: 'club' }),
      item({ at: NOON - 8 * MINUTE }),
    ];
    expect(shapes(journeyRows(views, NONE, dayOf))).toEqual(['day', 'one 1', 'one 1', 'one 1', 'one 1', 'one 1']);
  });

  it('counts the same act again in one row, however many pages that are, and shows each purchase by itself', () => {
    const looks = [0, 1, 2, 30].map((minutes) => item({ at: NOON - minutes * MINUTE, pageUrl: 'https://shop.example/order' }));
    const purchases = [40, 41].map((minutes) => item({ at: NOON - minutes * MINUTE, type: 'purchase', properties: { total: 5 } }));
    expect(shapes(journeyRows([...looks, ...purchases], NONE, dayOf))).toEqual(['day', 'repeat 4', 'one 1', 'one 1']);
  });

  it('begins each day with its line', () => {
    const rows = journeyRows([item({ at: NOON }), item({ at: NOON - 24 * 60 * MINUTE })], NONE, dayOf);
    expect(shapes(rows)).toEqual(['day', 'one 1', 'day', 'one 1']);
  });

  it('draws the unread line below what is new, and breaks a burst there', () => {
    const views = [0, 1, 2, 3, 4, 5].map((minutes) => item({ at: NOON - minutes * MINUTE }));
    const fresh = new Map(views.slice(0, 3).map(({ key }) => [key, 'live'] as const));
    expect(shapes(journeyRows(views, { fresh }, dayOf))).toEqual(['day', 'burst 3', 'unread 3', 'burst 3']);
  });

  it('draws the line of a gap below what was read again, and the unread line above it', () => {
    const acts = [0, 1, 2, 3].map((minutes) => item({ at: NOON - minutes * MINUTE, type: `act_${minutes}` }));
    const fresh = new Map(acts.slice(0, 3).map(({ key }, index) => [key, index === 0 ? ('live' as const) : ('gap' as const)]));
    expect(shapes(journeyRows(acts, { fresh }, dayOf))).toEqual(['day', 'one 1', 'unread 1', 'one 1', 'one 1', 'gap 2', 'one 1']);
  });

  it('has each interaction in exactly one row, in the order of the journey, within one day and one touchpoint', () => {
    fc.assert(
      fc.property(anyInteractions, fc.nat(10), (all, news) => {
        const items = all.map(parseInteraction).toSorted(newestFirst);
        const fresh = new Map(items.slice(0, news).map(({ key }) => [key, 'live'] as const));
        const rows = journeyRows(items, { fresh }, dayOf);
        const events = rows.filter(isEvent);
        expect(events.flatMap((row) => row.items)).toEqual(items);
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
        for (const row of events) {
          expect(new Set(row.items.map(({ at }) => dayOf(at))).size).toBe(1);
          expect(new Set(row.items.map(({ touchpoint }) => touchpoint)).size).toBe(1);
          expect(new Set(row.items.map(({ key }) => fresh.has(key))).size).toBe(1);
          if (row.kind !== 'burst') continue;
          expect(row.items.length).toBeGreaterThanOrEqual(BURST_SIZE);
          for (const [index, { at }] of row.items.entries()) expect((row.items[index - 1]?.at ?? at) - at).toBeLessThan(BURST_PAUSE);
        }
        expect(events.map(({ from }) => from)).toEqual(
          [null, ...events.slice(0, -1).map((row) => row.items[0].channel)].slice(0, events.length),
        );
        expect(rows.filter(({ kind }) => kind === 'day')).toHaveLength(new Set(items.map(({ at }) => dayOf(at))).size);
      }),
    );
  });

  it('keeps the key of a row that grows at its newer end', () => {
    const views = [1, 2, 3].map((minutes) => item({ at: NOON - minutes * MINUTE }));
    const keyOf = (rows: readonly JourneyRow[]) => rows.find(isEvent)?.key;
    expect(keyOf(journeyRows([item({ at: NOON }), ...views], NONE, dayOf))).toBe(keyOf(journeyRows(views, NONE, dayOf)));
  });
});

describe('tracks', () => {
  it('have one order, whatever the order of the touchpoints, and one more where the journey has it', () => {
    expect(tracksOf(['CALL_CENTRE', 'WEB', 'EMAIL'], new Set(['OTHER']))).toEqual(['WEB', 'EMAIL', 'CALL_CENTRE', 'OTHER']);
  });

  it('lead straight down on one track, and in a curve to another', () => {
    expect(wayIn(1, 1)).toBe('M27 0V18');
    expect(wayIn(4, 0)).toBe('M81 0C81 11 9 5 9 18');
  });
});
