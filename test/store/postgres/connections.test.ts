import { describe, expect, it, onTestFinished } from 'vitest';
import { parseStoreUrl } from '../../../src/model/store-url.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { hostsOf } from '../../../src/store/postgres/hosts.ts';
import type { RepeatOptions } from '../../../src/store/postgres/retry.ts';
import { prepared } from '../../../src/store/postgres/statement.ts';
import { databaseProxy } from '../../support/database-proxy.ts';

const DATABASE = process.env.TEST_DATABASE;

describe('the servers of a URL', () => {
  const namesOf = (url: string) => hostsOf(postgres(url)).map(({ name }) => name);
  const urlsOf = (url: string) => hostsOf(postgres(url)).map(({ config }) => config.connectionString);

  it('are one or several, each with user, password, database and parameters', () => {
    expect(urlsOf('postgres://u:p%40@a:5432,b:5433/shop?sslmode=verify-full')).toEqual([
      'postgres://u:p%40@a:5432/shop?sslmode=verify-full',
      'postgres://u:p%40@b:5433/shop?sslmode=verify-full',
    ]);
    expect(namesOf('postgres://u:secret@a,b/shop')).toEqual(['a', 'b']);
    expect(urlsOf('postgres:///shop?host=/run/postgresql')).toEqual(['postgres:///shop?host=/run/postgresql']);
  });

  it('are not asked for what only libpq knows', () => {
    expect(urlsOf('postgres://a/shop?target_session_attrs=read-write&connect_timeout=2')).toEqual(['postgres://a/shop']);
    expect(hostsOf(postgres('postgres://a/shop?connect_timeout=2'))[0]?.config.connectionTimeoutMillis).toBe(2000);
  });
});

describe.skipIf(DATABASE === undefined)('connections', () => {
  const open = (url = DATABASE as string, options: RepeatOptions = {}) => {
    const connections = new Connections(postgres(url), options);
    onTestFinished(() => connections.close());
    return connections;
  };
  const ask = (connections: Connections, sql: string, ...values: (string | number | readonly string[])[]) =>
    connections.shared.run({ prepared: prepared(sql), values });

  it('answer big integers as numbers, binary data as buffers, and take arrays', async () => {
    const { rows, count } = await ask(
      open(),
      `select 9007199254740991::int8 as big, 1.5::float8 as double, '\\x00ff'::bytea as bytes,
      (select sum(length(t)) from unnest($1::text[]) t)::int8 as length`,
      ['one', 'a "quoted, {word}', ''],
    );
    expect(rows).toEqual([{ big: 9007199254740991, double: 1.5, bytes: Buffer.from([0, 255]), length: 20 }]);
    expect(count).toBe(1);
  });

  it('say of every statement behind one that failed why that one did, so that any of them says what is repeated', async () => {
    const connections = open();
    const failed = await connections.exclusive(async (connection) => {
      const run = (sql: string) => connection.run({ prepared: prepared(sql), values: [] });
      const outcomes = await Promise.allSettled(['begin', 'select 1 / 0', 'select 1 as one', 'select 2 as two'].map(run));
      await run('rollback');
      expect(await run('select 1 as one')).toMatchObject({ rows: [{ one: 1 }] });
      return outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'answered'));
    });
    expect(failed).toEqual(['answered', '22012', '22012', '22012']);
  });

  it('are opened again after they were lost, and reads are repeated', async () => {
    const proxy = await databaseProxy(DATABASE as string);
    const connections = open(proxy.through(DATABASE as string));
    await ask(connections, 'select 1 as one');
    const slow = ask(connections, `select 2 as two, pg_sleep(0.1)::text as slept`);
    await ask(connections, 'select 1 as one');
    proxy.cut();
    expect((await slow).rows[0]?.two).toBe(2);
    expect((await ask(connections, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('reach the first server that takes writes', async () => {
    const url = new URL(DATABASE as string);
    const many = `postgres://${url.username}@127.0.0.1:1,${url.host}${url.pathname}`;
    expect((await ask(open(many), 'select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('refuse a standby', async () => {
    const url = `${DATABASE}?options=-c%20default_transaction_read_only=on`;
    const { message, cause } = await ask(open(url, { within: 0 }), 'select 1').catch((error) => error);
    expect(message).toBe('The store cannot be reached: try again later.');
    expect(cause.cause.message).toMatch(/ takes no writes, as a standby does: name the server that takes them$/);
  });

  it('fail with a word for clients when the database cannot be reached, say so once, and come back by themselves', async () => {
    const proxy = await databaseProxy(DATABASE as string);
    const lines: string[] = [];
    const connections = open(proxy.through(DATABASE as string), { within: 300, report: (line) => lines.push(line) });
    await ask(connections, 'select 1');
    await proxy.stop();
    const failures = await Promise.all([1, 2, 3].map(() => ask(connections, 'select 1').catch((error) => error)));
    for (const failure of failures) expect(failure).toMatchObject({ code: 'OVERLOADED', details: { retryAfter: 1 } });
    for (const failure of failures) expect(failure.message).toBe('The store cannot be reached: try again later.');
    await expect(ask(connections, 'select 1')).rejects.toMatchObject({ code: 'OVERLOADED' });
    expect(lines).toEqual([expect.stringContaining('the store cannot be reached: ')]);
    await proxy.start();
    await expect
      .poll(() =>
        ask(connections, 'select 1 as one').then(
          ({ rows }) => rows,
          () => null,
        ),
      )
      .toEqual([{ one: 1 }]);
    expect(lines).toEqual([expect.stringContaining('the store cannot be reached: '), 'the store can be reached again']);
  });

  it('give an error of the database as it is', async () => {
    await expect(ask(open(), 'select 1 / 0')).rejects.toMatchObject({ code: '22012' });
  });

  it('roll a transaction back that throws, and can be used again', async () => {
    const connections = open();
    const failing = connections.inTransaction(async (connection) => {
      await connection.run({ prepared: prepared('create temporary table left_over (n int)'), values: [] });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const found = await connections.inTransaction((connection) =>
      connection.run({ prepared: prepared(`select to_regclass('left_over')::text as found`), values: [] }),
    );
    expect(found.rows).toEqual([{ found: null }]);
  });

  it('repeat a transaction as a whole when somebody else was first', async () => {
    const connections = open();
    await ask(connections, 'create table if not exists public.counted (n int)');
    let attempts = 0;
    const result = await connections.inTransaction(async (connection) => {
      attempts++;
      await connection.run({ prepared: prepared('insert into public.counted values (1)'), values: [] });
      if (attempts < 3) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return (await connection.run({ prepared: prepared('select count(*) as count from public.counted'), values: [] })).rows;
    });
    expect(result).toEqual([{ count: 1 }]);
    await ask(connections, 'drop table public.counted');
  });

  it('run as many transactions at a time as there are connections, and the others after them', async () => {
    const connections = open();
    const [running, most] = [{ now: 0 }, { at: 0 }];
    const slow = () =>
      connections.inTransaction(async (connection) => {
        most.at = Math.max(most.at, ++running.now);
        await connection.run({ prepared: prepared('select pg_sleep(0.01)::text'), values: [] });
        running.now--;
      });
    await Promise.all(Array.from({ length: 30 }, slow));
    expect(most.at).toBe(8);
  });
});

function postgres(url: string) {
  return parseStoreUrl(url) as Extract<ReturnType<typeof parseStoreUrl>, { scheme: 'postgres' }>;
}
