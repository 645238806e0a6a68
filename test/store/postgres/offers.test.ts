import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { Identifier } from '../../../src/model/identifier.ts';
import { type Decision, RESERVED_FOR } from '../../../src/model/offer.ts';
import type { Store } from '../../../src/model/ports.ts';
import { type PostgresUrl, parseStoreUrl } from '../../../src/model/store-url.ts';
import { Janitor } from '../../../src/store/postgres/background/janitor.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { rulesWith } from '../../identity/histories.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { openTestStore } from '../../support/open-store.ts';
import { STORES } from '../../support/stores.ts';
import { DAY, decision, later, MINUTE, ofEverybody, perCustomer, response, toKeep } from '../offer-samples.ts';

const POSTGRES = STORES.find(({ name }) => name === 'PostgreSQL');
const PROCESSES = 3;
const CUSTOMERS = 5;
const OF_CUSTOMER = 2;

/** Of one offer (`$offer`): what each must find nothing of, whatever processes did at once. */
const BROKEN = {
  'a lease whose reservations are not those that are open': `
    select l.holder from offer_cap_lease l where l.offer = $offer and l.reserved <>
      (select count(*) from offer_exposure e where e.offer = l.offer and e.holder = l.holder and e.reserved_until is not null)`,
  'a reservation without a lease': `
    select e.holder from offer_exposure e where e.offer = $offer and e.reserved_until is not null
      and not exists (select 1 from offer_cap_lease l where l.offer = e.offer and l.holder = e.holder)`,
  'reservations that are not the same in both tables': `
    select coalesce(e.decision_id, r.decision_id)
    from (select * from offer_exposure where offer = $offer and reserved_until is not null) e
    full join (select * from offer_reservation where offer = $offer) r using (customer_id, offer, decision_id)
    where (e.reserved_until, e.holder, e.taken, e.placement) is distinct from (r.reserved_until, r.holder, r.taken, r.placement)`,
  'presentations of everybody that are not those of customers': `
    select 1 where (select coalesce(sum(shown), 0) from offer_cap_span where offer = $offer)
      <> (select count(*) from offer_exposure where offer = $offer and shown_at is not null)`,
  'totals that are not those of customers': `
    select 1 where (select coalesce(sum(presented), 0) from offer_total where offer = $offer)
      <> (select count(*) from offer_exposure where offer = $offer and shown_at is not null)`,
  'a lock that nobody holds': 'select name from mutex',
};

const who = fc.nat(CUSTOMERS - 1);
const processOf = fc.nat(PROCESSES - 1);
/** Minutes by which the clock of a process is ahead, or that have passed. */
const minutes = fc.constantFrom(0, 0, 1, 9, 10, 11);
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('keep'),
      process: processOf,
      who,
      placement: fc.constantFrom('home', 'agent', 'basket'),
      minutes,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('respond'), process: processOf, which: fc.nat(), minutes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge'), process: processOf, who, other: who }) },
);
type Action = typeof action extends fc.Arbitrary<infer One> ? One : never;
/** What is done at once, one batch after the other. */
const batches = fc.array(fc.array(action, { minLength: 2, maxLength: 12, size: 'max' }), { minLength: 1, maxLength: 5 });

const BY_HAND = { source: 'test', actor: null, reason: null };

class Race {
  readonly offer: string;
  readonly #stores: readonly Store[];
  readonly #run: number;
  readonly #count: number;
  readonly #kept: Decision[] = [];
  #number = 0;

  constructor(stores: readonly Store[], run: number, count: number) {
    this.#stores = stores;
    this.#run = run;
    this.#count = count;
    this.offer = `offer ${run}`;
  }

  async begin(): Promise<void> {
    for (let n = 0; n < CUSTOMERS; n++) {
      await this.#store(0).commit({ identifiers: [this.#crmId(n)], occurredAt: later(-DAY), source: 'test', eventId: null });
    }
  }

  /** @param withTime false: nothing that is reserved ends, or moves to another decision, whose presentation would count all the same. */
  async take(actions: readonly Action[], withTime: boolean): Promise<void> {
    const before = [...this.#kept];
    await Promise.all(
      actions.map((each) => {
        if (each.kind === 'keep')
          return withTime ? this.#keep(each, each.minutes) : this.#keep({ ...each, placement: `p${this.#number}` }, 0);
        if (each.kind === 'respond')
          return this.#respond(each, before[each.which % Math.max(before.length, 1)], withTime ? each.minutes : 0);
        return withTime ? this.#merge(each) : Promise.resolve();
      }),
    );
  }

  #caps() {
    return [perCustomer(OF_CUSTOMER), ofEverybody(this.#count)];
  }

  async #keep({ process, who: n, placement }: { process: number; who: number; placement: string }, ahead: number): Promise<void> {
    const id = `${this.#run} ${this.#number++}`;
    const [customerId] = (await this.#store(process).findOwners([this.#crmId(n)])) as [CustomerId];
    const made = decision(customerId, { id, placement, at: later(ahead * MINUTE), offers: [this.offer] });
    const { outcome } = await this.#store(process).keepDecision(toKeep(made, this.#caps(), { holder: `${process}` }));
    if (outcome === 'kept') this.#kept.push(made);
  }

  async #respond({ process }: Extract<Action, { kind: 'respond' }>, made: Decision | undefined, ahead: number): Promise<void> {
    if (made === undefined) return;
    const [customer] = await this.#store(process).findCustomers([made.customerId]);
    const identifier = customer?.identifiers[0];
    if (identifier === undefined) return;
    const { type, value } = identifier;
    const occurredAt = later(ahead * MINUTE);
    await this.#store(process).saveResponse(response(made, { type, value }, { caps: this.#caps(), occurredAt }));
  }

  async #merge({ process, who: n, other }: Extract<Action, { kind: 'merge' }>): Promise<void> {
    const [a, b] = (await this.#store(process).findOwners([this.#crmId(n), this.#crmId(other)])) as [CustomerId, CustomerId];
    if (a !== b) await this.#store(process).correct({ kind: 'merge', customerIds: [a, b], at: later(0), ...BY_HAND });
  }

  #crmId(n: number): Identifier {
    return { type: 'crmId', value: `${this.#run} ${n}` };
  }

  #store(process: number): Store {
    return this.#stores[process] as Store;
  }
}

describe.skipIf(POSTGRES === undefined)('offers of several processes on one PostgreSQL', () => {
  const kind = POSTGRES as NonNullable<typeof POSTGRES>;
  const rules = rulesWith('reassign-latest');
  const open = async () => {
    const directory = temporaryDirectory();
    const stores = await Promise.all(Array.from({ length: PROCESSES }, () => openTestStore({ kind, rules, directory })));
    const rows = (sql: string) => kind.rows(directory, 'graph', sql);
    const url = parseStoreUrl(kind.url(directory, 'graph')) as PostgresUrl;
    return { stores, rows, url, broken: (offer: string) => brokenIn(rows, offer) };
  };
  const brokenIn = async (rows: (sql: string) => unknown, offer: string) => {
    const found: Record<string, unknown> = {};
    for (const [what, sql] of Object.entries(BROKEN)) {
      const some = (await rows(sql.replaceAll('$offer', `'${offer}'`))) as unknown[];
      if (some.length > 0) found[what] = some;
    }
    return found;
  };

  it('never exceeds a cap by reservations', async () => {
    const { stores, rows, broken } = await open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 8 }), async (actions, count) => {
        const race = new Race(stores, run++, count);
        await race.begin();
        for (const batch of actions) await race.take(batch, false);
        expect(await broken(race.offer)).toEqual({});
        const given = (await rows(`select customer_id, count(*) as n from offer_exposure where offer = '${race.offer}' group by 1`)) as {
          n: number;
        }[];
        expect(given.reduce((sum, { n }) => sum + n, 0)).toBeLessThanOrEqual(count);
        expect(Math.max(0, ...given.map(({ n }) => n))).toBeLessThanOrEqual(OF_CUSTOMER);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('returns each reservation once, whatever ends, is presented late and is merged meanwhile, by clocks that differ', async () => {
    const { stores, broken } = await open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 20 }), async (actions, count) => {
        const race = new Race(stores, run++, count);
        await race.begin();
        for (const batch of actions) await race.take(batch, true);
        expect(await broken(race.offer)).toEqual({});
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('gives out exactly a cap of 300 that three processes hammer at once', async () => {
    const { stores, rows, broken } = await open();
    const offer = 'rare';
    const ids = Array.from({ length: 400 }, () => randomUUID() as CustomerId);
    const keep = (id: CustomerId, n: number) => {
      const holder = n % PROCESSES;
      const made = decision(id, { offers: [offer] });
      return (stores[holder] as Store).keepDecision(toKeep(made, [ofEverybody(300)], { holder: `${holder}` }));
    };
    const outcomes = (await Promise.all(ids.map(keep))).map(({ outcome }) => outcome);
    // What one process has leased and not spent, only it can give out.
    for (let holder = 0; holder < PROCESSES; holder++) {
      for (const [n, id] of ids.entries()) if (outcomes[n] === 'capped') outcomes[n] = (await keep(id, holder)).outcome;
    }
    expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(300);
    expect(await broken(offer)).toEqual({});
    expect(await rows(`select sum(reserved)::int as n from offer_cap_lease where offer = '${offer}'`)).toEqual([{ n: 300 }]);
  });

  it('counts what a visitor reserves at the moment in which they log in', async () => {
    const { stores, broken } = await open();
    const [one, two] = stores as [Store, Store];
    for (let n = 0; n < 20; n++) {
      const [known, visitor] = [`ada ${n}`, `new ${n}`].map((value, index) => ({ type: index === 0 ? 'crmId' : 'visitorId', value }));
      const [crmId, cookie] = [known, visitor] as [Identifier, Identifier];
      await one.commit({ identifiers: [crmId], occurredAt: later(-DAY), source: 'test', eventId: null });
      const [shown] = (await one.provisionalIds([cookie])) as [CustomerId];
      const caps = [perCustomer(1), ofEverybody(99)];
      const keep = (store: Store, id: CustomerId, placement: string) =>
        store.keepDecision(toKeep(decision(id, { id: `${placement} ${n}`, placement, offers: ['welcome'] }), caps));
      const first = keep(one, shown, 'home');
      await two.commit({ identifiers: [crmId, cookie], occurredAt: later(0), source: 'test', eventId: null });
      const [ada] = (await two.findOwners([crmId])) as [CustomerId];
      const outcomes = [(await keep(two, ada, 'agent')).outcome, (await first).outcome];
      expect(outcomes.toSorted()).toEqual(['capped', 'kept']);
    }
    expect(await broken('welcome')).toEqual({});
  });

  it('releases what ended of offers of which nothing is decided any more, and forgets what is old, by several janitors at once', async () => {
    const { stores, rows, broken, url } = await open();
    const [store] = stores as [Store];
    for (let n = 0; n < 130; n++) {
      await store.keepDecision(toKeep(decision(randomUUID() as CustomerId, { offers: ['gone'] }), [ofEverybody(900)]));
    }
    const ada: Identifier = { type: 'crmId', value: 'ada' };
    await store.commit({ identifiers: [ada], occurredAt: later(-DAY), source: 'test', eventId: null });
    const [id] = (await store.findOwners([ada])) as [CustomerId];
    await store.saveResponse(response(decision(id), ada, { occurredAt: later(-30 * DAY) }));
    const secret = ((await rows("select value from setting where name = 'identity_key'")) as { value: string }[])[0]?.value as string;
    const turn = async (now: Date) => {
      const connections = new Connections(url);
      await new Janitor(connections, secret, { retention: { decisions: 10 * DAY }, now: () => now.getTime() }).turn();
      await connections.close();
    };
    const countsAt = async (at: Date) => {
      const caps = [
        { offer: 'gone', cap: ofEverybody(900) },
        { offer: 'one', cap: perCustomer(9) },
      ];
      return (await store.findOfferStates([{ customerId: id, placement: 'home', at, caps }]))[0]?.counts;
    };
    await turn(later(RESERVED_FOR - 1));
    expect(await countsAt(later(RESERVED_FOR - 1))).toEqual([130, 1]);
    await Promise.all([1, 2, 3].map(() => turn(later(400 * DAY))));
    expect(await rows('select (select count(*) from offer_exposure)::int as left')).toEqual([{ left: 0 }]);
    expect(await countsAt(later(0))).toEqual([0, 1]);
    expect(await broken('gone')).toEqual({});
  });
});
