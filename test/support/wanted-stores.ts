import { connect } from 'node:net';

/** Where a PostgreSQL server is whose user may create databases. */
export const POSTGRES_SERVER = process.env.TEST_POSTGRES_SERVER ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/**
 * The stores of this run, by their names in `stores.ts`: those that the variable TEST_STORE lists, with commas between. By default
 * all, but without PostgreSQL where it can't be reached. In CI it must be reached.
 */
export const WANTED_STORES: readonly string[] = process.env.TEST_STORE?.split(',').map((name) => name.trim()) ?? [
  'sqlite',
  ...((await isPostgresWanted()) ? ['postgres'] : []),
];

async function isPostgresWanted(): Promise<boolean> {
  const { hostname, port } = new URL(POSTGRES_SERVER);
  return process.env.CI !== undefined || (await canReach(Number(port || 5432), hostname));
}

/** True when something listens there. */
export async function canReach(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = connect(port, host);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}
