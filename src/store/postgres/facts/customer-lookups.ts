import type { CustomerId } from '../../../model/customer.ts';
import type { CustomerRow } from '../../plan/facts.ts';
import type { IdentifierRow } from '../../rows.ts';
import type { Lookup } from '../gathering.ts';
import { askable, type Connection, type Prepared, prepared } from '../statement.ts';

/** The rows of the identity graph that most plans ask for, each by the column that its table is distributed by. */

const OWNERS = prepared('select id_key, customer_id from identifier_owner where id_key = any($1)');
const CUSTOMERS = prepared(
  `select id, root_id as root, created_at as "createdAt", first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt",
     erased_at as "erasedAt", person_merged_at as "mergedByPersonAt" from customer where id = any($1)`,
);
const ALIASES = prepared(
  'select root_id, id, created_at as "createdAt", erased_at as "erasedAt" from alias where root_id = any($1) order by id',
);
const IDENTIFIERS = prepared(
  `select customer_id, type, value, linked_at, last_seen_at, source from identifier
   where customer_id = any($1) order by last_seen_at desc, id_key`,
);

/** Another id that leads to a customer. Times are in milliseconds. */
export type AliasRow = Pick<CustomerRow, 'id' | 'createdAt' | 'erasedAt'>;

/** By identifier key: the owner, a customer of today; null for one that nobody owns. */
export const ownerLookup: Lookup<CustomerId | null> = {
  name: 'owner',
  absent: null,
  load: async (connection, keys) => byOne(await rowsOf(connection, OWNERS, keys), 'id_key', (row) => row.customer_id as CustomerId),
};

/** By id: its row; null for one that was never stored. */
export const customerLookup: Lookup<CustomerRow | null> = {
  name: 'customer',
  absent: null,
  load: async (connection, ids) => byOne(await rowsOf(connection, CUSTOMERS, ids), 'id', (row) => row as unknown as CustomerRow),
};

/** By the id of a customer of today: every other id that leads to it. */
export const aliasLookup: Lookup<readonly AliasRow[]> = {
  name: 'alias',
  absent: [],
  load: async (connection, roots) => byMany(await rowsOf(connection, ALIASES, roots), 'root_id', (row) => row as unknown as AliasRow),
};

/** By the id of a customer of today: their identifiers, the most recent evidence first. */
export const identifierLookup: Lookup<readonly IdentifierRow[]> = {
  name: 'identifier',
  absent: [],
  load: async (connection, roots) =>
    byMany(await rowsOf(connection, IDENTIFIERS, roots), 'customer_id', (row) => row as unknown as IdentifierRow),
};

/** @param statement has the keys as its only parameter. */
export async function rowsOf(
  connection: Connection,
  statement: Prepared,
  keys: readonly string[],
): Promise<readonly Record<string, unknown>[]> {
  return (await connection.run({ prepared: statement, values: [askable(keys)] })).rows;
}

/** @returns one answer for each value of a column. */
export function byOne<Answer>(
  rows: readonly Record<string, unknown>[],
  column: string,
  answer: (row: Record<string, unknown>) => Answer,
): Map<string, Answer> {
  return new Map(rows.map((row) => [row[column] as string, answer(row)]));
}

/** @returns for each value of a column the answers of its rows, in their order. */
export function byMany<Answer>(
  rows: readonly Record<string, unknown>[],
  column: string,
  answer: (row: Record<string, unknown>) => Answer,
): Map<string, Answer[]> {
  const found = new Map<string, Answer[]>();
  for (const row of rows) {
    const key = row[column] as string;
    const known = found.get(key);
    if (known === undefined) found.set(key, [answer(row)]);
    else known.push(answer(row));
  }
  return found;
}
