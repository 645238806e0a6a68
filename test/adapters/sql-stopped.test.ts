import { createConnection } from 'mysql2/promise';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SourcePolicy } from '../../src/adapters/source-policy.ts';
import { sqlAdapter } from '../../src/index.ts';
import { PATIENT, sourceOf } from '../support/ask-source.ts';
import { testGateway } from '../support/gateway.ts';
import { connectToPostgres } from '../support/postgres-client.ts';
import { isMissing, naming, type Service } from '../support/services.ts';
import { signToken } from '../support/tokens.ts';
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
      const client = await connectToPostgres({ connectionString: 'postgres://root@127.0.0.1:5432/postgres' });
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
    /** A source whose search and reads are slow for the text and the key 77, and quick for others. */
    async function slowAdapter(policy: SourcePolicy) {
      const url = await makeUrl();
      const mark = url.slice(url.lastIndexOf('/') + 1);
      const isSlow = (value: string) => `/* ${mark} */ 0 <= case when '77' = ${value} then ${work} else 0 end`;
      const adapter = sqlAdapter({
        url,
        key: 'crmId',
        match: 'id',
        query: `select id from number where id in ($keys) and (${isSlow("'77'")} or id <> 77)`,
        search: `select id from number where id < 10 and ${isSlow('$text')} order by id limit $first`,
        policy,
      });
      return { adapter, running: await watch(mark) };
    }

    it('ends in the server when a search is given up, and its one connection serves the next', async () => {
      const { adapter, running } = await slowAdapter({ ...PATIENT, concurrency: 1 });
      const source = sourceOf(adapter);
      const ticket = source.search('77', 2, {});
      ticket.answer.promise().catch(() => {});
      await vi.waitFor(async () => expect(await running()).not.toEqual([]), PATIENTLY);
      ticket.leave();
      await vi.waitFor(async () => expect(await running()).toEqual([]), PATIENTLY);
      expect((await source.search('88', 2, {}).answer.promise()).record).toEqual({ keys: ['1', '2'] });
    });

    it('ends in the server when an agent types on', async () => {
      const { adapter, running } = await slowAdapter(PATIENT);
      const { gateway } = await testGateway({
        schema: 'type Customer { name: String @from(source: "crm", path: "id") }',
        dataSources: { crm: adapter },
      });
      await gateway.app.listen({ port: 0, host: '127.0.0.1' });
      const { port } = gateway.app.server.address() as { port: number };
      const typing = new AbortController();
      const found = fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await signToken({ role: 'AGENT', subject: 'tom' })}` },
        body: JSON.stringify({ query: '{ findCustomers(value: "77") { id } }' }),
        signal: typing.signal,
      });
      await vi.waitFor(async () => expect(await running()).not.toEqual([]), PATIENTLY);
      typing.abort();
      await expect(found).rejects.toThrow('aborted');
      await vi.waitFor(async () => expect(await running()).toEqual([]), PATIENTLY);
    });

    it('ends in the server when a read is given up', async () => {
      const { adapter, running } = await slowAdapter(PATIENT);
      const source = sourceOf(adapter);
      const ticket = source.ask('77', source.scope({}, {}));
      ticket.answer.promise().catch(() => {});
      await vi.waitFor(async () => expect(await running()).not.toEqual([]), PATIENTLY);
      ticket.leave();
      await vi.waitFor(async () => expect(await running()).toEqual([]), PATIENTLY);
    });
  });
}
