import type { CustomerId } from '../../../model/customer.ts';
import type { RetiredCookieRow } from '../../plan/facts.ts';
import type { Lookup } from '../gathering.ts';
import { prepared } from '../statement.ts';
import { byMany, byOne, rowsOf } from './customer-lookups.ts';

/** Cookies that were replaced, found by their own key, by their successor's and by their customer. */

/** A row as it lies in its table: the customer is known by the id of that time only. */
export type RetiredCookieKey = Omit<RetiredCookieRow, 'root' | 'erasedAt'>;

const COOKIES = prepared(
  `select id_key as key, successor_key as "successorKey", proof, retired_at as "retiredAt", customer_id as "customerId"
   from retired_cookie where id_key = any($1)`,
);
const BEFORE = prepared('select successor_key, id_key from retired_cookie_before where successor_key = any($1)');
const OF = prepared('select customer_id, id_key from retired_cookie_of where customer_id = any($1)');

/** By identifier key: its row; null for one that was not retired. */
export const retiredCookieLookup: Lookup<RetiredCookieKey | null> = {
  name: 'retired cookie',
  absent: null,
  load: async (connection, keys) => byOne(await rowsOf(connection, COOKIES, keys), 'key', (row) => row as unknown as RetiredCookieKey),
};

/** By identifier key: the keys of the cookies that it replaced. */
export const replacedKeysLookup: Lookup<readonly string[]> = {
  name: 'replaced keys',
  absent: [],
  load: async (connection, keys) => byMany(await rowsOf(connection, BEFORE, keys), 'successor_key', (row) => row.id_key as string),
};

/** By customer id: the keys of its retired cookies. */
export const retiredKeysLookup: Lookup<readonly string[]> = {
  name: 'retired keys',
  absent: [],
  load: async (connection, ids) => byMany(await rowsOf(connection, OF, ids as CustomerId[]), 'customer_id', (row) => row.id_key as string),
};
