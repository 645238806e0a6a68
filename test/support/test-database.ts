import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Where a PostgreSQL server is whose user may create databases. */
const SERVER = process.env.TEST_POSTGRES_SERVER ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/**
 * Makes a database for the stores of one run, when TEST_STORE wants PostgreSQL, and removes it afterwards. No test is about what
 * its server keeps when the machine stops, so nobody waits for the disk.
 */
export default async function makeTestDatabase(): Promise<(() => Promise<void>) | undefined> {
  if (!(process.env.TEST_STORE ?? '').split(',').some((name) => name.trim() === 'postgres')) return undefined;
  const name = `cpg_test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}`);
  await onServer(`alter database ${name} set synchronous_commit = off`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  process.env.TEST_DATABASE = url.href;
  return () => onServer(`drop database if exists ${name} with (force)`);
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client(SERVER);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
