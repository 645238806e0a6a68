import { z } from 'zod';
import { AdapterFailure, oversize } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter, KeyAnswer, LoadContext } from './data-adapter.ts';
import { commonOptionsSchema, completeAdapter, parseOptions, secretOption } from './define-adapter.ts';
import { loadUnlessRefused, refuseHalfCharacters } from './load-keys.ts';
import { withMatch } from './match-field.ts';
import { matchOf, matchRows } from './match-rows.ts';
import { keysOfRows } from './search-keys.ts';
import { mysqlDatabase } from './sql/mysql-database.ts';
import { postgresDatabase } from './sql/postgres-database.ts';
import { type SqlConnectOptions, type SqlDatabase, searchValues } from './sql/sql-database.ts';
import { sqliteDatabase } from './sql/sqlite-database.ts';

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
  /**
   * A query that finds keys by a text, for `findCustomers`:
   * `select customer_id from customer where name like $pattern or phone like $digits limit $first`. `$text` is the text; `$pattern`
   * matches what contains it and `$prefix` what begins with it, by `like`; `$digits` what contains the digits of a phone number,
   * and nothing for any other text; `$first` is how many are wanted. Each is a value, never a part of the statement.
   */
  readonly search?: string;
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
    // Its value is never shown: a database's URL holds its password.
    url: secretOption(
      (url) => typeof url === 'string' && Object.hasOwn(DATABASES, url.split(':')[0] ?? ''),
      `a URL that begins with ${Object.keys(DATABASES).join(':, ')}:`,
    ),
    match: z.string().min(1),
    query: z.string().regex(/\$keys\b/, 'expected $keys in the query, where the keys go'),
    search: z
      .string()
      .regex(/\$(text|pattern|prefix|digits)\b/, 'expected $text, $pattern, $prefix or $digits in the search, where the text goes')
      .regex(/\$first\b/, 'expected $first in the search, such as limit $first')
      .optional(),
  })
  .refine(
    // Fields become part of the statement, so they have to be plain names.
    ({ query, fields }) => query.search(FIELDS) === -1 || (fields?.every((name) => /^\w+$/.test(name)) ?? false),
    'expected fields: [...] beside $fields, the names of the columns: letters, digits and _',
  );

/** Rows of PostgreSQL, MySQL, MariaDB or SQLite, by the URL's scheme. */
export function sqlAdapter(options: SqlAdapterOptions): DataAdapter {
  const { url, match, query, search, ...common } = parseOptions('sqlAdapter', optionsSchema, options);
  const selected = selectList(query);
  // No row could ever be matched.
  if (selected?.some((column) => column.toLowerCase() === match.toLowerCase()) === false) {
    throw new TypeError(
      `sqlAdapter: match: expected one of the columns that the query selects (${selected.join(', ')}), received ${match}`,
    );
  }
  const field = matchOf(match);
  const database = (DATABASES[url.split(':')[0] as string] as OpenDatabase)(url, {
    connections: common.policy.concurrency,
    connectTimeout: common.policy.timeout,
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
      // A key that can't be of the column's type has no row. Halving the batch finds it, so that the others are answered.
      if (keys.length === 1) return [null];
      const middle = keys.length >> 1;
      const [left, right] = await Promise.all([load(keys.slice(0, middle), context), load(keys.slice(middle), context)]);
      return [...left, ...right];
    }
  };

  const find: DataAdapter['search'] = async (text, { first, signal, maxAnswerBytes }) => {
    try {
      const rows = await database.search(search as string, searchValues(text, first), signal);
      refuseLarge(rows, maxAnswerBytes);
      return keysOfRows(rows, match);
    } catch (error) {
      throw error instanceof AdapterFailure ? error : failure(error);
    }
  };

  const fields = common.fields ?? selected;
  return completeAdapter('sqlAdapter', {
    ...common,
    selectsFields,
    fields,
    load: (keys, context) => loadUnlessRefused(keys, refuseHalfCharacters, (others) => load(others, context)),
    ...(search !== undefined && { search: find }),
    // Any key shows whether the query runs.
    probe: async (signal) => {
      await load(['0'], { signal, args: {}, headers: {}, fields: null, maxAnswerBytes: Number.POSITIVE_INFINITY, onForeign: () => {} });
    },
    close: () => database.close(),
    startIn: (folder) => {
      database.startIn?.(folder);
      return fields;
    },
  });
}

/** Drivers have read all rows by now: an answer that is too large goes no further. @param limit bytes. */
function refuseLarge(rows: readonly unknown[], limit: number): void {
  let size = 0;
  for (const row of rows) {
    for (const value of Object.values(row as object)) if (typeof value === 'string' || value instanceof Uint8Array) size += value.length;
  }
  if (size > limit) throw oversize('answer', limit);
}

function failure(error: unknown): AdapterFailure {
  return new AdapterFailure(
    'SOURCE_UNAVAILABLE',
    `the query failed (${(error as { code?: unknown }).code ?? (error as Error).name})`,
    error,
  );
}

/**
 * The names of the columns that a plain query selects, or undefined when that is not certain from the text:
 * stars, expressions without a name, and anything in parentheses are left to the database.
 */
function selectList(query: string): string[] | undefined {
  const list = /^\s*select\s+(?!distinct\b)(.+?)\s+from\s/is.exec(query)?.[1];
  if (list === undefined || /[()*'`]/.test(list)) return undefined;
  const names = list.split(',').map((column) => /^(?:[\w.]+\s+(?:as\s+)?)?(?:\w+\.)?"?(\w+)"?$/i.exec(column.trim())?.[1]);
  return names.every((name) => name !== undefined) ? names : undefined;
}
