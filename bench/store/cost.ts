import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Store } from '../../src/model/ports.ts';
import { BenchDatabase } from './database.ts';
import { runCallers } from './store-round.ts';
import { RULES, WORKLOADS, type Workload } from './workloads.ts';

/**
 * Measures what docs/scale.md plans with: the processor time of one operation, here and in PostgreSQL, by the number of callers, and
 * the bytes of a customer and of an interaction. PostgreSQL must run on this machine, on Linux.
 */
const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'postgres://postgres@127.0.0.1:5432/postgres' },
    customers: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '4' },
  },
});
const [CUSTOMERS, SECONDS] = [options.customers, options.seconds].map(Number) as [number, number];
/** Interactions of each customer whose bytes are counted. */
const INTERACTIONS = 10;
/** Of Linux: parts of a second in which it counts processor time. */
const TICKS_PER_SECOND = 100;

await using database = await BenchDatabase.make(options.url);
const store = await database.openStore({ rules: RULES });
process.stdout.write(`${cpus().length} cores (${cpus()[0]?.model})\n\n`);
await printBytes();
await database.fill(1, CUSTOMERS);
process.stdout.write('\n| processor time of | callers | gateway | PostgreSQL |\n|---|---|---|---|\n');
for (const workload of WORKLOADS.filter(({ customers }) => customers === undefined)) {
  for (const callers of workload.each === 1 ? [4, 64] : [1]) {
    const { gateway, postgres } = await costOf(store, workload, callers);
    process.stdout.write(`| ${workload.name} | ${callers} | ${gateway.toFixed(0)} µs | ${postgres.toFixed(0)} µs |\n`);
  }
}
await store.close();

/** Microseconds of processor time for one operation. */
async function costOf(of: Store, workload: Workload, callers: number) {
  const [ownBefore, postgresBefore] = [process.cpuUsage(), ticksOfPostgres()];
  const { done } = await runCallers(of, workload, { customers: CUSTOMERS, seconds: SECONDS, callers });
  const { user, system } = process.cpuUsage(ownBefore);
  const postgres = ((ticksOfPostgres() - postgresBefore) / TICKS_PER_SECOND) * 1_000_000;
  return { gateway: (user + system) / done, postgres: postgres / done };
}

/** Processor time of all connections to the bench's database. */
function ticksOfPostgres(): number {
  const name = new URL(database.url).pathname.slice(1);
  const processes = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return processes.map((id) => ticksOf(id, name)).reduce((sum, ticks) => sum + ticks, 0);
}

function ticksOf(id: string, name: string): number {
  try {
    if (!readFileSync(`/proc/${id}/cmdline`, 'latin1').includes(` ${name} `)) return 0;
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    // Behind the name, which is in parentheses; `utime` and `stime` of proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    // It has ended.
    return 0;
  }
}

/** Stores customers as visitors who log in, each with interactions, and prints the bytes of each table for one customer. */
async function printBytes(): Promise<void> {
  for (let n = 0; n < CUSTOMERS; n += 100) await Promise.all(Array.from({ length: 100 }, (_, index) => storeOne(n + index)));
  process.stdout.write('| bytes of one customer | table | its indexes | rows |\n|---|---|---|---|\n');
  for (const { name, heap, indexes, rows } of await database.sizes()) {
    if (rows < CUSTOMERS) continue;
    const cells = [name, Math.round(heap / CUSTOMERS), Math.round(indexes / CUSTOMERS), rows / CUSTOMERS];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
}

async function storeOne(n: number): Promise<void> {
  const cookie = { type: 'visitorId', value: randomBytes(16).toString('base64url') };
  const page = { type: 'page_view', touchpoint: 'web', pageUrl: 'https://shop.example/tea', source: 'bench', provenAt: null };
  const properties = { title: 'Green tea', position: 3, price: 12.5, category: 'tea', currency: 'EUR' };
  const rest = { identifiers: [cookie], attributes: {}, properties, ...page };
  await store.saveInteractions(Array.from({ length: INTERACTIONS }, () => ({ id: randomUUID(), occurredAt: new Date(), ...rest })));
  const identifiers = [cookie, { type: 'crmId', value: `person ${n}` }] as const;
  await store.commit({ identifiers, occurredAt: new Date(), source: 'bench', eventId: null });
}
