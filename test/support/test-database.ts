import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { runOnPostgres } from './postgres-client.ts';
import { POSTGRES_SERVER, WANTED_STORES } from './wanted-stores.ts';

/** The name says when it was made: what a killed run left behind is found by it. */
const PREFIX = 'cpg_test';

/** Milliseconds after which no run still uses its database. */
const OLD = 24 * 60 * 60 * 1000;

/**
 * Makes a database for the stores of one run, when PostgreSQL is wanted, and removes it afterwards, also when the run is
 * interrupted. No test is about what its server keeps when the machine stops, so nobody waits for the disk.
 */
export default async function makeTestDatabase(): Promise<(() => Promise<void>) | undefined> {
  if (!WANTED_STORES.includes('postgres')) {
    if (process.env.TEST_STORE === undefined) console.warn(`Skipped: stores in PostgreSQL, since ${POSTGRES_SERVER} cannot be reached.`);
    return undefined;
  }
  // Each project of a run calls this; they share a database.
  if (process.env.TEST_DATABASE !== undefined) return undefined;
  const name = `${PREFIX}_${Date.now()}_${randomBytes(6).toString('hex')}`;
  const url = new URL(POSTGRES_SERVER);
  url.pathname = `/${name}`;
  process.env.TEST_DATABASE = url.href;
  const removing = `drop database if exists ${name} with (force)`;
  const interrupted = () => removeAtExit(removing);
  process.once('exit', interrupted);
  await onServer(`create database ${name}`);
  await onServer(`alter database ${name} set synchronous_commit = off`);
  await removeOld();
  return async () => {
    process.off('exit', interrupted);
    await onServer(removing);
  };
}

/** Vitest ends its process at a signal without waiting for anybody, so that only another process can still ask the server. */
function removeAtExit(statement: string): void {
  const program = `
    import { runOnPostgres } from './postgres-client.ts';
    const client = new pg.Client(process.argv[1]);
    await client.connect();
    await client.query(process.argv[2]);
    await client.end();
  `;
  spawnSync(process.execPath, ['--input-type=module', '--eval', program, POSTGRES_SERVER, statement], { stdio: 'ignore' });
}

/** Removes databases that runs left behind which were killed. Another run may do so at the same time. */
async function removeOld(): Promise<void> {
  const rows = await onServer(`select datname from pg_database where datname ~ '^${PREFIX}_[0-9]{13}_[0-9a-f]+$'`);
  const names = rows.map(({ datname }) => datname as string);
  for (const name of names)
    if (Number(name.split('_')[2]) < Date.now() - OLD) await onServer(`drop database if exists ${name}`).catch(() => {});
}

const onServer = (statement: string) => runOnPostgres(POSTGRES_SERVER, statement);
