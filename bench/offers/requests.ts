import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { compare } from '../measure.ts';
import { nameOf } from './project.ts';

export interface RequestRow {
  readonly offers: number;
  readonly shared: boolean;
  /** Milliseconds of processor time of the gateway's process for each request: the profile alone. */
  readonly profile: number;
  /** The same query with offers, asked again by customers within the hour: nothing is written. */
  readonly again: number;
  /** With offers by customers who were not decided for in this hour: each decision is written. */
  readonly fresh: number;
}

/** Requests at the same time. */
const IN_FLIGHT = 16;
const PROFILE = '{ customer { id country loyalty { tier points } } }';
const withOffers = (placement: string) =>
  `{ customer { id country loyalty { tier points } offers(placement: "${placement}") { id name content token } } }`;

/** Processor time of a whole gateway for the same query without and with offers, over HTTP, with customers who have a journey. */
export async function measureRequests(offers: number, shared: boolean, rounds: number, customers: number): Promise<RequestRow> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-offers-'));
  const child = fork(new URL('./gateway-process.ts', import.meta.url), [directory, String(offers), shared ? 'shared' : 'distinct']);
  try {
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    const pool = new Pool(url, { connections: IN_FLIGHT });
    await fill(pool, customers);
    const query = withOffers(nameOf(offers, shared));
    const cpuOf = async (document: string, before?: 'hour') => {
      await ask(child, before ?? 'begin');
      await askAll(pool, document, customers);
      return ((await ask(child, 'end')) as { cpu: number }).cpu / customers;
    };
    const [profile, again, fresh] = (await compare(
      [
        { name: 'profile', round: () => cpuOf(PROFILE) },
        // The round before was of the same hour.
        { name: 'again', round: () => cpuOf(query) },
        { name: 'fresh', round: () => cpuOf(query, 'hour') },
      ],
      rounds,
    )) as [number, number, number];
    await pool.close();
    return { offers, shared, profile, again, fresh };
  } finally {
    child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(directory, { recursive: true, force: true });
  }
}

async function ask(child: ChildProcess, message: string): Promise<unknown> {
  const answered = once(child, 'message');
  child.send(message);
  return (await answered)[0];
}

/** Each customer asks once, in the order of their numbers. */
async function askAll(pool: Pool, query: string, customers: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (next < customers) await post(pool, `/graphql?cid=${next++}`, { query });
    }),
  );
}

/** Two interactions of each customer, so that they are stored, and have something to count. */
async function fill(pool: Pool, customers: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (next < customers) {
        const interactions = ['purchase', 'page_view'].map((type) => ({ type, properties: { total: 12.5 } }));
        const query = 'mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted } }';
        await post(pool, `/graphql?cid=${next++}`, { query, variables: { i: { interactions } } });
      }
    }),
  );
}

async function post(pool: Pool, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-touchpoint': 'web' };
  const answer = await pool.request({ path, method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.body.text();
  if (answer.statusCode !== 200 || text.includes('"errors"'))
    throw new Error(`expected an answer without errors, received ${answer.statusCode}: ${text.slice(0, 300)}`);
}
