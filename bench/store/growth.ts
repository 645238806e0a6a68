import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { compare } from '../measure.ts';
import { BenchDatabase } from './database.ts';
import { storeRound } from './store-round.ts';
import { RULES, WORKLOADS } from './workloads.ts';

/** Compares the store in PostgreSQL with few customers with the same store with many: every ratio should be near 1. */
const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' },
    few: { type: 'string', default: '10000' },
    many: { type: 'string', default: '1000000' },
    interactions: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
  },
});
const [FEW, MANY, INTERACTIONS, ROUNDS, SECONDS] = [options.few, options.many, options.interactions, options.rounds, options.seconds].map(
  Number,
) as [number, number, number, number, number];

await using few = await BenchDatabase.make(options.url);
await using many = await BenchDatabase.make(options.url);
await run();

async function run(): Promise<void> {
  const stores = await Promise.all([few, many].map((database) => database.openStore({ rules: RULES })));
  await few.fill(1, FEW, INTERACTIONS);
  await many.fill(1, MANY, INTERACTIONS);
  process.stdout.write(`${cpus().length} cores (${cpus()[0]?.model}), ${ROUNDS} rounds of ${SECONDS} s\n\n`);
  process.stdout.write(`| workload | ${FEW} customers, per second | ${MANY} customers, per second | ratio |\n|---|---|---|---|\n`);
  for (const workload of WORKLOADS.filter(({ name }) => name !== 'merge two customers')) {
    const contestants = stores.map((store, index) => {
      const customers = index === 0 ? FEW : MANY;
      return { name: String(customers), round: () => storeRound(store, workload, { customers, seconds: SECONDS }) };
    });
    const [ofFew, ofMany] = (await compare(contestants, ROUNDS)) as [number, number];
    const perSecond = (milliseconds: number) => Math.round(1_000 / milliseconds);
    process.stdout.write(`| ${workload.name} | ${perSecond(ofFew)} | ${perSecond(ofMany)} | ${(ofFew / ofMany).toFixed(2)} |\n`);
  }
  await Promise.all(stores.map((store) => store.close()));
}
