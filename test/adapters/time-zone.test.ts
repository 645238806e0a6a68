import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inTimeZone, isTimeZone } from '../../src/adapters/time-zone.ts';
import { type CommonAdapterOptions, defineAdapter } from '../../src/index.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  '-03:30',
];

/** The local time of a zone, by Intl: the independent model of the offsets. */
function shownIn(timeZone: string) {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (instant: number) => format.format(instant);
}

/** Days on which a zone changes its offset, by the same model. */
function switchesOf(timeZone: string): number[] {
  const shown = shownIn(timeZone);
  const offsetAt = (instant: number) => Date.parse(`${shown(instant).replace(' ', 'T')}Z`) - instant;
  const days = Array.from({ length: 20 * 365 }, (_, day) => Date.UTC(2008, 0, day));
  return days.filter((day) => offsetAt(day) !== offsetAt(day + DAY));
}
const DAY = 86_400_000;

describe('a time without a zone, read in a zone', () => {
  it('is the first instant with that local time; for a skipped local time, one as much later as the clock skips', () => {
    for (const zone of ZONES) {
      const anyTime = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2037, 11) });
      const near = switchesOf(zone).map((day) => fc.integer({ min: day - DAY, max: day + 2 * DAY }));
      const second = fc.oneof(anyTime, ...near).map((time) => Math.trunc(time / 1_000) * 1_000);
      const [read, shown] = [inTimeZone(zone), shownIn(zone)];
      fc.assert(
        fc.property(second, (wall) => {
          const text = new Date(wall).toISOString().slice(0, 19).replace('T', ' ');
          const instant = Date.parse(read(text));
          if (shown(instant) !== text) {
            // Skipped: no instant within a day has this local time, and the result is later by a day at most.
            expect(Date.parse(`${shown(instant).replace(' ', 'T')}Z`) - wall).toBeGreaterThan(0);
            return;
          }
          for (const earlier of [1_800_000, 3_600_000]) expect(shown(instant - earlier)).not.toBe(text);
        }),
        { numRuns: 300 },
      );
    }
  });

  it.each([
    ['Europe/Berlin', '2025-01-01 10:00:00', '2025-01-01T10:00:00+01:00'],
    ['Europe/Berlin', '2025-07-01T10:00', '2025-07-01T10:00:00+02:00'],
    ['Europe/Berlin', '2025-07-01 10:00:00.123456', '2025-07-01T10:00:00.123456+02:00'],
    // 02:00 to 03:00 is skipped in spring, and occurs twice in autumn.
    ['Europe/Berlin', '2025-03-30 01:59:59', '2025-03-30T01:59:59+01:00'],
    ['Europe/Berlin', '2025-03-30 02:30:00', '2025-03-30T01:30:00.000Z'],
    ['Europe/Berlin', '2025-03-30 03:00:00', '2025-03-30T03:00:00+02:00'],
    ['Europe/Berlin', '2025-10-26 02:30:00', '2025-10-26T02:30:00+02:00'],
    ['Europe/Berlin', '2025-10-26 03:00:00', '2025-10-26T03:00:00+01:00'],
    // Half an hour that occurs twice; a whole day that is skipped; local mean time, before there were zones.
    ['Australia/Lord_Howe', '2025-04-06 01:45:00', '2025-04-06T01:45:00+11:00'],
    ['Pacific/Apia', '2011-12-30 12:00:00', '2011-12-30T22:00:00.000Z'],
    ['Europe/Berlin', '1880-01-01 00:00:00', '1879-12-31T23:06:32.000Z'],
    ['UTC', '2025-01-01 10:00:00', '2025-01-01T10:00:00Z'],
    ['+02:00', '2025-01-01 10:00:00', '2025-01-01T10:00:00+02:00'],
    ['America/St_Johns', '2025-01-01 10:00:00', '2025-01-01T10:00:00-03:30'],
  ])('in %s: %s is %s', (zone, text, expected) => {
    expect(inTimeZone(zone)(text)).toBe(expected);
  });

  it.each([
    '2026-02-30 10:00:00',
    '2026-01-01 24:00:00',
    '2026-13-01 10:00:00',
    '2026-01-01',
    '2026-01-01T10:00:00Z',
    '10:00',
    'a text',
    '',
  ])('is not %j', (text) => {
    expect(inTimeZone('Europe/Berlin')(text)).toBe(text);
  });

  it('accepts the zones that Intl knows', () => {
    expect([...ZONES, 'CET'].map(isTimeZone)).not.toContain(false);
    expect(['Europe/Berlim', '', 'local', '+25:00'].map(isTimeZone)).toEqual([false, false, false, false]);
  });
});

describe('the options timeZone and instants', () => {
  const read = async (record: object, options: CommonAdapterOptions) => {
    const [answer] = recordsOf(await askAll(sourceOf(defineAdapter({ load: async () => [record as never], ...options })), ['1']));
    return answer;
  };

  it('change neither the rest of a record nor the object that the adapter answered', async () => {
    const bytes = new Uint8Array([1]);
    const record = {
      text: 'at 2025-01-01 10:00:00',
      day: '2025-01-01',
      at: '2025-01-01 10:00:00',
      list: [{ at: '2025-07-01 10:00:00', n: 1 }, null],
      bytes,
      none: null,
    };
    const before = structuredClone(record);
    expect(await read(record, { timeZone: 'Europe/Berlin' })).toEqual({
      ...record,
      at: '2025-01-01T10:00:00+01:00',
      list: [{ at: '2025-07-01T10:00:00+02:00', n: 1 }, null],
    });
    expect(record).toEqual(before);
  });

  it('turn the named numbers into instants, also in lists and in texts', async () => {
    const instants = { created: 'seconds', 'items.sold': 'milliseconds', text: 'seconds', missing: 'seconds', no: 'seconds' } as const;
    const record = { created: 1735689600.5, other: 1735689600, items: [{ sold: 0 }, { sold: -1 }, {}], text: '1735689600', no: 'never' };
    expect(await read(record, { instants })).toEqual({
      created: new Date('2025-01-01T00:00:00.500Z'),
      other: 1735689600,
      items: [{ sold: new Date(0) }, { sold: new Date(-1) }, {}],
      text: new Date('2025-01-01T00:00:00Z'),
      no: 'never',
    });
  });

  it('are refused with what is wrong with them', () => {
    const wrong = () => defineAdapter({ load: async () => [], timeZone: 'Berlin', instants: { at: 'minutes' as never } });
    expect(wrong).toThrow(/timeZone: expected 'UTC', a zone such as 'Europe\/Berlin'.*received "Berlin"[\s\S]*instants\.at: .*seconds/);
  });

  it('must name fields of the records, where these are known', () => {
    const wrong = () => defineAdapter({ load: async () => [], fields: ['id', 'at'], instants: { at: 'seconds', 'on.day': 'seconds' } });
    expect(wrong).toThrow('instants: expected fields of id, at; received on.day');
  });

  it('end at a depth that no field reaches', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5_000)}"2025-01-01 10:00:00"${'}'.repeat(5_000)}`);
    expect(await read(deep, { timeZone: 'UTC' })).toBe(deep);
  });
});
