import { existsSync, readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BUSY_TIMEOUT_MS } from '../sqlite/open-database.ts';
import { type CopiedTable, columnsOf, keyOf } from './copied-tables.ts';
import type { CopiedRow } from './row-checksum.ts';

/** A SQLite store as it is at one moment. */
export class SqliteSource {
  readonly #database: DatabaseSync;
  /** True where other programs use the store: what they write from now on is not seen. Otherwise nobody can open it meanwhile. */
  readonly isInUse: boolean;

  /** @throws Error where there is none, and for one of another version. */
  constructor(file: string) {
    if (!existsSync(file)) throw new Error(`expected a SQLite store at ${file}, there is none`);
    const alone = openAlone(file);
    this.isInUse = alone === null;
    this.#database = alone ?? new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      checkVersion(this.#database);
      this.#database.exec('begin');
      // A transaction sees what is there at its first read.
      this.#database.prepare('select 1 from setting').get();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  settings(): ReadonlyMap<string, string> {
    const rows = this.#database.prepare('select name, value from setting').all() as { name: string; value: string }[];
    return new Map(rows.map(({ name, value }) => [name, value]));
  }

  /** How many rows a table has. */
  count({ from }: CopiedTable): number {
    return (this.#database.prepare(`select count(*) as count from (${from})`).get() as { count: number }).count;
  }

  /** The rows of a table, in the order of its primary key. */
  *rows(table: CopiedTable): Generator<CopiedRow> {
    const order = keyOf(table).map((name) => `${columnsOf(table).indexOf(name) + 1}`);
    const statement = this.#database.prepare(`${table.from} order by ${order.join(', ')}`);
    statement.setReturnArrays(true);
    yield* statement.iterate() as unknown as Iterable<CopiedRow>;
  }

  close(): void {
    this.#database.close();
  }
}

/** @returns null where another program has the store open; a gateway has it open as long as it runs. */
function openAlone(file: string): DatabaseSync | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('pragma locking_mode = exclusive; begin immediate; commit');
    return database;
  } catch (error) {
    database.close();
    const { errcode } = error as { errcode?: number };
    if (errcode === SQLITE_BUSY) return null;
    throw error;
  }
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

function checkVersion(database: DatabaseSync): void {
  const expected = readdirSync(new URL('../sqlite/migrations/', import.meta.url)).length;
  const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number };
  if (version !== expected) {
    throw new Error(
      `expected a SQLite store of schema version ${expected}, received ${version}: start and stop the gateway of this version on it once`,
    );
  }
}
