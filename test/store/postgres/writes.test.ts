import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoreWrite } from '../../../src/store/plan/writes.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { IdentityFacts } from '../../../src/store/postgres/facts/identity-facts.ts';
import { Gathering } from '../../../src/store/postgres/gathering.ts';
import { Locks } from '../../../src/store/postgres/locks.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import { runTransaction } from '../../../src/store/postgres/run-transaction.ts';
import { prepared } from '../../../src/store/postgres/statement.ts';
import { compileWrites } from '../../../src/store/postgres/writes/compile-writes.ts';
import { writesApplier } from '../../../src/store/sqlite/apply-writes.ts';
import { migrate as migrateSqlite } from '../../../src/store/sqlite/open-database.ts';
import { schemaUrl } from '../../support/postgres-schema.ts';
import { history, Samples } from './writes-samples.ts';
import { comparable, TABLES } from './writes-tables.ts';

const isThere = process.env.TEST_DATABASE !== undefined;
const SECRET = 'secret';

describe.skipIf(!isThere)('writes of a plan in PostgreSQL', () => {
  let connections: Connections;

  beforeAll(async () => {
    const url = { scheme: 'postgres', url: schemaUrl('writes', 'writes'), isCitus: false, identityAge: null } as const;
    await migrate(url);
    connections = new Connections(url);
  });
  afterAll(() => connections.close());

  const run = (sql: string) => connections.shared.run({ prepared: prepared(sql), values: [] });
  const empty = () => Promise.all(Object.keys(TABLES).map((table) => run(`delete from ${table}`)));
  const write = (writes: readonly StoreWrite[]) =>
    connections.exclusive((connection) => {
      const gathering = new Gathering();
      const locks = new Locks(SECRET);
      return runTransaction(connection, gathering, locks, () => {
        const statements = compileWrites(writes, new IdentityFacts(gathering, locks, SECRET, false), gathering, locks);
        return { result: statements.length, statements };
      });
    });
  const expectEqual = async (sqlite: DatabaseSync) => {
    const tables = Object.entries(TABLES);
    const found = await Promise.all(tables.map(([table, [columns]]) => run(`select ${columns} from ${table}`)));
    const actual = Object.fromEntries(tables.map(([table, [columns]], index) => [table, comparable(columns, found[index]?.rows ?? [])]));
    const expected = tables.map(([table, [columns, from]]) => {
      return [table, comparable(columns, sqlite.prepare(`select ${columns} ${from}`).all())];
    });
    expect(actual).toEqual(Object.fromEntries(expected));
  };

  it('leaves what the same writes leave in SQLite', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (given) => {
        const sqlite = new DatabaseSync(':memory:');
        migrateSqlite(sqlite);
        const apply = writesApplier(sqlite);
        const samples = new Samples(sqlite);
        const first = samples.first();
        apply(first);
        await empty();
        await write(first);
        for (const list of given.lists) {
          const writes = list.flatMap((each) => {
            const made = samples.writesOf(given, each);
            apply(made);
            return made;
          });
          await write(writes);
          await expectEqual(sqlite);
        }
        sqlite.close();
      }),
      { numRuns: 200 },
    );
  });
});
