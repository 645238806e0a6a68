import type { Totals } from '../../../journey/trait-counter.ts';
import type { CustomerId } from '../../../model/customer.ts';
import type { StoredCounter } from '../../plan/count-traits.ts';
import type { KnownInteraction } from '../../plan/interaction-facts.ts';
import { readCounters } from '../background/stored-counters.ts';
import type { Lookup } from '../gathering.ts';
import { prepared, type Row } from '../statement.ts';
import { byMany, byOne } from './customer-lookups.ts';
import { columnsOf, newestPerKey, partsOf, rowsPerKey } from './lookup-rows.ts';

/** Interactions and what is counted of them, as plans ask for them. */

/** An interaction as it lies in its table: whose it is today is asked apart. */
export type InteractionKey = Omit<KnownInteraction, 'root'>;

/** An id that leads to a customer. */
interface Alias {
  readonly id: CustomerId;
  /** Milliseconds; null for an id that was not erased. */
  readonly erasedAt: number | null;
}

/** Whether an erasure deleted an interaction, and whether any erasure still deletes. */
interface Erased {
  readonly isErased: boolean;
  readonly isAnyBeingDeleted: boolean;
}

/** Ids of customers under which a write looks for an interaction one by one. */
export const FEW_IDS = 64;
/** Rows of one interaction id that a write looks through one by one. */
export const FEW_ROWS = 64;

const INTERACTION = `customer_id as "customerId", occurred_at as "occurredAt", type,
  identifier_type || ':' || identifier_value as "attributedBy"`;
const OF = INTERACTION.replaceAll(/(?<!as )\b(customer_id|occurred_at|type|identifier_type|identifier_value)\b/g, 'i.$1');

// The second condition on the customer says which shards are asked. It also keeps plans from the primary key, which would go
// through all interactions of the customer.
const UNDER = prepared(
  `select i.id, ${OF} from (select unnest($1::text[]) as customer_id, unnest($2::text[]) as id) given
   join interaction i on i.id = given.id and i.customer_id = given.customer_id where i.customer_id = any($1)`,
);
const OF_ID = newestPerKey(`id, ${INTERACTION}`, 'interaction where id', 'customer_id', FEW_ROWS + 1);
const SAME_TIME = prepared(
  `select given.key, ${OF} from (select unnest($1::text[]) as key, unnest($2::text[]) as id, unnest($3::bigint[]) as occurred_at,
     unnest($4::text[]) as type) given
   join interaction i on i.id = given.id where i.occurred_at = given.occurred_at and i.type = given.type`,
);
const ALIASES = newestPerKey('root_id, id, erased_at as "erasedAt"', 'alias where root_id', 'id', FEW_IDS + 1);

const IS_ANY_BEING_DELETED = prepared(`select exists (select 1 from purge where id_key = '') as is`);
const REMEMBERED = prepared('select interaction_key as hash, deleted_at as at from erased_interaction where interaction_key = any($1)');
const BEING_DELETED = prepared(
  `select distinct given.key from (select unnest($1::text[]) as key, unnest($2::text[]) as id, unnest($3::text[]) as type,
     unnest($4::text[]) as value) given
   join purge p on p.id_key = '' join interaction i on i.id = given.id and i.customer_id = p.customer_id
   where i.identifier_type = given.type and i.identifier_value = given.value`,
);

const TOTALS = prepared('select tally as totals from trait_bucket where customer_id = $1 and counter_id = $2 and bucket = $3');
const MANY_TOTALS = prepared(
  `select given.key, t.tally as totals from trait_bucket t join (select unnest($1::text[]) as key, unnest($2::text[]) as customer_id,
     unnest($3::integer[]) as counter_id, unnest($4::bigint[]) as bucket) given
   on t.customer_id = given.customer_id and t.counter_id = given.counter_id and t.bucket = given.bucket`,
);
const COUNT = prepared('select customer_id, count(*) as count from interaction where customer_id = any($1) group by customer_id');

/** Up to so many spans have a statement each. */
const FEW_TOTALS = 16;

/** No text in the store holds it. */
const BETWEEN = '\0';

/** A key of `interactionUnderLookup`: hundreds are made for one transaction, so it is no JSON. */
export function underKey(customerId: string, id: string): string {
  return `${customerId}${BETWEEN}${id}`;
}

/** By `underKey`: the interaction that lies under exactly this customer id; null without one. */
export const interactionUnderLookup: Lookup<InteractionKey | null> = {
  name: 'interaction under',
  absent: null,
  load: async (connection, keys) => {
    const customerIds = keys.map((key) => key.slice(0, key.indexOf(BETWEEN)));
    const ids = keys.map((key) => key.slice(key.indexOf(BETWEEN) + 1));
    const { rows } = await connection.run({ prepared: UNDER, values: [customerIds, ids] });
    return new Map(rows.map((row) => [underKey(row.customerId as string, row.id as string), toInteraction(row)]));
  },
};

/** By interaction id: its rows, of all customers, one more than `FEW_ROWS` at most. On a cluster, all shards are asked. */
export const interactionsOfIdLookup: Lookup<readonly InteractionKey[]> = {
  name: 'interactions of id',
  absent: [],
  load: async (connection, ids) => byMany(await rowsPerKey(connection, OF_ID, ids), 'id', toInteraction),
};

/** By `[interaction id, time, type]`: the rows that are alike, of all customers. On a cluster, all shards are asked. */
export const sameTimeLookup: Lookup<readonly InteractionKey[]> = {
  name: 'interactions of the same time',
  absent: [],
  load: async (connection, keys) => {
    const columns = columnsOf(partsOf<readonly [string, number, string]>(keys), 3);
    return byMany((await connection.run({ prepared: SAME_TIME, values: [keys, ...columns] })).rows, 'key', toInteraction);
  },
};

/** By the id of a customer of today: other ids that lead to it, one more than `FEW_IDS` at most. */
export const fewAliasesLookup: Lookup<readonly Alias[]> = {
  name: 'few aliases',
  absent: [],
  load: async (connection, roots) => byMany(await rowsPerKey(connection, ALIASES, roots), 'root_id', (row) => row as unknown as Alias),
};

/**
 * By `[hash of the interaction, since]`: whether an erasure deleted it at that time or later. Whether any erasure deletes is asked
 * before, so that what is deleted between the two questions is not missed.
 */
export const erasedInteractionLookup: Lookup<Erased> = {
  name: 'erased interaction',
  absent: { isErased: false, isAnyBeingDeleted: false },
  load: async (connection, keys) => {
    const asked = partsOf<readonly [string, number]>(keys);
    const [{ rows }, isErased] = await Promise.all([
      connection.run({ prepared: IS_ANY_BEING_DELETED, values: [] }),
      remembered(connection, asked),
    ]);
    const isAnyBeingDeleted = rows[0]?.is === true;
    return new Map(keys.map((key, index) => [key, { isErased: isErased[index] === true, isAnyBeingDeleted }]));
  },
};

/**
 * By `[hash of the interaction, since, interaction id, identifier type, value]`: whether a customer has it who was erased and whose
 * data is still being deleted, or, once it is deleted, as `erasedInteractionLookup`. On a cluster, all shards are asked.
 */
export const interactionBeingErasedLookup: Lookup<boolean> = {
  name: 'interaction being erased',
  absent: false,
  load: async (connection, keys) => {
    const asked = partsOf<readonly [string, number, string, string, string]>(keys);
    const [, , ...columns] = columnsOf(asked, 5);
    const [{ rows }, isErased] = await Promise.all([
      connection.run({ prepared: BEING_DELETED, values: [keys, ...columns] }),
      remembered(connection, asked),
    ]);
    const found = new Set(rows.map(({ key }) => key));
    return new Map(keys.map((key, index) => [key, found.has(key) || isErased[index] === true]));
  },
};

/** The counters behind computed traits, all by one key, the empty text. No recount goes on until the transaction ends. */
export const countersLookup: Lookup<readonly StoredCounter[]> = {
  name: 'counters',
  absent: [],
  load: async (connection) => new Map([['', await readCounters(connection)]]),
};

/** By `[customer id, counter id, number of the span]`: its totals; null without any. */
export const totalsLookup: Lookup<Totals | null> = {
  name: 'totals',
  absent: null,
  load: async (connection, keys) => {
    const asked = partsOf<readonly [string, number, number]>(keys);
    if (keys.length > FEW_TOTALS) {
      const { rows } = await connection.run({ prepared: MANY_TOTALS, values: [keys, ...columnsOf(asked, 3)] });
      return byOne(rows, 'key', toTotals);
    }
    const results = await Promise.all(asked.map((values) => connection.run({ prepared: TOTALS, values })));
    return new Map(results.flatMap(({ rows: [row] }, index) => (row === undefined ? [] : [[keys[index] as string, toTotals(row)]])));
  },
};

/** By customer id: how many interactions lie under exactly this id. */
export const interactionCountLookup: Lookup<number> = {
  name: 'interaction count',
  absent: 0,
  load: async (connection, ids) => {
    const { rows } = await connection.run({ prepared: COUNT, values: [ids] });
    return byOne(rows, 'customer_id', ({ count }) => count as number);
  },
};

/** @param asked hashes in base64, and since when they count. */
async function remembered(
  connection: Parameters<Lookup<unknown>['load']>[0],
  asked: readonly (readonly [string, number, ...unknown[]])[],
): Promise<boolean[]> {
  const hashes = [...new Set(asked.map(([hash]) => hash))];
  const { rows } = await connection.run({ prepared: REMEMBERED, values: [hashes.map((hash) => Buffer.from(hash, 'base64'))] });
  const deletedAt = new Map(rows.map(({ hash, at }) => [(hash as Buffer).toString('base64'), at as number]));
  return asked.map(([hash, since]) => (deletedAt.get(hash) ?? Number.NEGATIVE_INFINITY) >= since);
}

function toInteraction({ customerId, occurredAt, type, attributedBy }: Row): InteractionKey {
  return { customerId, occurredAt, type, attributedBy } as InteractionKey;
}

function toTotals({ totals }: Row): Totals {
  return JSON.parse(totals as string) as Totals;
}
