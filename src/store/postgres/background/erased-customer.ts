import { mentionedIn } from '../../kept-changes.ts';
import { erasedInteractionHash } from '../../keyed-hashes.ts';
import { type Connection, type Prepared, prepared, type Row } from '../statement.ts';

/** Rows of each table that one transaction deletes at most: a few milliseconds. */
const ROWS_PER_SLICE = 200;

/** Tables of which everything under a customer's id is deleted, with the rest of their primary keys. */
const CUSTOMER_TABLES = {
  attribute: ['name'],
  confirmation: ['agent'],
  trait_bucket: ['counter_id', 'bucket'],
  trait_value: ['counter_id', 'value'],
  offer_decision: ['placement', 'decided_at', 'id'],
  offer_former_exposure: ['offer'],
  audience_member: ['audience'],
  audience_event: ['at', 'audience', 'kind'],
} as const;

const DELETIONS = Object.entries(CUSTOMER_TABLES).map(([table, key]) => {
  const columns = key.join(', ');
  return prepared(
    `delete from ${table} where customer_id = $1
       and (${columns}) in (select ${columns} from ${table} where customer_id = $1 limit ${ROWS_PER_SLICE})`,
  );
});

/**
 * A recount of traits takes this table for itself while it counts (trait-recount.ts). So what it counts of a customer who was
 * erased meanwhile is there before it is deleted.
 */
const WAIT_FOR_RECOUNT = prepared('lock table trait_recount in row share mode');

const INTERACTIONS = prepared(
  `select occurred_at, id, identifier_type, identifier_value from interaction where customer_id = $1
   order by occurred_at, id limit ${ROWS_PER_SLICE}`,
);
const DELETE_INTERACTIONS = prepared(
  `delete from interaction i using (select unnest($2::bigint[]) as occurred_at, unnest($3::text[]) as id) v
   where i.customer_id = $1 and i.occurred_at = v.occurred_at and i.id = v.id`,
);
const REMEMBER_ERASED = prepared(
  `insert into erased_interaction (interaction_key, deleted_at) select unnest($1::bytea[]), $2::bigint on conflict do nothing`,
);
const FORGET_INTERACTION_MENTIONS = prepared('delete from interaction_mention where id_key = any($2) and customer_id = $1');

// The record of the erasure itself stays.
const EVENTS = prepared(
  `select recorded_at, id, changes from identity_event where customer_id = $1 and rule <> 'ERASE'
   order by recorded_at, id limit ${ROWS_PER_SLICE}`,
);
const DELETE_EVENTS = prepared(
  `delete from identity_event e using (select unnest($2::bigint[]) as recorded_at, unnest($3::text[]) as id) v
   where e.customer_id = $1 and e.recorded_at = v.recorded_at and e.id = v.id`,
);
const FORGET_EVENT_MENTIONS = prepared(
  `delete from identity_mention m
   using (select unnest($2::text[]) as id_key, unnest($3::bigint[]) as recorded_at, unnest($4::text[]) as event_id) v
   where m.id_key = v.id_key and m.customer_id = $1 and m.recorded_at = v.recorded_at and m.event_id = v.event_id`,
);

const EXPOSURES = prepared(`select offer, decision_id from offer_exposure where customer_id = $1 limit ${ROWS_PER_SLICE}`);
const deleteExposures = (table: string): Prepared =>
  prepared(
    `delete from ${table} t using (select unnest($2::text[]) as offer, unnest($3::text[]) as decision_id) v
     where t.customer_id = $1 and t.offer = v.offer and t.decision_id = v.decision_id`,
  );
const DELETE_EXPOSURES = [deleteExposures('offer_exposure'), deleteExposures('offer_reservation')];

/**
 * Deletes a part of what lies under an erased id, in the caller's transaction. Nobody writes under it any more, so that no lock of
 * the customer is needed.
 * @param secret the store's own. @param now milliseconds.
 * @returns false when nothing is left.
 */
export async function deleteErased(connection: Connection, secret: string, customerId: string, now: number): Promise<boolean> {
  const run = (statement: Prepared, ...values: Parameters<Connection['run']>[0]['values']) =>
    connection.run({ prepared: statement, values: [customerId, ...values] });
  const [, interactions, events, exposures, ...deleted] = await Promise.all([
    connection.run({ prepared: WAIT_FOR_RECOUNT, values: [] }),
    ...[INTERACTIONS, EVENTS, EXPOSURES, ...DELETIONS].map((statement) => run(statement)),
  ]);
  const read = [interactions, events, exposures].map((result) => result?.rows ?? []) as [Row[], Row[], Row[]];
  await Promise.all([...interactionDeletions(secret, read[0], now), ...eventDeletions(read[1]), ...exposureDeletions(read[2])]);
  return [...read.map(({ length }) => length), ...deleted.map(({ count }) => count)].some((count) => count === ROWS_PER_SLICE);

  /** Of each, a keyed hash is kept, so that it is recognised when it is sent again. */
  function interactionDeletions(key: string, rows: readonly Row[], at: number): Promise<unknown>[] {
    if (rows.length === 0) return [];
    const named = rows.flatMap(({ id, identifier_type: type, identifier_value: value }) =>
      typeof type === 'string' && typeof value === 'string' ? [{ id: id as string, identifier: { type, value } }] : [],
    );
    // In one order, so that two that delete the same interaction wait for each other only one way round.
    const hashes = named.map(({ id, identifier }) => erasedInteractionHash(key, id, identifier)).sort(Buffer.compare);
    const keys = [...new Set(named.map(({ identifier: { type, value } }) => `${type}:${value}`))].sort();
    return [
      connection.run({ prepared: REMEMBER_ERASED, values: [hashes, at] }),
      run(DELETE_INTERACTIONS, column(rows, 'occurred_at'), column(rows, 'id')),
      run(FORGET_INTERACTION_MENTIONS, keys),
    ];
  }

  function eventDeletions(rows: readonly Row[]): Promise<unknown>[] {
    if (rows.length === 0) return [];
    const mentions = rows.flatMap(({ recorded_at, id, changes }) =>
      [...mentionedIn(changes as string)].map((key) => ({ key, recorded_at, id })),
    );
    return [
      run(FORGET_EVENT_MENTIONS, column(mentions, 'key'), column(mentions, 'recorded_at'), column(mentions, 'id')),
      run(DELETE_EVENTS, column(rows, 'recorded_at'), column(rows, 'id')),
    ];
  }

  function exposureDeletions(rows: readonly Row[]): Promise<unknown>[] {
    if (rows.length === 0) return [];
    return DELETE_EXPOSURES.map((statement) => run(statement, column(rows, 'offer'), column(rows, 'decision_id')));
  }
}

function column(rows: readonly Row[], name: string): (string | number)[] {
  return rows.map((row) => row[name] as string | number);
}
