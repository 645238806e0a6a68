import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { AdapterFailure } from '../adapter-failure.ts';
import { exactInteger, fillSearch, jsonOrText, KEYS, type SqlDatabase } from './sql-database.ts';

/** Prepared statements that are kept, one per number of keys. */
const MAX_STATEMENTS = 200;

type Row = Record<string, unknown>;

interface ReadyStatement {
  readonly statement: StatementSync;
  /** Columns declared as JSON, whose values are texts in SQLite. */
  readonly jsonColumns: readonly string[];
  /** True since a first integer was beyond the exact numbers. */
  readsBigInts: boolean;
}

/** A SQLite file, read only. Queries run on this thread, so they should be look-ups by an index and no long searches. */
export function sqliteDatabase(given: string): SqlDatabase {
  let path = given;
  let opened: { readonly database: DatabaseSync; readonly file: string } | undefined;
  const statements = new Map<string, ReadyStatement>();

  const open = async () => {
    const { DatabaseSync } = await import('node:sqlite');
    // A file that was deleted or replaced would still be read while it is open.
    const file = fileAt(path);
    if (file === null || opened?.file !== file) disconnect();
    if (file === null)
      throw new AdapterFailure('SOURCE_UNAVAILABLE', 'the database file is not there', new Error(`no file ${resolve(path)}`));
    opened ??= { database: new DatabaseSync(path, { readOnly: true, timeout: 200 }), file };
    return opened.database;
  };

  const disconnect = () => {
    statements.clear();
    opened?.database.close();
    opened = undefined;
  };

  const prepare = (database: DatabaseSync, text: string): ReadyStatement => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const statement = database.prepare(text);
    const jsonColumns = statement.columns().flatMap(({ name, type }) => (/^jsonb?$/i.test(type ?? '') ? [name] : []));
    const ready = { statement, jsonColumns, readsBigInts: false };
    if (statements.size < MAX_STATEMENTS) statements.set(text, ready);
    return ready;
  };

  return {
    async query(query, keys) {
      const database = await open();
      const repeats = query.match(KEYS)?.length ?? 0;
      const text = query.replace(KEYS, keys.map(() => '?').join(','));
      // Keys are texts. For a column of integers SQLite converts each to an integer, exactly, before it compares
      // (https://sqlite.org/datatype3.html#type_conversions_prior_to_comparison).
      return allRows(prepare(database, text), Array.from({ length: repeats }, () => keys).flat());
    },
    async search(statement, values) {
      const bound: SQLInputValue[] = [];
      const text = fillSearch(statement, values, (value) => {
        bound.push(value);
        return '?';
      });
      return allRows(prepare(await open(), text), bound);
    },
    // Not double quotes: an unknown name between those is a text in SQLite.
    quote: (name) => `\`${name}\``,
    isBadKey: () => false,
    close: async () => disconnect(),
    startIn: (folder) => {
      path = resolve(folder, given);
    },
  };
}

/**
 * The identity of the file at the path; null for none. No other file gets its inode while it is open. SQLite notices changes
 * within it.
 */
function fileAt(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}

function allRows(ready: ReadyStatement, values: SQLInputValue[]): Row[] {
  const rows = allExact(ready, values);
  for (const name of ready.jsonColumns) {
    for (const row of rows) if (typeof row[name] === 'string') row[name] = jsonOrText(row[name]);
  }
  return rows;
}

/** BigInts only after the first integer that needs one: with BigInts a query takes half as long again. */
function allExact(ready: ReadyStatement, values: SQLInputValue[]): Row[] {
  const { statement } = ready;
  if (!ready.readsBigInts) {
    try {
      return statement.all(...values);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_OUT_OF_RANGE') throw error;
      ready.readsBigInts = true;
      statement.setReadBigInts(true);
    }
  }
  const rows: Row[] = statement.all(...values);
  for (const row of rows) for (const name in row) if (typeof row[name] === 'bigint') row[name] = exactInteger(row[name]);
  return rows;
}
