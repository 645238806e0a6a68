import { createHash } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';

/** Schemas whose removal is arranged. */
const known = new Set<string>();

/**
 * The URL of a store that has a schema of its own in the database of this run (test-database.ts). The gateway makes the schema. It
 * is removed after the test that names it first; what is named outside of tests goes with the database.
 */
export function schemaUrl(directory: string, name: string): string {
  const schema = schemaOf(directory, name);
  if (!known.has(schema)) {
    known.add(schema);
    removeAfterTest(schema);
  }
  const url = databaseUrl();
  url.searchParams.set('options', `-c search_path=${schema}`);
  // The driver takes a plus sign for itself.
  return url.href.replaceAll('+', '%20');
}

/** @returns what a query answers in the store's schema. Big integers are numbers. */
export async function schemaRows(directory: string, name: string, sql: string): Promise<unknown[]> {
  const client = await connected();
  try {
    await client.query(`set search_path = ${schemaOf(directory, name)}`);
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function removeAfterTest(schema: string): void {
  try {
    onTestFinished(async () => {
      const client = await connected();
      try {
        await client.query(`set client_min_messages = warning; drop schema if exists ${schema} cascade`);
      } finally {
        await client.end();
      }
    });
  } catch {
    // Not in a test.
  }
}

async function connected(): Promise<pg.Client> {
  const types = { getTypeParser: (oid: number, format: 'text') => (oid === 20 ? Number : pg.types.getTypeParser(oid, format)) };
  const client = new pg.Client({ connectionString: databaseUrl().href, types: types as never });
  await client.connect();
  return client;
}

function databaseUrl(): URL {
  const { TEST_DATABASE: database } = process.env;
  if (database === undefined)
    throw new Error('the database of this run is missing: run vitest with its configuration, and TEST_STORE=postgres');
  return new URL(database);
}

function schemaOf(directory: string, name: string): string {
  return `store_${createHash('sha256').update(`${directory}\n${name}`).digest('hex').slice(0, 16)}`;
}
