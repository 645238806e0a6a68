import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { type Identifier, identifierOf } from '../../../src/model/identifier.ts';
import type { JourneyRange } from '../../../src/model/interaction.ts';
import { toRetiredCookie } from '../../../src/store/plan/retired-cookies.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import { AttributeReads } from '../../../src/store/postgres/reads/attribute-reads.ts';
import { IdentityEventReads } from '../../../src/store/postgres/reads/identity-event-reads.ts';
import { IdentityReads } from '../../../src/store/postgres/reads/identity-reads.ts';
import { InteractionReads } from '../../../src/store/postgres/reads/interaction-reads.ts';
import { TraitReads } from '../../../src/store/postgres/reads/trait-reads.ts';
import { ConfirmationReads } from '../../../src/store/sqlite/confirmation-rows.ts';
import { IdentityReads as SqliteIdentityReads } from '../../../src/store/sqlite/identity-reads.ts';
import { migrate as migrateSqlite } from '../../../src/store/sqlite/open-database.ts';
import { UNBOUNDED } from '../../../src/store/sqlite/read-bounds.ts';
import { storeReads } from '../../../src/store/sqlite/store-reads.ts';
import { schemaUrl } from '../../support/postgres-schema.ts';
import { openSqliteFile } from '../../support/sqlite-file.ts';
import {
  AGENTS,
  customerId,
  fillPostgres,
  fillSqlite,
  IDS,
  insertInto,
  interactionId,
  KEYS,
  type StoredRows,
  storedRows,
  TRAITS,
  time,
  touchpoints,
  types,
} from './reads-rows.ts';

const isThere = process.env.TEST_DATABASE !== undefined;
const UNKNOWN = 'customer-of-nobody';

const cursor = fc.record({ occurredAt: time.map((at) => new Date(at)), id: interactionId, customerId });
const range: fc.Arbitrary<JourneyRange> = fc.record({
  limit: fc.integer({ min: 1, max: 12 }),
  order: fc.constantFrom('newest-first', 'oldest-first'),
  olderThan: fc.option(cursor),
  newerThan: fc.option(cursor),
  types,
  touchpoints,
  withActors: fc.boolean(),
});
const ids = fc.array(fc.oneof({ weight: 9, arbitrary: customerId }, fc.constant(UNKNOWN)), { minLength: 1, maxLength: 8 });
const eventPage = fc.record({
  limit: fc.integer({ min: 1, max: 6 }),
  after: fc.option(fc.record({ recordedAt: fc.nat(3).map((at) => new Date(at)), id: fc.constantFrom('e1', 'e3', 'e5') })),
});

describe.skipIf(!isThere)('reads of a store in PostgreSQL', () => {
  const sqlite = openSqliteFile(':memory:');
  migrateSqlite(sqlite);
  const sqliteIdentity = new SqliteIdentityReads(sqlite);
  const sqliteConfirmations = new ConfirmationReads(sqlite, sqliteIdentity.identityKey);
  const sqliteReads = storeReads(sqlite, UNBOUNDED);
  const secret = sqliteIdentity.identityKey;
  let connections: Connections;

  beforeAll(async () => {
    const url = { scheme: 'postgres', url: schemaUrl('reads', 'reads'), isCitus: false, identityAge: null } as const;
    await migrate(url);
    connections = new Connections(url);
  });
  afterAll(() => connections.close());

  const fill = async (rows: StoredRows) => {
    fillSqlite(sqlite, rows, secret);
    await fillPostgres(connections.shared, rows, secret);
  };
  const holds = async <Question>(question: fc.Arbitrary<Question>, check: (question: Question, rows: StoredRows) => Promise<void>) => {
    // Filling costs more than asking.
    const property = fc.asyncProperty(storedRows, fc.array(question, { minLength: 10, maxLength: 10 }), async (rows, questions) => {
      await fill(rows);
      for (const each of questions) await check(each, rows);
    });
    await fc.assert(property, { numRuns: 25 });
  };

  it('look-ups of the identity graph answer as those of SQLite', async () => {
    const question = fc.record({ keys: fc.array(fc.constantFrom(...KEYS, 'email:9')), ids, agent: fc.constantFrom(...AGENTS, 'eve') });
    await holds(question, async ({ keys, ids: asked, agent }) => {
      const reads = new IdentityReads(connections.shared, secret);
      const identifiers = keys.map(identifierOf);
      const customers = asked as CustomerId[];
      expect(await reads.findOwners(identifiers)).toEqual(sqliteIdentity.findOwners(identifiers));
      expect(await reads.findCustomers(customers)).toEqual(sqliteIdentity.findCustomers(customers));
      expect(await reads.findConfirmations(agent, customers)).toEqual(sqliteConfirmations.find(agent, customers));
      expect(await reads.findRetired(identifiers)).toEqual(identifiers.map(retiredInSqlite));
      expect(await reads.provisionalIds(identifiers)).toEqual(sqliteIdentity.provisionalIds(identifiers));
    });
  });

  function retiredInSqlite(identifier: Identifier) {
    const row = sqliteIdentity.retiredCookie(`${identifier.type}:${identifier.value}`);
    return row === undefined ? null : toRetiredCookie(row);
  }

  it('an id that was given away to others is not given to a new identifier', async () => {
    const reads = new IdentityReads(connections.shared, secret);
    const identifier = { type: 'email', value: 'given away often' };
    const given: string[] = [];
    for (let n = 0; n < 9; n++) {
      const [id] = await reads.provisionalIds([identifier]);
      given.push(id as string);
      const times = { created_at: 1, first_seen_at: 1, last_seen_at: 1 };
      const row = { id: id as string, root_id: id as string, ...times };
      await insertInto(connections.shared, 'customer', [row]);
      sqlite
        .prepare('insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?, ?, 1, 1, 1)')
        .run(row.id, row.root_id);
      expect(await reads.provisionalIds([identifier])).toEqual(sqliteIdentity.provisionalIds([identifier]));
    }
    expect(new Set(given).size).toBe(9);
  });

  it('journeys are those of SQLite, whatever the part', async () => {
    await holds(fc.record({ id: customerId, part: range }), async ({ id, part }) => {
      const found = await new InteractionReads(connections.shared).find(id as CustomerId, part);
      const expected = sqliteReads.findInteractions(id as CustomerId, part) as typeof found;
      expect(found).toEqual(part.withActors ? expected : expected.map((each) => ({ ...each, actor: null })));
    });
  });

  it('a filter finds what lies far apart, without an answer that is long', async () => {
    await fill(EMPTY);
    const rows = Array.from({ length: 4_500 }, (_, n) => ({
      ...{ customer_id: `customer-${n % 2}`, occurred_at: n >> 3, id: `i${n}`, recorded_at: n, properties: '{}' },
      // Alone in a slice, at the end of one, at the beginning of one.
      type: [3, 1_999, 2_000, 4_499].includes(n) || (n > 3_000 && n < 3_030) ? 'rare' : 'frequent',
      touchpoint: n % 2 === 0 ? 'web' : null,
      actor: null,
    }));
    await fill({ ...EMPTY, customer: [customer(0, 0), customer(1, 0)], interaction: rows });
    const find = async (part: JourneyRange) => {
      const found = await new InteractionReads(connections.shared).find('customer-0' as CustomerId, part);
      expect(found).toEqual(sqliteReads.findInteractions('customer-0' as CustomerId, part));
      return found.length;
    };
    const all = { olderThan: null, newerThan: null, touchpoints: null };
    for (const order of ['newest-first', 'oldest-first'] as const) {
      expect(await find({ ...all, order, limit: 100, types: ['rare'] })).toBe(33);
      expect(await find({ ...all, order, limit: 10, types: ['rare'] })).toBe(10);
      expect(await find({ ...all, order, limit: 1_500, types: ['frequent'] })).toBe(1_500);
      expect(await find({ ...all, order, limit: 5_000, types: null, touchpoints: ['web'] })).toBe(2_250);
      expect(await find({ ...all, order, limit: 5, types: ['nothing'] })).toBe(0);
    }
  });

  it('identity events are those of SQLite, each once', async () => {
    await holds(fc.record({ id: customerId, page: eventPage }), async ({ id, page }, rows) => {
      const found = await new IdentityEventReads(connections.shared).find(id as CustomerId, page);
      const expected = sqliteReads.findIdentityEvents(id as CustomerId, page) as typeof found;
      expect(found.map((each) => each.id)).toEqual(expected.map((each) => each.id));
      // An event of several ids is read under either of them. While it names what is erased under one of them, these differ.
      if (rows.purge.length === 0) expect(found).toEqual(expected);
    });
  });

  it('of an identifier that is erased, an event says nothing before the purge has come there', async () => {
    const named = { type: 'email', value: '1' };
    const changes = { evidence: [named], leftOut: [], linked: [], cut: [], merged: [], aliases: [] };
    const event = { id: 'e1', recorded_at: 1, occurred_at: 1, rule: 'TOGETHER', source: 'test', actor: null, reason: 'is 1' };
    await fill({
      ...EMPTY,
      customer: [customer(0, 0), customer(1, 0)],
      identity_event: [{ ...event, customer_id: 'customer-1', event_customer_id: 'customer-1', changes: JSON.stringify(changes) }],
      purge: [{ erasure: 'x', customer_id: 'customer-1', id_key: 'email:1' }],
    });
    const found = await new IdentityEventReads(connections.shared).find('customer-0' as CustomerId, { limit: 5, after: null });
    expect(found).toMatchObject([{ id: 'e1', reason: null, evidence: [{ type: 'email', value: '(erased)' }] }]);
    expect(found).toEqual(sqliteReads.findIdentityEvents('customer-0' as CustomerId, { limit: 5, after: null }));
  });

  it('attributes are those of SQLite; an alias has those of its customer', async () => {
    await holds(ids, async (asked, { customer: customers }) => {
      const roots = new Map(customers.map(({ id, root_id }) => [id, root_id]));
      const found = await new AttributeReads(connections.shared).find(asked as CustomerId[]);
      expect(found).toEqual(sqliteReads.findAttributes(asked.map((id) => (roots.get(id) ?? id) as CustomerId)));
    });
  });

  it('attributes of many customers come in answers of a bounded length', async () => {
    const customers = Array.from({ length: 30 }, (_, n) => customer(n, n));
    const attribute = customers.flatMap(({ id }, n) =>
      Array.from({ length: 10 * n }, (_, m) => ({ customer_id: id, name: `n${m}`, value: '1', touchpoint: null, captured_at: m })),
    );
    await fill({ ...EMPTY, customer: customers, attribute });
    const longest = { rows: 0 };
    const watched = {
      run: async (statement: Parameters<typeof connections.shared.run>[0]) => {
        const result = await connections.shared.run(statement);
        longest.rows = Math.max(longest.rows, result.rows.length);
        return result;
      },
    };
    const asked = customers.map(({ id }) => id as CustomerId);
    const found = await new AttributeReads(watched).find(asked);
    expect(found).toEqual(sqliteReads.findAttributes(asked));
    expect(longest.rows).toBeLessThanOrEqual(4_001);
  });

  it('traits are those of SQLite', async () => {
    await holds(fc.record({ ids, at: time, traits: fc.subarray([...TRAITS]) }), async ({ ids: asked, at, traits }) => {
      const found = await new TraitReads(connections.shared).find(asked as CustomerId[], traits, new Date(at));
      expect(found).toEqual(sqliteReads.findTraits(asked as CustomerId[], traits, new Date(at)));
    });
  });

  it('refuses a trait for which nothing is counted', async () => {
    await fill(EMPTY);
    await expect(new TraitReads(connections.shared).find(['customer-0' as CustomerId], TRAITS, new Date(1))).rejects.toThrow(
      'expected the store to count for the trait views; another process has taken it away',
    );
  });

  it('texts are ordered by their bytes', () => {
    expect([...IDS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).not.toEqual([...IDS].sort());
  });
});

function customer(n: number, root: number) {
  const times = { created_at: 1, first_seen_at: 1, last_seen_at: 1, erased_at: null, person_merged_at: null };
  return { id: `customer-${n}`, root_id: `customer-${root}`, ...times };
}

const EMPTY: StoredRows = {
  customer: [],
  identifier: [],
  attribute: [],
  interaction: [],
  identity_event: [],
  purge: [],
  confirmation: [],
  retired_cookie: [],
  trait_counter: [],
  trait_bucket: [],
  trait_value: [],
};
