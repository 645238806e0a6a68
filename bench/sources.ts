import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { IdentityLookups } from '../src/identity/identity-lookups.ts';
import { httpAdapter } from '../src/index.ts';
import { Source } from '../src/sources/source.ts';
import { locateStore } from '../src/store/open-store.ts';
import { compare, timed } from './measure.ts';

/**
 * Compares reads through a `Source` (batches across requests, policy, deadlines) with calls of the same adapter by hand, one for
 * each key, as a resolver with `fetch` makes them. The back end is an HTTP server in another thread.
 */
const ROUNDS = 7;
const KEYS = 2_000;
const keyOf = (index: number) => `${(index * 7_919) % KEYS}`;

interface Row {
  readonly what: string;
  readonly ours: number;
  readonly byHand: number;
  readonly callsPerKey: number | null;
}

async function sourceRow(inFlight: number, latency: number, operations: number): Promise<Row> {
  const worker = new Worker(new URL('./back-end-thread.ts', import.meta.url), { workerData: { latency } });
  const [port] = (await once(worker, 'message')) as [number];
  const adapter = httpAdapter({
    baseUrl: `http://127.0.0.1:${port}`,
    key: 'id',
    batch: '/x?ids={keys}',
    match: 'id',
    policy: { timeout: '10s' },
  });
  let calls = 0;
  let asked = 0;
  const source = new Source('bench', adapter, { observer: { onCall: () => void calls++ } });
  const scope = source.scope({}, {});
  const context = { args: {}, headers: {}, signal: new AbortController().signal, maxAnswerBytes: 1e7, fields: null, onForeign: () => {} };
  const [ours, byHand] = (await compare(
    [
      {
        name: 'source',
        round: () =>
          concurrently(inFlight, operations, (index) => {
            asked++;
            return source.ask(keyOf(index), scope).answer.promise();
          }),
      },
      { name: 'by hand', round: () => concurrently(inFlight, operations, (index) => adapter.load([keyOf(index)], context)) },
    ],
    ROUNDS,
  )) as [number, number];
  await adapter.close?.();
  await worker.terminate();
  const what = `HTTP back end${latency > 0 ? ` that takes ${latency} ms` : ''}, ${inFlight} at a time`;
  return { what, ours, byHand, callsPerKey: calls / asked };
}

async function identityRow(inFlight: number, operations: number): Promise<Row> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-sources-'));
  const types = [{ name: 'crmId', class: 'person', unique: true, limit: 1, window: null }] as const;
  const rules = { types, conflict: 'reassign-latest', capacity: 50 } as const;
  const store = await locateStore({ scheme: 'sqlite', path: 'graph.db' }, directory).open({ rules });
  const identifier = (index: number) => ({ type: 'crmId', value: keyOf(index) });
  await Promise.all(
    Array.from({ length: KEYS }, (_, index) =>
      store.commit({ identifiers: [identifier(index)], occurredAt: new Date(0), source: 'bench', eventId: null }),
    ),
  );
  const lookups = new IdentityLookups(store);
  const [ours, byHand] = (await compare(
    [
      { name: 'look-ups', round: () => concurrently(inFlight, operations, (index) => lookups.findOwners([identifier(index)])) },
      { name: 'by hand', round: () => concurrently(inFlight, operations, (index) => store.findOwners([identifier(index)])) },
    ],
    ROUNDS,
  )) as [number, number];
  await store.close();
  rmSync(directory, { recursive: true });
  return { what: `identity look-up in SQLite, ${inFlight} at a time`, ours, byHand, callsPerKey: null };
}

/** Runs `operations` operations, `inFlight` at a time. @returns milliseconds per operation. */
async function concurrently(inFlight: number, operations: number, operation: (index: number) => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  const each = operations / inFlight;
  await Promise.all(Array.from({ length: inFlight }, (_, client) => timed(each, (index) => operation(client * each + index))));
  return (performance.now() - begun) / operations;
}

const rows = [
  await sourceRow(1, 0, 2_000),
  await sourceRow(1, 5, 200),
  await sourceRow(8, 0, 4_000),
  await sourceRow(64, 0, 16_000),
  await sourceRow(64, 5, 6_400),
  await identityRow(1, 20_000),
  await identityRow(64, 64_000),
];
const micro = (milliseconds: number) => `${(milliseconds * 1_000).toFixed(1)} µs`;
process.stdout.write(`Node ${process.versions.node}, ${cpus()[0]?.model}, ${cpus().length} cores, medians of ${ROUNDS} rounds\n\n`);
process.stdout.write('| per key | source | by hand | ratio | calls per key |\n| --- | --- | --- | --- | --- |\n');
for (const { what, ours, byHand, callsPerKey } of rows) {
  process.stdout.write(
    `| ${what} | ${micro(ours)} | ${micro(byHand)} | ${(byHand / ours).toFixed(2)} | ${callsPerKey?.toFixed(3) ?? ''} |\n`,
  );
}
