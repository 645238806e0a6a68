import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { counterOf, definitionOf } from '../../../src/journey/trait-counter.ts';
import { identifierKey } from '../../../src/model/identifier.ts';
import type { Trait } from '../../../src/model/trait.ts';
import { agentHash } from '../../../src/store/keyed-hashes.ts';
import { type Connection, prepared } from '../../../src/store/postgres/statement.ts';

/*
 * Rows of a store as a test invents them, and how each kind of store keeps them. Ids are few and times small, so that much falls
 * together: aliases, erased customers, the same event under several ids, interactions of one moment.
 */

type Row = Readonly<Record<string, string | number | boolean | null>>;

export const AGENTS = ['ann', 'bob'];
export const TRAITS: readonly Trait[] = [
  { name: 'views', of: 'view', compute: 'count', path: [], window: null },
  { name: 'recentViews', of: 'view', compute: 'count', path: [], window: 640 },
  { name: 'spent', of: 'buy', compute: 'sum', path: ['price'], window: 128 },
  { name: 'lastPrice', of: 'buy', compute: 'last', path: ['price'], window: null },
  { name: 'firstPrice', of: 'buy', compute: 'first', path: ['price'], window: 128 },
  { name: 'shops', of: 'buy', compute: 'uniques', path: ['touchpoint'], window: null },
  { name: 'recentShops', of: 'buy', compute: 'uniques', path: ['touchpoint'], window: 100 },
];

const CUSTOMERS = 6;
/** Texts whose order differs between UTF-8 and UTF-16, and from that of dictionaries. */
export const IDS = ['a', 'B', 'b', 'é', '\uffee', '\u{1f600}', "it's", '{"x",y\\}'];
const IDENTIFIERS = ['email', 'phone'].flatMap((type) => ['1', '2', 'é'].map((value) => ({ type, value })));
export const KEYS = IDENTIFIERS.map(identifierKey);
const TYPES = ['view', 'buy', 'Buy'];
const TOUCHPOINTS = ['web', 'shop'];

export const customerId = fc.integer({ min: 0, max: CUSTOMERS - 1 }).map((n) => `customer-${n}`);
export const time = fc.integer({ min: 0, max: 300 });
export const interactionId = fc.constantFrom(...IDS);
export const types = fc.option(fc.subarray([...TYPES, 'other']));
export const touchpoints = fc.option(fc.subarray([...TOUCHPOINTS, 'other']));

const interaction = fc.record({
  customer_id: customerId,
  occurred_at: time,
  id: interactionId,
  type: fc.constantFrom(...TYPES),
  touchpoint: fc.option(fc.constantFrom(...TOUCHPOINTS)),
  page_url: fc.option(fc.constant('https://example.com/')),
  properties: fc.integer({ min: 0, max: 9 }).map((price) => JSON.stringify({ price, text: 'é' })),
  recorded_at: time,
  identifier: fc.option(fc.constantFrom(...IDENTIFIERS, { type: 'email', value: null })),
  source: fc.option(fc.constant('pixel')),
  actor: fc.option(fc.constant('summer')),
});

const identityEvent = fc.record({
  id: fc.constantFrom('e1', 'e2', 'e3', 'e4', 'e5'),
  under: fc.uniqueArray(customerId, { minLength: 1, maxLength: 3 }),
  recorded_at: fc.integer({ min: 0, max: 3 }),
  rule: fc.constantFrom('TOGETHER', 'MERGE', 'ERASE'),
  actor: fc.option(fc.constant('summer')),
  reason: fc.option(fc.constant('asked for')),
  named: fc.subarray(IDENTIFIERS),
});

/** Whose ids are whose, and who is erased: of customers of today. */
const graph = fc.record({
  roots: fc.array(fc.nat(CUSTOMERS - 1), { minLength: CUSTOMERS, maxLength: CUSTOMERS }),
  erased: fc.subarray(Array.from({ length: CUSTOMERS }, (_, n) => n)),
});

/** Everything in a store that reads answer from. */
export const storedRows = fc
  .record({
    graph,
    owned: fc.array(fc.record({ identifier: fc.constantFrom(...IDENTIFIERS), by: fc.nat(9), linked_at: time, last_seen_at: time })),
    attributes: fc.uniqueArray(
      fc.record({ customer_id: customerId, name: fc.constantFrom('city', 'Size'), value: fc.nat(3).map(String), captured_at: fc.nat(3) }),
      { selector: ({ customer_id, name }) => `${customer_id} ${name}`, maxLength: 8 },
    ),
    interactions: fc.uniqueArray(interaction, { selector: ({ customer_id, id }) => `${customer_id} ${id}`, maxLength: 40 }),
    events: fc.uniqueArray(identityEvent, { selector: ({ id }) => id }),
    pending: fc.uniqueArray(fc.record({ customer_id: customerId, id_key: fc.constantFrom(...KEYS) }), {
      selector: ({ customer_id, id_key }) => `${customer_id} ${id_key}`,
      maxLength: 4,
    }),
    confirmations: fc.uniqueArray(fc.record({ by: fc.nat(9), agent: fc.constantFrom(...AGENTS), confirmed_at: time }), {
      selector: ({ by, agent }) => `${by} ${agent}`,
      maxLength: 6,
    }),
    retired: fc.uniqueArray(
      fc.record({
        id_key: fc.constantFrom(...KEYS),
        successor_key: fc.option(fc.constant('cookie:2')),
        proof: fc.option(fc.constant('p')),
      }),
      { selector: ({ id_key }) => id_key },
    ),
    spans: fc.uniqueArray(
      fc.record({
        customer_id: customerId,
        trait: fc.constantFrom(0, 1, 2, 3, 4),
        bucket: fc.integer({ min: -1, max: 40 }),
        count: fc.nat(9),
      }),
      { selector: ({ customer_id, trait, bucket }) => `${customer_id} ${counterIdOf(trait)} ${bucket}`, maxLength: 60 },
    ),
    values: fc.uniqueArray(fc.record({ customer_id: customerId, value: fc.constantFrom('"web"', '"shop"', '"é"'), last_at: time }), {
      selector: ({ customer_id, value }) => `${customer_id} ${value}`,
    }),
  })
  .map(toTables);

export type StoredRows = ReturnType<typeof toTables>;

/** Traits that are counted alike have one counter. */
const DEFINITIONS = [...new Set(TRAITS.map((trait) => definitionOf(counterOf(trait))))];

function counterIdOf(trait: number): number {
  return DEFINITIONS.indexOf(definitionOf(counterOf(TRAITS[trait] as Trait))) + 1;
}

interface Invented {
  readonly graph: { readonly roots: readonly number[]; readonly erased: readonly number[] };
  readonly owned: readonly { identifier: { type: string; value: string }; by: number; linked_at: number; last_seen_at: number }[];
  readonly attributes: readonly { customer_id: string; name: string; value: string; captured_at: number }[];
  readonly interactions: readonly (Row & { identifier: never })[] | readonly object[];
  readonly events: readonly {
    id: string;
    under: string[];
    recorded_at: number;
    rule: string;
    actor: string | null;
    reason: string | null;
    named: { type: string; value: string }[];
  }[];
  readonly pending: readonly { customer_id: string; id_key: string }[];
  readonly confirmations: readonly { by: number; agent: string; confirmed_at: number }[];
  readonly retired: readonly { id_key: string; successor_key: string | null; proof: string | null }[];
  readonly spans: readonly { customer_id: string; trait: number; bucket: number; count: number }[];
  readonly values: readonly { customer_id: string; value: string; last_at: number }[];
}

function toTables(invented: Invented) {
  const { roots, erased } = invented.graph;
  // One hop leads to a customer of today.
  const rootOf = (n: number) => (roots[roots[n] as number] === roots[n] ? (roots[n] as number) : n);
  const isRoot = (n: number) => rootOf(n) === n;
  const living = roots.flatMap((_, n) => (isRoot(n) && !erased.includes(n) ? [`customer-${n}`] : []));
  const owned = new Map(
    invented.owned.flatMap(({ by, identifier, ...times }) => {
      const owner = living[by % Math.max(living.length, 1)];
      const id_key = identifierKey(identifier);
      return owner === undefined ? [] : [[id_key, { customer_id: owner, id_key, ...identifier, ...times, source: 'test' }] as const];
    }),
  );
  const confirmations = new Map(
    invented.confirmations.flatMap(({ by, agent, confirmed_at }) => {
      const customer_id = living[by % Math.max(living.length, 1)];
      if (customer_id === undefined) return [];
      return [[`${customer_id} ${agent}`, { customer_id, agent, method: 'code', confirmed_at, expires_at: confirmed_at + 9 }] as const];
    }),
  );
  return {
    customer: roots.map((_, n) => ({
      id: `customer-${n}`,
      root_id: `customer-${rootOf(n)}`,
      ...{ created_at: n, first_seen_at: n + 1, last_seen_at: n + 2 },
      erased_at: erased.includes(rootOf(n)) ? 50 : null,
      person_merged_at: n % 2 === 0 ? 7 : null,
    })),
    identifier: [...owned.values()],
    attribute: invented.attributes.map((row) => ({ ...row, touchpoint: null })),
    interaction: (invented.interactions as readonly (Row & { identifier: { type: string; value: string | null } | null })[]).map(
      ({ identifier, ...row }) => ({ ...row, identifier_type: identifier?.type ?? null, identifier_value: identifier?.value ?? null }),
    ) as unknown as Row[],
    identity_event: invented.events.flatMap(({ under, named, ...row }) =>
      under.map((customer_id) => ({
        ...row,
        customer_id,
        event_customer_id: under[0] as string,
        source: 'test',
        occurred_at: row.recorded_at,
        changes: JSON.stringify({ evidence: named, leftOut: [], linked: [], cut: named.slice(1), merged: [], aliases: [] }),
      })),
    ),
    purge: invented.pending.map((row) => ({ ...row, erasure: 'x' })),
    confirmation: [...confirmations.values()],
    retired_cookie: invented.retired.map((row, n) => ({ ...row, retired_at: n, customer_id: 'customer-0' })),
    trait_counter: DEFINITIONS.map((definition, n) => ({ id: n + 1, definition })),
    trait_bucket: uniqueBy(
      invented.spans.map(({ customer_id, trait, bucket, count }) => ({
        ...{ customer_id, counter_id: counterIdOf(trait), bucket: trait === 0 || trait === 3 ? 0 : bucket },
        tally: totals(bucket, count),
      })),
      ({ customer_id, counter_id, bucket }) => `${customer_id} ${counter_id} ${bucket}`,
    ),
    trait_value: invented.values.map((row) => ({ ...row, counter_id: counterIdOf(5) })),
  };
}

function totals(bucket: number, count: number): string {
  const seen = (at: number, value: number) => ({ at, id: 'x', value });
  return JSON.stringify({ count, sum: count * 1.5, first: seen(bucket, count), last: seen(bucket + 1, bucket) });
}

/** Puts rows in place of all that is in the store. @param secret with which agents are hashed. */
export async function fillPostgres(connection: Connection, rows: StoredRows, secret: string): Promise<void> {
  const { customer, identifier, confirmation, ...others } = rows;
  const tables: Record<string, readonly Row[]> = {
    ...{ customer, identifier },
    ...others,
    trait_counter: rows.trait_counter.map((row) => ({ ...row, wanted_at: 1 })),
    alias: customer.flatMap(({ id, root_id, created_at, erased_at }) => (id === root_id ? [] : [{ id, root_id, created_at, erased_at }])),
    identifier_owner: identifier.map(({ id_key, customer_id }) => ({ id_key, customer_id })),
    confirmation: confirmation.map((row) => ({ ...row, agent: `\\x${agentHash(secret, row.agent).toString('hex')}` })),
  };
  // For a few rows much quicker than `truncate`.
  await Promise.all(Object.keys(tables).map((table) => connection.run({ prepared: prepared(`delete from ${table}`), values: [] })));
  await Promise.all(Object.entries(tables).map(([table, all]) => insertInto(connection, table, all)));
}

/** Adds rows, whose columns are all named. */
export async function insertInto(connection: Connection, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first).join(', ');
  const text = `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::json)`;
  await connection.run({ prepared: prepared(text), values: [JSON.stringify(rows)] });
}

/** Puts rows in place of all that is in the store. @param secret as in `fillPostgres`. */
export function fillSqlite(database: DatabaseSync, rows: StoredRows, secret: string): void {
  const { interaction, confirmation, ...others } = rows;
  const tables: Record<string, readonly Row[]> = {
    ...others,
    interaction: interaction.map(({ actor: _, ...row }) => row) as Row[],
    interaction_actor: interaction.flatMap(({ customer_id, occurred_at, id, actor }) =>
      actor === null ? [] : [{ customer_id, occurred_at, id, actor } as Row],
    ),
  };
  for (const table of Object.keys({ ...tables, confirmation }).reverse()) database.exec(`delete from ${table}`);
  for (const [table, all] of Object.entries(tables)) {
    for (const row of all) {
      const columns = Object.keys(row);
      const statement = database.prepare(`insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`);
      statement.run(...(Object.values(row) as (string | number | null)[]));
    }
  }
  const confirm = database.prepare(
    'insert into confirmation (customer_id, agent, method, confirmed_at, expires_at) values (?, ?, ?, ?, ?)',
  );
  for (const { customer_id, agent, method, confirmed_at, expires_at } of confirmation)
    confirm.run(customer_id, agentHash(secret, agent), method, confirmed_at, expires_at);
}

function uniqueBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
