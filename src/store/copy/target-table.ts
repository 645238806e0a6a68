import { type Connection, type Parameter, prepared, type Statement } from '../postgres/statement.ts';
import { type CopiedTable, columnsOf, keyOf } from './copied-tables.ts';
import { type Checksum, type CopiedRow, checksumColumns, type SqliteValue } from './row-checksum.ts';

/** Rows between two keys: after `after`, up to and with `upTo`. Null for no bound. */
export interface KeyRange {
  readonly after: CopiedRow | null;
  readonly upTo: CopiedRow | null;
}

/** The checksum of the rows whose first column is `key`. */
export interface GroupChecksum extends Checksum {
  readonly key: SqliteValue;
}

/** Groups that are read at a time. */
const GROUPS_AT_ONCE = 5_000;

/** One table of the PostgreSQL store that is copied to. Keys and rows have their values in the order of the table's columns. */
export class TargetTable {
  readonly #table: CopiedTable;
  readonly #connection: Connection;

  constructor(table: CopiedTable, connection: Connection) {
    this.#table = table;
    this.#connection = connection;
  }

  async isEmpty(): Promise<boolean> {
    const { rows } = await this.#run(`select 1 from ${this.#table.name} limit 1`, []);
    return rows.length === 0;
  }

  async checksum(range: KeyRange): Promise<Checksum> {
    const { condition, values } = this.#within(range);
    const { rows } = await this.#run(`select ${checksumColumns(this.#table)} from ${this.#table.name} where ${condition}`, values);
    return rows[0] as unknown as Checksum;
  }

  /** The rows of a range are what is given, from now on: one transaction. @param isNew nothing is there. */
  async replace(range: KeyRange, rows: readonly CopiedRow[], isNew: boolean): Promise<void> {
    const statements: Statement[] = [];
    if (!isNew) {
      const { condition, values } = this.#within(range);
      statements.push({ prepared: prepared(`delete from ${this.#table.name} where ${condition}`), values });
    }
    if (rows.length > 0) statements.push(this.#insertion(rows));
    const [begin, commit] = ['begin', 'commit'].map((text) => ({ prepared: prepared(text), values: [] }));
    await Promise.all([begin as Statement, ...statements, commit as Statement].map((statement) => this.#connection.run(statement)));
  }

  /** In the order of the keys. */
  async *groups(): AsyncGenerator<GroupChecksum> {
    const [key] = columnsOf(this.#table);
    const columns = `${key} as key, ${checksumColumns(this.#table)}`;
    const rest = `group by ${key} order by ${key} limit ${GROUPS_AT_ONCE}`;
    let { rows } = await this.#run(`select ${columns} from ${this.#table.name} ${rest}`, []);
    for (;;) {
      yield* rows as unknown as GroupChecksum[];
      if (rows.length < GROUPS_AT_ONCE) return;
      const last = rows.at(-1)?.key as string;
      ({ rows } = await this.#run(`select ${columns} from ${this.#table.name} where ${key} > $1 ${rest}`, [last]));
    }
  }

  #run(text: string, values: readonly Parameter[]) {
    return this.#connection.run({ prepared: prepared(text), values });
  }

  #insertion(rows: readonly CopiedRow[]): Statement {
    const { name, columns } = this.#table;
    const names = columnsOf(this.#table);
    const given = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
    const isTruth = Object.values(columns).map((type) => type === 'boolean');
    const values = names.map((_, index) =>
      rows.map((row) => (isTruth[index] ? row[index] === 1 : (toParameter(row[index] as SqliteValue) as string | number | Buffer | null))),
    );
    return { prepared: prepared(`insert into ${name} (${names.join(', ')}) select * from unnest(${given.join(', ')})`), values };
  }

  #within({ after, upTo }: KeyRange): { readonly condition: string; readonly values: Parameter[] } {
    const key = keyOf(this.#table);
    const values: Parameter[] = [];
    const bound = (operator: string, row: CopiedRow | null) => {
      if (row === null) return [];
      const given = key.map((name, index) => {
        values.push(toParameter(row[index] as SqliteValue));
        return `$${values.length}::${this.#table.columns[name]}`;
      });
      return [`(${key.join(', ')}) ${operator} (${given.join(', ')})`];
    };
    return { condition: ['true', ...bound('>', after), ...bound('<=', upTo)].join(' and '), values };
  }
}

function toParameter(value: SqliteValue): Parameter {
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}
