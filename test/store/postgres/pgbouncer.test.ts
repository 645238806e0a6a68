import { describe, expect, it, onTestFinished } from 'vitest';
import { parseStoreUrl } from '../../../src/model/store-url.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import { prepared } from '../../../src/store/postgres/statement.ts';
import { HAS_PGBOUNCER, throughPgBouncer } from '../../support/pgbouncer.ts';
import { runOnPostgres } from '../../support/postgres-client.ts';

const DATABASE = process.env.TEST_DATABASE;

describe.skipIf(DATABASE === undefined || !HAS_PGBOUNCER)('behind PgBouncer, which gives each transaction another connection', () => {
  const urlOf = async (name: string) => {
    const url = new URL(DATABASE as string);
    url.pathname = await newDatabase(`cpg_test_${name}`);
    return parseStoreUrl(await throughPgBouncer(url.href)) as Extract<ReturnType<typeof parseStoreUrl>, { scheme: 'postgres' }>;
  };

  it('statements and transactions go on without prepared statements, which is said once', async () => {
    const url = await urlOf('bouncer');
    await migrate(url);
    const lines: string[] = [];
    const open = () => {
      const connections = new Connections(url, { report: (line) => lines.push(line) });
      onTestFinished(() => connections.close());
      return connections;
    };
    const [one, other] = [open(), open()];
    const insert = prepared('insert into setting (name, value) select unnest($1::text[]), $2');
    const find = prepared('select name from setting where value = $1');
    for (let round = 0; round < 10; round++) {
      const write = (connections: Connections, value: string) =>
        connections.inTransaction(async (connection) => {
          await connection.run({ prepared: insert, values: [[`${value} ${round}`], value] });
          return connection.run({ prepared: find, values: [value] });
        });
      const reads = [one, other].flatMap(({ shared }) => Array.from({ length: 5 }, () => shared.run({ prepared: find, values: ['a'] })));
      await Promise.all([write(one, 'a'), write(other, 'b'), ...reads]);
    }
    for (const value of ['a', 'b']) expect((await one.shared.run({ prepared: find, values: [value] })).rows).toHaveLength(10);
    const said = 'the database keeps no prepared statements, as behind a pooler of transactions: going on without them';
    // Once for each process, where it was so unlucky.
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(2);
    expect(new Set(lines)).toEqual(new Set([said]));
  });
});

/** @returns the path of its URL. It is removed when the test is over. */
async function newDatabase(name: string): Promise<string> {
  const run = async (sql: string) => {
    await runOnPostgres(DATABASE as string, sql);
  };
  await run(`drop database if exists ${name} with (force)`);
  await run(`create database ${name}`);
  onTestFinished(() => run(`drop database if exists ${name} with (force)`));
  return `/${name}`;
}
