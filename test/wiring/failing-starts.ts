import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { pino } from 'pino';
import { parseConfig } from '../../src/config/parse-config.ts';
import { defineAdapter, type Gateway } from '../../src/index.ts';
import { type Attempt, observeWiring } from './observe-wiring.ts';

/**
 * A process that starts gateways one after the other. The first starts whole; each other fails at a later call that
 * `src/wiring/` makes, until a start needs no more calls. Prints one line of JSON for each start.
 */
const wiring = observeWiring();
const { createGateway } = await import('../../src/wiring/gateway.ts');

// Makes the stream, which is a handle.
process.stdout.write('');
const workers: Worker[] = [];
process.on('worker', (worker) => workers.push(worker));
/** Stands for Redis: accepts connections, and never answers. */
const connections = new Set<Socket>();
const redis = createServer((socket) => {
  connections.add(socket);
  socket.resume();
  socket.on('error', () => {}).on('close', () => connections.delete(socket));
});
await new Promise<void>((listening) => redis.listen(0, '127.0.0.1', listening));
const { port } = redis.address() as { port: number };
const directory = mkdtempSync(join(tmpdir(), 'failing-starts-'));

/** One for all starts: pino has a listener of the process's exit for as long as one of its loggers is no garbage. */
const logger = pino({ level: 'silent' });

export interface Start extends Attempt {
  /** What the start failed with; null for one that did not fail. */
  readonly failure: string | null;
  /** Handles that were open afterwards and not before. */
  readonly leaks: readonly string[];
}

async function start(failAt: number): Promise<Start> {
  const project = projectIn(join(directory, String(failAt)));
  const before = handles();
  wiring.begin(failAt);
  const overrides = { variables: { GATEWAY_SECRET: 'a secret that is long enough for this' }, logger };
  const outcome = await createGateway(project, overrides).then(
    async (gateway: Gateway) => {
      wiring.started();
      await gateway.close();
      return null;
    },
    (error: Error) => error.message,
  );
  const attempt = wiring.end();
  return { ...attempt, failure: outcome, leaks: await leaksSince(before) };
}

function projectIn(folder: string) {
  const identifiers = { crmId: { class: 'person', hash: true, capture: [] } };
  const options = { identifiers, shared: `redis://127.0.0.1:${port}`, management: { port: 0 } };
  const config = parseConfig('gateway.config.ts', options, ({ message }) => {
    throw new Error(message);
  });
  const close = wiring.closes('adapter', () => {});
  const crm = defineAdapter({ policy: { cache: { ttl: '1s' } }, load: async (keys) => keys.map(() => null), close });
  const schema = { file: 'schema.graphql', text: 'type Customer { size: String @from(source: "captured") }' };
  return {
    directory: folder,
    configFile: 'gateway.config.ts',
    configText: '',
    config,
    schema,
    dataSources: new Map([['crm', crm]]),
    brokenDataSources: new Set<string>(),
    offers: [],
    documents: [],
    resolvers: null,
    problems: [],
  };
}

/**
 * Threads, sockets and listeners that this process has. Timers are left out: the Redis driver may keep one for two seconds
 * after it has disconnected. One that goes on for ever keeps the process alive.
 */
function handles(): string[] {
  const listeners = process.eventNames().flatMap((name) => Array(process.listenerCount(name)).fill(`listener of ${String(name)}`));
  const threads = workers.filter(({ threadId }) => threadId !== -1).map(() => 'thread');
  const resources = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout');
  return [...resources, ...threads, ...[...connections].map(() => 'connection to Redis'), ...listeners];
}

/** Waits for what is closing; half a minute at most, because a busy machine may take seconds. */
async function leaksSince(before: readonly string[]): Promise<string[]> {
  for (let waited = 0; ; waited += 5) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const leaks = handles();
    for (const handle of before) if (leaks.includes(handle)) leaks.splice(leaks.indexOf(handle), 1);
    if (leaks.length === 0 || waited > 30_000) return leaks;
  }
}

// What is made once for the process is no leak of a start.
await start(Number.POSITIVE_INFINITY);
for (let failAt = 0, isWhole = false; !isWhole; failAt++) {
  // The first start does not fail.
  const done = await start(failAt === 0 ? Number.POSITIVE_INFINITY : failAt);
  process.stdout.write(`${JSON.stringify(done)}\n`);
  isWhole = failAt > 0 && done.failure === null;
}
redis.close();
rmSync(directory, { recursive: true });
