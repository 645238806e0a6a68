import type { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { RESERVED_FOR } from '../../../src/model/offer.ts';
import { migrate, openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { SHORT_READ } from '../../../src/store/sqlite/read-bounds.ts';
import { storeReads } from '../../../src/store/sqlite/store-reads.ts';
import { storeWrites } from '../../../src/store/sqlite/store-writes.ts';
import { rulesWith } from '../../identity/histories.ts';
import { DAY, decision, later, MINUTE, NOON, ofEverybody, perCustomer, toKeep } from '../offer-samples.ts';

const ROWS = 50_000;
const CAPS = [perCustomer(3, DAY), perCustomer(100_000), ofEverybody(1_000_000, 64 * DAY)];
const CALLS = 200;
/** Of a look at all rows, which takes some milliseconds. */
const LOOKS = 20;
const BUSY = 'busy' as CustomerId;
const QUIET = 'quiet' as CustomerId;

function memoryStore() {
  const database = openDatabase(':memory:');
  onTestFinished(() => database.close());
  migrate(database);
  return { database, writes: storeWrites(database, rulesWith('reassign-latest'), () => NOON.getTime()) };
}

/** Many decisions and presentations of one customer, a minute between one and the next. */
function fill(database: DatabaseSync): void {
  const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2)';
  const insert = (sql: string) => database.prepare(`${numbers} ${sql}`).run(NOON.getTime(), ROWS, MINUTE);
  insert(`insert into offer_decision (customer_id, placement, decided_at, id, sticky_until, record)
    select 'busy', 'home', ?1 - i * ?3, 'd' || i, ?1 - i * ?3 + 1, '{}' from n`);
  insert(`insert into offer_exposure (customer_id, offer, decision_id, placement, shown_at, kept_until)
    select 'busy', 'other', 'd' || i, 'home', ?1 - i * ?3, ?1 * 2 from n`);
}

/** Processor time of one call, in microseconds. The least of several rounds: other work only adds to it. */
function costOf(call: (n: number) => unknown, calls = CALLS): number {
  let n = 0;
  const rounds = Array.from({ length: 5 }, () => {
    const before = process.threadCpuUsage();
    for (let count = 0; count < calls; count++) call(n++);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / calls;
  });
  return Math.min(...rounds);
}

it('a decision, and the state before it, cost less than a look at all rows for a customer with 50,000 decisions and presentations', () => {
  const { database, writes } = memoryStore();
  fill(database);
  const reads = storeReads(database, SHORT_READ);
  const keep = (id: CustomerId) => (n: number) =>
    writes.keepDecision(toKeep(decision(id, { id: `${id} ${n}`, sticky: 1, at: later(n) }), CAPS));
  const caps = CAPS.map((cap) => ({ offer: 'one', cap }));
  const ask = (id: CustomerId) => () => {
    if (reads.findOfferStates([{ customerId: id, placement: 'home', at: NOON, caps }]) === null) throw new Error('expected a short read');
  };
  const find = (id: CustomerId) => () => reads.findDecisions(id, null, 5);
  // What the least look at all rows costs on this machine, now.
  const exposures = database.prepare('select max(length(offer)) from offer_exposure where customer_id = ?');
  const decisions = database.prepare('select max(length(record)) from offer_decision where customer_id = ?');
  const look = () => [exposures.get(BUSY), decisions.get(BUSY)];
  for (const call of [keep(BUSY), ask(BUSY), find(BUSY)]) {
    costOf(call);
    expect(costOf(call)).toBeLessThan(costOf(look, LOOKS) / 2);
  }
});

it('releases at most 100 reservations that have ended with one decision, and all of them with some', () => {
  const { database, writes } = memoryStore();
  const count = () => (database.prepare('select count(*) as n from offer_exposure').get() as { n: number }).n;
  for (let n = 0; n < 250; n++) writes.keepDecision(toKeep(decision(`c${n}` as CustomerId), [ofEverybody(1_000)]));
  expect(count()).toBe(250);
  const left = [1, 2, 3, 4].map((n) => {
    const at = later(RESERVED_FOR + n);
    writes.keepDecision(toKeep(decision(QUIET, { id: `${n}`, placement: `p${n}`, at }), [perCustomer(9)]));
    return count() - n;
  });
  expect(left).toEqual([150, 50, 0, 0]);
  expect(database.prepare('select sum(reserved) as n from offer_cap_lease').get()).toEqual({ n: 0 });
});

it('gives one of a cap to whom it is left, however many reservations of other offers have ended', () => {
  const { writes } = memoryStore();
  const keep = (id: string, offer: string, at: Date) =>
    writes.keepDecision(toKeep(decision(id as CustomerId, { offers: [offer], at }), [ofEverybody(offer === 'rare' ? 1 : 9_999)])).outcome;
  for (let n = 0; n < 300; n++) keep(`c${n}`, 'frequent', later(-MINUTE));
  expect(keep('ada', 'rare', NOON)).toBe('kept');
  expect(keep('tom', 'rare', later(1))).toBe('capped');
  expect(keep('tom', 'rare', later(RESERVED_FOR))).toBe('kept');
});
