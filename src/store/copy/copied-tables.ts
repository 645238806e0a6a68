/** Types of PostgreSQL that columns have. */
export type ColumnType = 'text' | 'bigint' | 'integer' | 'boolean' | 'bytea' | 'double precision';

/** A table of a PostgreSQL store, and what of a SQLite store is its contents. */
export interface CopiedTable {
  readonly name: string;
  /** Names with types. Those of the primary key come first, in its order. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** How many columns the primary key has. Its first says whose a row is: a customer's id, or what the table is found by. */
  readonly keyWidth: number;
  /** The SQLite statement for its rows, which have these columns. `order by` the primary key is added. */
  readonly from: string;
}

const MILLISECONDS = 'bigint';

/** A table that has the same columns in both, without the `from`. */
function same(name: string, keyWidth: number, columns: CopiedTable['columns']): CopiedTable {
  return { name, keyWidth, columns, from: `select ${Object.keys(columns).join(', ')} from ${name}` };
}

const CUSTOMERS: readonly CopiedTable[] = [
  same('customer', 1, {
    ...({ id: 'text', root_id: 'text', created_at: MILLISECONDS, first_seen_at: MILLISECONDS } as const),
    ...({ last_seen_at: MILLISECONDS, erased_at: MILLISECONDS, person_merged_at: MILLISECONDS } as const),
  }),
  {
    ...{ name: 'alias', keyWidth: 2 },
    columns: { root_id: 'text', id: 'text', created_at: MILLISECONDS, erased_at: MILLISECONDS },
    from: 'select root_id, id, created_at, erased_at from customer where root_id <> id',
  },
  same('identifier', 2, {
    ...({ customer_id: 'text', id_key: 'text', type: 'text', value: 'text', linked_at: MILLISECONDS } as const),
    ...({ last_seen_at: MILLISECONDS, source: 'text' } as const),
  }),
  {
    ...{ name: 'identifier_owner', keyWidth: 1 },
    columns: { id_key: 'text', customer_id: 'text' },
    from: 'select id_key, customer_id from identifier',
  },
  same('attribute', 2, { customer_id: 'text', name: 'text', value: 'text', touchpoint: 'text', captured_at: MILLISECONDS }),
];

const HISTORIES: readonly CopiedTable[] = [
  same('identity_event', 3, {
    ...({ customer_id: 'text', recorded_at: MILLISECONDS, id: 'text', event_customer_id: 'text', rule: 'text', source: 'text' } as const),
    ...({ actor: 'text', reason: 'text', occurred_at: MILLISECONDS, changes: 'text' } as const),
  }),
  same('identity_mention', 4, { id_key: 'text', customer_id: 'text', recorded_at: MILLISECONDS, event_id: 'text' }),
  same('heard_event', 1, { event_key: 'bytea', customer_id: 'text', refused_type: 'text', heard_at: MILLISECONDS }),
  same('former_owner', 3, { id_key: 'text', until: MILLISECONDS, ordinal: 'integer', customer_id: 'text', is_nameless: 'boolean' }),
  {
    ...{ name: 'former_identifier', keyWidth: 2 },
    columns: { customer_id: 'text', id_key: 'text' },
    from: 'select distinct customer_id, id_key from former_owner',
  },
  same('nameless_owner', 2, { customer_id: 'text', id_key: 'text' }),
  same('separation', 2, { id_key: 'text', customer_id: 'text', separated_at: MILLISECONDS }),
  same('suppression', 1, { value_hash: 'bytea', erased_at: MILLISECONDS }),
  same('retired_cookie', 1, {
    ...({ id_key: 'text', successor_key: 'text', proof: 'text', retired_at: MILLISECONDS, customer_id: 'text' } as const),
  }),
  {
    ...{ name: 'retired_cookie_of', keyWidth: 2 },
    columns: { customer_id: 'text', id_key: 'text' },
    from: 'select customer_id, id_key from retired_cookie',
  },
  {
    ...{ name: 'retired_cookie_before', keyWidth: 2 },
    columns: { successor_key: 'text', id_key: 'text' },
    from: 'select successor_key, id_key from retired_cookie where successor_key is not null',
  },
  same('confirmation', 2, {
    ...({ customer_id: 'text', agent: 'bytea', method: 'text', confirmed_at: MILLISECONDS, expires_at: MILLISECONDS } as const),
  }),
  same('single_use', 1, { id: 'text', expires_at: MILLISECONDS }),
  {
    ...{ name: 'purge', keyWidth: 3 },
    columns: { erasure: 'text', customer_id: 'text', id_key: 'text', after_occurred_at: MILLISECONDS, after_id: 'text' },
    // Of two rows for the same, SQLite works on the earlier one first.
    from: `select erasure, customer_id, id_key, after_occurred_at, after_id from (
             select min(seq), erasure, customer_id, coalesce(id_key, '') as id_key, after_occurred_at, after_id from purge group by 2, 3, 4)`,
  },
];

const JOURNEYS: readonly CopiedTable[] = [
  {
    ...{ name: 'interaction', keyWidth: 3 },
    columns: {
      ...({ customer_id: 'text', occurred_at: MILLISECONDS, id: 'text', type: 'text', touchpoint: 'text', page_url: 'text' } as const),
      ...({ properties: 'text', recorded_at: MILLISECONDS, identifier_type: 'text', identifier_value: 'text' } as const),
      ...({ source: 'text', actor: 'text' } as const),
    },
    from: `select i.customer_id, i.occurred_at, i.id, i.type, i.touchpoint, i.page_url, i.properties, i.recorded_at,
             i.identifier_type, i.identifier_value, i.source, a.actor
           from interaction i left join interaction_actor a on (a.customer_id, a.occurred_at, a.id) = (i.customer_id, i.occurred_at, i.id)`,
  },
  {
    ...{ name: 'interaction_mention', keyWidth: 2 },
    columns: { id_key: 'text', customer_id: 'text' },
    from: `select identifier_type || ':' || identifier_value as id_key, customer_id from interaction_mention`,
  },
  same('erased_interaction', 1, { interaction_key: 'bytea', deleted_at: MILLISECONDS }),
  {
    ...{ name: 'trait_counter', keyWidth: 1 },
    columns: { id: 'integer', definition: 'text', wanted_at: MILLISECONDS },
    // The first gateway says which of them it needs.
    from: 'select id, definition, 0 as wanted_at from trait_counter',
  },
  same('trait_recount', 1, { counter_id: 'integer', customer_id: 'text', occurred_at: MILLISECONDS, id: 'text' }),
  same('trait_dropped', 1, { counter_id: 'integer', kind: 'text' }),
  same('trait_bucket', 3, { customer_id: 'text', counter_id: 'integer', bucket: 'bigint', tally: 'text' }),
  {
    ...{ name: 'trait_value', keyWidth: 3 },
    columns: { customer_id: 'text', counter_id: 'integer', value: 'text', last_at: MILLISECONDS },
    // The function is of sqlite-source.ts. Most values are short, and it need not be called.
    from: `select customer_id, counter_id, iif(length(value) < 100, value, kept_trait_value(value)) as value, last_at from trait_value`,
  },
];

const OFFERS: readonly CopiedTable[] = [
  same('offer_decision', 4, {
    ...({ customer_id: 'text', placement: 'text', decided_at: MILLISECONDS, id: 'text', sticky_until: MILLISECONDS } as const),
    record: 'text',
  }),
  same('offer_exposure', 3, {
    ...({ customer_id: 'text', offer: 'text', decision_id: 'text', placement: 'text', reserved_until: MILLISECONDS } as const),
    ...({ holder: 'text', taken: 'text', shown_at: MILLISECONDS, trial: 'integer', presented_at: MILLISECONDS } as const),
    ...({ clicked_at: MILLISECONDS, accepted_at: MILLISECONDS, declined_at: MILLISECONDS, kept_until: MILLISECONDS } as const),
  }),
  {
    ...{ name: 'offer_reservation', keyWidth: 3 },
    columns: {
      ...({ offer: 'text', customer_id: 'text', decision_id: 'text', reserved_until: MILLISECONDS, placement: 'text' } as const),
      ...({ holder: 'text', taken: 'text' } as const),
    },
    from: `select offer, customer_id, decision_id, reserved_until, placement, coalesce(holder, '') as holder, coalesce(taken, '[]') as taken
           from offer_exposure where reserved_until is not null`,
  },
  same('offer_former_exposure', 2, { customer_id: 'text', offer: 'text', shown: 'bigint' }),
  same('offer_cap_span', 3, { offer: 'text', per: 'bigint', span: 'bigint', shown: 'bigint' }),
  same('offer_cap_lease', 3, {
    ...({ offer: 'text', per: 'bigint', holder: 'text', count: 'bigint', unspent: 'bigint', reserved: 'bigint' } as const),
    used_at: MILLISECONDS,
  }),
  same('offer_evidence', 2, {
    ...({ placement: 'text', offer: 'text', presented: 'double precision', responded: 'double precision', at: MILLISECONDS } as const),
  }),
  same('offer_total', 4, {
    ...({ day: 'integer', placement: 'text', offer: 'text', is_control: 'boolean', presented: 'bigint', clicked: 'bigint' } as const),
    ...({ accepted: 'bigint', declined: 'bigint' } as const),
  }),
  same('audience_member', 2, { customer_id: 'text', audience: 'text', entered_at: MILLISECONDS }),
  same('audience_event', 4, { customer_id: 'text', at: MILLISECONDS, audience: 'text', kind: 'text' }),
];

/** All that is copied, but the settings. */
export const COPIED_TABLES: readonly CopiedTable[] = [...CUSTOMERS, ...HISTORIES, ...JOURNEYS, ...OFFERS];

/** The names of a table's columns. */
export function columnsOf({ columns }: CopiedTable): string[] {
  return Object.keys(columns);
}

/** The names of the columns of a table's primary key. */
export function keyOf(table: CopiedTable): string[] {
  return columnsOf(table).slice(0, table.keyWidth);
}
