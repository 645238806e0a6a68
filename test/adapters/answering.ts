import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { fileAdapter, graphqlAdapter, httpAdapter, type SourcePolicy, sqlAdapter } from '../../src/index.ts';
import { PATIENT } from '../support/ask-source.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { type Service, serve } from '../support/services.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';

type Value = string | number | null;
/** Rows with the same fields. */
export type Rows = readonly Readonly<Record<string, Value>>[];

export interface AnsweringOptions {
  readonly match?: string;
  readonly many?: boolean;
  readonly key?: string;
  readonly policy?: SourcePolicy;
}

/** A kind of adapter with `match`, over a real back end that answers every call with the same rows, as a careless back end may. */
export interface AnsweringKind {
  readonly name: string;
  readonly service?: Service;
  /** True when a row may be null, or hold a value of another type than the column's. */
  readonly isJson: boolean;
  /** True when the back end also sends rows of other keys. */
  readonly answersAll: boolean;
  of(rows: Rows, options?: AnsweringOptions): Promise<DataAdapter>;
}

const asSql = (value: Value, type: string) =>
  value === null ? 'null' : typeof value === 'number' ? String(value) : `cast('${value.replaceAll("'", "''")}' as ${type})`;

function sqlKind(name: string, type: string, url: () => Promise<string> | string, service?: Service): AnsweringKind {
  return {
    name: `sqlAdapter on ${name}`,
    ...(service && { service }),
    isJson: false,
    answersAll: true,
    of: async (rows, { match = 'id', ...options } = {}) => {
      const selects = rows.map(
        (row) =>
          `select ${Object.entries(row)
            .map(([column, value]) => `${asSql(value, type)} as ${column}`)
            .join(', ')}`,
      );
      const table = `(${selects.join(' union all ')}) t`;
      return sqlAdapter({
        url: await url(),
        match,
        query: `select t.* from ${table} where '1' in ($keys, '1')`,
        policy: PATIENT,
        ...options,
      });
    },
  };
}

function emptySqlite(): string {
  const path = join(temporaryDirectory(), 'empty.db');
  openSqliteFile(path).close();
  return `sqlite:${path}`;
}

const fileKind = (extension: 'json' | 'ndjson'): AnsweringKind => ({
  name: `fileAdapter on ${extension.toUpperCase()}`,
  isJson: true,
  answersAll: false,
  of: async (rows, { match = 'id', ...options } = {}) => {
    const path = join(temporaryDirectory(), `things.${extension}`);
    writeFileSync(path, extension === 'json' ? JSON.stringify(rows) : rows.map((row) => JSON.stringify(row)).join('\n'));
    return fileAdapter({ path, match, ...options });
  },
});

export const ANSWERING: readonly AnsweringKind[] = [
  sqlKind('SQLite', 'text', emptySqlite),
  sqlKind('PostgreSQL', 'text', () => 'postgres://root@127.0.0.1:5432/postgres', 'PostgreSQL'),
  sqlKind('MariaDB', 'char', () => 'mysql://root@127.0.0.1:3306/mysql', 'MariaDB'),
  {
    name: 'httpAdapter with batch',
    isJson: true,
    answersAll: true,
    of: async (rows, { match = 'id', ...options } = {}) =>
      httpAdapter({ baseUrl: await serve((_, response) => response.end(JSON.stringify(rows))), batch: '/?ids={keys}', match, ...options }),
  },
  {
    name: 'graphqlAdapter',
    isJson: true,
    answersAll: true,
    of: async (rows, { match = 'id', ...options } = {}) =>
      graphqlAdapter({
        url: await serve((_, response) => response.end(JSON.stringify({ data: { things: rows } }))),
        query: 'query ($keys: [String!]!) { things(ids: $keys) { id } }',
        select: 'things',
        match,
        ...options,
      }),
  },
  fileKind('json'),
  fileKind('ndjson'),
];
