import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Cell } from './cells.ts';
import { coldStart, type Served } from './cold-start.ts';
import type { Usage } from './contestants/report.ts';
import { CONTESTANTS, type Contestant } from './contestants.ts';
import { environmentOf } from './environment.ts';
import { fillStore } from './fill-store.ts';
import type { LoadReport } from './load.ts';
import { Stage } from './stage.ts';
import { median } from './statistics.ts';
import { expectedAnswer, REQUEST_BODY } from './work.ts';

/**
 * Measures how long a cold gateway takes until its first right answer, and its memory at rest and after many requests.
 * Usage: footprint.ts [--starts 5] [--requests 100000,500000,1000000]
 */
const CELL: Cell = { loop: 'closed', load: 64, latency: 0 };
const [GATEWAY] = CONTESTANTS as readonly [Contestant];
const { values } = parseArgs({
  options: { starts: { type: 'string', default: '5' }, requests: { type: 'string', default: '100000,500000,1000000' } },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

const { machine, cores, node, date } = environmentOf([]);
say(`${machine}, ${cores} cores, Node ${node}, ${date}\n`);
await using stage = new Stage();
await stage.ready();
const store = join(stage.directory, 'gateway.db');
await fillStore(`sqlite:${store}`);
await reportStarts(Number(values.starts));
await reportMemory(values.requests.split(',').map(Number));

async function reportStarts(times: number): Promise<void> {
  const gateway: Served = {
    command: ['src/cli.ts', 'start', '--config', fileURLToPath(new URL('./project/gateway.config.ts', import.meta.url))],
    variables: { ...stage.variables, STORE: `sqlite:${store}` },
    path: '/graphql',
    headers: { cookie: 'customer_id=77' },
    body: REQUEST_BODY,
    expected: expectedAnswer(77),
  };
  const demo: Served = {
    command: ['examples/demo/run.ts', 'start'],
    variables: { NODE_ENV: 'development', SHOP_PORT: '0', CLUB_PORT: '0', DATABASE_URL: `sqlite:${join(stage.directory, 'demo.db')}` },
    path: '/graphql?cid=17850',
    headers: {},
    body: JSON.stringify({
      query: '{ customer { country orders(first: 1) { edges { node { total } } } tickets { id } loyalty { tier } } }',
    }),
    expected: '"country":"United Kingdom"',
  };
  say(`| time from the command to its first right answer | median of ${times} | fastest | slowest |\n| --- | --- | --- | --- |`);
  for (const [what, served] of [
    ['the gateway', gateway],
    ['the demo: gateway, two back ends, a shop', demo],
  ] as const) {
    const took: number[] = [];
    for (let time = 0; time < times; time++) took.push(await coldStart(served));
    const cells = [median(took), Math.min(...took), Math.max(...took)].map((milliseconds) => `${Math.round(milliseconds)} ms`);
    say(`| ${[what, ...cells].join(' | ')} |`);
  }
}

/** @param marks the numbers of requests after which memory is measured, ascending. Garbage is collected before. */
async function reportMemory(marks: readonly number[]): Promise<void> {
  const { program, port } = await stage.start(GATEWAY, { variables: { STORE: `sqlite:${store}` }, nodeFlags: ['--expose-gc'] });
  const { load } = stage.surroundings;
  say('\n| after requests | resident memory | heap in use |\n| --- | --- | --- |');
  let answered = 0;
  for (const mark of [0, ...marks]) {
    while (answered < mark) {
      await load.ask({ kind: 'open', port, cell: CELL, seed: answered + 1 });
      answered += (await load.ask<LoadReport>({ kind: 'run', seconds: 5 })).answered;
      await load.ask({ kind: 'close' });
    }
    const { rss, heapUsed } = await program.ask<Usage>({ collect: true });
    say(`| ${[answered.toLocaleString('en'), ...[rss, heapUsed].map((bytes) => `${Math.round(bytes / 2 ** 20)} MiB`)].join(' | ')} |`);
  }
}
