import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cell, parseCells } from './cells.ts';
import type { Usage } from './contestants/report.ts';
import { CONTESTANTS, type Contestant } from './contestants.ts';
import { fillStore } from './fill-store.ts';
import { measureCell } from './measure-cell.ts';
import { Stage } from './stage.ts';
import { verifyAnswers } from './verify.ts';

/**
 * Writes a CPU profile of a warmed-up contestant under load, for Chrome's developer tools or speedscope.
 * Usage: profile.ts [--cell closed:64:0] [--seconds 4] [--only gateway] [--out gateway.cpuprofile]
 */
const { values } = parseArgs({
  options: {
    cell: { type: 'string', default: 'closed:64:0' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: 'gateway' },
    out: { type: 'string', default: 'gateway.cpuprofile' },
  },
});
const contestant = CONTESTANTS.find(({ name }) => name === values.only) as Contestant;
const [cell] = parseCells(values.cell);
const [WARM_UP] = parseCells('closed:64:0') as [Cell];
if (contestant === undefined || cell === undefined) throw new TypeError('expected a contestant and a cell, as run.ts has them');

await using stage = new Stage();
await stage.ready();
const store = join(stage.directory, 'gateway.db');
await fillStore(`sqlite:${store}`);
const running = await stage.start(contestant, { variables: { STORE: `sqlite:${store}` } });
await verifyAnswers(running);
await measureCell(WARM_UP, [running], stage.surroundings, { rounds: 1, seconds: 2 });
await running.program.ask<Usage>({ profile: 'begin' });
const result = await measureCell(cell, [running], stage.surroundings, { rounds: 1, seconds: Number(values.seconds) / 2 });
await running.program.ask<Usage>({ profile: { file: values.out } });
const cost = 1e6 / (result.get(contestant.name)?.[0]?.requestsPerCpuSecond ?? Number.NaN);
process.stdout.write(`${cost.toFixed(0)} µs of CPU per request, including the profiler's\n`);
