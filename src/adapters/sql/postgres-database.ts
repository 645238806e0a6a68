import type { Pool } from 'pg';
import { rejectWhenAborted } from '../../batching/cancellation.ts';
import { postgresTypes } from './postgres-types.ts';
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
    // A connection whose query hangs is closed, not returned to the pool: the next call would wait for it.
    let broken = false;
    const abort = rejectWhenAborted(signal, () => {
      broken = true;
      client.release(true);
    });
    try {
      const { rows } = await Promise.race([client.query(text, [...values]), abort.promise]);
      return rows;
    } finally {
      abort.stop();
      if (!broken) client.release();
    }
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
