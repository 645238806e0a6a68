import type { CustomerId } from '../../../model/customer.ts';
import { type Connection, prepared, type Row } from '../statement.ts';
import type { Forget } from './forget.ts';
import { lockRoots } from './lock-roots.ts';

/** Rows of one transaction: each of them may be of another customer, who is locked. */
const ROWS_AT_ONCE = 50;

// What lies under an erased id is deleted by its erasure.
const OLD = prepared(
  `select e.customer_id, e.offer, e.decision_id from offer_exposure e left join customer c on c.id = e.customer_id
   where e.kept_until < $1 and c.erased_at is null order by e.kept_until, e.customer_id, e.offer, e.decision_id limit ${ROWS_AT_ONCE}`,
);
const ERASED = prepared('select id from customer where id = any($1) and erased_at is not null');
const DELETE = prepared(
  `delete from offer_exposure e
   using (select unnest($2::text[]) as customer_id, unnest($3::text[]) as offer, unnest($4::text[]) as decision_id) v
   where e.customer_id = v.customer_id and e.offer = v.offer and e.decision_id = v.decision_id and e.kept_until < $1
   returning e.customer_id, e.offer`,
);
const COUNT = prepared(
  `insert into offer_former_exposure (customer_id, offer, shown)
   select unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[])
   on conflict (customer_id, offer) do update set shown = offer_former_exposure.shown + excluded.shown`,
);

/**
 * Exposures whose time of retention has passed. Each becomes a number, for caps without a window. The customers are locked, so that
 * nobody who counts presentations counts one twice or never.
 * @param secret the store's own.
 */
export function forgetExposures(secret: string): Forget {
  return async (database, now) => {
    const { rows } = await database.shared.run({ prepared: OLD, values: [now] });
    if (rows.length === 0) return false;
    await database.inTransaction((connection) => forgetRows(connection, secret, rows, now));
    return rows.length === ROWS_AT_ONCE;
  };
}

async function forgetRows(connection: Connection, secret: string, old: readonly Row[], now: number): Promise<void> {
  const ids = [...new Set(old.map((row) => row.customer_id as CustomerId))];
  const locks = await lockRoots(connection, secret, ids);
  // A customer may have been erased meanwhile, and nothing is to be left behind there.
  const erased = new Set((await connection.run({ prepared: ERASED, values: [ids] })).rows.map(({ id }) => id));
  const rows = old.filter((row) => !erased.has(row.customer_id));
  const column = (name: string) => rows.map((row) => row[name] as string);
  const deleted = await connection.run({
    prepared: DELETE,
    values: [now, column('customer_id'), column('offer'), column('decision_id')],
  });
  const shown = new Map<string, { readonly customerId: string; readonly offer: string; count: number }>();
  for (const { customer_id, offer } of deleted.rows as { customer_id: string; offer: string }[]) {
    const name = JSON.stringify([customer_id, offer]);
    const counted = shown.get(name) ?? { customerId: customer_id, offer, count: 0 };
    counted.count++;
    shown.set(name, counted);
  }
  const counts = [...shown.values()];
  await Promise.all([
    connection.run({
      prepared: COUNT,
      values: [counts.map(({ customerId }) => customerId), counts.map(({ offer }) => offer), counts.map(({ count }) => count)],
    }),
    locks.release(connection),
  ]);
}
