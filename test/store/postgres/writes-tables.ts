/*
 * What each table of a store in PostgreSQL must hold, as a query of SQLite's tables. Columns have the same names and order in both.
 * Tables by which others are found are derived from those.
 */

/** By table of PostgreSQL: its columns, and where SQLite has the same. */
export const TABLES: Readonly<Record<string, readonly [columns: string, sqlite: string]>> = {
  customer: ['id, root_id, created_at, first_seen_at, last_seen_at, erased_at, person_merged_at', 'from customer'],
  alias: ['root_id, id, created_at, erased_at', 'from customer where root_id <> id'],
  identifier: ['customer_id, id_key, type, value, linked_at, last_seen_at, source', 'from identifier'],
  identifier_owner: ['id_key, customer_id', 'from identifier'],
  attribute: ['customer_id, name, value, touchpoint, captured_at', 'from attribute'],
  identity_event: [
    'customer_id, recorded_at, id, event_customer_id, rule, source, actor, reason, occurred_at, changes',
    'from identity_event',
  ],
  identity_mention: ['id_key, customer_id, recorded_at, event_id', 'from identity_mention'],
  heard_event: ['event_key, customer_id, refused_type, heard_at', 'from heard_event'],
  former_owner: ['id_key, until, ordinal, customer_id, is_nameless', 'from former_owner'],
  former_identifier: ['customer_id, id_key', 'from (select distinct customer_id, id_key from former_owner)'],
  nameless_owner: ['customer_id, id_key', 'from nameless_owner'],
  separation: ['id_key, customer_id, separated_at', 'from separation'],
  suppression: ['value_hash, erased_at', 'from suppression'],
  retired_cookie: ['id_key, successor_key, proof, retired_at, customer_id', 'from retired_cookie'],
  retired_cookie_of: ['customer_id, id_key', 'from retired_cookie'],
  retired_cookie_before: ['successor_key, id_key', 'from retired_cookie where successor_key is not null'],
  confirmation: ['customer_id, agent, method, confirmed_at, expires_at', 'from confirmation'],
  interaction: [
    'customer_id, occurred_at, id, type, touchpoint, page_url, properties, recorded_at, identifier_type, identifier_value, source, actor',
    'from interaction natural left join interaction_actor',
  ],
  interaction_mention: [
    'id_key, customer_id',
    "from (select identifier_type || ':' || identifier_value as id_key, customer_id from interaction_mention)",
  ],
  purge: ['erasure, customer_id, id_key', "from (select distinct erasure, customer_id, coalesce(id_key, '') as id_key from purge)"],
  trait_bucket: ['customer_id, counter_id, bucket, tally', 'from trait_bucket'],
  trait_value: ['customer_id, counter_id, value, last_at', 'from trait_value'],
  mutex: ['name', "from (select '' as name) where 0"],
};

/** @returns rows as texts, in an order of their own: SQLite has no booleans, and the two have other types for bytes. */
export function comparable(columns: string, rows: readonly unknown[]): string[] {
  const names = columns.split(', ');
  const plain = (value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    return typeof value === 'boolean' ? Number(value) : value;
  };
  return rows.map((row) => JSON.stringify(names.map((name) => plain((row as Record<string, unknown>)[name])))).sort();
}
