import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { parseStoreUrl, type StoreUrl } from '../../src/model/store-url.ts';
import { locateStore } from '../../src/store/open-store.ts';
import type { StoreOptions } from '../../src/store/store-location.ts';

/** A database of the bench's own, dropped at the end. */
export class BenchDatabase implements AsyncDisposable {
  readonly url: string;
  readonly #server: string;
  readonly #name: string;

  /** @param server the URL of a server whose user may create databases. */
  static async make(server: string): Promise<BenchDatabase> {
    const name = `bench_store_${randomBytes(4).toString('hex')}`;
    await onServer(server, (client) => client.query(`create database ${name}`));
    return new BenchDatabase(server, name);
  }

  private constructor(server: string, name: string) {
    this.#server = server;
    this.#name = name;
    const url = new URL(server);
    url.pathname = `/${name}`;
    this.url = url.href;
  }

  openStore(options: StoreOptions) {
    return locateStore(parseStoreUrl(this.url) as StoreUrl, '.').open(options);
  }

  /**
   * Adds customers `c1`, `c2`, … with a number (`crmId:k1`), a cookie (`visitorId:v1`) and a journey each, beside those that are there.
   * The store must have made its tables. @param interactions of each customer.
   */
  async fill(from: number, to: number, interactions = 20): Promise<void> {
    await onServer(this.url, async (client) => {
      const numbers = `generate_series(${from}::bigint, ${to}::bigint) n`;
      await client.query(
        `insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) select 'c' || n, 'c' || n, n, n, n from ${numbers}`,
      );
      for (const [type, letter] of [
        ['crmId', 'k'],
        ['visitorId', 'v'],
      ]) {
        await client.query(
          `insert into identifier (customer_id, id_key, type, value, linked_at, last_seen_at, source)
           select 'c' || n, '${type}:${letter}' || n, '${type}', '${letter}' || n, n, n, 'bench' from ${numbers}`,
        );
        await client.query(`insert into identifier_owner (id_key, customer_id) select '${type}:${letter}' || n, 'c' || n from ${numbers}`);
      }
      await client.query(
        `insert into interaction (customer_id, occurred_at, id, type, touchpoint, page_url, properties, recorded_at, identifier_type,
           identifier_value, source)
         select 'c' || n, 1700000000000 + i * 60000, 'i' || i, 'page_view', 'web', 'https://shop.example/tea', '{"price":12.5}',
           1700000000000 + i * 60000, 'crmId', 'k' || n, 'bench'
         from ${numbers}, generate_series(1, ${interactions}) i`,
      );
    });
    await this.settle();
  }

  /** So that PostgreSQL does not do this during what is measured. */
  async settle(): Promise<void> {
    await onServer(this.url, (client) => client.query('vacuum analyze'));
  }

  /** Bytes of each table, and of its indexes, without what is not used any more; partitions count as their table. */
  async sizes(): Promise<readonly { name: string; heap: number; indexes: number; rows: number }[]> {
    return onServer(this.url, async (client) => {
      await client.query('vacuum full analyze');
      const { rows } = await client.query(
        `select coalesce(p.relname, c.relname) as name, sum(pg_relation_size(c.oid))::float8 as heap,
           sum(pg_indexes_size(c.oid))::float8 as indexes, sum(greatest(c.reltuples, 0))::float8 as rows
         from pg_class c left join pg_inherits i on i.inhrelid = c.oid left join pg_class p on p.oid = i.inhparent
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1 order by 2 desc`,
      );
      return rows;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await onServer(this.#server, (client) => client.query(`drop database if exists ${this.#name} with (force)`));
  }
}

async function onServer<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
