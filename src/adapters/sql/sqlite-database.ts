import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { AdapterFailure } from '../adapter-failure.ts';
import { exactInteger, jsonOrText, KEYS, type SqlDatabase } from './sql-database.ts';

/** Statements kept ready, one per number of keys. */
const MAX_STATEMENTS = 200;

type Row = Record<string, unknown>;

interface ReadyStatement {
  readonly statement: StatementSync;
  /** Columns that are declared as JSON, which SQLite keeps as texts. */
  readonly jsonColumns: readonly string[];
  /** True from the first integer on that no number holds. */
  readsBigInts: boolean;
}

/** A SQLite file, read only. It answers on this thread, so it suits look-ups by an index and no long searches. */
export function sqliteDatabase(given: string): SqlDatabase {
  let path = given;
  let opened: { readonly database: DatabaseSync; readonly file: string } | undefined;
  const statements = new Map<string, ReadyStatement>();

  const open = async () => {
    const { DatabaseSync } = await import('node:sqlite');
    // A file that went away, or that another was put in the place of, would be answered from for as long as it is held open.
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
      const places = query.match(KEYS)?.length ?? 0;
      const text = query.replace(KEYS, keys.map(() => '?').join(','));
      // Keys are texts. A column of integers has each turned into an integer, exactly, before it is compared
      // (https://sqlite.org/datatype3.html#type_conversions_prior_to_comparison).
      return allRows(prepare(database, text), Array.from({ length: places }, () => keys).flat());
    },
    // Not in double quotes: SQLite takes an unknown name in those for a text.
    quote: (name) => `\`${name}\``,
    isBadKey: () => false,
    close: async () => disconnect(),
    startIn: (folder) => {
      path = resolve(folder, given);
    },
  };
}

/**
 * Which file is at the path; null for none. While it is held open nothing else gets its inode, and changes within it are
 * SQLite's to notice.
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

/** BigInts only where there is need of them: reading every integer as one makes a query take half as long again. */
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
