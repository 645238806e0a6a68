import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import type { IdentityRules } from '../src/identity/identity-rules.ts';
import type { Identifier } from '../src/model/identifier.ts';
import type { Store } from '../src/model/ports.ts';
import { mentionedIn } from '../src/store/kept-changes.ts';
import { locateStore } from '../src/store/open-store.ts';
import { openDatabase } from '../src/store/sqlite/open-database.ts';
import { compare, timed } from './measure.ts';
import { rememberedOwners } from './remembered-owners.ts';

/**
 * Compares the identity graph with bare prepared statements that do the same on the same database. The difference is the cost
 * of the rules, the port, the thread and the identity events.
 */
const RULES: IdentityRules = {
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'email', class: 'person', unique: false, limit: 200, window: null },
    { name: 'visitorId', class: 'cookie', unique: false, limit: 200, window: null },
  ],
  conflict: 'reassign-latest',
  capacity: 200,
};
const { values: options } = parseArgs({
  options: {
    identifiers: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '7' },
    operations: { type: 'string', default: '20000' },
  },
});
const OPERATIONS = Number(options.operations);
const ROUNDS = Number(options.rounds);
const IN_FLIGHT = 64;
const LARGE = Number(options.identifiers);
const SMALL = LARGE / 100;

interface Row {
  readonly what: string;
  readonly store: number;
  /** The fewest rows that move the identifiers: without an identity event, and without an alias for an id that was shown. */
  readonly raw: number;
  /** With all rows that the store writes. Equal to `raw` for a look-up. */
  readonly rawSameRows: number;
}

const ADD_IDENTIFIER = `insert into identifier (id_key, type, value, customer_id, linked_at, last_seen_at, source)
   values (?, ?, ?, ?, ?, ?, ?)`;

/** A store with `size` identifiers, two for each customer. */
class Graph {
  readonly #directory: string;
  readonly path: string;
  readonly size: number;
  readonly store: Store;
  readonly raw: DatabaseSync;
  #made = 0;

  static async of(size: number): Promise<Graph> {
    const directory = mkdtempSync(join(tmpdir(), 'bench-identity-'));
    return new Graph(size, directory, await locateStore({ scheme: 'sqlite', path: 'graph.db' }, directory).open({ rules: RULES }));
  }

  private constructor(size: number, directory: string, store: Store) {
    this.size = size;
    this.#directory = directory;
    this.path = join(directory, 'graph.db');
    this.store = store;
    this.raw = openDatabase(this.path);
    this.inOneTransaction(() => {
      for (let n = 0; n < size / 2; n++) this.addCustomer([crmId(n), visitorId(n)], 0);
    });
    this.raw.exec('pragma wal_checkpoint(truncate)');
  }

  inOneTransaction(work: () => void): void {
    this.raw.exec('begin immediate');
    work();
    this.raw.exec('commit');
  }

  addCustomer(identifiers: readonly Identifier[], interactions: number): void {
    const id = `00000000-0000-4000-8000-${String(this.#made++).padStart(12, '0')}`;
    this.#customer.run(id, id, this.#made, this.#made, this.#made);
    for (const { type, value } of identifiers) this.#identifier.run(`${type}:${value}`, type, value, id, 1, 1, 'bench');
    for (let n = 0; n < interactions; n++) this.#interaction.run(id, n, `i${n}`, n);
  }

  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  statement(sql: string) {
    const known = this.#statements.get(sql) ?? this.raw.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
  get #customer() {
    return this.statement('insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?, ?, ?, ?, ?)');
  }
  get #identifier() {
    return this.statement(ADD_IDENTIFIER);
  }
  get #interaction() {
    return this.statement(
      `insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at) values (?, ?, ?, 'view', '{}', ?)`,
    );
  }

  async close(): Promise<void> {
    this.raw.close();
    await this.store.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const crmId = (n: number | string) => ({ type: 'crmId', value: String(n) });
const visitorId = (n: number | string) => ({ type: 'visitorId', value: `6f1c2f0a-0000-4000-8000-${String(n).padStart(12, '0')}` });
/** A linear congruential generator (Numerical Recipes): the same sequence in every run. */
let state = 42;
const random = (below: number) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state % below;
};
let fresh = 0;
const event = (identifiers: readonly Identifier[]) => ({ identifiers, occurredAt: new Date(), source: 'bench', eventId: null });

async function lookUp(graph: Graph, count: number, operations: number): Promise<Row> {
  const asked = Array.from({ length: operations }, () => Array.from({ length: count }, () => visitorId(random(graph.size / 2))));
  const one = graph.statement('select customer_id from identifier where id_key = ?');
  const round = {
    store: () => timed(operations, (n) => graph.store.findOwners(asked[n] as Identifier[])),
    raw: () => timed(operations, (n) => (asked[n] as Identifier[]).map(({ type, value }) => one.get(`${type}:${value}`))),
  };
  const [store, raw] = (await compare(
    [
      { name: 'store', round: round.store },
      { name: 'raw', round: round.raw },
    ],
    ROUNDS,
  )) as [number, number];
  return { what: `look-up of ${count} at ${graph.size.toLocaleString('en')}`, store, raw, rawSameRows: raw };
}

/** A link written by hand: finds the owner, adds the identifier, updates the times. */
function linkRaw(graph: Graph, known: Identifier, added: Identifier, sameRows: boolean): void {
  const { customer_id: id } = graph
    .statement('select customer_id from identifier where id_key = ?')
    .get(`${known.type}:${known.value}`) as {
    customer_id: string;
  };
  graph.statement(ADD_IDENTIFIER).run(`${added.type}:${added.value}`, added.type, added.value, id, 1, 1, 'bench');
  graph.statement('update identifier set last_seen_at = ? where id_key = ?').run(2, `${known.type}:${known.value}`);
  graph.statement('update customer set last_seen_at = ? where id = ?').run(2, id);
  if (!sameRows) return;
  const alias = randomUUID();
  graph
    .statement('insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?, ?, ?, ?, ?)')
    .run(alias, id, 1, 1, 1);
  explainRaw(graph, id, { evidence: [known, added], linked: [added], cut: [], merged: [], aliases: [{ id: alias, of: added }] });
}

function explainRaw(graph: Graph, id: string, changes: object): void {
  const insert = graph.statement(
    `insert into identity_event (customer_id, recorded_at, id, event_customer_id, rule, source, occurred_at, changes)
     values (?1, ?2, ?3, ?1, 'TOGETHER', 'bench', 1, ?4)`,
  );
  const mention = graph.statement(
    'insert or ignore into identity_mention (id_key, customer_id, recorded_at, event_id) values (?, ?, ?, ?)',
  );
  const [at, event, text] = [Date.now(), randomUUID(), JSON.stringify(changes)];
  insert.run(id, at, event, text);
  for (const key of mentionedIn(text)) mention.run(key, id, at, event);
}

async function link(graph: Graph, operations: number, inFlight: number): Promise<Row> {
  const pair = () => [crmId(random(graph.size / 2)), visitorId(`n${fresh++}`)] as const;
  const batches = operations / inFlight;
  const byHand = (sameRows: boolean) => () =>
    timed(batches, () => graph.inOneTransaction(() => repeat(inFlight, () => linkRaw(graph, ...pair(), sameRows))));
  const [store, raw, rawSameRows] = (await compare(
    [
      {
        name: 'store',
        round: () => timed(batches, () => Promise.all(Array.from({ length: inFlight }, () => graph.store.commit(event(pair()))))),
      },
      { name: 'raw', round: byHand(false) },
      { name: 'raw, same rows', round: byHand(true) },
    ],
    ROUNDS,
  )) as [number, number, number];
  return { what: `link, ${inFlight} at a time`, store: store / inFlight, raw: raw / inFlight, rawSameRows: rawSameRows / inFlight };
}

function repeat(times: number, work: () => void): void {
  for (let n = 0; n < times; n++) work();
}

/** Adds two customers with 50 identifiers and `interactions` interactions each. @returns one identifier of each. */
function twoCustomers(graph: Graph, interactions: number): [Identifier, Identifier] {
  const customer = () => {
    const identifiers = Array.from({ length: 50 }, () => visitorId(`m${fresh++}`));
    graph.addCustomer(identifiers, interactions);
    return identifiers[0] as Identifier;
  };
  return [customer(), customer()];
}

function mergeRaw(graph: Graph, one: Identifier, other: Identifier, sameRows: boolean): void {
  const owner = graph.statement('select customer_id from identifier where id_key = ?');
  const idOf = ({ type, value }: Identifier) => (owner.get(`${type}:${value}`) as { customer_id: string }).customer_id;
  const [survivor, merged] = [idOf(one), idOf(other)];
  graph.statement('update customer set root_id = ? where root_id = ?').run(survivor, merged);
  graph.statement('update identifier set customer_id = ? where customer_id = ?').run(survivor, merged);
  graph.statement('update customer set last_seen_at = ? where id = ?').run(2, survivor);
  if (!sameRows) return;
  const brought = graph.statement('select type, value from identifier where customer_id = ?').all(merged);
  explainRaw(graph, survivor, { evidence: [one, other], linked: [], cut: [], merged: [{ id: merged, identifiers: brought }], aliases: [] });
}

async function merge(graph: Graph, interactions: number, operations: number): Promise<Row> {
  const prepare = () => {
    const pairs: [Identifier, Identifier][] = [];
    graph.inOneTransaction(() => repeat(operations, () => pairs.push(twoCustomers(graph, interactions))));
    graph.raw.exec('pragma wal_checkpoint(truncate)');
    return pairs;
  };
  const round = (work: (pair: [Identifier, Identifier]) => unknown) => () => {
    const pairs = prepare();
    return timed(operations, (n) => work(pairs[n] as [Identifier, Identifier]));
  };
  const byHand = (sameRows: boolean) => round((pair) => graph.inOneTransaction(() => mergeRaw(graph, ...pair, sameRows)));
  const [store, raw, rawSameRows] = (await compare(
    [
      { name: 'store', round: round((pair) => graph.store.commit(event(pair))) },
      { name: 'raw', round: byHand(false) },
      { name: 'raw, same rows', round: byHand(true) },
    ],
    ROUNDS,
  )) as [number, number, number];
  return { what: `merge, ${interactions.toLocaleString('en')} interactions each`, store, raw, rawSameRows };
}

const rows: Row[] = [];
const small = await Graph.of(SMALL);
rows.push(await lookUp(small, 1, OPERATIONS));
await small.close();
const large = await Graph.of(LARGE);
rows.push(await lookUp(large, 1, OPERATIONS), await lookUp(large, 100, OPERATIONS / 40));
rows.push(await link(large, Math.ceil(OPERATIONS / 80), 1), await link(large, Math.ceil(OPERATIONS / 200) * IN_FLIGHT, IN_FLIGHT));
for (const interactions of [0, LARGE / 1_000, LARGE / 100]) rows.push(await merge(large, interactions, 5));
const remembered = await rememberedOwners(
  large.store,
  Array.from({ length: Math.min(1_000, LARGE / 4) }, (_, n) => visitorId(n)),
  Array.from({ length: Math.min(1_000, LARGE / 4) }, (_, n) => visitorId(LARGE / 4 + n)),
  { operations: OPERATIONS * 5, rounds: ROUNDS },
);
await large.close();

const microseconds = (milliseconds: number) => `${(milliseconds * 1000).toFixed(1)} µs`;
const lines = rows.map(({ what, store, raw, rawSameRows }) => {
  const ratios = [raw, rawSameRows].map((reference) => (reference / store).toFixed(2));
  return `| ${[what, ...[store, raw, rawSameRows].map(microseconds), ...ratios].join(' | ')} |`;
});
process.stdout.write(
  [
    `Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores; medians of ${ROUNDS} interleaved rounds`,
    '',
    `| at ${LARGE.toLocaleString('en')} identifiers | store | fewest rows by hand | same rows by hand | ratio to fewest | ratio to same |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
    '| remembered owner, for each look-up | time | remembered | ratio to the last row |',
    '| --- | --- | --- | --- |',
    ...(['quiet', 'writing', 'emptied'] as const).map((name, index) => {
      const what = {
        quiet: 'nothing is written',
        writing: 'interactions are stored',
        emptied: 'the same, and each write empties the memory',
      }[name];
      const share = `${((remembered.hits[index] as number) * 100).toFixed(1)} %`;
      return `| ${what} | ${microseconds(remembered[name])} | ${share} | ${(remembered.emptied / remembered[name]).toFixed(2)} |`;
    }),
    '',
  ].join('\n'),
);
