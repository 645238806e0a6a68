import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { connectToPostgres } from './postgres-client.ts';

/** By folder and name of a store: its schema. */
const known = new Map<string, string>();
/** Schemas of finished tests, with empty tables: making the tables takes longer than most tests. */
const empty: string[] = [];

/**
 * The URL of a store that has a schema of its own in the database of this run (test-database.ts). The gateway makes the schema. It
 * is emptied after the test that names it first, and used again; what is named outside of tests goes with the database.
 * @param isPlain false where the test changes the tables themselves: then the schema is removed.
 */
export function schemaUrl(directory: string, name: string, { isPlain = true } = {}): string {
  const store = `${directory}\n${name}`;
  if (!known.has(store)) {
    const schema = (isPlain ? empty.pop() : undefined) ?? `store_${randomBytes(8).toString('hex')}`;
    known.set(store, schema);
    clearAfterTest(store, schema, isPlain);
  }
  const url = databaseUrl();
  url.searchParams.set('options', `-c search_path=${known.get(store)}`);
  // The driver takes a plus sign for itself.
  return url.href.replaceAll('+', '%20');
}

/** @returns what a query answers in the store's schema. Big integers are numbers. */
export async function schemaRows(directory: string, name: string, sql: string): Promise<unknown[]> {
  const client = await connected();
  try {
    await client.query(`set search_path = ${known.get(`${directory}\n${name}`)}`);
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function clearAfterTest(store: string, schema: string, isPlain: boolean): void {
  try {
    onTestFinished(async () => {
      known.delete(store);
      const client = await connected();
      try {
        if (!isPlain) await client.query(`set client_min_messages = warning; drop schema if exists ${schema} cascade`);
        else if (await emptyTables(client, schema)) empty.push(schema);
      } finally {
        await client.end();
      }
    });
  } catch {
    // Not in a test.
  }
}

/** Everything but what a new store has. @returns false where nobody made the store. */
async function emptyTables(client: pg.Client, schema: string): Promise<boolean> {
  const tables = await client.query<{ name: string }>(
    `select relname as name from pg_class where relkind in ('r', 'p') and not relispartition
     and relnamespace = (select oid from pg_namespace where nspname = $1)`,
    [schema],
  );
  const names = tables.rows.map(({ name }) => name).filter((name) => name !== 'schema_version' && name !== 'setting');
  if (names.length === 0) return false;
  const keys = `delete from setting where name not in ('identity_key', 'claimed_id_key')`;
  await client.query(`set search_path = ${schema}; ${names.map((name) => `delete from ${name}`).join('; ')}; ${keys}`);
  return true;
}

function connected(): Promise<pg.Client> {
  const types = { getTypeParser: (oid: number, format: 'text') => (oid === 20 ? Number : pg.types.getTypeParser(oid, format)) };
  return connectToPostgres({ connectionString: databaseUrl().href, types: types as never });
}

function databaseUrl(): URL {
  const { TEST_DATABASE: database } = process.env;
  if (database === undefined)
    throw new Error('the database of this run is missing: run vitest with its configuration, and TEST_STORE=postgres');
  return new URL(database);
}
