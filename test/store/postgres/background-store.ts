import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { type PostgresUrl, parseStoreUrl } from '../../../src/model/store-url.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import type { Parameter } from '../../../src/store/postgres/statement.ts';
import { prepared } from '../../../src/store/postgres/statement.ts';
import { schemaUrl } from '../../support/postgres-schema.ts';

/** False where this run has no database (TEST_STORE). */
export const HAS_DATABASE = process.env.TEST_DATABASE !== undefined;

/** The store's own secret in these tests. */
export const SECRET = 'secret';

/** The tables of a store, filled by hand. */
export interface FilledStore {
  readonly url: PostgresUrl;
  /** New ones, as another process has them. Closed when the test is over. */
  connect(): Connections;
  /** Inserts rows of the same columns. */
  fill(table: string, rows: readonly Readonly<Record<string, Parameter>>[]): Promise<void>;
  /** What a query answers. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Makes an empty store, which is removed after the test. */
export async function emptyStore(): Promise<FilledStore> {
  const url = parseStoreUrl(schemaUrl('/background', randomUUID())) as PostgresUrl;
  await migrate(url);
  const connect = () => {
    const connections = new Connections(url);
    onTestFinished(() => connections.close());
    return connections;
  };
  const own = connect();
  return {
    url,
    connect,
    fill: async (table, rows) => {
      if (rows[0] === undefined) return;
      const columns = Object.keys(rows[0]);
      for (let from = 0; from < rows.length; from += 500) {
        const some = rows.slice(from, from + 500);
        const values = some.map((_, row) => `(${columns.map((_, column) => `$${row * columns.length + column + 1}`).join(', ')})`);
        const text = `insert into ${table} (${columns.join(', ')}) values ${values.join(', ')}`;
        await own.shared.run({
          prepared: prepared(text),
          values: some.flatMap((row) => columns.map((column) => row[column] as Parameter)),
        });
      }
    },
    rows: async (sql) => (await own.shared.run({ prepared: prepared(sql), values: [] })).rows,
  };
}

/** A row of `customer` who is nobody's alias. */
export function customerRow(id: string, { root = id, erasedAt = null as number | null } = {}) {
  return { id, root_id: root, created_at: 1, first_seen_at: 1, last_seen_at: 1, erased_at: erasedAt };
}

/** A row of `interaction`. @param by `type:value`. */
export function interactionRow(customer: string, id: string, at: number, by: string | null = null) {
  const [type = null, value = null] = by === null ? [] : by.split(':');
  return {
    ...{ customer_id: customer, occurred_at: at, id, type: 'view', touchpoint: 'web', page_url: null, properties: '{"n":2}' },
    ...{ recorded_at: at, identifier_type: type, identifier_value: value, source: 'test', actor: null },
  };
}
