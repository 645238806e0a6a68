import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../../src/model/identifier.ts';
import { freeProvisionalId } from '../../../src/store/provisional-id.ts';
import { migrate, openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { Planner } from '../../../src/store/sqlite/planner.ts';
import { Purge } from '../../../src/store/sqlite/purge.ts';
import { storeWrites } from '../../../src/store/sqlite/store-writes.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { newest } from '../../support/journey.ts';
import { openTestStore } from '../../support/open-store.ts';
import { openSqliteFile } from '../../support/sqlite-file.ts';
import { SQLITE } from '../../support/stores.ts';

const RULES = {
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'visitorId', class: 'cookie', unique: false, limit: 1_000, window: null },
  ],
  conflict: 'reassign-latest',
  capacity: 50,
} as const;
const DAY = 24 * 60 * 60 * 1_000;
const laptop: Identifier = { type: 'visitorId', value: 'laptop' };
const person = (value: unknown): Identifier => ({ type: 'crmId', value: String(value) });

function interaction(id: string, at: number, ...identifiers: Identifier[]) {
  const rest = { type: 'view', touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null };
  return { id, occurredAt: new Date(at), identifiers, ...rest };
}

/** A store in memory with a clock of its own, whose writes are called as the writer thread does. */
function memoryStore(clock: { now: number }) {
  const database = openDatabase(':memory:');
  onTestFinished(() => database.close());
  migrate(database);
  const writes = storeWrites(database, RULES, () => clock.now);
  const event = (eventId: string | null, at: number, ...identifiers: Identifier[]) => ({
    ...{ identifiers, occurredAt: new Date(at), source: 'test', eventId },
  });
  return { database, writes, event };
}

const customers = (database: DatabaseSync) =>
  database.prepare('insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?1, ?1, 1, 1, 1)');
/** Each call is a plan of its own. */
const formerOwners = (database: DatabaseSync) => {
  const planner = new Planner(database, () => 1);
  return {
    add: (key: string, until: number, id: CustomerId) => planner.run((draft) => draft.formerOwners.add(key, until, id)),
    ownerAt: (key: string, at: number) => planner.run((draft) => draft.formerOwners.ownerAt(key, at)),
  };
};
const formerRows = (database: DatabaseSync) =>
  database.prepare('select until, customer_id, is_nameless from former_owner where id_key = ? order by until').all(identifierKey(laptop));

it('an erased interaction that is sent again is recognised for 400 days', () => {
  const clock = { now: 100 * DAY };
  const { database, writes, event } = memoryStore(clock);
  const send = () => writes.saveInteractions([interaction('i', clock.now + DAY, laptop)])[0]?.outcome;
  writes.commit(event(null, 1, laptop));
  expect(send()).toBe('stored');
  const { customer_id } = database.prepare('select customer_id from identifier').get() as { customer_id: CustomerId };
  writes.erase({ customerId: customer_id, at: new Date(1), source: 'test', actor: null });
  new Purge(database, () => clock.now).slice(60_000);
  expect(database.prepare('select count(*) as n from interaction').get()).toEqual({ n: 0 });
  clock.now += 399 * DAY;
  expect(send()).toBe('erased');
  clock.now += 2 * DAY;
  expect(send()).toBe('stored');
  expect(database.prepare('select count(*) as n from erased_interaction').get()).toEqual({ n: 0 });
});

describe('former owners of an identifier', () => {
  it('are kept for the newest thousand; all older ones are one customer who is nobody in particular', () => {
    const { database } = memoryStore({ now: 1 });
    const owners = formerOwners(database);
    const insert = customers(database);
    for (let n = 1; n <= 1_500; n++) {
      insert.run(`c${n}`);
      owners.add(identifierKey(laptop), 10 * n, `c${n}` as CustomerId);
    }
    const rows = formerRows(database);
    expect(rows).toHaveLength(1_001);
    expect(rows.map(({ is_nameless }) => is_nameless)).toEqual([1, ...Array(1_000).fill(0)]);
    const at = (time: number) => owners.ownerAt(identifierKey(laptop), time);
    expect(at(10 * 1_500)).toBeNull();
    expect(at(10 * 1_500 - 1)).toMatchObject({ root: 'c1500', isNameless: false });
    expect(at(10 * 501 - 1)).toMatchObject({ root: 'c501', isNameless: false });
    const [nameless] = rows;
    for (const time of [0, 77, 10 * 500 - 1]) expect(at(time)).toMatchObject({ root: nameless?.customer_id, isNameless: true });
  });

  it('are as few where one plan adds them all', () => {
    const { database } = memoryStore({ now: 1 });
    const insert = customers(database);
    for (let n = 1; n <= 1_500; n++) insert.run(`c${n}`);
    const planner = new Planner(database, () => 1);
    const key = identifierKey(laptop);
    planner.run((draft) => {
      for (let n = 1; n <= 1_500; n++) draft.formerOwners.add(key, 10 * n, `c${n}` as CustomerId);
      // Within the plan, nobody is nameless yet.
      expect(draft.formerOwners.ownerAt(key, 0)).toMatchObject({ root: 'c1', isNameless: false });
    });
    expect(formerRows(database).map(({ is_nameless }) => is_nameless)).toEqual([1, ...Array(1_000).fill(0)]);
    const at = (time: number) => planner.run((draft) => draft.formerOwners.ownerAt(key, time));
    expect(at(10 * 501 - 1)).toMatchObject({ root: 'c501', isNameless: false });
    expect(at(10 * 500 - 1)).toMatchObject({ isNameless: true });
    expect(database.prepare('select count(*) as n from nameless_owner').get()).toEqual({ n: 500 });
  });

  it('of an older store become few in small parts', () => {
    const { database } = memoryStore({ now: 1 });
    const insertCustomer = customers(database);
    const insert = database.prepare('insert into former_owner (id_key, until, customer_id) values (?, ?, ?)');
    for (let n = 1; n <= 1_350; n++) {
      insertCustomer.run(`c${n}`);
      insert.run(identifierKey(laptop), 10 * n, `c${n}`);
    }
    const owners = formerOwners(database);
    const sizes = [1, 2, 3, 4, 5].map((n) => {
      owners.add(identifierKey(laptop), 20_000 + n, 'c1' as CustomerId);
      return formerRows(database).length;
    });
    expect(sizes).toEqual([1_252, 1_154, 1_056, 1_001, 1_001]);
    expect(new Set(formerRows(database).map(({ is_nameless }) => is_nameless))).toEqual(new Set([0, 1]));
  });

  it('of whom one was erased: what comes so late is refused, since it may be theirs', () => {
    const { database } = memoryStore({ now: 1 });
    const owners = formerOwners(database);
    const insert = customers(database);
    for (let n = 1; n <= 1_002; n++) {
      insert.run(`c${n}`);
      owners.add(identifierKey(laptop), 10 * n, `c${n}` as CustomerId);
    }
    const before = owners.ownerAt(identifierKey(laptop), 0);
    expect(before).toMatchObject({ isNameless: true, erasedAt: null });
    database.exec(`update customer set erased_at = 77 where id = 'c3'`);
    insert.run('c1003');
    owners.add(identifierKey(laptop), 10_030, 'c1003' as CustomerId);
    const after = owners.ownerAt(identifierKey(laptop), 0);
    expect(after).toMatchObject({ isNameless: true, erasedAt: 77 });
    expect(after?.customerId).not.toBe(before?.customerId);
  });

  it('of whom one is erased later: what comes so late is refused from then on, and what was kept stays', () => {
    const { database, writes, event } = memoryStore({ now: 1 });
    for (let n = 1; n <= 1_005; n++) writes.commit(event(null, 10 * n, person(n), laptop));
    const [kept] = writes.saveInteractions([interaction('kept', 6, laptop)]);
    expect(kept).toMatchObject({ outcome: 'stored' });
    const ownerOf = (n: number) => {
      const { type, value } = person(n);
      return (
        database.prepare('select customer_id from identifier where id_key = ?').get(`${type}:${value}`) as { customer_id: CustomerId }
      ).customer_id;
    };
    const order = { at: new Date(1), source: 'test', actor: null };
    writes.erase({ customerId: ownerOf(900), ...order });
    expect(writes.saveInteractions([interaction('late', 7, laptop)])).toMatchObject([{ outcome: 'stored' }]);
    writes.erase({ customerId: ownerOf(2), ...order });
    expect(writes.saveInteractions([interaction('later', 8, laptop)])).toMatchObject([{ outcome: 'erased', customerId: null }]);
    const left = database.prepare('select id from interaction where customer_id = ? order by id').all(kept?.customerId as string);
    expect(left.map(({ id }) => id)).toEqual(['kept', 'late']);
  });

  it('beyond the thousand get no late interaction of another, and none is lost or doubled', () => {
    const { database, writes, event } = memoryStore({ now: 1 });
    const [first] = writes.saveInteractions([interaction('in time', 5, person('first'), laptop)]);
    for (let n = 1; n <= 1_005; n++) writes.commit(event(null, 10 * n, person(n), laptop));
    const [late] = writes.saveInteractions([interaction('late', 6, laptop)]);
    expect(late).toMatchObject({ outcome: 'stored' });
    expect(late?.customerId).not.toBe(first?.customerId);
    const owned = database.prepare('select count(*) as count from identifier where customer_id = ?').get(late?.customerId as string);
    expect(owned).toEqual({ count: 0 });
    expect(writes.saveInteractions([interaction('late', 6, laptop)])[0]).toMatchObject({ outcome: 'duplicate' });
    const [again] = writes.saveInteractions([interaction('in time', 5, person('first'), laptop)]);
    expect(again).toMatchObject({ outcome: 'duplicate', customerId: first?.customerId });
  });

  it('beyond the thousand have the interaction that is recorded again with the same identifier', () => {
    const { writes, event } = memoryStore({ now: 1 });
    const [first] = writes.saveInteractions([interaction('in time', 5, laptop)]);
    writes.commit(event(null, 9, person('first'), { type: 'visitorId', value: 'other' }));
    writes.commit(event(null, 9, person('first'), laptop));
    for (let n = 1; n <= 1_005; n++) writes.commit(event(null, 10 * n, person(n), laptop));
    const [again] = writes.saveInteractions([interaction('in time', 5, laptop)]);
    expect(again?.outcome).toBe('duplicate');
    expect(first?.outcome).toBe('stored');
  });
});

describe('remembered events', () => {
  const remembered = (database: DatabaseSync) =>
    (database.prepare('select count(*) as count from heard_event').get() as { count: number }).count;

  it('are forgotten after 400 days, a few with each new event', () => {
    const clock = { now: 1_000 * DAY };
    const { database, writes, event } = memoryStore(clock);
    for (let n = 0; n < 20; n++) writes.commit(event(`old ${n}`, 1, person('tom')));
    expect(writes.commit(event('old 0', 1, person('tom')))).toMatchObject({ rule: 'REPLAY' });
    clock.now += 400 * DAY;
    writes.commit(event('new', 2, person('tom')));
    expect(remembered(database)).toBe(21);
    clock.now += 1;
    for (let n = 0; n < 5; n++) writes.commit(event(`newer ${n}`, 3, person('tom')));
    expect(remembered(database)).toBe(6);
    expect(writes.commit(event('old 0', 1, person('tom')))).toMatchObject({ rule: 'TOGETHER', created: false });
    expect(writes.commit(event('new', 2, person('tom')))).toMatchObject({ rule: 'REPLAY' });
  });

  it('are not remembered if they are stored as interactions', () => {
    const { database, writes } = memoryStore({ now: 1 });
    writes.saveInteractions([interaction('1', 1, person('tom'), laptop)]);
    expect(remembered(database)).toBe(0);
    expect(writes.saveInteractions([interaction('1', 1, person('ada'), laptop)])).toMatchObject([{ outcome: 'duplicate', changed: [] }]);
  });
});

it('the id that a customer will have is found in few steps, however often the identifier was given away', () => {
  for (const taken of [0, 1, 2, 3, 7, 100, 5_000]) {
    const ids = new Map<CustomerId, number>();
    for (let n = 0; n < taken; n++) {
      const id = freeProvisionalId('key', 'visitorId:laptop', (each) => ids.has(each));
      expect(ids.has(id)).toBe(false);
      ids.set(id, n);
    }
    let asked = 0;
    freeProvisionalId('key', 'visitorId:laptop', (id) => {
      asked++;
      return ids.has(id);
    });
    expect(asked).toBeLessThan(30);
  }
});

it('a store of the version before is opened with all that it holds', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'graph.db');
  const old = openSqliteFile(path);
  const folder = new URL('../../../src/store/sqlite/migrations/', import.meta.url);
  for (const name of ['001-identity.sql', '002-identity-history.sql', '003-journey.sql']) {
    old.exec(readFileSync(new URL(name, folder), 'utf8'));
  }
  old.exec(`
    pragma user_version = 3;
    insert into setting values ('identity_key', 'the key of this store');
    insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values ('tom', 'tom', 1, 1, 9), ('tom2', 'tom', 2, 2, 9);
    insert into identifier values ('crmId:tom', 'crmId', 'tom', 'tom', 1, 9, 'test'), ('visitorId:laptop', 'visitorId', 'laptop', 'tom', 1, 9, 'test');
    insert into former_owner values ('visitorId:laptop', 5, 'tom2');
    insert into heard_event values (x'01', 'tom', null);
    insert into identity_event values ('tom', 7, 'e', 'tom', 'MERGE', 'test', null, null, 7,
      '{"evidence":[],"leftOut":[],"linked":[],"cut":[],"aliases":[],"merged":[{"id":"tom2","identifiers":[{"type":"visitorId","value":"laptop"}]}]}');
    insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at) values ('tom2', 4, 'i', 'view', '{}', 4);
  `);
  old.close();

  const before = Date.now();
  const store = await openTestStore({ kind: SQLITE, directory, rules: RULES });
  const [tom] = await store.findCustomers(['tom2' as CustomerId]);
  expect(tom).toMatchObject({ id: 'tom', mergedByPersonAt: new Date(7) });
  expect(await store.saveInteractions([interaction('i', 8, laptop)])).toMatchObject([{ outcome: 'duplicate', customerId: 'tom' }]);
  expect(await store.saveInteractions([interaction('j', 8, laptop)])).toMatchObject([{ outcome: 'stored', customerId: 'tom' }]);
  expect((await store.findInteractions('tom' as CustomerId, newest(9))).map(({ id }) => id)).toEqual(['j', 'i']);
  const split = {
    kind: 'split',
    customerId: null,
    identifiers: [laptop],
    at: new Date(10),
    source: 'test',
    actor: null,
    reason: null,
  } as const;
  expect(await store.correct(split)).toMatchObject({ customerId: 'tom2', restored: ['tom2'] });
  const migrated = openDatabase(path);
  onTestFinished(() => migrated.close());
  const { heard_at } = migrated.prepare('select heard_at from heard_event').get() as { heard_at: number };
  expect(heard_at).toBeGreaterThanOrEqual(before - 1);
});
