import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import type { IdentityRules } from '../src/identity/identity-rules.ts';
import { readSessions } from '../src/journey/read-sessions.ts';
import type { CustomerId } from '../src/model/customer.ts';
import type { JourneyRange } from '../src/model/interaction.ts';
import type { Trait } from '../src/model/trait.ts';
import { locateStore } from '../src/store/open-store.ts';
import { openDatabase } from '../src/store/sqlite/open-database.ts';
import { timed } from './measure.ts';

/**
 * What customers with long histories cost other customers: how long a write waits while one of them is erased, and how long
 * the event loop is blocked while one of them is read. Also measures reads of an ordinary customer.
 */
const { values: options } = parseArgs({
  options: {
    interactions: { type: 'string', default: '200000' },
    aliases: { type: 'string', default: '10000' },
    events: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
  },
});
const INTERACTIONS = Number(options.interactions);
const ALIASES = Number(options.aliases);
const EVENTS = Number(options.events);
const ROUNDS = Number(options.rounds);
/** Short reads are measured this many at a time. */
const REPETITIONS = 400 * ROUNDS;
const DAY = 86_400_000;
const NOW = new Date('2026-06-01T00:00:00.001Z');
const MOST_WAIT_MS = 500;
const MOST_DELAY_MS = 50;

const RULES: IdentityRules = {
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'visitorId', class: 'cookie', unique: false, limit: 200, window: null },
  ],
  conflict: 'reassign-latest',
  capacity: 200,
};
const trait = (name: string, part: Partial<Trait>): Trait => ({ name, of: 'view', compute: 'count', path: [], window: null, ...part });
const TRAITS = [
  trait('count', {}),
  trait('recent', { window: 64 * DAY }),
  trait('lastQuarter', { window: 90 * DAY }),
  trait('pages', { compute: 'uniques', path: ['page'] }),
];

const directory = mkdtempSync(join(tmpdir(), 'bench-growth-'));
const path = join(directory, 'graph.db');
const store = await locateStore({ scheme: 'sqlite', path }, directory).open({ rules: RULES, traits: TRAITS });
const raw: DatabaseSync = openDatabase(path);
const COUNT = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2)';

function addCustomer(id: string, root: string): CustomerId {
  raw.prepare('insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?, ?, 1, 1, 1)').run(id, root);
  return id as CustomerId;
}

/** Adds interactions of one customer, all within the day before `until`, and their trait counters. @param until milliseconds. */
function addInteractions(id: CustomerId, count: number, until: number, by: string): void {
  raw
    .prepare(
      `${COUNT} insert into interaction (customer_id, occurred_at, id, type, touchpoint, properties, recorded_at, identifier_type, identifier_value, source)
       select ?1, ?3 - i, lower(hex(randomblob(16))), 'view', 'web', '{"page":"/p' || i || '"}', ?3, 'visitorId', ?4, 'bench' from n`,
    )
    .run(id, count, until, by);
  raw.prepare(`insert into interaction_mention values (?, 'visitorId', ?)`).run(by, id);
  const uniques = raw.prepare(`select id from trait_counter where definition like '%"values"%'`).get() as { id: number };
  raw.prepare(`${COUNT} insert into trait_value select ?1, ?3, '"/p' || i || '"', ?4 from n`).run(id, count, uniques.id, until);
  // A span in which nothing was counted is not read one by one.
  raw
    .prepare(`insert into trait_bucket select ?, id, ?, ? from trait_counter where definition like '%"stretch":${DAY}}'`)
    .run(id, Math.floor(until / DAY), JSON.stringify({ count, sum: count, first: null, last: null }));
}

/** Adds a customer with one visitor id and `count` interactions. */
function addBig(name: string, count: number): CustomerId {
  const id = addCustomer(`${name}-id`, `${name}-id`);
  raw.prepare('insert into identifier values (?, ?, ?, ?, 1, 1, ?)').run(`visitorId:${name}`, 'visitorId', name, id, 'bench');
  // The window of `recent` begins among them, so that trait has to read each.
  addInteractions(id, count, NOW.getTime() - 64 * DAY + count, name);
  raw
    .prepare(
      `${COUNT} insert into identity_event (customer_id, recorded_at, id, event_customer_id, rule, source, occurred_at, changes)
       select ?1, i, 'event' || i || ?1, ?1, 'TOGETHER', 'bench', i,
       '{"evidence":[{"type":"visitorId","value":"v' || i || '"}],"leftOut":[],"linked":[],"cut":[],"merged":[],"aliases":[]}' from n`,
    )
    .run(id, EVENTS);
  raw.exec('pragma wal_checkpoint(truncate)');
  return id;
}

/** Adds a customer with `aliases` aliases, and five interactions under each. */
function addMerged(name: string, aliases: number): CustomerId {
  const root = addCustomer(`${name}-root`, `${name}-root`);
  raw.prepare('insert into identifier values (?, ?, ?, ?, 1, 1, ?)').run(`crmId:${name}`, 'crmId', name, root, 'bench');
  const insert = raw.prepare(
    `insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at, identifier_type, identifier_value, source)
     values (?, ?, ?, 'view', '{}', 1, 'crmId', ?, 'bench')`,
  );
  raw.exec('begin immediate');
  for (let n = 0; n < aliases; n++) {
    const id = addCustomer(`${name}-alias-${n}`, root);
    for (let k = 0; k < 5; k++) insert.run(id, NOW.getTime() - n * 1_000 - k, `${n}-${k}`, name);
  }
  raw.exec('commit; pragma wal_checkpoint(truncate)');
  return root;
}

/** Runs the work while other customers are written, one write after the other. @returns how long the work took, and the longest and the median of the writes, in milliseconds. */
async function othersDuring(work: () => Promise<unknown>) {
  let isOver = false;
  const begun = performance.now();
  const working = work().finally(() => {
    isOver = true;
  });
  const waits: number[] = [];
  for (let n = 0; !isOver; n++) {
    const from = performance.now();
    await store.commit({ identifiers: [{ type: 'crmId', value: `other${n}` }], occurredAt: new Date(), source: 'bench', eventId: null });
    waits.push(performance.now() - from);
  }
  await working;
  waits.sort((a, b) => a - b);
  return { total: performance.now() - begun, longest: waits.at(-1) ?? 0, median: waits[Math.floor(waits.length / 2)] ?? 0 };
}

/** Runs a read alone and four times at once, in several rounds. @returns the longest of each figure, in milliseconds. */
async function delayOf(read: () => Promise<unknown>) {
  const reads: Awaited<ReturnType<typeof delayDuring>>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    reads.push(await delayDuring(read));
    reads.push(await delayDuring(() => Promise.all([read(), read(), read(), read()])));
  }
  const longest = (of: keyof (typeof reads)[number]) => Math.max(...reads.map((each) => each[of]));
  return { total: longest('total'), longest: longest('longest'), work: longest('work') };
}

/**
 * @returns how long the read took, the longest time that the event loop was blocked meanwhile (`longest`), and the most
 * processor time that this thread used between two turns (`work`), all in milliseconds. The loop was blocked for longer than
 * `work` only because the machine had other work.
 */
async function delayDuring(read: () => Promise<unknown>) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  let before = process.threadCpuUsage();
  let work = 0;
  const look = () => {
    const { user, system } = process.threadCpuUsage(before);
    work = Math.max(work, (user + system) / 1_000);
    before = process.threadCpuUsage();
  };
  const timer = setInterval(look, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  delays.reset();
  work = 0;
  const begun = performance.now();
  await read();
  const total = performance.now() - begun;
  await new Promise((resolve) => setTimeout(resolve, 20));
  clearInterval(timer);
  delays.disable();
  return { total, longest: delays.max / 1e6, work };
}

const range = (part: Partial<JourneyRange>): JourneyRange => ({
  ...{ limit: 21, order: 'newest-first', olderThan: null, newerThan: null, types: null, touchpoints: null },
  ...part,
});
const milliseconds = (time: number) => `${time.toFixed(1)} ms`;
const lines: string[] = [`Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores`, ''];

const big = addBig('big', INTERACTIONS);
const merged = addMerged('merged', ALIASES);
const READS: Record<string, () => Promise<unknown>> = {
  'page of a journey': () => store.findInteractions(big, range({})),
  'page of a journey, with a filter that nothing matches': () => store.findInteractions(big, range({ types: ['none'] })),
  'page of sessions': () => readSessions((wanted) => store.findInteractions(big, wanted), 20, null),
  'a windowed trait that reads every interaction': () => store.findTraits([big], TRAITS.slice(1, 2), NOW),
  'uniques over all': () => store.findTraits([big], TRAITS.slice(3), NOW),
  'identity events': () => store.findIdentityEvents(big, { limit: 21, after: null }),
  'page of a journey, many aliases': () => store.findInteractions(merged, range({})),
  'page of sessions, many aliases': () => readSessions((wanted) => store.findInteractions(merged, wanted), 20, null),
  'traits, many aliases': () => store.findTraits([merged], TRAITS, NOW),
  'attributes, many aliases': () => store.findAttributes([merged]),
  'identity events, many aliases': () => store.findIdentityEvents(merged, { limit: 21, after: null }),
};
lines.push(
  `| read of a customer of ${INTERACTIONS.toLocaleString('en')} interactions, or ${ALIASES.toLocaleString('en')} aliases | takes | event loop blocked (at most ${MOST_DELAY_MS} ms) | of that, the read's own work |`,
  '| --- | --- | --- | --- |',
);
// The reader thread starts with its first read.
await store.findInteractions(merged, range({}));
for (const [what, read] of Object.entries(READS)) {
  const { total, longest, work } = await delayOf(read);
  const verdict = longest > MOST_DELAY_MS ? ' **too long**' : '';
  lines.push(`| ${what} | ${milliseconds(total)} | ${milliseconds(longest)}${verdict} | ${milliseconds(work)} |`);
}

const everyday = addBig('everyday', 30);
raw.prepare(`delete from identity_event where customer_id = ? and recorded_at > 10`).run(everyday);
raw.prepare(`${COUNT} insert into attribute select ?1, 'name' || i, i, null, 1 from n`).run(everyday, 10);
const EVERYDAY: Record<string, () => Promise<unknown>> = {
  'page of a journey': () => store.findInteractions(everyday, range({})),
  'page of a journey with a filter': () => store.findInteractions(everyday, range({ types: ['view'] })),
  'four traits': () => store.findTraits([everyday], TRAITS, NOW),
  attributes: () => store.findAttributes([everyday]),
  'identity events': () => store.findIdentityEvents(everyday, { limit: 21, after: null }),
};
lines.push('', '| read of a customer of 30 interactions, 10 attributes, 10 events | takes |', '| --- | --- |');
for (const [what, read] of Object.entries(EVERYDAY)) {
  await timed(REPETITIONS, read);
  const rounds: number[] = [];
  for (let round = 0; round < 7; round++) rounds.push(await timed(REPETITIONS, read));
  lines.push(`| ${what} | ${((rounds.sort((a, b) => a - b)[3] as number) * 1_000).toFixed(1)} µs |`);
}

// A small customer who once had the visitor id of the big one.
const shared = await store.commit({
  identifiers: [
    { type: 'visitorId', value: 'big' },
    { type: 'crmId', value: 'small' },
  ],
  ...{ occurredAt: NOW, source: 'bench', eventId: null },
});
const small = shared.kind === 'changes' ? shared.customerId : big;
await store.correct({
  kind: 'split',
  customerId: small,
  identifiers: [{ type: 'crmId', value: 'small' }],
  ...{ at: NOW, source: 'bench', actor: null, reason: null },
});
const [smallId] = await store.findOwners([{ type: 'crmId', value: 'small' }]);
const erase = (customerId: CustomerId | null | undefined) => () =>
  store.erase({ customerId: customerId as CustomerId, at: new Date(), source: 'bench', actor: null });
lines.push('', `| erasure of | takes | others' writes: median | longest (at most ${MOST_WAIT_MS} ms) |`, '| --- | --- | --- | --- |');
for (const [what, work] of [
  [`a small customer who was split from one of ${INTERACTIONS.toLocaleString('en')} interactions`, erase(smallId)],
  [`a customer of ${ALIASES.toLocaleString('en')} aliases`, erase(merged)],
  [`a customer of ${INTERACTIONS.toLocaleString('en')} interactions`, erase(big)],
] as const) {
  const { total, median, longest } = await othersDuring(work);
  const verdict = longest > MOST_WAIT_MS ? ' **too long**' : '';
  lines.push(`| ${what} | ${(total / 1_000).toFixed(1)} s | ${milliseconds(median)} | ${milliseconds(longest)}${verdict} |`);
}
process.stdout.write(`${lines.join('\n')}\n`);
raw.close();
await store.close();
rmSync(directory, { recursive: true, force: true });
