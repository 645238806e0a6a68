import type { CustomerId } from '../../../model/customer.ts';
import { Locks } from '../locks.ts';
import { type Connection, prepared } from '../statement.ts';

const ROOTS = prepared('select id, root_id from customer where id = any($1)');

/**
 * Locks all that is kept of some customers, as plans do (locks.ts): what is read behind it on this connection is read under the locks.
 * @param ids may be ids from before a merge, and ids without a row. @returns the locks, to be released before the transaction ends.
 */
export async function lockRoots(connection: Connection, secret: string, ids: readonly CustomerId[]): Promise<Locks> {
  const locks = new Locks(secret);
  const read = () => connection.run({ prepared: ROOTS, values: [ids] });
  let { rows } = await read();
  for (;;) {
    const known = new Set(rows.map(({ id }) => id));
    for (const { root_id } of rows) locks.customer(root_id as CustomerId);
    for (const id of ids) if (!known.has(id)) locks.name('customer', id);
    if (locks.isComplete) return locks;
    // A merge may have ended while the locks were waited for: then the customer of today is another.
    const taken = locks.take(connection);
    [, { rows }] = await Promise.all([taken, read()]);
  }
}
