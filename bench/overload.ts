import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Answered, OpenLoad } from './open-load.ts';

/**
 * What happens when a gateway gets several times what it holds: half of what it holds, then the overload, then half again. The
 * gateway is a process of its own; this one makes the load. Each request reads the last interactions of a visitor.
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    calm: { type: 'string', default: '5' },
    times: { type: 'string', default: '5' },
    interactions: { type: 'string', default: '100' },
    connections: { type: 'string', default: '900' },
  },
});
const [SECONDS, CALM, TIMES] = [Number(options.seconds), Number(options.calm), Number(options.times)];
const READ = Number(options.interactions);
const STORED = 200;
/** Connections of the closed loop that finds out what the gateway holds. */
const CLOSED = 32;
/** Milliseconds. The gateway has recovered when the latencies of a slice of this length are near those at half load again. */
const SLICE = 250;

const directory = mkdtempSync(join(tmpdir(), 'bench-overload-'));
const variables = { GATEWAY_SECRET: 'a-secret-for-the-bench-0123456789' };
const child = fork(new URL('./gateway-process.ts', import.meta.url), [directory], { env: { ...process.env, ...variables } });
const [{ url }] = (await once(child, 'message')) as [{ url: string }];
const load = new OpenLoad(Number(new URL(url).port), await requestOfVisitor(), Number(options.connections));

async function requestOfVisitor(): Promise<Buffer> {
  const interactions = Array.from({ length: STORED }, () => ({
    ...{ id: randomUUID(), type: 'page_view', touchpoint: 'web', pageUrl: 'https://shop.example/tea/green' },
    properties: { title: 'Green tea', position: 3, price: 12.5 },
  }));
  const headers = { 'content-type': 'application/json' };
  const stored = await fetch(`${url}/interactions`, { method: 'POST', headers, body: JSON.stringify(interactions) });
  const cookie = stored.headers.get('set-cookie')?.split(';')[0];
  const body = JSON.stringify({ query: `{ customer { id interactions(first: ${READ}) { edges { node { type } } } } }` });
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers: { ...headers, cookie: cookie ?? '' }, body });
  const { data } = (await answer.json()) as { data?: { customer?: { interactions?: { edges: unknown[] } } } };
  const read = data?.customer?.interactions?.edges.length;
  if (read !== Math.min(READ, STORED)) throw new Error(`expected ${READ} interactions of the visitor, received ${read}`);
  const head = `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncookie: ${cookie}\r\n`;
  return Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** The gateway's memory, in MiB. */
async function memory(): Promise<number> {
  child.send({});
  const [{ rss }] = (await once(child, 'message')) as [{ rss: number }];
  return Math.round(rss / 1024 ** 2);
}

function quantile(latencies: readonly number[], part: number): number {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function figuresOf(answers: readonly Answered[]) {
  const admitted = answers.filter(({ status }) => status === 200).map(({ latency }) => latency);
  const refused = answers.filter(({ status }) => status === 503).map(({ latency }) => latency);
  const others = answers.length - admitted.length - refused.length;
  if (others > 0) process.stderr.write(`expected answers with 200 or 503, received ${others} others or none\n`);
  return { admitted, refused, p50: quantile(admitted, 0.5), p99: quantile(admitted, 0.99) };
}

function print(what: string, seconds: number, answers: readonly Answered[]): ReturnType<typeof figuresOf> {
  const figures = figuresOf(answers);
  const { admitted, refused, p50, p99 } = figures;
  const share = ((refused.length / answers.length) * 100).toFixed(1);
  const refusedP99 = refused.length === 0 ? '–' : `${quantile(refused, 0.99).toFixed(1)} ms`;
  const line = [what, `${Math.round(answers.length / seconds)}/s`, `${Math.round(admitted.length / seconds)}/s`];
  process.stdout.write(`| ${[...line, `${p50.toFixed(1)} ms`, `${p99.toFixed(1)} ms`, `${share} %`, refusedP99].join(' | ')} |\n`);
  return figures;
}

/** Milliseconds after which all slices are like those at half load, without a refusal. */
function recoveredAfter(answers: readonly Answered[], usual: number): number {
  const slices = Array.from({ length: Math.ceil((CALM * 1_000) / SLICE) }, (_, index) =>
    answers.filter(({ due }) => Math.floor(due / SLICE) === index),
  );
  const bad = slices.findLastIndex(
    (slice) =>
      slice.some(({ status }) => status !== 200) ||
      quantile(
        slice.map(({ latency }) => latency),
        0.9,
      ) >
        3 * usual,
  );
  return (bad + 1) * SLICE;
}

try {
  await load.connect();
  await load.closedLoop(CLOSED, CALM);
  const holds = await load.closedLoop(CLOSED, CALM);
  const before = await memory();
  process.stdout.write(`It holds ${Math.round(holds)} requests/s (${CLOSED} connections), with ${before} MiB.\n\n`);
  process.stdout.write(
    '| load | offered | admitted | p50 | p99 | refused | p99 of refusals |\n| --- | --- | --- | --- | --- | --- | --- |\n',
  );
  const half = print('half', CALM, await load.openLoop(holds / 2, CALM, 1));
  const over = print(`${TIMES} times`, SECONDS, await load.openLoop(holds * TIMES, SECONDS, 2));
  const under = await memory();
  const again = await load.openLoop(holds / 2, CALM, 3);
  print('half again', CALM, again);
  const after = await memory();
  process.stdout.write(`\np99 of what was admitted: ${(over.p99 / half.p99).toFixed(1)} times that at half load\n`);
  process.stdout.write(
    `recovered after ${recoveredAfter(again, half.p99)} ms; memory: ${before} MiB before, ${under} at its end, ${after} after\n`,
  );
} finally {
  load.close();
  child.disconnect();
  await once(child, 'exit');
  rmSync(directory, { recursive: true });
}
