import { resolve } from 'node:path';
import type { PostgresUrl, SqliteUrl } from '../model/store-url.ts';
import { COPIED_TABLES, type CopiedTable } from './copy/copied-tables.ts';
import { copyTable } from './copy/copy-table.ts';
import { SqliteSource } from './copy/sqlite-source.ts';
import { TargetState } from './copy/target-state.ts';
import { verifyTable } from './copy/verify-table.ts';
import { hostsOf } from './postgres/hosts.ts';
import { migrate } from './postgres/migrate.ts';
import { OpenConnection } from './postgres/open-connection.ts';

export interface StoreCopy {
  readonly from: SqliteUrl;
  readonly to: PostgresUrl;
  /** An absolute path, where a relative path of `from` starts. */
  readonly directory: string;
  /** The source takes no writes meanwhile, and none at all once the copy is complete. Otherwise it is used as before. */
  readonly isLast: boolean;
  /** Is called often. */
  readonly onProgress: (progress: CopyProgress) => void;
  /** Ends the copy between two tables; what is copied stays. */
  readonly stop: AbortSignal;
}

export interface CopyProgress {
  readonly phase: 'copying' | 'checking';
  /** Rows of the phase that are done, of `total`. */
  readonly rows: number;
  readonly total: number;
}

/** Rows of a table that differ after the copy. */
export interface Difference {
  readonly table: string;
  /** How many customers, or whatever else the table's first column names. */
  readonly count: number;
  /** Ids of a few of them; none where they are no ids of customers. */
  readonly customers: readonly string[];
}

export interface CopiedStore {
  readonly customers: number;
  readonly rows: number;
  readonly tables: number;
  /** Rows that were not there before. */
  readonly written: number;
  readonly differences: readonly Difference[];
  /** False where something differs, and where the source could be written to meanwhile: that is still to be copied. */
  readonly isComplete: boolean;
}

/** Ids that a difference names at most. */
const NAMED_AT_MOST = 10;

/**
 * Copies a SQLite store into a PostgreSQL database that has no store yet, or one that an interrupted copy of the same store left.
 * Then every customer is compared by number and checksum of their rows. The copy is complete, and can be used, when it was the last
 * one and nothing differs.
 * @throws Error where it can't go on. The same call goes on from there.
 */
export async function copyStore({ from, to, directory, isLast, onProgress, stop }: StoreCopy): Promise<CopiedStore> {
  const source = new SqliteSource(resolve(directory, from.path), isLast);
  try {
    await migrate(to);
    const connection = await OpenConnection.open(hostsOf(to), { areKept: true });
    connection.waitLong();
    try {
      const state = new TargetState(connection);
      await state.begin(source.settings());
      const total = COPIED_TABLES.reduce((sum, table) => sum + source.count(table), 0);
      const run = new CopyRun(source, connection, total, onProgress, stop);
      const written = await run.copy();
      await state.analyze();
      const verified = await run.verify();
      const isComplete = isLast && verified.differences.length === 0;
      if (isComplete) {
        // In this order: after a crash between the two, the same call completes the copy.
        source.seal();
        await state.complete();
      }
      return { ...verified, tables: COPIED_TABLES.length, written, isComplete };
    } finally {
      if (!connection.isLost) await connection.end();
    }
  } finally {
    source.close();
  }
}

class CopyRun {
  readonly #source: SqliteSource;
  readonly #connection: OpenConnection;
  readonly #total: number;
  readonly #onProgress: StoreCopy['onProgress'];
  readonly #stop: AbortSignal;

  constructor(source: SqliteSource, connection: OpenConnection, total: number, onProgress: StoreCopy['onProgress'], stop: AbortSignal) {
    this.#source = source;
    this.#connection = connection;
    this.#total = total;
    this.#onProgress = onProgress;
    this.#stop = stop;
  }

  /** @returns how many rows were written. */
  async copy(): Promise<number> {
    const onRows = this.#counting('copying');
    let written = 0;
    for (const table of COPIED_TABLES) {
      written += await copyTable(table, this.#rows(table), this.#connection, onRows);
    }
    return written;
  }

  async verify(): Promise<Pick<CopiedStore, 'customers' | 'rows' | 'differences'>> {
    const onRows = this.#counting('checking');
    let [customers, rows] = [0, 0];
    const differences: Difference[] = [];
    for (const table of COPIED_TABLES) {
      const verified = await verifyTable(table, this.#rows(table), this.#connection, onRows);
      rows += verified.rows;
      if (table.name === 'customer') customers = verified.groups;
      if (verified.differing.length > 0) differences.push(toDifference(table, verified.differing));
    }
    return { customers, rows, differences };
  }

  #counting(phase: CopyProgress['phase']): (count: number) => void {
    let rows = 0;
    return (count) => {
      rows += count;
      this.#onProgress({ phase, rows, total: this.#total });
    };
  }

  *#rows(table: CopiedTable) {
    for (const row of this.#source.rows(table)) {
      if (this.#stop.aborted) throw new Error('stopped by a signal');
      yield row;
    }
  }
}

/** Identifiers are not named. */
function toDifference({ name, columns }: CopiedTable, differing: readonly unknown[]): Difference {
  const [first] = Object.keys(columns);
  const isOfCustomers = first === 'customer_id' || first === 'root_id' || name === 'customer';
  return { table: name, count: differing.length, customers: isOfCustomers ? (differing.slice(0, NAMED_AT_MOST) as string[]) : [] };
}
