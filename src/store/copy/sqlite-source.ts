import { existsSync, readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { keptTraitValue } from '../postgres/trait-value.ts';
import { BUSY_TIMEOUT_MS } from '../sqlite/open-database.ts';
import { type CopiedTable, columnsOf, keyOf } from './copied-tables.ts';
import type { CopiedRow } from './row-checksum.ts';

/** A SQLite store as it is at one moment. */
export class SqliteSource {
  readonly #database: DatabaseSync;

  /**
   * @param isLast nobody can write from now on until `close`, and after `seal` nobody can write at all; otherwise what is written
   * meanwhile is not seen. @throws Error where there is no store, and for one of another version.
   */
  constructor(file: string, isLast: boolean) {
    if (!existsSync(file)) throw new Error(`expected a SQLite store at ${file}, there is none`);
    this.#database = new DatabaseSync(file, { readOnly: !isLast, timeout: BUSY_TIMEOUT_MS });
    try {
      checkVersion(this.#database);
      this.#database.function('kept_trait_value', { deterministic: true }, (value) => keptTraitValue(value as string));
      this.#database.exec(isLast ? 'begin immediate' : 'begin');
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

  /** From now on every write fails, of any program and any version: what a gateway wrote here would be missed in the copy. */
  seal(): void {
    const tables = this.#database.prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`).all();
    for (const { name } of tables as { name: string }[]) {
      for (const change of ['insert', 'update', 'delete']) {
        this.#database.exec(
          `create trigger if not exists moved_${change}_${name} before ${change} on ${name}
           begin select raise(abort, 'this store was moved to PostgreSQL by migrate-store: set \`store\` to the new URL'); end`,
        );
      }
    }
    this.#database.exec('commit');
  }

  close(): void {
    this.#database.close();
  }
}

function checkVersion(database: DatabaseSync): void {
  const expected = readdirSync(new URL('../sqlite/migrations/', import.meta.url)).length;
  const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number };
  if (version !== expected) {
    throw new Error(
      `expected a SQLite store of schema version ${expected}, received ${version}: start and stop the gateway of this version on it once`,
    );
  }
}
