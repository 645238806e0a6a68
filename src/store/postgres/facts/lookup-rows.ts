import { askable, type Connection, type Parameter, type Prepared, prepared, type Row } from '../statement.ts';

/** Up to so many keys have a statement each. */
const FEW_KEYS = 16;

/** The same rows in two ways. */
export interface PerKey {
  /** Of one key, its first parameter; ends at a limit, so that it costs the same however many rows the key has. */
  readonly one: Prepared;
  /** Of many keys, an array as its first parameter. It may read all rows of each: the keys share that cost. */
  readonly many: Prepared;
}

/** @param from a table, with a condition on its key, say `former_owner where id_key`. @param columns the key among them. */
export function newestPerKey(columns: string, from: string, order: string, limit: number): PerKey {
  const [, key] = from.split(' where ') as [string, string];
  return {
    one: prepared(`select ${columns} from ${from} = $1 order by ${order} limit ${limit}`),
    many: prepared(
      `select ${columns} from (select *, row_number() over (partition by ${key} order by ${order}) as ordinal_in_key from ${from} = any($1)) ranked
       where ordinal_in_key <= ${limit} order by ${order}`,
    ),
  };
}

export async function rowsPerKey(connection: Connection, { one, many }: PerKey, asked: readonly string[]): Promise<readonly Row[]> {
  const keys = askable(asked);
  if (keys.length > FEW_KEYS) return (await connection.run({ prepared: many, values: [keys] })).rows;
  const results = await Promise.all(keys.map((key) => connection.run({ prepared: one, values: [key] })));
  return results.flatMap(({ rows }) => rows);
}

/** @returns what each key of several parts consists of. Such a key is the JSON of an array. */
export function partsOf<Parts extends readonly Exclude<Parameter, readonly unknown[] | Buffer>[]>(
  keys: readonly string[],
): readonly Parts[] {
  return keys.map((key) => JSON.parse(key) as Parts);
}

/** @returns column by column what rows have, as parameters of `unnest`. */
export function columnsOf<Parts extends readonly Exclude<Parameter, readonly unknown[] | Buffer>[]>(
  rows: readonly Parts[],
  columns: number,
): (string | number | boolean | null)[][] {
  return Array.from({ length: columns }, (_, column) => rows.map((row) => row[column] as string | number | boolean | null));
}
