import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import { CONFLICT_POLICIES, type IdentityCorrection } from '../../src/model/identity.ts';
import type { Store } from '../../src/model/ports.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';
import { identifier, rulesWith, type Step, steps } from './histories.ts';

const EVERY = ['crmId', 'email', 'phone', 'visitorId'].flatMap((type) => ['a', 'b', 'c', 'd'].map((value) => ({ type, value })));

/** The data of a customer that is unique in the history. */
interface Traces {
  readonly attributes: ReadonlySet<string>;
  readonly interactions: ReadonlySet<string>;
}

/** Histories for each property under each policy. */
const RUNS = 20;

const BY_HAND = { at: new Date(), source: 'test', actor: null, reason: null };

/** Statements that find stored data under the id of an erased customer, also when no answer shows it. */
const UNDER_ERASED_IDS = ['attribute', 'interaction', 'identifier'].map(
  (table) => `select '${table}' as held, c.id from ${table} t join customer c on c.id = t.customer_id where c.erased_at > 0`,
);

/** The identifiers of a record's strongest type; more than one, where it has several values of that type. */
function strongestOf(step: Step): readonly Identifier[] {
  const identifiers = 'identifiers' in step ? step.identifiers : [];
  const { type: strongest } = EVERY.find(({ type }) => identifiers.some((each) => each.type === type)) ?? {};
  return identifiers.filter(({ type }) => type === strongest);
}

/** A history in a store that other histories use, too; its identifiers, attributes and interactions are its own. */
class History {
  readonly #store: Store;
  readonly #run: number;
  /** Milliseconds that are added to all times. */
  readonly #base: number;
  /** True when all steps have different times. */
  readonly #isSpread: boolean;
  /** The customers for whom something was recorded. */
  readonly ids = new Set<CustomerId>();

  constructor(store: Store, run: number, base: number, isSpread: boolean) {
    this.#isSpread = isSpread;
    this.#store = store;
    this.#run = run;
    this.#base = base;
  }

  own({ type, value }: Identifier): Identifier {
    return { type, value: `r${this.#run}-${value}` };
  }

  async owner(of: Identifier): Promise<CustomerId | null> {
    return (await this.#store.findOwners([this.own(of)]))[0] ?? null;
  }

  /**
   * @param suffix of event ids and interaction ids: another one makes other events of the same content.
   * @param later milliseconds that are added to its time.
   */
  async take(step: Step, index: number, suffix = '', later = 0): Promise<void> {
    const store = this.#store;
    const at = 'at' in step ? step.at : 41;
    const occurredAt = new Date(later + this.#base + (this.#isSpread ? at * 20 + index : at));
    const by = { at: occurredAt, source: 'test', actor: null, reason: null };
    if (step.kind === 'evidence') {
      const identifiers = step.identifiers.map((each) => this.own(each));
      const attributes = { values: { [`s${index}`]: index }, touchpoint: null };
      const decision = await store.commit({ identifiers, occurredAt, source: 'test', eventId: `${index}${suffix}`, attributes });
      if (decision.kind === 'changes') for (const id of [decision.customerId, decision.attributed]) if (id !== null) this.ids.add(id);
    } else if (step.kind === 'interaction') {
      const rest = { type: 'view', touchpoint: null, pageUrl: null, properties: {}, source: 'test', provenAt: null };
      const attributes = { [`i${index}`]: index };
      const identifiers = step.identifiers.map((each) => this.own(each));
      const interaction = { id: `i${index}${suffix}`, occurredAt, identifiers, attributes, ...rest };
      const [receipt] = await store.saveInteractions([interaction]);
      if (receipt?.customerId != null) this.ids.add(receipt.customerId);
    } else if (step.kind === 'merge') {
      const customerIds = (await Promise.all(step.of.map((each) => this.owner(each)))).filter((id) => id !== null);
      if (customerIds.length === 2) await store.correct({ kind: 'merge', customerIds, ...by });
    } else {
      const correction = { kind: step.kind, customerId: null, identifiers: [this.own(step.of)], ...by } as IdentityCorrection;
      const decision = await store.correct(correction);
      if (decision.kind === 'changes') this.ids.add(decision.customerId);
    }
  }

  /** Interactions by their ids without a suffix. */
  async tracesOf(id: CustomerId): Promise<Traces> {
    const [attributes = []] = await this.#store.findAttributes([id]);
    const interactions = await this.#store.findInteractions(id, newest(200));
    const ids = interactions.map((each) => each.id.replace('-again', ''));
    return { attributes: new Set(attributes.map(({ name }) => name)), interactions: new Set(ids) };
  }

  /** Of all present customers but one. */
  async tracesExcept(one: CustomerId | null): Promise<Traces> {
    const customers = (await this.everybody()).filter((id) => id !== one);
    const traces = await Promise.all(customers.map((id) => this.tracesOf(id)));
    return {
      attributes: new Set(traces.flatMap(({ attributes }) => [...attributes])),
      interactions: new Set(traces.flatMap(({ interactions }) => [...interactions])),
    };
  }

  /** The present customers. */
  async everybody(): Promise<CustomerId[]> {
    const owners = await this.#store.findOwners(EVERY.map((each) => this.own(each)));
    const customers = await this.#store.findCustomers([...this.ids, ...owners.filter((id) => id !== null)]);
    return [...new Set(customers.map((customer) => customer?.id).filter((id) => id !== undefined))];
  }
}

describe.each(STORES.flatMap((kind) => CONFLICT_POLICIES.map((conflict) => ({ kind, name: kind.name, conflict }))))(
  'after any history with $conflict in $name',
  ({ kind, conflict }) => {
    const rules = rulesWith(conflict);

    it('recording its events again with times after the erasure gives an erased customer nothing, and creates no customer', async () => {
      const store = await openTestStore({ kind, rules });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(steps, identifier, async (steps, chosen) => {
          const history = new History(store, run++, 0, false);
          for (const [index, step] of steps.entries()) await history.take(step, index);
          const erased = await history.owner(chosen);
          if (erased === null) return;
          const [customer] = await store.findCustomers([erased]);
          await store.erase({ customerId: erased, at: new Date(), source: 'test', actor: null });
          const evidenceSteps = [...steps.entries()].filter(([, { kind }]) => kind === 'evidence');
          await Promise.all(evidenceSteps.map(([index, step]) => history.take(step, index, '', 2 * Date.now())));
          expect(await history.tracesOf(erased)).toMatchObject({ attributes: new Set() });
          expect(await store.findOwners(customer?.identifiers ?? [])).toEqual(customer?.identifiers.map(() => null));
        }),
        { numRuns: RUNS },
      );
    });

    it.each([
      ['replaying it', '', 0, false],
      ['replaying it, where its times are ahead of the clock,', '', 2 * Date.now(), false],
      // All times differ: of two events of one time, the order of the ids would decide the customer of a third one.
      ['its events under other ids', '-again', 0, true],
    ])('%s in any order gives an erased customer nothing, and nothing of theirs to another customer', async (_, suffix, base, isSpread) => {
      const directory = temporaryDirectory();
      const store = await openTestStore({ kind, directory, rules });
      let run = 0;
      const histories = steps.chain((history) =>
        fc.tuple(fc.constant(history), identifier, identifier, fc.shuffledSubarray([...history.keys()], { minLength: history.length })),
      );
      await fc.assert(
        fc.asyncProperty(histories, async ([steps, chosen, other, order]) => {
          const again = order.filter((index) => ['evidence', 'interaction'].includes(steps[index]?.kind ?? ''));
          const take = async () => {
            const history = new History(store, run++, base, isSpread);
            for (const [index, step] of steps.entries()) await history.take(step, index);
            return history;
          };
          const takeAgain = (history: History) => Promise.all(again.map((index) => history.take(steps[index] as Step, index, suffix)));
          // Under another id an event is no repetition. It is another customer's where its identifiers have been moved since, by evidence
          // of an earlier time or by a split: this shows where it goes without an erasure.
          const twin = suffix === '' ? null : await take();
          if (twin !== null) await takeAgain(twin);
          const elsewhere = await twin?.tracesExcept(await twin.owner(chosen));
          const history = await take();
          const erased = await history.owner(chosen);
          if (erased === null) return;
          const before = await history.tracesOf(erased);
          const [customer] = await store.findCustomers([erased]);
          await store.erase({ customerId: erased, at: new Date(), source: 'test', actor: null });
          const living = await history.owner(other);
          if (living !== null) await store.correct({ kind: 'merge', customerIds: [erased, living], ...BY_HAND });

          await takeAgain(history);
          if (living === null) {
            expect((await store.findCustomers([erased]))[0]).toMatchObject({ id: erased, identifiers: [], isErased: true });
            expect(await history.tracesOf(erased)).toEqual({ attributes: new Set(), interactions: new Set() });
          } else {
            expect((await store.findCustomers([erased, living])).map((each) => each?.isErased)).toEqual([false, false]);
          }
          expect(await store.findOwners(customer?.identifiers ?? [])).toEqual(customer?.identifiers.map(() => null));
          // Of a record that somebody else's identifier decides, or nobody's, the erased identifiers are only left out.
          const theirs = new Set(customer?.identifiers.map(identifierKey));
          const isDecided = (name: string) =>
            suffix === '' ||
            strongestOf(steps[Number(name.slice(1))] as Step).every((each) => theirs.has(identifierKey(history.own(each))));
          const { attributes, interactions } = await history.tracesExcept(null);
          const isLeaked = (name: string, had: ReadonlySet<string>, goes?: ReadonlySet<string>) =>
            had.has(name) && !goes?.has(name) && isDecided(name);
          expect([...attributes].filter((name) => isLeaked(name, before.attributes, elsewhere?.attributes))).toEqual([]);
          expect([...interactions].filter((id) => isLeaked(id, before.interactions, elsewhere?.interactions))).toEqual([]);
        }),
        { numRuns: RUNS },
      );
      const left = await Promise.all(UNDER_ERASED_IDS.map((sql) => kind.rows(directory, 'graph', sql)));
      expect(left.flat()).toEqual([]);
    });
  },
);
