import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, graphql } from 'graphql';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { defineAdapter, fileAdapter, graphqlAdapter, httpAdapter, redisAdapter, sqlAdapter } from '../../src/index.ts';
import { PATIENT } from '../support/ask-source.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { connectToPostgres } from '../support/postgres-client.ts';
import { bodyOf, closedPort, ownName, type Service, serve } from '../support/services.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';
import { postgresWith } from './sql-tables.ts';

/** A type, not an interface: it is a record by itself. */
export type Row = { readonly id: string; readonly name: string };

/** One kind of adapter over a real back end that holds these rows. */
export interface Kind {
  readonly name: string;
  readonly service?: Service;
  /** Kinds with one record per key by nature, such as a Redis hash, have no rows to duplicate. */
  readonly hasRows: boolean;
  /** By the name. */
  readonly isSearchable: boolean;
  adapterOf(rows: readonly Row[], many: boolean): Promise<DataAdapter>;
  /** An adapter whose back end is gone. */
  adapterOfNothing(): Promise<DataAdapter>;
}

const QUERY = 'select id, name from thing where id in ($keys)';
const SEARCH = 'select id from thing where name like $pattern or id = $text order by name, id limit $first';
const sql = (url: string, many = false) => sqlAdapter({ url, match: 'id', query: QUERY, search: SEARCH, many, policy: PATIENT });
const found = (rows: readonly Row[], text: string, first: number) => rows.filter(({ name }) => name.includes(text)).slice(0, first);

/** What a back end over HTTP answers to a search; undefined where the request is none. */
function searched(url: string, rows: readonly Row[]): readonly Row[] | undefined {
  const { pathname, searchParams } = new URL(url, 'http://service');
  return pathname === '/search' ? found(rows, searchParams.get('q') ?? '', Number(searchParams.get('limit'))) : undefined;
}

export const KINDS: readonly Kind[] = [
  {
    name: 'sqlAdapter on SQLite',
    hasRows: true,
    isSearchable: true,
    adapterOf: async (rows, many) => {
      const path = join(temporaryDirectory(), 'things.db');
      const database = openSqliteFile(path);
      database.exec('create table thing (id text, name text)');
      for (const { id, name } of rows) database.prepare('insert into thing values (?, ?)').run(id, name);
      database.close();
      return sql(`sqlite:${path}`, many);
    },
    adapterOfNothing: async () => sql('sqlite:/nowhere/things.db'),
  },
  {
    name: 'sqlAdapter on PostgreSQL',
    service: 'PostgreSQL',
    hasRows: true,
    isSearchable: true,
    adapterOf: async (rows, many) => {
      const url = await postgresWith('create table thing (id text, name text)');
      const client = await connectToPostgres({ connectionString: url });
      for (const { id, name } of rows) await client.query('insert into thing values ($1, $2)', [id, name]);
      await client.end();
      return sql(url, many);
    },
    adapterOfNothing: async () => sql(`postgres://root@127.0.0.1:${await closedPort()}/x`),
  },
  {
    name: 'sqlAdapter on MariaDB',
    service: 'MariaDB',
    hasRows: true,
    isSearchable: true,
    adapterOf: async (rows, many) => {
      const name = ownName('gateway');
      const connection = await createConnection('mysql://root@127.0.0.1:3306');
      await connection.query(`create database ${name} character set utf8mb4 collate utf8mb4_bin`);
      await connection.query(`create table ${name}.thing (id varchar(100), name varchar(100))`);
      for (const row of rows) await connection.query(`insert into ${name}.thing values (?, ?)`, [row.id, row.name]);
      onTestFinished(async () => {
        await connection.query(`drop database ${name}`);
        await connection.end();
      });
      return sql(`mariadb://root@127.0.0.1:3306/${name}`, many);
    },
    adapterOfNothing: async () => sql(`mysql://root@127.0.0.1:${await closedPort()}/x`),
  },
  {
    name: 'httpAdapter with batch',
    hasRows: true,
    isSearchable: true,
    adapterOf: async (rows, many) => {
      const url = await serve((request, response) => {
        const hits = searched(request.url ?? '', rows);
        if (hits !== undefined) return void response.end(JSON.stringify({ hits: hits.map((thing) => ({ thing })) }));
        const keys = (request.url ?? '').split('ids=')[1]?.split(',').map(decodeURIComponent) ?? [];
        response.end(JSON.stringify({ data: rows.filter(({ id }) => keys.includes(id)).toReversed() }));
      });
      const search = { path: '/search?q={text}&limit={first}', select: 'hits', key: 'thing.id' };
      return httpAdapter({ baseUrl: url, batch: '/things?ids={keys}', match: 'id', select: 'data', search, many });
    },
    adapterOfNothing: async () =>
      httpAdapter({ baseUrl: `http://127.0.0.1:${await closedPort()}`, batch: '/things?ids={keys}', match: 'id' }),
  },
  {
    name: 'httpAdapter with one',
    hasRows: false,
    isSearchable: true,
    adapterOf: async (rows, many) => {
      const url = await serve((request, response) => {
        const hits = searched(request.url ?? '', rows);
        if (hits !== undefined) return void response.end(JSON.stringify(hits.map(({ id }) => id)));
        const own = rows.filter(({ id }) => request.url === `/things/${encodeURIComponent(id)}`);
        response.statusCode = own.length === 0 ? 404 : 200;
        response.end(JSON.stringify(many ? own : own[0]));
      });
      return httpAdapter({ baseUrl: url, one: '/things/{key}', match: 'id', search: '/search?q={text}&limit={first}', many });
    },
    adapterOfNothing: async () => httpAdapter({ baseUrl: `http://127.0.0.1:${await closedPort()}`, one: '/things/{key}' }),
  },
  {
    name: 'graphqlAdapter',
    hasRows: true,
    isSearchable: true,
    adapterOf: async (rows, many) => {
      const schema = buildSchema(
        'type Query { things(ids: [String!]!): [Thing!]! find(text: String!, first: Int!): [Thing!]! } type Thing { id: String! name: String! }',
      );
      const rootValue = {
        things: ({ ids }: { ids: string[] }) => rows.filter(({ id }) => ids.includes(id)).toReversed(),
        find: ({ text, first }: { text: string; first: number }) => found(rows, text, first),
      };
      const url = await serve(async (request, response) => {
        if (request.method !== 'POST') return void response.end('{}');
        const { query, variables } = JSON.parse(await bodyOf(request));
        response.end(JSON.stringify(await graphql({ schema, source: query, rootValue, variableValues: variables })));
      });
      return graphqlAdapter({ url, query: THINGS, select: 'things', match: 'id', search: FIND, many });
    },
    adapterOfNothing: async () =>
      graphqlAdapter({ url: `http://127.0.0.1:${await closedPort()}`, query: THINGS, select: 'things', match: 'id' }),
  },
  {
    name: 'redisAdapter',
    service: 'Redis',
    hasRows: false,
    isSearchable: false,
    adapterOf: async (rows, many) => {
      const prefix = ownName('gateway');
      const redis = new Redis('redis://127.0.0.1:6379');
      const byKey = Map.groupBy(rows, ({ id }) => id);
      for (const [id, own] of byKey) await redis.set(`${prefix}:${id}`, JSON.stringify(many ? own : own[0]));
      onTestFinished(async () => {
        await redis.del([...byKey.keys(), 'x'].map((id) => `${prefix}:${id}`));
        redis.disconnect();
      });
      return redisAdapter({ url: 'redis://127.0.0.1:6379', string: `${prefix}:{key}`, many });
    },
    adapterOfNothing: async () => redisAdapter({ url: `redis://127.0.0.1:${await closedPort()}`, hash: 'x:{key}' }),
  },
  ...(['csv', 'json', 'ndjson'] as const).map(
    (format): Kind => ({
      name: `fileAdapter on ${format.toUpperCase()}`,
      hasRows: true,
      isSearchable: true,
      adapterOf: async (rows, many) => {
        const path = join(temporaryDirectory(), `things.${format}`);
        writeFileSync(path, FORMATS[format](rows));
        return fileAdapter({ path, match: 'id', search: ['name'], many });
      },
      adapterOfNothing: async () => {
        const path = join(temporaryDirectory(), `things.${format}`);
        writeFileSync(path, FORMATS[format]([{ id: 'a', name: 'A' }]));
        const adapter = fileAdapter({ path, match: 'id' });
        rmSync(path);
        return adapter;
      },
    }),
  ),
  {
    name: 'defineAdapter',
    hasRows: false,
    isSearchable: true,
    adapterOf: async (rows, many) =>
      defineAdapter({
        many,
        probe: async () => {},
        search: async (text, { first }) => found(rows, text, first).map(({ id }) => id),
        load: async (keys) =>
          keys.map((key) => {
            const own = rows.filter(({ id }) => id === key);
            return (many ? own : (own[0] ?? null)) as never;
          }),
      }),
    adapterOfNothing: async () =>
      defineAdapter({ load: () => Promise.reject(new Error('gone')), probe: () => Promise.reject(new Error('gone')) }),
  },
];

const FIND = { query: 'query ($text: String!, $first: Int!) { find(text: $text, first: $first) { id } }', select: 'find' };
const THINGS = 'query ($keys: [String!]!) { things(ids: $keys) { id name } }';
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const FORMATS = {
  csv: (rows: readonly Row[]) => ['id,name', ...rows.map(({ id, name }) => `${quoted(id)},${quoted(name)}`)].join('\n'),
  json: (rows: readonly Row[]) => JSON.stringify(rows),
  ndjson: (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row)).join('\n'),
};
