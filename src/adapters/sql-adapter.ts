import { z } from 'zod';
import { AdapterFailure } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter, KeyAnswer } from './data-adapter.ts';
import { commonOptionsSchema, defineAdapter, parseOptions } from './define-adapter.ts';
import { matchRows } from './match-rows.ts';
import { mysqlDatabase } from './sql/mysql-database.ts';
import { postgresDatabase } from './sql/postgres-database.ts';
import { selectList } from './sql/select-list.ts';
import type { SqlDatabase } from './sql/sql-database.ts';
import { sqliteDatabase } from './sql/sqlite-database.ts';

export interface SqlAdapterOptions extends CommonAdapterOptions {
  /** `postgres://…`, `mysql://…`, `mariadb://…` or `sqlite:PATH`. */
  readonly url: string | undefined;
  /** The column that holds the key. */
  readonly match: string;
  /** A query with `$keys` where the keys go: `select id, name from customer where id in ($keys)`. */
  readonly query: string;
}

const DATABASES: Readonly<Record<string, (url: string) => SqlDatabase>> = {
  postgres: postgresDatabase,
  postgresql: postgresDatabase,
  mysql: mysqlDatabase,
  mariadb: mysqlDatabase,
  sqlite: (url) => sqliteDatabase(url.slice('sqlite:'.length)),
};

const optionsSchema = commonOptionsSchema.extend({
  // Without the value: a database's URL holds its password.
  url: z.custom<string>(
    (url) => typeof url === 'string' && Object.hasOwn(DATABASES, url.split(':')[0] ?? ''),
    `expected a URL that begins with ${Object.keys(DATABASES).join(':, ')}:`,
  ),
  match: z.string().min(1),
  query: z.string().regex(/\$keys\b/, 'expected $keys in the query, where the keys go'),
});

/** Rows of PostgreSQL, MySQL, MariaDB or SQLite, by the URL's scheme. */
export function sqlAdapter(options: SqlAdapterOptions): DataAdapter {
  const { url, match, query, policy: _, ...common } = parseOptions('sqlAdapter', optionsSchema, options);
  const database = (DATABASES[url.split(':')[0] as string] as (url: string) => SqlDatabase)(url);

  const load = async (keys: readonly string[], signal: AbortSignal): Promise<KeyAnswer[]> => {
    try {
      return matchRows(keys, await database.query(query, keys, signal), { match, many: common.many });
    } catch (error) {
      if (!database.isBadKey(error)) throw error instanceof AdapterFailure ? error : failure(error);
      // A key that can't be of the column's type has no row. Alone it fails alone; the others must not suffer.
      if (keys.length === 1) return [null];
      return (await Promise.all(keys.map((key) => load([key], signal)))).flat() as KeyAnswer[];
    }
  };

  return defineAdapter(
    {
      ...common,
      policy: options.policy,
      fields: options.fields ?? selectList(query),
      load: (keys, { signal }) => load(keys, signal),
      // Any key will do: the question is whether the query runs.
      probe: async (signal) => void (await load(['0'], signal)),
      close: () => database.close(),
    },
    'sqlAdapter',
  );
}

function failure(error: unknown): AdapterFailure {
  return new AdapterFailure(
    'SOURCE_UNAVAILABLE',
    `the query failed (${(error as { code?: unknown }).code ?? (error as Error).name})`,
    error,
  );
}
