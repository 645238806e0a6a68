import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SourcePolicy } from '../../src/adapters/source-policy.ts';
import { sqlAdapter } from '../../src/index.ts';
import { sourceOf } from '../support/ask-source.ts';
import { isMissing, naming, type Service } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';
import { mariadbWith, postgresWith } from './sql-tables.ts';

interface Server {
  readonly service: Service;
  makeUrl(): Promise<string>;
  /** A part of a statement that takes minutes of work. A `sleep` ends by itself when its client is gone. */
  readonly work: string;
  /** The statements with this text that run, each by its connection. */
  watch(mark: string): Promise<() => Promise<readonly unknown[]>>;
}

const TABLE = 'create table number (id int primary key)';
const SERVERS: readonly Server[] = [
  {
    service: 'PostgreSQL',
    makeUrl: () => postgresWith(TABLE, 'insert into number select generate_series(1, 30000)'),
    work: '(select count(*) from number a, number b, number c where (a.id + b.id * c.id) % 7 = 1)',
    watch: async (mark) => {
      const client = new pg.Client('postgres://root@127.0.0.1:5432/postgres');
      await client.connect();
      onTestFinished(() => client.end());
      const text = "select pid from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like $1";
      return async () => (await client.query(text, [`%${mark}%`])).rows.map(({ pid }) => pid);
    },
  },
  {
    service: 'MariaDB',
    makeUrl: () => mariadbWith(TABLE, 'insert into number select seq from seq_1_to_30000'),
    work: '(select count(*) from number a, number b, number c where (a.id + b.id * c.id) % 7 = 1)',
    watch: async (mark) => {
      const connection = await createConnection('mysql://root@127.0.0.1:3306');
      onTestFinished(() => connection.end());
      const text = 'select id from information_schema.processlist where id <> connection_id() and info like ?';
      return async () => ((await connection.query(text, [`%${mark}%`]))[0] as { id: number }[]).map(({ id }) => id);
    },
  },
];

for (const { service, makeUrl, work, watch } of SERVERS) {
  describe.skipIf(isMissing(service))(`a statement that nobody waits for: ${naming(service)}`, () => {
    /** A source whose search and reads are slow for the text and the key 7, and quick for others. */
    async function slowSource(policy: SourcePolicy) {
      const url = await makeUrl();
      const mark = url.slice(url.lastIndexOf('/') + 1);
      const isSlow = (value: string) => `/* ${mark} */ 0 <= case when '7' = ${value} then ${work} else 0 end`;
      const source = sourceOf(
        sqlAdapter({
          url,
          match: 'id',
          query: `select id from number where id in ($keys) and (${isSlow("'7'")} or id <> 7)`,
          search: `select id from number where id < 10 and ${isSlow('$text')} order by id limit $first`,
          policy,
        }),
      );
      return { source, running: await watch(mark) };
    }

    it('ends in the server when a search is given up, and its one connection serves the next', async () => {
      const { source, running } = await slowSource({ timeout: '60s', concurrency: 1 });
      const ticket = source.search('7', 2, {});
      ticket.answer.promise().catch(() => {});
      await vi.waitFor(async () => expect(await running()).toHaveLength(1), PATIENTLY);
      ticket.leave();
      await vi.waitFor(async () => expect(await running()).toEqual([]), PATIENTLY);
      expect((await source.search('8', 2, {}).answer.promise()).record).toEqual({ keys: ['1', '2'] });
    });

    it('ends in the server when a read is over its time', async () => {
      const { source, running } = await slowSource({ timeout: '2s', retries: 0 });
      const answer = source.ask('7', source.scope({}, {})).answer.promise();
      await vi.waitFor(async () => expect(await running()).toHaveLength(1), PATIENTLY);
      await expect(answer).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
      await vi.waitFor(async () => expect(await running()).toEqual([]), PATIENTLY);
    });
  });
}
