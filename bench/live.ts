import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { SignJWT } from 'jose';
import { Secrets } from '../src/capture/secrets.ts';
import { bearerClaim } from '../src/index.ts';
import { listenBare } from './bare-gateway.ts';

/**
 * Measures what idle subscriptions take: memory of each, with small documents and with the largest, and how much dearer they
 * make a batch of interactions of other customers. The gateway runs in this thread, the clients in another. Run with `--expose-gc`.
 */
const { values: options } = parseArgs({
  options: {
    subscriptions: { type: 'string', default: '10000' },
    streams: { type: 'string', default: '1000' },
    large: { type: 'string', default: '300' },
    batch: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '5' },
  },
});
const ROUNDS = Number(options.rounds);
const BATCH = Number(options.batch);
const SECRET = 'a-secret-for-the-bench-0123456789';

const directory = mkdtempSync(join(tmpdir(), 'bench-live-'));
const config = {
  identifiers: { crmId: { class: 'person', unique: true, capture: [bearerClaim('sub')] } },
  touchpoints: { web: { channel: 'WEB' } },
} as const;
const { gateway, url } = await listenBare(directory, config, SECRET);
const token = await new SignJWT({ scope: 'service' })
  .setProtectedHeader({ alg: 'HS256' })
  .setSubject('bench')
  .setExpirationTime('1h')
  .sign(new Secrets([SECRET]).keys('development-token')[0]);
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

async function post(path: string, body: unknown) {
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`expected 200 of ${path}, received ${answer.status}`);
  return answer.json();
}

const print = (line: string) => process.stdout.write(`${line}\n`);

let sent = 0;
const batch = (prefix: string) =>
  Array.from({ length: BATCH }, (_, n) => ({
    id: `${sent++}`,
    type: 'x',
    touchpoint: 'web',
    identifiers: [{ type: 'crmId', value: `${prefix}${n}` }],
  }));

/** CPU milliseconds of one batch of customers whom nobody watches: the median. */
async function cpuOfBatch(): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const body = batch('busy');
    const begun = process.cpuUsage();
    await post('/interactions', body);
    const { user, system } = process.cpuUsage(begun);
    times.push((user + system) / 1_000);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
}

function heap(): number {
  for (let collections = 0; collections < 3; collections++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function customerIds(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < count; from += BATCH) await post('/interactions', batch(`watched${from}-`));
  for (let from = 0; from < count; from += 100) {
    const identifiers = Array.from({ length: 100 }, (_, n) => {
      const index = from + n;
      return { type: 'crmId', value: `watched${index - (index % BATCH)}-${index % BATCH}` };
    });
    const query = 'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { id } }';
    const { data } = (await post('/graphql', { query, variables: { i: identifiers } })) as {
      data: { customersByIdentifiers: { id: string }[] };
    };
    ids.push(...data.customersByIdentifiers.map(({ id }) => id));
  }
  return ids;
}

async function openCount(): Promise<number> {
  return Number(/^gateway_subscriptions (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
}

async function withClients<Result>(kind: string, ids: readonly string[], what: () => Promise<Result>, isLarge = false): Promise<Result> {
  const worker = new Worker(new URL('./live-clients.ts', import.meta.url), { workerData: { kind, ids, url, token, isLarge } });
  await once(worker, 'message');
  while ((await openCount()) < ids.length);
  const result = await what();
  await worker.terminate();
  while ((await openCount()) > 0);
  return result;
}

const ids = await customerIds(Math.max(Number(options.subscriptions), Number(options.streams), Number(options.large)));
for (let warmUps = 0; warmUps < Math.min(3, ROUNDS); warmUps++) await cpuOfBatch();
const socketIds = ids.slice(0, Number(options.subscriptions));
const streamIds = ids.slice(0, Number(options.streams));
// The first subscriptions compile code and fill caches.
await withClients('sockets', socketIds.slice(0, 1_000), cpuOfBatch);
const [bare, cpuBefore] = [heap(), await cpuOfBatch()];
const [withSockets, cpuWith] = await withClients('sockets', socketIds, async () => [heap(), await cpuOfBatch()] as const);
const [between, cpuAfter] = [heap(), await cpuOfBatch()];
const withStreams = await withClients('streams', streamIds, async () => heap());
const largeIds = ids.slice(0, Number(options.large));
// Fills what keeps a bounded number of texts.
await withClients('sockets', largeIds, async () => undefined, true);
const beforeLarge = heap();
const withLargeSockets = await withClients('sockets', largeIds, async () => heap(), true);
const withLargeStreams = await withClients('streams', largeIds, async () => heap(), true);

print(`Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores`);
print(`idle subscription over WebSocket, 100 on each socket: ${Math.round((withSockets - bare) / socketIds.length)} bytes`);
print(`idle event stream with its connection: ${Math.round((withStreams - between) / streamIds.length)} bytes`);
print(`the same with a document of 4,900 tokens: ${Math.round((withLargeSockets - beforeLarge) / largeIds.length)} bytes`);
print(`event stream with such a document: ${Math.round((withLargeStreams - beforeLarge) / largeIds.length)} bytes`);
print(
  `CPU of a batch of ${BATCH} interactions: ${cpuBefore.toFixed(0)} ms; beside ${socketIds.length} idle subscriptions ${cpuWith.toFixed(0)} ms; after them ${cpuAfter.toFixed(0)} ms`,
);
await gateway.close();
rmSync(directory, { recursive: true });
