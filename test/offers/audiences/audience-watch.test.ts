import { expect, it, vi } from 'vitest';
import { LiveHub } from '../../../src/journey/live-hub.ts';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { LiveEvent } from '../../../src/model/live-event.ts';
import { AudienceWatch, type AudienceWatchOptions, notedBy } from '../../../src/offers/audiences/audience-watch.ts';
import { StoredStates } from '../../../src/offers/audiences/stored-states.ts';
import type { RuleSet, Verdict } from '../../../src/offers/rules/rule-set.ts';
import { Profile } from '../../../src/profile/profile.ts';
import { PATIENTLY } from '../../support/waiting.ts';

const READS = { customer: [], attributes: true, traits: [], sources: ['captured'], audiences: [], isOfRequest: false } as const;

/** The rule `eager`: the attribute `isEager` is true. Without an answer where the attribute is `broken`. */
const RULES: RuleSet = {
  reads: READS,
  traits: [],
  termCount: 1,
  argumentsOf: () => ({}),
  readsOf: () => READS,
  over:
    ({ attributes, mayBeRead }) =>
    (): Verdict => {
      if (!mayBeRead) return { kind: 'WITHHELD', reason: 'personalisation', required: 'RECOGNIZED' };
      const value = 'value' in attributes ? (attributes.value as { isEager?: unknown }).isEager : undefined;
      if (value === undefined) return { kind: 'ABSENT', term: 'attributes.isEager' };
      if (value === 'broken') return { kind: 'UNKNOWN', term: 'attributes.isEager', source: 'captured' };
      return value === true ? { kind: 'TRUE' } : { kind: 'FALSE', term: 'attributes.isEager' };
    },
};

/** A watch over attributes in memory, with everything that it read and wrote. */
function watchOver(attributes: Readonly<Record<string, unknown>>, options: Partial<AudienceWatchOptions> = {}) {
  const read: string[][] = [];
  const saved: [string, Record<string, boolean>][] = [];
  const errors: unknown[] = [];
  const leftOut: number[] = [];
  const store = {
    findAttributes: async (ids: readonly CustomerId[]) => {
      read.push([...ids]);
      return ids.map((id) => {
        const value = attributes[id];
        return value === undefined ? [] : [{ name: 'isEager', value, touchpoint: null, capturedAt: new Date(0) }];
      });
    },
    findTraits: async () => [],
  };
  const watch = new AudienceWatch({
    store: {
      saveAudiences: async (id, audiences) => {
        saved.push([id, Object.fromEntries(audiences)]);
        return [];
      },
    },
    states: new StoredStates({ store, reads: READS, traits: [], profile: new Profile([]) }),
    rules: RULES,
    audiences: ['eager'],
    now: () => new Date(0),
    onError: (error) => errors.push(error),
    onLeftOut: (count) => leftOut.push(count),
    ...options,
  });
  return { watch, read, saved, errors, leftOut };
}

const changed = (id: string, others: readonly string[] = [], isIdentity = others.length > 0): LiveEvent => ({
  kind: 'customer',
  customerId: id as CustomerId,
  others: others as CustomerId[],
  isIdentity,
});

it('saves for each changed customer which audiences they are part of, and evaluates several changes together', async () => {
  const { watch, read, saved } = watchOver({ ada: true, ben: false });
  for (const id of ['ada', 'ben', 'ada', 'carl']) watch.noteChange(changed(id));
  await vi.waitFor(() => expect(saved).toHaveLength(3), PATIENTLY);
  expect(saved).toEqual([
    ['ada', { eager: true }],
    ['ben', { eager: false }],
    ['carl', { eager: false }],
  ]);
  expect(read).toEqual([['ada', 'ben', 'carl']]);
  expect(watch.waiting).toBe(0);
  await watch.close();
});

it('evaluates a customer again who changes after the evaluation', async () => {
  const attributes: Record<string, unknown> = { ada: true };
  const { watch, saved } = watchOver(attributes);
  watch.noteChange(changed('ada'));
  await vi.waitFor(() => expect(saved).toHaveLength(1), PATIENTLY);
  attributes.ada = false;
  watch.noteChange(changed('ada'));
  await vi.waitFor(() => expect(saved.at(-1)).toEqual(['ada', { eager: false }]), PATIENTLY);
  await watch.close();
});

it('evaluates all customers that a merge or a split names, and none for a replaced cookie', async () => {
  const { watch, saved } = watchOver({});
  watch.noteChange(changed('ada', ['ben']));
  watch.noteChange({ kind: 'cookie', customerId: 'carl' as CustomerId });
  await watch.close();
  expect(saved.map(([id]) => id)).toEqual(['ada', 'ben']);
});

it('keeps what is known where the rule has no answer', async () => {
  const { watch, saved } = watchOver({ ada: 'broken' });
  watch.noteChange(changed('ada'));
  await watch.close();
  expect(saved).toEqual([]);
});

it('takes a customer whom rules may not read out of every audience', async () => {
  const { watch, saved } = watchOver({ ada: true, ben: true }, { mayBeRead: (id) => id !== 'ada' });
  for (const id of ['ada', 'ben']) watch.noteChange(changed(id));
  await watch.close();
  expect(saved).toEqual([
    ['ada', { eager: false }],
    ['ben', { eager: true }],
  ]);
});

it('reads at most 100 customers at once, all of them before it is closed', async () => {
  const { watch, read, saved } = watchOver({});
  for (let number = 0; number < 250; number++) watch.noteChange(changed(`c${number}`));
  await watch.close();
  expect(read.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(saved).toHaveLength(250);
});

it('holds a bounded number of customers, and reports how many it left out', async () => {
  const { watch, saved, leftOut } = watchOver({}, { maxWaiting: 3 });
  for (let number = 0; number < 10; number++) watch.noteChange(changed(`c${number}`));
  watch.noteChange(changed('c0'));
  expect(watch.waiting).toBe(3);
  await watch.close();
  expect(saved.map(([id]) => id)).toEqual(['c0', 'c1', 'c2']);
  expect(leftOut).toEqual([7]);
});

it('reports an error of the store, and goes on with the next group', async () => {
  let calls = 0;
  const { watch, errors } = watchOver(
    {},
    {
      store: {
        saveAudiences: async () => {
          if (++calls <= 100) throw new Error('the disk is full');
          return [];
        },
      },
    },
  );
  for (let number = 0; number < 150; number++) watch.noteChange(changed(`c${number}`));
  await watch.close();
  expect(calls).toBe(150);
  expect(errors).toEqual([new Error('the disk is full')]);
});

it('leaves no failure of the store without a handler, also one that comes while a long evaluation lets others go first', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  // Longer than a slice of the event loop, so that the evaluation of the next customer waits for a later turn.
  const slow: RuleSet = {
    ...RULES,
    over: (state) => {
      const began = process.threadCpuUsage().user;
      while (process.threadCpuUsage().user - began < 40_000);
      return RULES.over(state);
    },
  };
  const saveAudiences = () => new Promise<never>((_, reject) => setImmediate(reject, new Error('the disk is full')));
  const { watch, errors } = watchOver({}, { rules: slow, store: { saveAudiences } });
  for (const id of ['ada', 'ben', 'carl']) watch.noteChange(changed(id));
  await watch.close();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  expect(errors).toEqual([new Error('the disk is full')]);
});

it('notes nothing after it is closed', async () => {
  const { watch, read } = watchOver({});
  await watch.close();
  watch.noteChange(changed('ada'));
  expect(watch.waiting).toBe(0);
  expect(read).toEqual([]);
});

it('notes what this process publishes, and not what reaches it from others', async () => {
  const { watch, saved } = watchOver({});
  const hub = new LiveHub();
  const live = notedBy(watch, hub);
  const received: LiveEvent[] = [];
  live.subscribe((event) => received.push(event));
  live.publish(changed('ada'));
  // As events of other replicas arrive: below what this process publishes to.
  hub.publish(changed('ben'));
  expect(received).toEqual([changed('ada'), changed('ben')]);
  await watch.close();
  expect(saved.map(([id]) => id)).toEqual(['ada']);
  await live.close();
});
