import type { CustomerId } from '../../../model/customer.ts';
import { identifierOf } from '../../../model/identifier.ts';
import { withoutValues } from '../../kept-changes.ts';
import { type Connection, prepared, type Row } from '../statement.ts';
import { lockRoots } from './lock-roots.ts';

/** Identity events that one transaction rewrites at most, each read and parsed. */
const EVENTS_PER_SLICE = 100;
/** Interactions that one transaction looks at, of which few are rewritten. */
const INTERACTIONS_PER_SLICE = 2_000;

const MENTIONS = prepared(
  `select recorded_at, event_id from identity_mention where id_key = $1 and customer_id = $2
   order by recorded_at, event_id limit ${EVENTS_PER_SLICE}`,
);
const EVENTS = prepared(
  `select e.recorded_at, e.id, e.changes
   from (select unnest($2::bigint[]) as recorded_at, unnest($3::text[]) as id) v
   join identity_event e on e.customer_id = $1 and e.recorded_at = v.recorded_at and e.id = v.id`,
);
// What a person wrote about the change may name the value too.
const REWRITE_EVENTS = prepared(
  `update identity_event e set changes = v.changes, reason = null
   from (select unnest($2::bigint[]) as recorded_at, unnest($3::text[]) as id, unnest($4::text[]) as changes) v
   where e.customer_id = $1 and e.recorded_at = v.recorded_at and e.id = v.id`,
);
const FORGET_MENTIONS = prepared(
  `delete from identity_mention m using (select unnest($3::bigint[]) as recorded_at, unnest($4::text[]) as event_id) v
   where m.id_key = $1 and m.customer_id = $2 and m.recorded_at = v.recorded_at and m.event_id = v.event_id`,
);
const FORGET_INTERACTIONS = prepared('delete from interaction_mention where id_key = $1 and customer_id = $2');
const SLICE_END = prepared(
  `select occurred_at, id from interaction where customer_id = $1 and (occurred_at, id) > ($2, $3)
   order by occurred_at, id limit 1 offset ${INTERACTIONS_PER_SLICE - 1}`,
);
const FORGET_UP_TO = prepared(
  `update interaction set identifier_value = null where customer_id = $1 and (occurred_at, id) > ($2, $3) and (occurred_at, id) <= ($6, $7)
     and identifier_type = $4 and identifier_value = $5`,
);
const FORGET_REST = prepared(
  `update interaction set identifier_value = null where customer_id = $1 and (occurred_at, id) > ($2, $3)
     and identifier_type = $4 and identifier_value = $5`,
);

/** The last interaction that was looked at. */
export interface LookedAt {
  /** Milliseconds. */
  readonly occurredAt: number;
  readonly id: string;
}

const NOTHING_YET: LookedAt = { occurredAt: Number.MIN_SAFE_INTEGER, id: '' };

export interface ScrubTask {
  /** The erased identifier's. */
  readonly key: string;
  /** In whose data its value is. */
  readonly customerId: CustomerId;
  /** Null before the first slice. */
  readonly after: LookedAt | null;
}

/**
 * Takes an erased identifier's value out of a part of what lies under another's id, in the caller's transaction. The customer is
 * locked: who writes meanwhile may have read what is rewritten here.
 * @param secret the store's own.
 * @returns where to go on, which is null where no interactions are to be looked at any more; `isDone` when nothing is left.
 */
export async function scrubErased(
  connection: Connection,
  secret: string,
  task: ScrubTask,
): Promise<{ readonly after: LookedAt | null; readonly isDone: boolean }> {
  const { key, customerId } = task;
  const locks = await lockRoots(connection, secret, [customerId]);
  const [mentions, after] = await Promise.all([connection.run({ prepared: MENTIONS, values: [key, customerId] }), beginning()]);
  const [, next] = await Promise.all([scrubEvents(mentions.rows), after === null ? null : scrubInteractions(after)]);
  await locks.release(connection);
  return { after: next, isDone: next === null && mentions.rows.length < EVENTS_PER_SLICE };

  /** Before the first interaction is looked at: what comes from now on is not forgotten, and stands there again. */
  async function beginning(): Promise<LookedAt | null> {
    if (task.after !== null) return task.after;
    const { count } = await connection.run({ prepared: FORGET_INTERACTIONS, values: [key, customerId] });
    return count === 0 ? null : NOTHING_YET;
  }

  async function scrubEvents(rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const named = [rows.map((row) => row.recorded_at as number), rows.map((row) => row.event_id as string)] as const;
    const [events] = await Promise.all([
      connection.run({ prepared: EVENTS, values: [customerId, ...named] }),
      connection.run({ prepared: FORGET_MENTIONS, values: [key, customerId, ...named] }),
    ]);
    const changes = events.rows.map((row) => withoutValues(row.changes as string, (each) => each === key));
    const found = [events.rows.map((row) => row.recorded_at as number), events.rows.map((row) => row.id as string)] as const;
    await connection.run({ prepared: REWRITE_EVENTS, values: [customerId, ...found, changes] });
  }

  /** @returns the last that was looked at; null at the end. */
  async function scrubInteractions({ occurredAt, id }: LookedAt): Promise<LookedAt | null> {
    const { type, value } = identifierOf(key);
    const { rows } = await connection.run({ prepared: SLICE_END, values: [customerId, occurredAt, id] });
    const [end] = rows as unknown as { readonly occurred_at: number; readonly id: string }[];
    const from = [customerId, occurredAt, id, type, value] as const;
    if (end === undefined) {
      await connection.run({ prepared: FORGET_REST, values: from });
      return null;
    }
    await connection.run({ prepared: FORGET_UP_TO, values: [...from, end.occurred_at, end.id] });
    return { occurredAt: end.occurred_at, id: end.id };
  }
}
