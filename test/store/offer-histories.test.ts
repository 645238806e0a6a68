import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import { type Decision, OFFER_RESPONSES } from '../../src/model/offer.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith } from '../identity/histories.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';
import { DAY, decision, HOUR, later, MINUTE, ofEverybody, perCustomer, response, toKeep } from './offer-samples.ts';
import { PlainOffer } from './plain-offers.ts';

const NAMES = ['a', 'b', 'c'] as const;
const PLACEMENTS = ['home', 'agent'] as const;
const CAPS = [perCustomer(2, 2 * HOUR), perCustomer(4), ofEverybody(7)];
const HALF_LIFE = DAY;

const who = fc.constantFrom(...NAMES);
const passes = fc.constantFrom(0, MINUTE, 9 * MINUTE, 11 * MINUTE, 3 * HOUR, 20 * HOUR);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('keep'), who, placement: fc.constantFrom(...PLACEMENTS), again: fc.boolean(), passes }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('respond'), which: fc.nat(), response: fc.constantFrom(...OFFER_RESPONSES), passes }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge'), who, other: who, passes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('split'), who, passes }) },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** One history in the store and in the plain model. */
class History {
  readonly #store: Store;
  readonly #run: number;
  /** With a name of its own, as many histories share a store. */
  readonly #offer: string;
  readonly #plain = new PlainOffer();
  /** Every id that a customer of this history was ever seen with. */
  readonly #ids = new Set<CustomerId>();
  readonly #decisions: Decision[] = [];
  #now = 0;

  constructor(store: Store, run: number) {
    this.#store = store;
    this.#run = run;
    this.#offer = `offer ${run}`;
  }

  async begin(): Promise<void> {
    for (const name of NAMES) {
      await this.#store.commit({ identifiers: [this.#cookie(name)], occurredAt: later(-DAY), source: 'test', eventId: null });
      await this.#rootOf(name);
    }
  }

  async take(step: Step, index: number): Promise<void> {
    this.#now += step.passes;
    if (step.kind === 'keep') await this.#keep(step, index);
    else if (step.kind === 'respond') await this.#respond(step);
    else if (step.kind === 'merge') {
      const customerIds = await Promise.all([step.who, step.other].map((name) => this.#rootOf(name)));
      if (customerIds[0] !== customerIds[1]) await this.#store.correct({ kind: 'merge', customerIds, ...this.#byHand() });
    } else {
      await this.#store.correct({ kind: 'split', customerId: null, identifiers: [this.#cookie(step.who)], ...this.#byHand() });
    }
  }

  async check(): Promise<void> {
    const at = later(this.#now);
    for (const name of NAMES) {
      const customerId = await this.#rootOf(name);
      const own = await this.#ownIds(customerId);
      const caps = CAPS.map((cap) => ({ offer: this.#offer, cap: { ...cap, count: 99 } }));
      const [state] = await this.#store.findOfferStates([{ customerId, placement: 'home', at, caps }]);
      expect(state?.counts).toEqual(caps.map(({ cap }) => this.#plain.count(cap, own, at.getTime(), 'home')));
      const made = this.#decisions.filter((each) => own.has(each.customerId)).sort((a, b) => b.decidedAt.getTime() - a.decidedAt.getTime());
      expect(new Set(await this.#store.findDecisions(customerId, null, 99))).toEqual(new Set(made));
    }
    const totals = (await this.#store.findOfferTotals({ placement: null, since: null, until: null })).filter(
      ({ offer }) => offer === this.#offer,
    );
    for (const what of ['presented', 'clicked', 'accepted', 'declined'] as const) {
      expect({ [what]: totals.reduce((sum, row) => sum + row[what], 0) }).toEqual({ [what]: this.#plain.totals[what] });
    }
    const evidence = (await this.#store.findEvidence()).filter(({ offer }) => offer === this.#offer);
    for (const placement of PLACEMENTS) {
      const found = evidence.find((each) => each.placement === placement);
      const expected = this.#plain.evidence(placement, HALF_LIFE);
      expect(found === undefined).toBe(expected === null);
      if (found === undefined || expected === null) continue;
      expect(found.at.getTime()).toBe(expected.at);
      expect(found.presented).toBeCloseTo(expected.presented, 9);
      expect(found.responded).toBeCloseTo(expected.responded, 9);
    }
  }

  async #keep(step: Extract<Step, { kind: 'keep' }>, index: number): Promise<void> {
    const customerId = await this.#rootOf(step.who);
    const before = this.#decisions.findLast((each) => each.customerId === customerId && each.placement === step.placement);
    const id = step.again && before !== undefined ? before.id : `${this.#run} ${index}`;
    const made = decision(customerId, { id, placement: step.placement, at: later(this.#now), offers: [this.#offer] });
    const expected = this.#plain.keep(made, CAPS, await this.#ownIds(customerId));
    const kept = await this.#store.keepDecision(toKeep(made, CAPS, { holder: step.who }));
    expect(kept.outcome).toBe(expected);
    if (kept.outcome === 'kept' && id !== before?.id) this.#decisions.push(made);
  }

  async #respond({ which, response: kind }: Extract<Step, { kind: 'respond' }>): Promise<void> {
    const made = this.#decisions[which % Math.max(this.#decisions.length, 1)];
    if (made === undefined) return;
    const [customer] = await this.#store.findCustomers([made.customerId]);
    const identifier = customer?.identifiers[0];
    // A split may leave a customer without identifiers, who can't answer.
    if (customer == null || identifier === undefined) return;
    const occurredAt = later(this.#now);
    const expected = this.#plain.respond(made, kind, occurredAt.getTime(), await this.#ownIds(customer.id));
    const saved = await this.#store.saveResponse(
      response(made, { type: identifier.type, value: identifier.value }, { caps: CAPS, response: kind, occurredAt, halfLife: HALF_LIFE }),
    );
    expect(saved.outcome).toBe(expected);
    const known = (await this.#store.findEvidence()).find(({ offer, placement }) => offer === this.#offer && placement === made.placement);
    if (saved.evidence !== null) expect(saved.evidence).toEqual(known);
  }

  #cookie(name: string): Identifier {
    return { type: 'visitorId', value: `${this.#run} ${name}` };
  }

  async #rootOf(name: string): Promise<CustomerId> {
    const [root] = (await this.#store.findOwners([this.#cookie(name)])) as [CustomerId];
    this.#ids.add(root);
    return root;
  }

  async #ownIds(root: CustomerId): Promise<Set<CustomerId>> {
    const ids = [...this.#ids];
    const customers = await this.#store.findCustomers(ids);
    return new Set(ids.filter((_, index) => customers[index]?.id === root));
  }

  #byHand() {
    return { at: later(this.#now), source: 'test', actor: null, reason: null };
  }
}

it.each(STORES)('$name counts what a plain list counts, whatever is decided, answered, merged and split', async (kind) => {
  const store = await openTestStore({ kind, rules: rulesWith('reassign-latest') });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
      const history = new History(store, run++);
      await history.begin();
      for (const [index, each] of steps.entries()) await history.take(each, index);
      await history.check();
    }),
    { numRuns: kind.runs(40) },
  );
});
