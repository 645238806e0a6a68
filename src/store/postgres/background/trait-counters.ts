import { counterOf, definitionOf, type TraitCounter } from '../../../journey/trait-counter.ts';
import type { Trait } from '../../../model/trait.ts';
import type { InteractionKey } from '../../plan/interaction-facts.ts';
import type { Connections } from '../connections.ts';
import { type Connection, prepared, type Row } from '../statement.ts';
import { LOCK_COUNTERS } from './stored-counters.ts';

/** Milliseconds for which a counter stays that no gateway says it needs: gateways of the version before may run, or come back. */
const KEPT_FOR = 24 * 60 * 60 * 1_000;

/** Comes before every stored interaction. */
const BEGINNING: InteractionKey = { customerId: '', occurredAt: Number.MIN_SAFE_INTEGER, id: '' };

/**
 * Who waits for all writers has the next ones wait, too. If one of them has what an earlier one waits for, none goes on: then it is
 * tried again. It is long enough for most transactions to end.
 */
const LOCK_TIMEOUT = prepared(`set local lock_timeout = '200ms'`);

const WANT = prepared('update trait_counter set wanted_at = greatest(wanted_at, $2) where definition = any($1)');
const COUNTERS = prepared('select id, definition, wanted_at from trait_counter');
const LAST_ID = prepared(
  'select coalesce(max(id), 0) as last from (select id from trait_counter union all select counter_id from trait_dropped) ids',
);
const INSERT = prepared('insert into trait_counter (id, definition, wanted_at) select unnest($1::int[]), unnest($2::text[]), $3::bigint');
const BEGIN_RECOUNT = prepared(
  'insert into trait_recount (counter_id, customer_id, occurred_at, id) select unnest($1::int[]), $2::text, $3::bigint, $4::text',
);
const DROP = [
  'insert into trait_dropped (counter_id, kind) select unnest($1::int[]), unnest($2::text[])',
  'delete from trait_recount where counter_id = any($1::int[]) and cardinality($2::text[]) > 0',
  'delete from trait_counter where id = any($1::int[]) and cardinality($2::text[]) > 0',
].map(prepared);

/**
 * Adds the counters that these traits need and that are not there; what is added has counted nothing yet. It also says that they
 * are needed, which is to be repeated more often than every day.
 * @param now milliseconds.
 */
export async function declareCounters(
  connections: Pick<Connections, 'inTransaction' | 'shared'>,
  traits: readonly Trait[],
  now: number,
): Promise<void> {
  const wanted = [...new Set(traits.map((trait) => definitionOf(counterOf(trait))))].sort();
  if (wanted.length === 0) return;
  const { count } = await connections.shared.run({ prepared: WANT, values: [wanted, now] });
  if (count === wanted.length) return;
  await connections.inTransaction(async (connection) => {
    const [counters, last] = await underLock(connection, [COUNTERS, LAST_ID]);
    const there = new Set(counters?.map(({ definition }) => definition));
    const missing = wanted.filter((definition) => !there.has(definition));
    // Never the id of a counter of which something is still there.
    const ids = missing.map((_, index) => (last?.[0]?.last as number) + 1 + index);
    const { customerId, occurredAt, id } = BEGINNING;
    await Promise.all([
      connection.run({ prepared: INSERT, values: [ids, missing, now] }),
      connection.run({ prepared: BEGIN_RECOUNT, values: [ids, customerId, occurredAt, id] }),
    ]);
  });
}

/** Removes the counters that no gateway has needed for a day. What they counted is deleted by a recount. @param now milliseconds. */
export async function dropUnwanted(connections: Pick<Connections, 'inTransaction' | 'shared'>, now: number): Promise<void> {
  const unwanted = (rows: readonly Row[] | undefined) => (rows ?? []).filter((row) => (row.wanted_at as number) < now - KEPT_FOR);
  if (unwanted((await connections.shared.run({ prepared: COUNTERS, values: [] })).rows).length === 0) return;
  await connections.inTransaction(async (connection) => {
    // Looked up again: a gateway may have started just now.
    const [counters] = await underLock(connection, [COUNTERS]);
    const dropped = unwanted(counters);
    const kinds = dropped.map(({ definition }) => (JSON.parse(definition as string) as TraitCounter).kind);
    const ids = dropped.map(({ id }) => id as number);
    await Promise.all(DROP.map((statement) => connection.run({ prepared: statement, values: [ids, kinds] })));
  });
}

/** @returns the rows of statements without parameters, read while nobody stores interactions, declares or recounts. */
export async function underLock(connection: Connection, statements: readonly ReturnType<typeof prepared>[]): Promise<(readonly Row[])[]> {
  const [, , ...results] = await Promise.all(
    [LOCK_TIMEOUT, LOCK_COUNTERS, ...statements].map((statement) => connection.run({ prepared: statement, values: [] })),
  );
  return results.map(({ rows }) => rows);
}
