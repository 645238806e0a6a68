import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CustomerWatch, type EventStream, type WatchedCustomer } from '../../src/journey/customer-watch.ts';
import { LiveHub } from '../../src/journey/live-hub.ts';
import type { WaitingLimits } from '../../src/journey/waiting-bound.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import type { LiveEvent } from '../../src/model/live-event.ts';
import { EveryListener } from './every-listener.ts';

const id = (name: string) => name as CustomerId;
const NAMES = ['a', 'b', 'c', 'd', 'e'].map(id);

const change = (customerId: CustomerId): LiveEvent => ({ kind: 'customer', customerId, others: [], isIdentity: false });
const identity = (customerId: CustomerId, others: readonly CustomerId[]): LiveEvent => ({
  ...{ kind: 'customer', customerId, others, isIdentity: true },
});
let interactions = 0;
const interaction = (customerId: CustomerId, properties = {}): LiveEvent => ({
  kind: 'interaction',
  customerId,
  interaction: {
    ...{ id: `${interactions++}`, type: 'x', occurredAt: new Date(0), touchpoint: null, pageUrl: null, properties },
    ...{ customerId, identifier: null, source: null, actor: null, recordedAt: new Date(0) },
  },
});

/** Whose customer an id is, and who may not be watched any more. */
class World {
  readonly #roots = new Map<CustomerId, CustomerId>();
  readonly lost = new Set<CustomerId>();

  rootOf(customer: CustomerId): CustomerId {
    return this.#roots.get(customer) ?? customer;
  }

  merge(from: CustomerId, into: CustomerId): void {
    const [gone, root] = [this.rootOf(from), this.rootOf(into)];
    for (const name of NAMES) if (this.rootOf(name) === gone) this.#roots.set(name, root);
  }

  split(customer: CustomerId): void {
    if (this.rootOf(customer) !== customer) this.#roots.delete(customer);
  }

  watched(customer: CustomerId, isRechecked: boolean): WatchedCustomer<null> {
    return {
      ...{ id: this.rootOf(customer), isRechecked },
      refresh: async () => (this.lost.has(customer) ? null : this.rootOf(customer)),
      isSame: async (a, b) => this.rootOf(a) === this.rootOf(b),
      journey: async () => [],
    };
  }
}

/** Reads a stream until it waits for its next event. */
class Reader {
  readonly sent: LiveEvent[] = [];
  failure: unknown;
  isOver = false;
  readonly #stream: EventStream<null>;
  #next: Promise<IteratorResult<{ event: LiveEvent; judge(reads: null): Promise<string> }, undefined>> | undefined;

  constructor(stream: EventStream<null>) {
    this.#stream = stream;
  }

  async read(): Promise<void> {
    while (!this.isOver) {
      this.#next ??= this.#stream.next();
      const waits = new Promise<'waits'>((resolve) => setImmediate(() => resolve('waits')));
      const result = await Promise.race([this.#next, waits]).catch((error) => {
        this.failure = error;
        return { done: true } as const;
      });
      if (result === 'waits') return;
      this.#next = undefined;
      const verdict = result.done ? 'over' : await result.value.judge(null);
      if (verdict === 'send' && !result.done) this.sent.push(result.value.event);
      if (verdict === 'over') await this.end();
    }
  }

  async end(): Promise<void> {
    this.isOver = true;
    await this.#stream.return?.();
  }
}

/** A hub that counts how often it calls a listener of one customer. The process itself has one of all, whatever is subscribed. */
class CountingHub extends LiveHub {
  calls = 0;

  override follow(customer: CustomerId, listener: (event: LiveEvent) => void) {
    return super.follow(customer, (event) => {
      this.calls++;
      listener(event);
    });
  }
}

function watchWith(limits?: WaitingLimits) {
  const live = new CountingHub();
  const open: number[] = [];
  return { live, open, watch: new CustomerWatch(live, (count) => open.push(count), limits && { limits }) };
}

describe('subscriptions of a process', () => {
  it('cost nobody anything while nothing happens to their customers', () => {
    const { live, watch } = watchWith();
    const world = new World();
    for (let n = 0; n < 10_000; n++) watch.interactions(world.watched(id(`idle ${n}`), true));
    for (let n = 0; n < 5_000; n++) live.publish(interaction(id('busy')));
    expect(live.calls).toBe(0);
    live.publish(interaction(id('idle 7')));
    expect(live.calls).toBe(1);
  });

  it('leave nothing behind when they end, under none of their ids', async () => {
    const { live, watch } = watchWith();
    const stream = watch.interactions(new World().watched(id('a'), false));
    live.publish(identity(id('b'), [id('a')]));
    await stream.return?.();
    const before = live.calls;
    for (const name of [id('a'), id('b')]) live.publish(identity(name, []));
    expect(live.calls).toBe(before);
  });

  it('follow no id that is found only after they have ended', async () => {
    const { live, watch } = watchWith();
    const now = Promise.withResolvers<CustomerId>();
    const stream = watch.interactions({
      id: id('a'),
      isRechecked: true,
      refresh: () => now.promise,
      isSame: async () => true,
      journey: async () => [],
    });
    live.publish(interaction(id('a')));
    const event = (await stream.next()).value;
    const judged = event?.judge(null);
    await stream.return?.();
    now.resolve(id('b'));
    await judged;
    const before = live.calls;
    live.publish(interaction(id('b')));
    expect(live.calls).toBe(before);
  });

  it('receive what calling every listener with every event gave them, in order, whatever merges', async () => {
    const name = fc.constantFrom(...NAMES);
    const step = fc.oneof(
      fc.record({ do: fc.constant('begin' as const), name: fc.option(name), kind: fc.boolean(), isRechecked: fc.boolean() }),
      fc.record({ do: fc.constant('capture' as const), name, others: fc.subarray(NAMES), count: fc.nat(3) }),
      fc.record({ do: fc.constant('change' as const), name }),
      fc.record({ do: fc.constant('merge' as const), name, other: name }),
      fc.record({ do: fc.constant('split' as const), name, other: name }),
      fc.record({ do: fc.constant('lose' as const), name }),
      fc.record({ do: fc.constant('move' as const), name, others: fc.subarray(NAMES) }),
      fc.record({ do: fc.constant('read' as const), index: fc.nat(9) }),
      fc.record({ do: fc.constant('end' as const), index: fc.nat(9) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { live, watch } = watchWith();
        const world = new World();
        const before = new EveryListener(world);
        const readers: Reader[] = [];
        const publish = (event: LiveEvent) => {
          live.publish(event);
          before.publish(event);
        };
        for (const each of steps) {
          if (each.do === 'begin') {
            const watched = each.name === null ? null : world.watched(each.name, each.isRechecked);
            readers.push(new Reader(each.kind ? watch.interactions(watched) : watch.changes(watched)));
            before.begin(each.kind ? 'interaction' : 'customer', each.name, each.isRechecked);
          } else if (each.do === 'capture') {
            if (each.others.length > 0) publish(identity(each.name, each.others));
            for (let n = 0; n < each.count; n++) publish(interaction(each.name));
            publish(change(each.name));
          } else if (each.do === 'change') publish(change(each.name));
          else if (each.do === 'merge') {
            world.merge(each.name, each.other);
            publish(identity(world.rootOf(each.other), [each.name]));
          } else if (each.do === 'split') {
            world.split(each.name);
            publish(identity(world.rootOf(each.other), [each.name]));
          } else if (each.do === 'lose') world.lost.add(each.name);
          else if (each.do === 'move') publish(identity(each.name, each.others));
          else if (each.do === 'read') {
            await readers[each.index]?.read();
            before.read(each.index);
          } else if (each.do === 'end') {
            await readers[each.index]?.end();
            before.end(each.index);
          }
        }
        for (const [index, reader] of readers.entries()) {
          await reader.read();
          before.read(index);
        }
        expect(readers.map(({ sent, isOver }) => ({ sent, isOver }))).toEqual(before.results());
      }),
      { numRuns: 300 },
    );
  });

  it('count a change that waits as the newest one, so that nothing older is answered for it', async () => {
    const { live, watch } = watchWith();
    const stream = watch.changes(null);
    const [first, second, of] = [identity(id('a'), []), change(id('a')), change(id('b'))];
    for (const event of [first, of, second]) live.publish(event);
    expect((await stream.next()).value).toMatchObject({ event: first, since: second });
    expect((await stream.next()).value).toMatchObject({ event: of, since: of });
    expect(watch.waiting).toBe(0);
  });

  it('keep 1,000 events waiting each, then get OVERLOADED', async () => {
    const { live, watch, open } = watchWith();
    const stream = watch.interactions(null);
    for (let n = 0; n < 1_000; n++) live.publish(interaction(id('a')));
    expect([watch.waiting, open.at(-1)]).toEqual([1_000, 1]);
    live.publish(interaction(id('a')));
    expect([watch.waiting, open.at(-1)]).toEqual([0, 0]);
    await expect(stream.next()).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect((await stream.next()).done).toBe(true);
  });

  it('that follow more ids than any customer has are ended, because each id stays as long as they do', async () => {
    const { live, watch, open } = watchWith();
    const reader = new Reader(watch.interactions(new World().watched(id('a'), false)));
    for (let n = 0; n < 999; n++) {
      live.publish(identity(id(`moved ${n}`), [id('a')]));
      await reader.read();
    }
    expect(open.at(-1)).toBe(1);
    live.publish(identity(id('one more'), [id('a')]));
    await reader.read();
    expect([open.at(-1), reader.failure]).toEqual([0, expect.objectContaining({ code: 'OVERLOADED' })]);
  });
});

describe('what waits for all subscriptions together', () => {
  it('is bounded: beyond it the one ends that has not read for longest', async () => {
    const { live, watch } = watchWith({ events: 10, characters: 1_000 });
    const [slow, quick] = [watch.interactions(null), watch.interactions(null)];
    const quickly = new Reader(quick);
    await quickly.read();
    for (let n = 0; n < 20; n++) {
      live.publish(interaction(id('a')));
      await quickly.read();
    }
    expect(quickly.sent.length).toBe(20);
    await expect(slow.next()).rejects.toMatchObject({ code: 'OVERLOADED', message: expect.stringContaining('slowest') });
    expect(watch.waiting).toBe(0);
  });

  it('is bounded by the characters of its interactions, of which those of one count once', async () => {
    const { live, watch, open } = watchWith({ events: 100, characters: 1_000 });
    const all = [watch.interactions(null), watch.interactions(null), watch.interactions(null)];
    live.publish(interaction(id('a'), { text: 'x'.repeat(600) }));
    expect([watch.waiting, open.at(-1)]).toEqual([3, 3]);
    await all[0]?.next();
    live.publish(interaction(id('a'), { text: 'x'.repeat(600) }));
    // The first two in the order of their waiting had the first event; without them there is space.
    expect([watch.waiting, open.at(-1)]).toEqual([1, 1]);
    expect((await all[0]?.next())?.done).toBe(false);
  });

  it('is bounded also when the gateway closes while events wait', () => {
    const { live, watch, open } = watchWith({ events: 10, characters: 1_000 });
    watch.interactions(null);
    for (let n = 0; n < 10; n++) live.publish(interaction(id('a')));
    watch.close();
    expect([watch.waiting, open.at(-1)]).toEqual([10, 0]);
  });
});
