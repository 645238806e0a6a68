import type { CustomerId } from '../../../model/customer.ts';
import { askable, type Connection } from '../statement.ts';
import { type OwnId, ownIdsOf } from './own-ids.ts';
import { PendingErasures } from './pending-erasures.ts';

/** Ids whose parts of a page are read at the same time. */
const IDS_AT_ONCE = 16;

/** How rows that lie under several ids become one page. */
export interface PageParts<Row> {
  /** @param page what is found so far. @returns the rows under one id that may still be on the page, in its order. */
  read(own: OwnId, page: readonly Row[]): Promise<readonly Row[]>;
  /** @returns both, in the page's order, cut to its length. */
  merge(page: readonly Row[], found: readonly Row[]): readonly Row[];
}

/**
 * Reads a page of what lies under all ids of a customer. Each id costs a statement, which a cluster answers where the id's rows
 * lie; they share round trips. A customer with one id, as nearly all have, costs one round trip.
 * @param customer may be an alias; one that was never stored has an empty page.
 */
export async function readCustomerPage<Row>(
  connection: Connection,
  customer: CustomerId,
  parts: PageParts<Row>,
): Promise<{ readonly page: readonly Row[]; readonly pending: PendingErasures }> {
  const pending = new PendingErasures();
  if (askable([customer]).length === 0) return { page: [], pending };
  const [, ids, first] = await Promise.all([
    pending.load(connection, [customer]),
    ownIdsOf(connection, [customer]),
    parts.read({ id: customer, isErased: false }, []),
  ]);
  const own = ids.get(customer)?.own ?? [];
  const others = own.filter(({ id, isErased }) => id !== customer || isErased);
  let page: readonly Row[] = others.length < own.length ? first : [];
  for (let from = 0; from < others.length; from += IDS_AT_ONCE) {
    const group = others.slice(from, from + IDS_AT_ONCE);
    const sofar = page;
    const groupIds = group.map(({ id }) => id);
    const [, ...found] = await Promise.all([pending.load(connection, groupIds), ...group.map((each) => parts.read(each, sofar))]);
    for (const rows of found) page = parts.merge(page, rows);
  }
  return { page, pending };
}
