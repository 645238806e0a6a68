import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PATIENTLY } from './waiting.ts';

/** A connection of the tests themselves. Tests that run beside may have all that the server allows: then this one waits for theirs. */
export async function connectToPostgres(options: pg.ClientConfig): Promise<pg.Client> {
  const end = performance.now() + PATIENTLY.timeout;
  for (;;) {
    const client = new pg.Client(options);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if ((error as { code?: unknown }).code !== '53300' || performance.now() > end) throw error;
      await sleep(PATIENTLY.interval);
    }
  }
}

/** Runs statements on a connection of their own. @param url of the database. @returns the rows of the last one. */
export async function runOnPostgres(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = await connectToPostgres({ connectionString: url });
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
