import type { Pool } from 'mysql2/promise';
import { readMysqlRows } from './mysql-types.ts';
import { runUntilAborted, type TakenConnection } from './run-until-aborted.ts';
import { fillSearch, KEYS, type SqlConnectOptions, type SqlDatabase } from './sql-database.ts';

/** MySQL and MariaDB. */
export function mysqlDatabase(url: string, options: SqlConnectOptions): SqlDatabase {
  let pool: Promise<Pool> | undefined;
  const connected = () => {
    pool ??= connect(url, options);
    return pool;
  };
  const run = async (statement: string, signal: AbortSignal): Promise<readonly unknown[]> => {
    const connection = await (await connected()).getConnection();
    const taken: TakenConnection<readonly unknown[]> = {
      run: async () => {
        const [rows, columns] = await connection.query(statement);
        readMysqlRows(rows as unknown[], columns ?? []);
        return rows as unknown[];
      },
      interrupt: (late) => killStatement(connection.threadId, url, options, late),
      isInterrupted: (error) => (error as { errno?: unknown }).errno === QUERY_INTERRUPTED,
      release: () => connection.release(),
      close: () => connection.destroy(),
    };
    return runUntilAborted(taken, signal, options.connectTimeout);
  };
  return {
    query(query, keys, signal) {
      const list = keys.map(literal).join(',');
      // Keys are texts. For a column of integers the server converts each to an integer, exactly, and uses the index. A
      // number would be compared with a column of texts as a double, without the index. Rows that only a comparison as
      // double finds (with keys among them that are no numbers) are dropped with the other foreign rows.
      return run(
        query.replace(KEYS, () => list),
        signal,
      );
    },
    search: (statement, values, signal) => run(fillSearch(statement, values, constant), signal),
    quote: (name) => `\`${name}\``,
    // 'abc' compared with a number is 0, without an error. But one key with a character that the column's character set does
    // not have is an "illegal mix of collations" of the whole statement.
    isBadKey: (error, keys) => ILLEGAL_MIX.has((error as { errno?: unknown }).errno) && keys.some((key) => NOT_ASCII.test(key)),
    close: async () => (await pool)?.end(),
  };
}

/** ER_CANT_AGGREGATE_2COLLATIONS, 3COLLATIONS, NCOLLATIONS: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
const ILLEGAL_MIX = new Set<unknown>([1267, 1270, 1271]);
const NOT_ASCII = /[^\0-\x7f]/;

/**
 * A key as a constant that means the same in every `sql_mode` and character set. The driver would escape quotes with
 * backslashes, which are ordinary characters under `NO_BACKSLASH_ESCAPES`: a key could end its text and become part of the
 * statement. Prepared statements, one per number of keys, would fill the server's cache of them
 * (`max_prepared_stmt_count`), and would read columns in another form.
 * https://dev.mysql.com/doc/refman/8.4/en/hexadecimal-literals.html, https://dev.mysql.com/doc/refman/8.4/en/charset-introducer.html
 */
function literal(key: string): string {
  return `_utf8mb4 X'${Buffer.from(key).toString('hex')}'`;
}

/** ER_QUERY_INTERRUPTED */
const QUERY_INTERRUPTED = 1317;

/**
 * Has the server stop the statement that a connection runs; each user may do so with connections of their own. ProxySQL and
 * MaxScale know which statement is meant. `max_execution_time` is another thing in MariaDB, and some statements ignore it.
 * https://dev.mysql.com/doc/refman/8.4/en/kill.html
 * @throws Error when the server can't be reached, or when the signal aborts.
 */
async function killStatement(threadId: number, url: string, options: SqlConnectOptions, signal: AbortSignal): Promise<void> {
  const { createConnection } = await import('mysql2');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const connection = createConnection(connectOptions(url, options));
  connection.on('error', reject);
  connection.query(`kill query ${threadId}`, (error) => (error ? reject(error) : resolve()));
  const giveUp = () => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  await promise.finally(() => {
    signal.removeEventListener('abort', giveUp);
    connection.destroy();
  });
}

/** A value of a search as a constant. Numbers are the gateway's own. */
function constant(value: string | number | null): string {
  if (value === null) return 'null';
  return typeof value === 'number' ? String(value) : literal(value);
}

/** How the driver reads columns; `readMysqlRows` does the rest. */
const READING = {
  // A BIGINT that is no exact number becomes the text of its digits, and so does every DECIMAL.
  supportBigNumbers: true,
  bigNumberStrings: false,
  decimalNumbers: false,
  // Dates stay texts: the driver would read them in the time zone of this process.
  dateStrings: true,
  jsonStrings: true,
  typeCast: true,
};

/** In the driver an option in the URL wins over the same one in the options. */
function withoutOptions(url: string, names: readonly string[]): string {
  const parsed = new URL(url);
  const unwanted = names.filter((name) => parsed.searchParams.has(name));
  for (const name of unwanted) parsed.searchParams.delete(name);
  return unwanted.length === 0 ? url : parsed.href;
}

function connectOptions(url: string, { connectTimeout }: SqlConnectOptions) {
  return { uri: withoutOptions(url.replace(/^mariadb:/, 'mysql:'), Object.keys(READING)), connectTimeout };
}

/** The real argument of the pool's event; the driver's types are wrong. */
interface CallbackConnection {
  query(statement: string, done: (error: Error | null) => void): void;
}

async function connect(url: string, options: SqlConnectOptions): Promise<Pool> {
  const { createPool } = await import('mysql2/promise');
  const pool = createPool({ ...connectOptions(url, options), connectionLimit: options.connections, ...READING });
  pool.on('connection', (connection) => {
    // The first query of the connection, which is closed where it fails: a TIMESTAMP could be of any zone. Texts of the
    // owner's query get the collation of keys; otherwise the two can't be compared.
    const statement = `set time_zone = '+00:00', collation_connection = collation(${literal('a')})`;
    (connection as unknown as CallbackConnection).query(statement, (error) => {
      if (error) connection.destroy();
    });
  });
  return pool;
}
