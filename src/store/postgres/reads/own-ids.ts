import type { CustomerId } from '../../../model/customer.ts';
import { askable, type Connection, prepared } from '../statement.ts';

/** The first column of each is that by which its table is distributed, so on a cluster they are joined where they lie. */
const OWN_IDS = prepared(
  `select c.id as asked, c.root_id as root, c.erased_at as "erasedAt", a.id as alias, a.erased_at as "aliasErasedAt"
   from customer c left join alias a on a.root_id = c.id where c.id = any($1)`,
);

/** One of the ids under which a customer's data lies. */
export interface OwnId {
  readonly id: CustomerId;
  readonly isErased: boolean;
}

/** A customer of today. */
export interface IdsOfCustomer {
  readonly root: CustomerId;
  /** In the order of their bytes. */
  readonly own: readonly OwnId[];
}

interface OwnIdRow {
  readonly asked: CustomerId;
  readonly root: CustomerId;
  readonly erasedAt: number | null;
  readonly alias: CustomerId | null;
  readonly aliasErasedAt: number | null;
}

/** @returns by each id that was asked for: all ids of the customer that it leads to. Absent for one that was never stored. */
export function ownIdsOf(connection: Connection, asked: readonly CustomerId[]): Promise<ReadonlyMap<CustomerId, IdsOfCustomer>> {
  return followRoots(asked, async (ids) => {
    const { rows } = await connection.run({ prepared: OWN_IDS, values: [ids] });
    const found = Map.groupBy(rows as unknown as readonly OwnIdRow[], (row) => row.asked);
    return new Map([...found].map(([id, ofOne]) => [id, toIds(ofOne)]));
  });
}

/**
 * Reads customers by ids that may be aliases. Nearly all ids are those of a customer of today, and cost one round trip. An alias and
 * its customer are answered by one statement, so that a split between two of them never gives an id the customer that it has left.
 * @param load what is kept under each id as if it were a customer of today, and where the id leads; in one statement.
 * @returns by each id that was asked for: what is kept of its customer. Absent for one that `load` has not.
 */
export async function followRoots<Found extends { readonly root: CustomerId }>(
  asked: readonly CustomerId[],
  load: (ids: readonly CustomerId[]) => Promise<ReadonlyMap<CustomerId, Found>>,
): Promise<Map<CustomerId, Found>> {
  const found = new Map<CustomerId, Found>();
  let open = new Map(askable(asked).map((id) => [id, id]));
  // An alias leads to a customer in one hop, so a third round is only for what was merged meanwhile.
  while (open.size > 0) {
    const loaded = await load([...new Set([...open.keys(), ...open.values()])]);
    const next = new Map<CustomerId, CustomerId>();
    for (const [id, expected] of open) {
      const root = loaded.get(id)?.root;
      const customer = root === undefined ? undefined : loaded.get(root);
      if (customer !== undefined && customer.root === root) found.set(id, customer);
      else if (root !== undefined && root !== expected) next.set(id, root);
    }
    open = next;
  }
  return found;
}

function toIds(rows: readonly OwnIdRow[]): IdsOfCustomer {
  const { asked, root, erasedAt } = rows[0] as OwnIdRow;
  const own = [{ id: asked, isErased: erasedAt !== null }];
  for (const { alias, aliasErasedAt } of rows) if (alias !== null) own.push({ id: alias, isErased: aliasErasedAt !== null });
  return { root, own: own.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}
