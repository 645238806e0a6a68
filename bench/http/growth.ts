import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cell, cellTitle, parseCells } from './cells.ts';
import { CONTESTANTS, type Contestant } from './contestants.ts';
import { environmentOf } from './environment.ts';
import { addInteractions, fillLargeStore } from './fill-large-store.ts';
import { fillStore } from './fill-store.ts';
import { measureCell } from './measure-cell.ts';
import { type Running, Stage } from './stage.ts';
import { median, ratioOf } from './statistics.ts';
import { verifyAnswers } from './verify.ts';
import { writeProject } from './write-project.ts';

/**
 * Measures whether a request costs more when there is more data that it does not ask for: customers in the store,
 * interactions of the customers who ask, sources in the configuration. Usage: growth.ts [--rounds 5] [--seconds 2]
 */
const CELLS: readonly Cell[] = parseCells('closed:64:0,closed:1:0');
const [WARM_UP] = CELLS as [Cell];
const [FEW, MANY] = [10_000, 1_000_000];
/** Customers with interactions, and how many each has. */
const [BUSY, INTERACTIONS] = [1_000, 1_000];
const SOURCES = 30;
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } } });
const how = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
const say = (line: string) => process.stdout.write(`${line}\n`);

await using stage = new Stage();
await stage.ready();
const stores = { few: join(stage.directory, 'few.db'), many: join(stage.directory, 'many.db'), busy: join(stage.directory, 'busy.db') };
await fillStore(`sqlite:${stores.few}`);
fillLargeStore(stores.many, MANY);
await fillStore(`sqlite:${stores.busy}`);
addInteractions(stores.busy, BUSY, INTERACTIONS);

const small = await start(`${FEW.toLocaleString('en')} customers, no interactions, 3 sources`, stores.few);
const large = await start(`${MANY.toLocaleString('en')} customers`, stores.many);
const busy = await start(`${INTERACTIONS.toLocaleString('en')} interactions of each customer who asks`, stores.busy);
const wide = await start(`${SOURCES} sources`, stores.few, writeProject(join(stage.directory, 'project'), SOURCES));

await measureCell(WARM_UP, [small, large, busy, wide], stage.surroundings, { ...how, rounds: 1 });

const { machine, cores, node, date } = environmentOf([]);
say(`${machine}, ${cores} cores, Node ${node}, ${date}; medians of ${how.rounds} rounds of ${how.seconds} s\n`);
say('| | CPU per request | ratio, smallest and largest |\n| --- | --- | --- |');
for (const cell of CELLS) {
  await report(cell, [small, large, wide], undefined);
  await report(cell, [small, busy], BUSY);
}

async function start(title: string, store: string, project?: string): Promise<Running> {
  const contestant = { ...(CONTESTANTS[0] as Contestant), name: title, title };
  const running = await stage.start(contestant, { variables: { STORE: `sqlite:${store}`, ...(project && { PROJECT: project }) } });
  await verifyAnswers(running);
  return running;
}

/** @param running the others are compared with the first. */
async function report(cell: Cell, running: readonly Running[], customers: number | undefined): Promise<void> {
  const result = await measureCell(cell, running, stage.surroundings, { ...how, customers });
  const costs = running.map(({ contestant }) => (result.get(contestant.name) ?? []).map((round) => 1e6 / round.requestsPerCpuSecond));
  for (const [index, { contestant }] of running.entries()) {
    const [cost, reference] = [costs[index] as number[], costs[0] as number[]];
    const ratio = ratioOf(cost, reference);
    const among = customers === undefined ? '' : `, ${customers.toLocaleString('en')} customers asking`;
    const spread = index === 0 ? '1' : `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`;
    say(`| ${cellTitle(cell)}${among}: ${contestant.title} | ${median(cost).toFixed(0)} µs | ${spread} |`);
  }
}
