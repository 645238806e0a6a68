import type { Pool } from 'pg';
import { rejectWhenAborted } from '../../batching/cancellation.ts';
import { postgresTypes } from './postgres-types.ts';
import { KEYS, type SqlConnectOptions, type SqlDatabase } from './sql-database.ts';

/** PostgreSQL. */
export function postgresDatabase(url: string, options: SqlConnectOptions): SqlDatabase {
  let pool: Promise<Pool> | undefined;
  const connected = () => {
    pool ??= connect(url, options);
    return pool;
  };
  return {
    async query(query, keys, signal) {
      const client = await (await connected()).connect();
      // A connection whose query hangs is closed, not returned to the pool: the next call would wait for it.
      let broken = false;
      const abort = rejectWhenAborted(signal, () => {
        broken = true;
        client.release(true);
      });
      try {
        let used = 0;
        const text = query.replace(KEYS, () => keys.map(() => `$${++used}`).join(','));
        const repeats = used / keys.length;
        const values = Array.from({ length: repeats }, () => keys).flat();
        const { rows } = await Promise.race([client.query(text, values), abort.promise]);
        return rows;
      } finally {
        abort.stop();
        if (!broken) client.release();
      }
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
