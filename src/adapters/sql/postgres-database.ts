import type { Pool } from 'pg';
import { cancelStatement, isCanceled } from './postgres-cancel.ts';
import { postgresTypes } from './postgres-types.ts';
import { runUntilAborted, type TakenConnection } from './run-until-aborted.ts';
import { fillSearch, KEYS, type SqlConnectOptions, type SqlDatabase } from './sql-database.ts';

/** PostgreSQL. */
export function postgresDatabase(url: string, options: SqlConnectOptions): SqlDatabase {
  let pool: Promise<Pool> | undefined;
  const connected = () => {
    pool ??= connect(url, options);
    return pool;
  };
  const run = async (text: string, values: readonly (string | number | null)[], signal: AbortSignal): Promise<readonly unknown[]> => {
    const client = await (await connected()).connect();
    const taken: TakenConnection<readonly unknown[]> = {
      run: () => client.query(text, [...values]).then(({ rows }) => rows),
      interrupt: (late) => cancelStatement(client, late),
      isInterrupted: isCanceled,
      release: () => client.release(),
      close: () => client.release(true),
    };
    return runUntilAborted(taken, signal, options.connectTimeout);
  };
  return {
    query(query, keys, signal) {
      let used = 0;
      const text = query.replace(KEYS, () => keys.map(() => `$${++used}`).join(','));
      const repeats = used / keys.length;
      return run(text, Array.from({ length: repeats }, () => keys).flat(), signal);
    },
    search(statement, values, signal) {
      const bound: (string | number | null)[] = [];
      // A number for each time that a name is used: PostgreSQL gives each its type by where it stands.
      const text = fillSearch(statement, values, (value) => `$${bound.push(value)}`);
      return run(text, bound, signal);
    },
    quote: (name) => `"${name}"`,
    // Class 22, data exception: 'abc' where the column is a number (PostgreSQL, appendix A).
    isBadKey: (error) => String((error as { code?: unknown }).code).startsWith('22'),
    close: async () => (await pool)?.end(),
  };
}

async function connect(url: string, options: SqlConnectOptions): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections,
    connectionTimeoutMillis: options.connectTimeout,
    types: postgresTypes(pg.types),
    // Dates are read in this form; a database or a role may have another.
    onConnect: (client): unknown => client.query("set datestyle to 'ISO'"),
  });
  // An idle connection that breaks is replaced by the pool; without a listener the event would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
