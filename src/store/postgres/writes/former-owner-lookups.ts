import type { CustomerId } from '../../../model/customer.ts';
import { byMany } from '../facts/customer-lookups.ts';
import type { Lookup } from '../gathering.ts';
import { prepared } from '../statement.ts';

/** A row of `former_owner` as writes need it. */
export interface FormerRow {
  /** Milliseconds, exclusive. */
  readonly until: number;
  readonly ordinal: number;
  readonly customerId: CustomerId;
  readonly isNameless: boolean;
}

const COLUMNS = 'f.until, f.ordinal, f.customer_id as "customerId", f.is_nameless as "isNameless"';
const AT = prepared(
  `select given.key, ${COLUMNS} from (select unnest($1::text[]) as key, unnest($2::text[]) as id_key, unnest($3::bigint[]) as until) given
   join former_owner f on f.id_key = given.id_key and f.until = given.until`,
);
const UP_TO = prepared(
  `select given.key, ${COLUMNS} from (select unnest($1::text[]) as key, unnest($2::text[]) as id_key, unnest($3::bigint[]) as until,
     unnest($4::integer[]) as ordinal) given
   join former_owner f on f.id_key = given.id_key and (f.until, f.ordinal) <= (given.until, given.ordinal)`,
);
const OF_CUSTOMER = prepared(
  `select given.key, ${COLUMNS} from (select unnest($1::text[]) as key, unnest($2::text[]) as id_key, unnest($3::text[]) as customer_id) given
   join former_owner f on f.id_key = given.id_key and f.customer_id = given.customer_id`,
);

/** By JSON of an identifier key and `until`: the rows with exactly this end. */
export const formerAtLookup = lookupOf('former owners of one end', AT, 2);
/** By JSON of an identifier key, `until` and `ordinal`: the rows up to and with these. */
export const formerUpToLookup = lookupOf('former owners up to an end', UP_TO, 3);
/** By JSON of an identifier key and a customer id: the customer's rows. */
export const formerOfLookup = lookupOf('rows of one former owner', OF_CUSTOMER, 2);

/** @param width how many values the JSON of a key holds: parameters of the statement after the keys themselves. */
function lookupOf(name: string, statement: ReturnType<typeof prepared>, width: number): Lookup<readonly FormerRow[]> {
  return {
    name,
    absent: [],
    load: async (connection, keys) => {
      const given = keys.map((key) => JSON.parse(key) as (string | number)[]);
      const columns = Array.from({ length: width }, (_, column) => given.map((values) => values[column] as string | number));
      const { rows } = await connection.run({ prepared: statement, values: [keys, ...columns] });
      return byMany(rows, 'key', ({ until, ordinal, customerId, isNameless }) => {
        return { until, ordinal, customerId, isNameless } as FormerRow;
      });
    },
  };
}
