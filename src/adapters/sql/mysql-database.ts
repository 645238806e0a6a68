import type { Pool } from 'mysql2/promise';
import { rejectWhenAborted } from '../reject-when-aborted.ts';
import { KEYS, type SqlConnectOptions, type SqlDatabase } from './sql-database.ts';

/** MySQL and MariaDB. */
export function mysqlDatabase(url: string, options: SqlConnectOptions): SqlDatabase {
  let pool: Promise<Pool> | undefined;
  const connected = () => {
    pool ??= connect(url, options);
    return pool;
  };
  return {
    async query(query, keys, signal) {
      const connection = await (await connected()).getConnection();
      let broken = false;
      const abort = rejectWhenAborted(signal, () => {
        broken = true;
        connection.destroy();
      });
      try {
        const places = query.match(KEYS)?.length ?? 0;
        const text = query.replace(KEYS, keys.map(() => '?').join(','));
        const values = Array.from({ length: places }, () => keys).flat();
        // `query`, not `execute`: a statement per number of keys would fill the server's cache of prepared ones.
        const running = connection.query(text, values);
        running.catch(() => {});
        const [rows] = await Promise.race([running, abort.promise]);
        return rows as unknown[];
      } finally {
        abort.stop();
        if (!broken) connection.release();
      }
    },
    quote: (name) => `\`${name}\``,
    // It compares 'abc' to a number as 0, without an error.
    isBadKey: () => false,
    close: async () => (await pool)?.end(),
  };
}

async function connect(url: string, options: SqlConnectOptions): Promise<Pool> {
  const { createPool } = await import('mysql2/promise');
  return createPool({
    uri: url.replace(/^mariadb:/, 'mysql:'),
    connectionLimit: options.connections,
    connectTimeout: options.connectTimeout,
  });
}
