import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { runPlan } from '../../../src/store/plan/run-plan.ts';
import type { StoreWrite } from '../../../src/store/plan/writes.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { IdentityFacts } from '../../../src/store/postgres/facts/identity-facts.ts';
import { PostgresInteractionFacts } from '../../../src/store/postgres/facts/interaction-facts.ts';
import { Gathering } from '../../../src/store/postgres/gathering.ts';
import { Locks } from '../../../src/store/postgres/locks.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import { runTransaction } from '../../../src/store/postgres/run-transaction.ts';
import { prepared } from '../../../src/store/postgres/statement.ts';
import { compileWrites } from '../../../src/store/postgres/writes/compile-writes.ts';
import { writesApplier } from '../../../src/store/sqlite/apply-writes.ts';
import { SqliteInteractionFacts } from '../../../src/store/sqlite/interaction-facts.ts';
import { migrate as migrateSqlite, openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { Planner } from '../../../src/store/sqlite/planner.ts';
import { schemaUrl } from '../../support/postgres-schema.ts';
import { decideHolders, holderByDefinition, rowsOf, type World, world } from '../repetition-worlds.ts';

const isThere = process.env.TEST_DATABASE !== undefined;
const SECRET = 'secret';
const TABLES = ['customer', 'alias', 'former_owner', 'former_identifier', 'interaction'];

/** What stores the rows of a world. */
function writesOf(given: World): StoreWrite[] {
  const { customers, interactions, former } = rowsOf(given);
  const about = { touchpoint: null, pageUrl: null, properties: {} };
  return [
    ...customers.map(({ id, root }): StoreWrite => {
      return { kind: 'insert-customer', id: id as CustomerId, root: root as CustomerId, createdAt: 1, seenAt: 1, erasedAt: null };
    }),
    ...interactions.map(({ under, at, id, type }): StoreWrite => {
      const interaction = { id, type, occurredAt: new Date(at), ...about };
      return {
        kind: 'insert-interaction',
        customerId: under as CustomerId,
        interaction,
        attributedBy: null,
        source: 'test',
        recordedAt: 1,
      };
    }),
    ...former.map(({ key, until, customerId }): StoreWrite => {
      return { kind: 'insert-former-owner', key, until, customerId: customerId as CustomerId };
    }),
  ];
}

describe.skipIf(!isThere)('a repetition of an interaction in PostgreSQL', () => {
  let connections: Connections;

  beforeAll(async () => {
    const url = { scheme: 'postgres', url: schemaUrl('facts', 'repetitions'), isCitus: false, identityAge: null } as const;
    await migrate(url);
    connections = new Connections(url);
  });
  afterAll(() => connections.close());

  const write = (writes: readonly StoreWrite[]) =>
    connections.exclusive((connection) => {
      const gathering = new Gathering();
      const locks = new Locks(SECRET);
      return runTransaction(connection, gathering, locks, () => {
        return { result: null, statements: compileWrites(writes, new IdentityFacts(gathering, locks, SECRET, true), gathering, locks) };
      });
    });
  const holdersOf = async (given: World) => {
    const gathering = new Gathering();
    const plan = () => {
      const identity = new IdentityFacts(gathering, null, SECRET, true);
      const interactions = new PostgresInteractionFacts(gathering, identity);
      return runPlan(
        identity,
        () => 1,
        randomUUID,
        (graph) => decideHolders(given, graph, interactions),
      ).result;
    };
    for (;;) {
      const holders = gathering.decide(plan);
      if (gathering.isComplete) return holders as ReturnType<typeof plan>;
      await gathering.load(connections.shared);
    }
  };

  it('is recognised as by the definition, whatever the history of its identifiers, and however many have its id', async () => {
    const sqlite = openDatabase(':memory:');
    onTestFinished(() => sqlite.close());
    migrateSqlite(sqlite);
    const planner = new Planner(sqlite, () => 1);
    const apply = writesApplier(sqlite);
    const facts = new SqliteInteractionFacts(sqlite);
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        for (const table of ['customer', 'identifier', 'former_owner', 'interaction']) sqlite.exec(`delete from ${table}`);
        await Promise.all(TABLES.map((table) => connections.shared.run({ prepared: prepared(`delete from ${table}`), values: [] })));
        const writes = writesOf(given);
        apply(writes);
        await write(writes);
        const found = await holdersOf(given);
        const expected = planner.run((graph) => decideHolders(given, graph, facts));
        expect(found.map(({ possible }) => possible)).toEqual(expected.map(({ possible }) => possible));
        for (const { possible, holder } of found) expect(holder).toBe(holderByDefinition(sqlite, possible));
      }),
      { numRuns: 150 },
    );
  });
});
