import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SignJWT } from 'jose';
import { Pool } from 'undici';
import { Secrets } from '../src/capture/secrets.ts';
import { INTERACTION_COLUMNS } from '../src/store/rows.ts';
import { openDatabase } from '../src/store/sqlite/open-database.ts';
import { compare } from './measure.ts';

/**
 * Compares interactions sent to `POST /interactions`, which are acknowledged once they are on disk, with the bare multi-row
 * insert into the same table of the same file, one transaction for each batch. Also compares a page of the journey of a
 * customer that was merged from ten with one that was never merged.
 */
const ROUNDS = 5;
const CUSTOMERS = 5_000;
const SECRET = 'a-secret-for-the-bench-0123456789';

const directory = mkdtempSync(join(tmpdir(), 'bench-capture-'));
const child = fork(new URL('./gateway-process.ts', import.meta.url), [directory], { env: { ...process.env, GATEWAY_SECRET: SECRET } });
const [{ url }] = (await once(child, 'message')) as [{ url: string }];
const pool = new Pool(url, { connections: 16 });
const database = openDatabase(join(directory, 'gateway.db'));
const tokenOf = (role: string) =>
  new SignJWT({ scope: role })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('bench')
    .setExpirationTime('1h')
    .sign(new Secrets([SECRET]).keys('development-token')[0]);
const headers = { authorization: `Bearer ${await tokenOf('service')}`, 'content-type': 'application/json' };

interface Row {
  readonly what: string;
  readonly ours: number;
  readonly byHand: number;
}

/** A batch as a shop's server sends it: interactions of many customers, with a few properties each. */
function batchOf(size: number) {
  return Array.from({ length: size }, () => ({
    id: randomUUID(),
    type: 'page_view',
    touchpoint: 'web',
    occurredAt: new Date().toISOString(),
    pageUrl: 'https://shop.example/tea/green',
    properties: { title: 'Green tea', position: 3, price: 12.5 },
    identifiers: [{ type: 'crmId', value: String(Math.floor(Math.random() * CUSTOMERS) + 1) }],
  }));
}

async function send(batch: readonly object[]): Promise<void> {
  const { statusCode, body } = await pool.request({ path: '/interactions', method: 'POST', headers, body: JSON.stringify(batch) });
  const { accepted } = (await body.json()) as { accepted: number };
  if (statusCode !== 200 || accepted !== batch.length)
    throw new Error(`expected ${batch.length} accepted, received ${accepted} with ${statusCode}`);
}

/** The reference: written by hand, with the customers' ids known beforehand. */
function insertByHand(size: number): (batch: ReturnType<typeof batchOf>) => void {
  const row = `(${INTERACTION_COLUMNS.map(() => '?').join(',')})`;
  const insert = database.prepare(`insert into interaction (${INTERACTION_COLUMNS.join(',')}) values ${Array(size).fill(row).join(',')}`);
  const ids = customerIds(database);
  return (batch) => {
    const values = batch.flatMap(({ id, type, touchpoint, occurredAt, pageUrl, properties, identifiers: [by] }) => [
      ...[ids.get(by?.value ?? '') ?? '', Date.parse(occurredAt), id, type, touchpoint, pageUrl, JSON.stringify(properties), Date.now()],
      ...['crmId', by?.value ?? '', 'by hand'],
    ]);
    database.exec('begin immediate');
    insert.run(...values);
    database.exec('commit');
  };
}

function customerIds(from: DatabaseSync): Map<string, string> {
  const rows = from.prepare('select value, customer_id from identifier').all() as { value: string; customer_id: string }[];
  return new Map(rows.map(({ value, customer_id }) => [value, customer_id]));
}

/** Milliseconds per interaction, with `inFlight` requests under way. Batches are built before the clock starts. */
async function captureRow(size: number, inFlight: number, requests: number): Promise<Row> {
  const byHand = insertByHand(size);
  const [ours, theirs] = (await compare(
    [
      {
        name: 'gateway',
        round: async () => {
          const batches = Array.from({ length: requests }, () => batchOf(size));
          const begun = performance.now();
          await Promise.all(
            Array.from({ length: inFlight }, async () => {
              for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) await send(batch);
            }),
          );
          return (performance.now() - begun) / (requests * size);
        },
      },
      {
        name: 'by hand',
        round: async () => {
          const batches = Array.from({ length: requests }, () => batchOf(size));
          const begun = performance.now();
          for (const batch of batches) byHand(batch);
          return (performance.now() - begun) / (requests * size);
        },
      },
    ],
    ROUNDS,
  )) as [number, number];
  return { what: `batches of ${size}, ${inFlight} request${inFlight === 1 ? '' : 's'} at a time`, ours, byHand: theirs };
}

const PAGE =
  'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { interactions(first: 20) { edges { node { id type } } pageInfo { endCursor } } } }';

async function ask(value: string): Promise<unknown> {
  const body = JSON.stringify({ query: PAGE, variables: { i: { type: 'crmId', value } } });
  const answer = await pool.request({ path: '/graphql', method: 'POST', headers, body });
  const { data } = (await answer.body.json()) as { data: { customerByIdentifier: { interactions: { edges: unknown[] } } } };
  if (data.customerByIdentifier.interactions.edges.length !== 20) throw new Error('expected a full page');
  return data;
}

/** A page of two customers with 10,000 interactions each. The second was merged from ten that had 1,000 each. */
async function pageRow(): Promise<Row> {
  const MERGE = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids }) { customer { id } } }';
  const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();
  const history = (ownerOf: (n: number) => string) =>
    Array.from({ length: 10_000 }, (_, n) => ({
      type: 'page_view',
      touchpoint: 'web',
      occurredAt: at(n),
      properties: { n },
      identifiers: [{ type: 'crmId', value: ownerOf(n) }],
    }));
  for (const all of [history(() => 'never-merged'), history((n) => `merged-${n % 10}`)]) {
    for (let from = 0; from < all.length; from += 2_000) await send(all.slice(from, from + 2_000));
  }
  const ids = customerIds(database);
  const variables = { ids: Array.from({ length: 10 }, (_, n) => ids.get(`merged-${n}`)) };
  await (await pool.request({ path: '/graphql', method: 'POST', headers, body: JSON.stringify({ query: MERGE, variables }) })).body.dump();
  const round = (value: string) => async () => {
    const begun = performance.now();
    for (let n = 0; n < 500; n++) await ask(value);
    return (performance.now() - begun) / 500;
  };
  const [ours, byHand] = (await compare(
    [
      { name: 'merged from ten', round: round('merged-3') },
      { name: 'never merged', round: round('never-merged') },
    ],
    ROUNDS,
  )) as [number, number];
  return { what: 'a page of 20: a customer merged from ten, against one never merged', ours, byHand };
}

try {
  for (let from = 1; from <= CUSTOMERS; from += 1_000) {
    const known = Array.from({ length: 1_000 }, (_, n) => ({ type: 'known', identifiers: [{ type: 'crmId', value: String(from + n) }] }));
    await send(known);
  }
  const rows = [
    await captureRow(1, 1, 1_000),
    await captureRow(1, 16, 4_000),
    await captureRow(100, 1, 100),
    await captureRow(100, 4, 200),
    await captureRow(1_000, 1, 20),
    await captureRow(1_000, 2, 40),
    await pageRow(),
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  process.stdout.write(`Node ${process.versions.node}, ${cpus()[0]?.model}, ${cpus().length} cores, medians of ${ROUNDS} rounds\n\n`);
  process.stdout.write(
    `${line(['what', 'gateway', 'gateway per second', 'reference', 'ratio'])}\n${line(['---', '---', '---', '---', '---'])}\n`,
  );
  for (const { what, ours, byHand } of rows) {
    const us = (ms: number) => `${(ms * 1_000).toFixed(1)} µs`;
    process.stdout.write(
      `${line([what, us(ours), Math.round(1_000 / ours).toLocaleString('en'), us(byHand), (byHand / ours).toFixed(2)])}\n`,
    );
  }
} finally {
  database.close();
  await pool.close();
  child.disconnect();
  await once(child, 'exit');
  rmSync(directory, { recursive: true });
}
