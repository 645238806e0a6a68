import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Store } from '../../src/model/ports.ts';
import { compare } from '../measure.ts';
import { BenchDatabase } from './database.ts';
import { countRunsAnew, runPgbench, scriptOf } from './pgbench.ts';
import { recordStatements } from './recorder.ts';
import { storeRound } from './store-round.ts';
import { RECORDING, type Reference, RULES, WORKLOADS, type Workload } from './workloads.ts';

/**
 * Compares the store in PostgreSQL with pgbench, which is written in C and decides nothing, on the same server and the same tables, in
 * turn. For most workloads pgbench runs the statements that the store itself sends for one operation, which are recorded first.
 */
const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' },
    customers: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
});
const [CUSTOMERS, ROUNDS, SECONDS] = [options.customers, options.rounds, options.seconds].map(Number) as [number, number, number];

await using database = await BenchDatabase.make(options.url);
await run();

async function run(): Promise<void> {
  const store = await database.openStore({ rules: RULES });
  await database.fill(1, CUSTOMERS);
  await database.fill(RECORDING[0], RECORDING[0] + 1);
  process.stdout.write(`${CUSTOMERS} customers, ${cpus().length} cores (${cpus()[0]?.model}), ${ROUNDS} rounds of ${SECONDS} s\n\n`);
  process.stdout.write('| workload | callers | store, per second | pgbench, per second | ratio | reference |\n|---|---|---|---|---|---|\n');
  for (const workload of WORKLOADS) {
    countRunsAnew();
    if (options.only !== undefined && !options.only.split(',').some((name) => workload.name.includes(name))) continue;
    if (workload.customers === undefined) await database.settle();
    else await database.fill(...workload.customers, 1);
    await measure(store, workload);
  }
  await store.close();
}

async function measure(store: Store, workload: Workload): Promise<void> {
  const references: Awaited<ReturnType<typeof contestantFor>>[] = [];
  // One after the other: a recording takes all that the store sends meanwhile.
  for (const reference of workload.references) references.push(await contestantFor(store, workload, reference));
  const ofStore = { name: 'store', round: () => storeRound(store, workload, { customers: CUSTOMERS, seconds: SECONDS }) };
  const [ours, ...others] = (await compare([ofStore, ...references], ROUNDS)) as [number, ...number[]];
  const perSecond = (milliseconds: number) => Math.round(1_000 / milliseconds);
  for (const [index, reference] of others.entries()) {
    const cells = [workload.name, workload.callers, perSecond(ours), perSecond(reference), (reference / ours).toFixed(2)];
    process.stdout.write(`| ${[...cells, references[index]?.name].join(' | ')} |\n`);
  }
}

async function contestantFor(store: Store, workload: Workload, { name, connections, recorded, script }: Reference) {
  const statements = script?.(CUSTOMERS) ?? (await recordedScript(store, workload, recorded ?? workload.run));
  return {
    name: `${name}, ${connections} connections`,
    round: async () => 1_000 / (await runPgbench(database.url, statements, { clients: connections, seconds: SECONDS })),
  };
}

async function recordedScript(store: Store, { variables }: Workload, run: Workload['run']): Promise<string> {
  return scriptOf(await recordStatements(String(RECORDING[0]), () => run(store, ...RECORDING)), variables(CUSTOMERS));
}
