import type { CustomerId } from '../../../model/customer.ts';
import type { FormerOwnerRow } from '../../plan/facts.ts';
import type { Lookup } from '../gathering.ts';
import { prepared, type Row } from '../statement.ts';
import { byMany, byOne, rowsOf } from './customer-lookups.ts';
import { newestPerKey, partsOf, rowsPerKey } from './lookup-rows.ts';

/** Who had identifiers before. An identifier may have a thousand rows, so what every write asks ends at a limit. */

/** A row as it lies in its table: the customer is known by the id of that time only. */
export type FormerOwnerKey = Pick<FormerOwnerRow, 'until' | 'ordinal' | 'customerId' | 'isNameless'>;

/** Former owners of one identifier that a write looks through one by one. */
export const FEW_FORMER_OWNERS = 64;

const COLUMNS = 'id_key, until, ordinal, customer_id as "customerId", is_nameless as "isNameless"';
const LAST = {
  one: prepared('select id_key, until from former_owner where id_key = $1 order by until desc limit 1'),
  many: prepared('select id_key, max(until) as until from former_owner where id_key = any($1) group by id_key'),
};
const NEWEST = newestPerKey(
  'id_key, until, ordinal, customer_id as "customerId", is_nameless as "isNameless"',
  'former_owner where id_key',
  'until desc, ordinal desc',
  FEW_FORMER_OWNERS + 1,
);
const ALL = prepared(`select ${COLUMNS} from former_owner where id_key = any($1) order by until, ordinal`);
const FIRST_AFTER = prepared(`select ${COLUMNS} from former_owner where id_key = $1 and until > $2 order by until, ordinal limit 1`);
const ALL_AFTER = prepared(
  `select f.id_key, f.until, f.ordinal, f.customer_id as "customerId", f.is_nameless as "isNameless"
   from (select unnest($1::text[]) as id_key, unnest($2::bigint[]) as since) asked
   join former_owner f on f.id_key = asked.id_key and f.until > asked.since
   where f.id_key = any($1) order by f.until, f.ordinal`,
);
const OLDEST = prepared(
  `select ${COLUMNS} from former_owner where id_key = $1 and (until, ordinal) <=
     (select until, ordinal from former_owner where id_key = $1 order by until desc, ordinal desc limit 1 offset $2)
   order by until, ordinal limit $3`,
);
const IDENTIFIERS = prepared('select customer_id, id_key from former_identifier where customer_id = any($1) and id_key = any($2)');
const IDENTIFIERS_OF = prepared('select customer_id, id_key from former_identifier where customer_id = any($1)');
const NAMELESS_OF = prepared('select customer_id, id_key from nameless_owner where customer_id = any($1)');
const NAMELESS = prepared(`select ${COLUMNS} from former_owner where id_key = any($1) and is_nameless`);

/** Questions at several times, up to so many of which have a statement each. */
const FEW_TIMES = 16;

/** By identifier key: the latest `until`; null where nobody had it before. */
export const lastUntilLookup: Lookup<number | null> = {
  name: 'last until',
  absent: null,
  load: async (connection, keys) => byOne(await rowsPerKey(connection, LAST, keys), 'id_key', ({ until }) => until as number),
};

/** By identifier key: the newest rows, the newest first, one more than `FEW_FORMER_OWNERS` at most. */
export const newestFormerOwnersLookup: Lookup<readonly FormerOwnerKey[]> = {
  name: 'newest former owners',
  absent: [],
  load: async (connection, keys) => byMany(await rowsPerKey(connection, NEWEST, keys), 'id_key', toFormerOwner),
};

/** By identifier key: all rows, the oldest first. */
export const formerOwnersLookup: Lookup<readonly FormerOwnerKey[]> = {
  name: 'former owners',
  absent: [],
  load: async (connection, keys) => byMany(await rowsOf(connection, ALL, keys), 'id_key', toFormerOwner),
};

/** By `[identifier key, at]`: the first row with a later `until`; null without one. */
export const formerOwnerAtLookup: Lookup<FormerOwnerKey | null> = {
  name: 'former owner at',
  absent: null,
  load: async (connection, keys) => {
    const asked = partsOf<readonly [string, number]>(keys);
    if (asked.length <= FEW_TIMES) {
      const results = await Promise.all(asked.map((values) => connection.run({ prepared: FIRST_AFTER, values })));
      return new Map(results.flatMap(({ rows: [row] }, index) => (row === undefined ? [] : [[keys[index] as string, toFormerOwner(row)]])));
    }
    const since = new Map<string, number>();
    for (const [key, at] of asked) since.set(key, Math.min(at, since.get(key) ?? at));
    const { rows } = await connection.run({ prepared: ALL_AFTER, values: [[...since.keys()], [...since.values()]] });
    const found = byMany(rows, 'id_key', toFormerOwner);
    return new Map(asked.map(([key, at], index) => [keys[index] as string, found.get(key)?.find(({ until }) => until > at) ?? null]));
  },
};

/** By `[identifier key, kept, limit]`: all rows but the newest `kept`, the oldest first. */
export const oldestFormerOwnersLookup: Lookup<readonly FormerOwnerKey[]> = {
  name: 'oldest former owners',
  absent: [],
  load: async (connection, keys) => {
    const asked = partsOf<readonly [string, number, number]>(keys);
    const results = await Promise.all(asked.map((values) => connection.run({ prepared: OLDEST, values })));
    return new Map(results.map(({ rows }, index) => [keys[index] as string, rows.map(toFormerOwner)]));
  },
};

/** By `[customer id, identifier key]`: whether the identifier was that id's before. */
export const wasFormerOwnerLookup: Lookup<boolean> = {
  name: 'was former owner',
  absent: false,
  load: async (connection, keys) => {
    const asked = partsOf<readonly [string, string]>(keys);
    const [ids, idKeys] = [new Set(asked.map(([id]) => id)), new Set(asked.map(([, key]) => key))];
    const { rows } = await connection.run({ prepared: IDENTIFIERS, values: [[...ids], [...idKeys]] });
    return new Map(rows.map(({ customer_id, id_key }) => [JSON.stringify([customer_id, id_key]), true]));
  },
};

/** By customer id: the identifiers that were that id's before. */
export const formerIdentifiersLookup: Lookup<readonly string[]> = {
  name: 'former identifiers',
  absent: [],
  load: async (connection, ids) => keysByCustomer(await rowsOf(connection, IDENTIFIERS_OF, ids)),
};

/** By customer id: the identifiers whose nameless row stands for it. */
export const namelessKeysLookup: Lookup<readonly string[]> = {
  name: 'nameless keys',
  absent: [],
  load: async (connection, ids) => keysByCustomer(await rowsOf(connection, NAMELESS_OF, ids)),
};

/** By identifier key: its nameless rows, one at most unless older owners came after the first was made. */
export const namelessRowsLookup: Lookup<readonly FormerOwnerKey[]> = {
  name: 'nameless rows',
  absent: [],
  load: async (connection, keys) => byMany(await rowsOf(connection, NAMELESS, keys), 'id_key', toFormerOwner),
};

function keysByCustomer(rows: readonly Row[]): Map<CustomerId, string[]> {
  return byMany(rows, 'customer_id', (row) => row.id_key as string) as Map<CustomerId, string[]>;
}

function toFormerOwner({ until, ordinal, customerId, isNameless }: Row): FormerOwnerKey {
  return { until: until as number, ordinal: ordinal as number, customerId: customerId as CustomerId, isNameless: isNameless as boolean };
}
