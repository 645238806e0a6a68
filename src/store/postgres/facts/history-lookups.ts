import type { CustomerId } from '../../../model/customer.ts';
import type { ChangeRow } from '../../plan/facts.ts';
import type { Lookup } from '../gathering.ts';
import { prepared } from '../statement.ts';
import { byMany, byOne, rowsOf } from './customer-lookups.ts';
import { partsOf } from './lookup-rows.ts';

/** What is remembered of identity events, corrections, confirmations and erasures. Keyed hashes are asked for as base64. */

interface Separation {
  readonly customerId: CustomerId;
  /** Milliseconds. */
  readonly at: number;
}

interface StoredEvent {
  readonly customerId: CustomerId | null;
  readonly refusedType: string | null;
}

const SEPARATIONS = prepared(
  'select id_key, customer_id as "customerId", separated_at as at from separation where id_key = any($1) order by customer_id',
);
const SUPPRESSIONS = prepared('select value_hash as hash, erased_at as at from suppression where value_hash = any($1)');
const CONFIRMATIONS = prepared(
  'select customer_id, agent, expires_at as until from confirmation where customer_id = any($1) and agent = any($2)',
);
const REMEMBERED = prepared(
  'select event_key as hash, customer_id as "customerId", refused_type as "refusedType" from heard_event where event_key = any($1)',
);
const CHANGES = prepared(
  `select customer_id as "customerId", id as "eventId", event_customer_id as into, recorded_at as "recordedAt",
     occurred_at as "occurredAt", changes from identity_event where customer_id = any($1)`,
);
const NEWEST = prepared(
  `select (select max(erased_at) from suppression) as erased, (select max(separated_at) from separation) as separated,
     (select max(retired_at) from retired_cookie) as retired, exists (select 1 from erased_interaction) as "isAnyInteractionErased",
     exists (select 1 from purge where id_key = '') as "isAnyBeingDeleted"`,
);
const MENTIONED = prepared('select id_key from identity_mention where id_key = $1 limit 1');

/** By identifier key: from whom a person took it. */
export const separationLookup: Lookup<readonly Separation[]> = {
  name: 'separation',
  absent: [],
  load: async (connection, keys) => byMany(await rowsOf(connection, SEPARATIONS, keys), 'id_key', (row) => row as unknown as Separation),
};

/** By the hash of an identifier: when it was erased, in milliseconds; null for one that was not. */
export const suppressionLookup: Lookup<number | null> = {
  name: 'suppression',
  absent: null,
  load: async (connection, hashes) => {
    const { rows } = await connection.run({ prepared: SUPPRESSIONS, values: [hashes.map(bytesOf)] });
    return new Map(rows.map(({ hash, at }) => [(hash as Buffer).toString('base64'), at as number]));
  },
};

/** By `[customer id, hash of the agent]`: until when the confirmation counts, in milliseconds; null without one. */
export const confirmationLookup: Lookup<number | null> = {
  name: 'confirmation',
  absent: null,
  load: async (connection, keys) => {
    const asked = partsOf<readonly [string, string]>(keys);
    const [ids, agents] = [new Set(asked.map(([id]) => id)), new Set(asked.map(([, agent]) => agent))];
    const { rows } = await connection.run({ prepared: CONFIRMATIONS, values: [[...ids], [...agents].map(bytesOf)] });
    return new Map(
      rows.map(({ customer_id, agent, until }) => [JSON.stringify([customer_id, (agent as Buffer).toString('base64')]), until as number]),
    );
  },
};

/** By the hash of an identity event: what it meant; null for one that is not remembered. */
export const rememberedEventLookup: Lookup<StoredEvent | null> = {
  name: 'remembered event',
  absent: null,
  load: async (connection, hashes) => {
    const { rows } = await connection.run({ prepared: REMEMBERED, values: [hashes.map(bytesOf)] });
    return new Map(rows.map((row) => [(row.hash as Buffer).toString('base64'), row as unknown as StoredEvent]));
  },
};

/** By customer id: the history that lies under it, in any order. */
export const changesLookup: Lookup<readonly ChangeRow[]> = {
  name: 'changes',
  absent: [],
  load: async (connection, ids) => byMany(await rowsOf(connection, CHANGES, ids), 'customerId', (row) => row as unknown as ChangeRow),
};

/** By identifier key: whether any identity event names it. An identifier may have many, and one is enough. */
export const mentionedLookup: Lookup<boolean> = {
  name: 'mentioned',
  absent: false,
  load: async (connection, keys) => {
    const results = await Promise.all(keys.map((key) => connection.run({ prepared: MENTIONED, values: [key] })));
    return byOne(
      results.flatMap(({ rows }) => rows),
      'id_key',
      () => true,
    );
  },
};

function bytesOf(hash: string): Buffer {
  return Buffer.from(hash, 'base64');
}

/** When something last happened to anybody, in milliseconds; null for never. */
export interface Newest {
  readonly erased: number | null;
  readonly separated: number | null;
  /** When a cookie was replaced. */
  readonly retired: number | null;
  readonly isAnyInteractionErased: boolean;
  readonly isAnyBeingDeleted: boolean;
}

/** One key, the empty text. On one server this is a few probes of indexes; on a cluster it would ask every shard. */
export const newestLookup: Lookup<Newest> = {
  name: 'newest',
  absent: { erased: null, separated: null, retired: null, isAnyInteractionErased: false, isAnyBeingDeleted: false },
  load: async (connection) => {
    const { rows } = await connection.run({ prepared: NEWEST, values: [] });
    return new Map([['', rows[0] as unknown as Newest]]);
  },
};
