import type { Retention } from '../../plan/forget-offers.ts';
import { REMEMBERED_MS as EVENTS_REMEMBERED_MS } from '../../plan/identity-history.ts';
import { REMEMBERED_MS as INTERACTIONS_REMEMBERED_MS } from '../../plan/interaction-draft.ts';
import { firstCapSpan } from '../../plan/shared-caps.ts';
import type { Connections } from '../connections.ts';
import { type Parameter, type Prepared, prepared } from '../statement.ts';

/** Rows that one statement deletes at most. */
const ROWS_AT_ONCE = 500;

type Database = Pick<Connections, 'inTransaction' | 'shared'>;

/** Deletes a part of the old rows of one kind. @param now milliseconds. @returns false when none is left. */
export type Forget = (database: Database, now: number) => Promise<boolean>;

/**
 * What of some table is old. The rows are found by an index of their time, and deleted by their keys: so each statement of a cluster
 * that goes to all nodes is a read, which happens rarely.
 */
interface OldRows {
  readonly table: string;
  /** Its primary key: the columns with their types. */
  readonly key: Readonly<Record<string, string>>;
  /** The column with the time. */
  readonly time: string;
  /** Milliseconds: how long the row stays after that time. */
  readonly keptFor: number;
}

/** @param retention in milliseconds. @returns everything that is forgotten on its time, and that no other row depends on. */
export function forgetByTime({ decisions }: Retention): Forget[] {
  const old: readonly OldRows[] = [
    { table: 'heard_event', key: { event_key: 'bytea' }, time: 'heard_at', keptFor: EVENTS_REMEMBERED_MS },
    { table: 'erased_interaction', key: { interaction_key: 'bytea' }, time: 'deleted_at', keptFor: INTERACTIONS_REMEMBERED_MS },
    { table: 'confirmation', key: { customer_id: 'text', agent: 'bytea' }, time: 'expires_at', keptFor: 0 },
    { table: 'single_use', key: { id: 'text' }, time: 'expires_at', keptFor: 0 },
    // No transaction is repeated for so long.
    { table: 'settled', key: { writer: 'text' }, time: 'settled_at', keptFor: 24 * 60 * 60_000 },
    {
      table: 'offer_decision',
      key: { customer_id: 'text', placement: 'text', decided_at: 'bigint', id: 'text' },
      ...{ time: 'decided_at', keptFor: decisions },
    },
    {
      table: 'audience_event',
      key: { customer_id: 'text', at: 'bigint', audience: 'text', kind: 'text' },
      ...{ time: 'at', keptFor: decisions },
    },
  ];
  return old.map(forgetRows);
}

function forgetRows({ table, key, time, keptFor }: OldRows): Forget {
  const columns = Object.keys(key);
  const find = prepared(`select ${columns.join(', ')} from ${table} where ${time} < $1 order by ${time} limit ${ROWS_AT_ONCE}`);
  const given = Object.entries(key).map(([column, type], index) => `unnest($${index + 2}::${type}[]) as ${column}`);
  // A row may have become newer meanwhile.
  const remove = prepared(
    `delete from ${table} t using (select ${given.join(', ')}) v
     where ${columns.map((column) => `t.${column} = v.${column}`).join(' and ')} and t.${time} < $1`,
  );
  return async ({ shared }, now) => {
    const before = now - keptFor;
    const { rows } = await shared.run({ prepared: find, values: [before] });
    if (rows.length === 0) return false;
    const keys = columns.map((column) => rows.map((row) => row[column] as string | number | Buffer));
    await shared.run({ prepared: remove, values: [before, ...keys] satisfies Parameter[] });
    return rows.length === ROWS_AT_ONCE;
  };
}

const CAPS = prepared('select distinct offer, per from offer_cap_span where per > 0');
const FORGET_SPANS: Prepared = prepared(
  `delete from offer_cap_span s
   using (select unnest($1::text[]) as offer, unnest($2::bigint[]) as per, unnest($3::bigint[]) as first) v
   where s.offer = v.offer and s.per = v.per and s.span < v.first`,
);

/** Spans that no window of their cap touches any more. */
export const forgetCapSpans: Forget = async ({ shared }, now) => {
  const caps = (await shared.run({ prepared: CAPS, values: [] })).rows.map(({ offer, per }) => ({
    offer: offer as string,
    per: per as number,
  }));
  if (caps.length === 0) return false;
  const firsts = caps.map(({ per }) => firstCapSpan(per, now));
  await shared.run({ prepared: FORGET_SPANS, values: [caps.map(({ offer }) => offer), caps.map(({ per }) => per), firsts] });
  return false;
};
