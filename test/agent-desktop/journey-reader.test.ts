import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestFirst, parseInteraction, type SentInteraction } from '../../agent-desktop/src/journey/interaction.ts';
import type { InteractionPage, JourneyQuestion } from '../../agent-desktop/src/journey/interaction-page.ts';
import { JourneyReader, WHOLE_JOURNEY } from '../../agent-desktop/src/journey/journey-reader.ts';
import { anyInteractions, MINUTE, NOON, sent } from './interactions.ts';

/** A journey as the gateway answers it: paged by position, newest first. */
class ModelJourney {
  readonly stored: SentInteraction[];
  isDown = false;
  readonly questions: JourneyQuestion[] = [];

  constructor(stored: readonly SentInteraction[]) {
    this.stored = [...stored];
  }

  read = async ({ first, after, last, before, touchpoints, since, until }: JourneyQuestion): Promise<InteractionPage> => {
    this.questions.push({ first, after, last, before, touchpoints, since, until });
    if (this.isDown) throw new Error('The source is down.');
    const ordered = this.stored
      .map((each) => ({ node: each, item: parseInteraction(each), cursor: each.id }))
      .toSorted((a, b) => newestFirst(a.item, b.item))
      .filter(({ item }) => !touchpoints || touchpoints.includes(item.touchpoint ?? ''))
      .filter(({ item }) => (!since || item.at >= Date.parse(since)) && (!until || item.at < Date.parse(until)));
    const from = after === undefined ? 0 : ordered.findIndex(({ cursor }) => cursor === after) + 1;
    const to = before === undefined ? ordered.length : ordered.findIndex(({ cursor }) => cursor === before);
    const range = ordered.slice(from, to);
    const edges = last === undefined ? range.slice(0, first) : range.slice(-last);
    return {
      edges: edges.map(({ cursor, node }) => ({ cursor, node })),
      pageInfo: {
        hasNextPage: last === undefined && range.length > edges.length,
        hasPreviousPage: last !== undefined && range.length > edges.length,
      },
    };
  };
}

const shown = (reader: JourneyReader) => reader.snapshot().window.items.map(({ id }) => id);
const inOrder = (all: readonly SentInteraction[]) =>
  all
    .map(parseInteraction)
    .toSorted(newestFirst)
    .map(({ id }) => id);
const many = (count: number, pause = MINUTE) =>
  Array.from({ length: count }, (_, index) => sent({ id: `i${index}`, at: NOON - index * pause }));

describe('reading a journey', () => {
  it('reads the newest first, and older pages until the beginning', async () => {
    const model = new ModelJourney(many(230));
    const reader = new JourneyReader(model);
    await reader.start();
    expect(shown(reader)).toEqual(inOrder(model.stored).slice(0, 50));
    while (reader.snapshot().window.older.hasMore) await reader.readOlder();
    expect(shown(reader)).toEqual(inOrder(model.stored));
  });

  it('reads both ways from a time in the middle', async () => {
    const model = new ModelJourney(many(400));
    const reader = new JourneyReader(model, { ...WHOLE_JOURNEY, around: NOON - 200 * MINUTE });
    await reader.start();
    expect(shown(reader)).toEqual(inOrder(model.stored).slice(151, 251));
    while (reader.snapshot().window.newer.hasMore) await reader.readNewer();
    while (reader.snapshot().window.older.hasMore) await reader.readOlder();
    expect(shown(reader)).toEqual(inOrder(model.stored));
  });

  it('reads no further page before the first one is there', async () => {
    const model = new ModelJourney(many(230));
    const reader = new JourneyReader(model, { ...WHOLE_JOURNEY, around: NOON - 200 * MINUTE });
    await Promise.all([reader.readOlder(), reader.readNewer(), reader.start(), reader.readOlder()]);
    expect(model.questions.map(({ first, last }) => first ?? last)).toEqual([50, 50]);
  });

  it('does not show a live interaction before the pages between are read, and shows it then', async () => {
    const model = new ModelJourney(many(400));
    const reader = new JourneyReader(model, { ...WHOLE_JOURNEY, around: NOON - 300 * MINUTE });
    await reader.start();
    const live = sent({ id: 'live', at: NOON + MINUTE });
    model.stored.push(live);
    expect(reader.receive(live)).toBeNull();
    expect(shown(reader)).not.toContain('live');
    while (reader.snapshot().window.newer.hasMore) await reader.readNewer();
    expect(shown(reader)[0]).toBe('live');
  });

  it('shows what came live while its page was being read, which may be from before it was stored', async () => {
    const model = new ModelJourney(many(3));
    const reader = new JourneyReader(model);
    const starting = reader.start();
    expect(reader.receive(sent({ id: 'live', at: NOON + MINUTE }))).toBeNull();
    await starting;
    expect(shown(reader)[0]).toBe('live');
  });

  it('has all that came live while the newest page was being read, however much that was', async () => {
    const model = new ModelJourney(many(200));
    const reader = new JourneyReader(model, { ...WHOLE_JOURNEY, around: NOON - 100 * MINUTE });
    await reader.start();
    const reading = reader.readNewer();
    for (const live of Array.from({ length: 600 }, (_, index) => sent({ id: `live${index}`, at: NOON + index + 1 }))) {
      model.stored.push(live);
      reader.receive(live);
    }
    await reading;
    while (reader.snapshot().window.older.hasMore) await reader.readOlder();
    expect(shown(reader)).toEqual(inOrder(model.stored));
  });

  it('takes only what belongs to its time frame and touchpoints', async () => {
    const reader = new JourneyReader(new ModelJourney([]), { ...WHOLE_JOURNEY, touchpoints: ['club'], since: NOON });
    await reader.start();
    const live = [sent({ id: 'a', at: NOON - 1, touchpoint: 'club' }), sent({ id: 'b' }), sent({ id: 'c', touchpoint: 'club' })];
    expect(live.map((each) => reader.receive(each)?.id)).toEqual([undefined, undefined, 'c']);
    const until = new JourneyReader(new ModelJourney([]), { ...WHOLE_JOURNEY, until: NOON });
    await until.start();
    const late = [sent({ id: 'a', at: NOON }), sent({ id: 'b', at: NOON - 1 })];
    expect(late.map((each) => until.receive(each)?.id)).toEqual([undefined, 'b']);
  });

  it('lets arrivals wait while it is held, and draws the unread line anew only after the reader has looked', async () => {
    const reader = new JourneyReader(new ModelJourney(many(3)));
    await reader.start();
    const fresh = () => [...reader.snapshot().arrivals.fresh.keys()].map((key) => key.split(':')[1]);
    reader.hold(true);
    reader.receive(sent({ id: 'x', at: NOON + 1 }));
    expect([fresh(), reader.snapshot().arrivals.waiting.size]).toEqual([[], 1]);
    reader.reveal();
    reader.hold(false);
    reader.receive(sent({ id: 'y', at: NOON + 2 }));
    expect(fresh()).toEqual(['x', 'y']);
    reader.look();
    expect(fresh()).toEqual(['x', 'y']);
    reader.receive(sent({ id: 'z', at: NOON + 3 }));
    expect(fresh()).toEqual(['z']);
  });

  it('says that a page could not be read, and reads it when asked again', async () => {
    const model = new ModelJourney(many(60));
    const reader = new JourneyReader(model);
    await reader.start();
    model.isDown = true;
    await reader.readOlder();
    expect([reader.snapshot().older, shown(reader).length]).toEqual(['failed', 50]);
    model.isDown = false;
    await reader.readOlder();
    expect([reader.snapshot().older, shown(reader).length]).toEqual(['idle', 60]);
  });

  it('reads a gap until what it knows, and begins anew at the newest when more was missed than is worth joining', async () => {
    const model = new ModelJourney(many(10));
    const reader = new JourneyReader(model);
    await reader.start();
    model.stored.push(...Array.from({ length: 150 }, (_, index) => sent({ id: `missed${index}`, at: NOON + index * 1_000 })));
    expect(await reader.readGap(NOON)).toHaveLength(150);
    expect(shown(reader)).toEqual(inOrder(model.stored));
    model.stored.push(...Array.from({ length: 2_500 }, (_, index) => sent({ id: `far${index}`, at: NOON + MINUTE * 60 + index * 1_000 })));
    await reader.readGap(NOON + MINUTE * 60);
    expect(shown(reader)).toEqual(inOrder(model.stored).slice(0, 2_000));
    expect(reader.snapshot().window.older.hasMore).toBe(true);
  });

  it('shows after a gap what was stored in it, however old it is, where the reader is', async () => {
    const model = new ModelJourney(many(400));
    const newest = new JourneyReader(model);
    const middle = new JourneyReader(model, { ...WHOLE_JOURNEY, around: NOON - 200 * MINUTE });
    await Promise.all([newest.start(), middle.start()]);
    for (let pages = 0; pages < 2; pages++) await newest.readOlder();
    // A shop reports the purchases of the day.
    model.stored.push(sent({ id: 'late', at: NOON - 220.5 * MINUTE }));
    expect((await newest.readGap(NOON)).map(({ id }) => id)).toEqual(['late']);
    expect(shown(newest)).toEqual(inOrder(model.stored).slice(0, 251));
    expect((await middle.readGap(NOON)).map(({ id }) => id)).toEqual(['late']);
    expect(shown(middle)).toEqual(inOrder(model.stored).slice(151, 252));
    expect([newest, middle].map((reader) => reader.snapshot().window.older.hasMore)).toEqual([true, true]);
  });

  it('shows what is imported for a customer without any history, to its beginning', async () => {
    for (const count of [350, 2_500]) {
      const model = new ModelJourney([]);
      const reader = new JourneyReader(model);
      await reader.start();
      model.stored.push(...many(count));
      await reader.readGap(NOON);
      while (reader.snapshot().window.older.hasMore) await reader.readOlder();
      expect(shown(reader)).toEqual(inOrder(model.stored));
    }
  });

  it('has no hole where an older page arrives after the window began anew, and nothing less that came live meanwhile', async () => {
    const model = new ModelJourney(many(200));
    let goOn = () => {};
    const reader = new JourneyReader({
      read: async (question) => {
        const page = await model.read(question);
        // An older page is asked for, and is on its way while the gap is read.
        if (question.after === 'i49') await new Promise<void>((resolve) => (goOn = resolve));
        return page;
      },
    });
    await reader.start();
    const older = reader.readOlder();
    model.stored.push(...Array.from({ length: 2_500 }, (_, index) => sent({ id: `far${index}`, at: NOON + MINUTE * 60 + index * 1_000 })));
    const gap = reader.readGap(NOON + MINUTE * 60);
    const live = sent({ id: 'live', at: NOON + MINUTE * 600 });
    reader.receive(live);
    await gap;
    expect(shown(reader)[0]).toBe('live');
    goOn();
    await older;
    model.stored.push(live);
    expect(shown(reader)).toEqual(inOrder(model.stored).slice(0, 2_001));
  });

  it('shows what the gateway answers otherwise now, in the rows that are there, once it reads again', async () => {
    const model = new ModelJourney(many(230));
    const reader = new JourneyReader(model);
    await reader.start();
    await reader.readOlder();
    const before = shown(reader);
    for (const [index, each] of model.stored.entries()) model.stored[index] = { ...each, properties: { query: 'open' } };
    await reader.readAgain();
    expect(shown(reader)).toEqual(before);
    expect(reader.snapshot().window.items.every(({ properties }) => properties.query === 'open')).toBe(true);
  });

  it('loses no interaction and shows none twice, in whatever order pages and live ones come and however often the connection is cut', async () => {
    const step = fc.oneof(
      fc.constant('older' as const),
      fc.constant('newer' as const),
      fc.constant('cut' as const),
      fc.constant('join' as const),
      fc.constant('again' as const),
      fc.record({ minutes: fc.integer({ min: -400, max: 60 }), isSlow: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(
        anyInteractions,
        fc.array(step, { maxLength: 40 }),
        fc.option(fc.integer({ min: 0, max: 4_000 })),
        async (all, steps, around) => {
          const model = new ModelJourney(all);
          const reader = new JourneyReader(model, { ...WHOLE_JOURNEY, around: around === null ? null : NOON - around * MINUTE });
          let isConnected = true;
          let downSince = 0;
          const reading: Promise<unknown>[] = [reader.start()];
          for (const [index, next] of steps.entries()) {
            if (next === 'older') reading.push(reader.readOlder());
            else if (next === 'newer') reading.push(reader.readNewer());
            else if (next === 'cut') {
              // What is stored meanwhile is mostly older.
              if (isConnected) downSince = NOON + 30 * MINUTE;
              isConnected = false;
            } else if (next === 'join') {
              // As the page does: first it listens, then it reads again what was missed, once the first page is there.
              isConnected = true;
              reading.push(Promise.all(reading.slice(0, 1)).then(() => reader.readGap(downSince)));
            } else if (next === 'again') {
              const known = model.stored.at(-1);
              if (known !== undefined && isConnected) reader.receive(known);
            } else {
              const live = sent({ id: `live${index}`, at: NOON + next.minutes * MINUTE });
              if (next.isSlow) await Promise.resolve();
              model.stored.push(live);
              if (isConnected) reader.receive(live);
            }
          }
          await Promise.all(reading);
          // Not where it is connected: reading again would hide what was lost.
          if (!isConnected) await reader.readGap(downSince);
          while (reader.snapshot().window.newer.hasMore) await reader.readNewer();
          while (reader.snapshot().window.older.hasMore) await reader.readOlder();
          expect(shown(reader)).toEqual(inOrder(model.stored));
        },
      ),
    );
  });
});
