import { z } from 'zod';
import { AdapterFailure } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter, KeyAnswer, LoadContext } from './data-adapter.ts';
import { commonOptionsSchema, defineAdapter, parseOptions, secretOption } from './define-adapter.ts';
import { matchOf, matchRows } from './match-rows.ts';
import { loadUnlessRefused, refuseHalfCharacters } from './refuse-keys.ts';
import { mysqlDatabase } from './sql/mysql-database.ts';
import { postgresDatabase } from './sql/postgres-database.ts';
import { selectList } from './sql/select-list.ts';
import type { SqlConnectOptions, SqlDatabase } from './sql/sql-database.ts';
import { sqliteDatabase } from './sql/sqlite-database.ts';
import { withMatch } from './with-match.ts';

export interface SqlAdapterOptions extends CommonAdapterOptions {
  /** `postgres://…`, `mysql://…`, `mariadb://…` or `sqlite:PATH`; the path starts at the configuration file's folder. */
  readonly url: string | undefined;
  /** The column that holds the key. */
  readonly match: string;
  /**
   * A query with `$keys` where the keys go: `select id, name from customer where id in ($keys)`. With `$fields` for the
   * columns and `fields` to list them, only those that an operation needs are selected: `select $fields from …`.
   */
  readonly query: string;
}

type OpenDatabase = (url: string, options: SqlConnectOptions) => SqlDatabase;

const DATABASES: Readonly<Record<string, OpenDatabase>> = {
  postgres: postgresDatabase,
  postgresql: postgresDatabase,
  mysql: mysqlDatabase,
  mariadb: mysqlDatabase,
  sqlite: (url) => sqliteDatabase(url.slice('sqlite:'.length)),
};

const FIELDS = /\$fields\b/g;

export const optionsSchema = commonOptionsSchema
  .extend({
    // Without the value: a database's URL holds its password.
    url: secretOption(
      (url) => typeof url === 'string' && Object.hasOwn(DATABASES, url.split(':')[0] ?? ''),
      `a URL that begins with ${Object.keys(DATABASES).join(':, ')}:`,
    ),
    match: z.string().min(1),
    query: z.string().regex(/\$keys\b/, 'expected $keys in the query, where the keys go'),
  })
  .refine(
    // They become part of the statement, so they are plain names.
    ({ query, fields }) => query.search(FIELDS) === -1 || (fields?.every((name) => /^\w+$/.test(name)) ?? false),
    'expected fields: [...] beside $fields, the names of the columns: letters, digits and _',
  );

/** Rows of PostgreSQL, MySQL, MariaDB or SQLite, by the URL's scheme. */
export function sqlAdapter(options: SqlAdapterOptions): DataAdapter {
  const { url, match, query, policy, ...common } = parseOptions('sqlAdapter', optionsSchema, options);
  const selected = selectList(query);
  // Nothing would ever be found, and no row is needed to know that.
  if (selected?.some((column) => column.toLowerCase() === match.toLowerCase()) === false) {
    throw new TypeError(
      `sqlAdapter: match: expected one of the columns that the query selects (${selected.join(', ')}), received ${match}`,
    );
  }
  const field = matchOf(match);
  const database = (DATABASES[url.split(':')[0] as string] as OpenDatabase)(url, {
    connections: policy.concurrency,
    connectTimeout: policy.timeout,
  });

  const selectsFields = query.search(FIELDS) !== -1;

  const load = async (keys: readonly string[], context: LoadContext): Promise<KeyAnswer[]> => {
    const { signal, maxAnswerBytes } = context;
    try {
      const columns = withMatch(context.fields ?? common.fields ?? [], match)
        .map(database.quote)
        .join(', ');
      const rows = await database.query(
        query.replace(FIELDS, () => columns),
        keys,
        signal,
      );
      refuseLarge(rows, maxAnswerBytes);
      return await matchRows(keys, rows, { match: field, many: common.many, context });
    } catch (error) {
      if (!database.isBadKey(error, keys)) throw error instanceof AdapterFailure ? error : failure(error);
      // A key that can't be of the column's type has no row. It is found by halves, so that the others don't suffer.
      if (keys.length === 1) return [null];
      const middle = keys.length >> 1;
      const [left, right] = await Promise.all([load(keys.slice(0, middle), context), load(keys.slice(middle), context)]);
      return [...left, ...right];
    }
  };

  return defineAdapter(
    {
      ...common,
      policy: options.policy,
      selectsFields,
      fields: options.fields ?? selected,
      load: (keys, context) => loadUnlessRefused(keys, refuseHalfCharacters, (others) => load(others, context)),
      // Any key will do: the question is whether the query runs.
      probe: async (signal) => {
        await load(['0'], { signal, args: {}, headers: {}, fields: null, maxAnswerBytes: Number.POSITIVE_INFINITY, onForeign: () => {} });
      },
      close: () => database.close(),
      startIn: (folder) => {
        database.startIn?.(folder);
        return options.fields ?? selected;
      },
    },
    'sqlAdapter',
  );
}

/** Drivers hand over whole rows: too large an answer is kept from going further. */
function refuseLarge(rows: readonly unknown[], limit: number): void {
  let size = 0;
  for (const row of rows) {
    for (const value of Object.values(row as object)) if (typeof value === 'string' || value instanceof Uint8Array) size += value.length;
  }
  if (size > limit) throw new AdapterFailure('SOURCE_INVALID', `the answer is larger than ${limit} bytes (policy.maxAnswerBytes)`);
}

function failure(error: unknown): AdapterFailure {
  return new AdapterFailure(
    'SOURCE_UNAVAILABLE',
    `the query failed (${(error as { code?: unknown }).code ?? (error as Error).name})`,
    error,
  );
}
