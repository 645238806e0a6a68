import fc from 'fast-check';
import { createConnection } from 'mysql2/promise';
import { describe, expect, it, vi } from 'vitest';
import { sqlAdapter } from '../../src/index.ts';
import { askAll, PATIENT, recordsOf, sourceOf } from '../support/ask-source.ts';
import { isMissing, naming } from '../support/services.ts';
import { mariadbWith, postgresWith } from './sql-tables.ts';

/** Of every connection that the adapter opens. */
let sqlMode = '';
vi.mock('mysql2/promise', async (original) => {
  const mysql = await original<typeof import('mysql2/promise')>();
  return {
    ...mysql,
    createPool: (options: Parameters<typeof mysql.createPool>[0]) => {
      const pool = mysql.createPool(options as never);
      const mode = sqlMode;
      pool.on('connection', (connection) => void connection.query(`set session sql_mode = '${mode}'`));
      return pool;
    },
  };
});

const TRAPS = [
  "\\' or 1=1 -- ",
  "' or 1=1 -- ",
  "\\') or (1=1) -- ",
  "a\\\\' or '1'='1",
  '\\',
  "'",
  '"',
  '\\" or ""=" ',
  "o'neill",
  '?',
  ':name',
  '/* */',
  ';',
  '日本',
  '🛒',
  'n\0l',
  'line\nfeed',
  '\x1a',
  '%',
  '_',
  '1e3',
  ' lead',
];
const QUERY = "select id, name from thing where id in ($keys) and name <> '?' and note = 'a?b'";
const text = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((key) => key.isWellFormed()),
);

describe.skipIf(isMissing('MariaDB'))(`sqlAdapter: ${naming('MariaDB')}`, () => {
  it.each(['', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', 'ANSI', 'TRADITIONAL'])(
    'takes a key for a value and nothing else, with sql_mode %j',
    async (mode) => {
      sqlMode = mode;
      const url = await mariadbWith(
        'create table thing (id varchar(200) collate utf8mb4_bin, name varchar(20), note varchar(20), primary key (id))',
        "insert into thing values ('secret', 'Secret', 'a?b')",
      );
      const connection = await createConnection(url.replace('mariadb:', 'mysql:'));
      try {
        const distinct = [...new Set(TRAPS)];
        for (const id of distinct) await connection.execute("insert into thing values (?, 'Known', 'a?b')", [id]);
        const source = sourceOf(sqlAdapter({ url, match: 'id', query: QUERY, policy: PATIENT }));
        expect(recordsOf(await askAll(source, distinct))).toEqual(distinct.map((id) => ({ id, name: 'Known' })));
        const check = async (keys: readonly string[]) => {
          const expected = keys.map((id) => (distinct.includes(id) ? { id, name: 'Known' } : null));
          expect(recordsOf(await askAll(source, keys))).toEqual(expected);
        };
        await fc.assert(fc.asyncProperty(fc.uniqueArray(text, { minLength: 1, maxLength: 9 }), check), { numRuns: 40 });
      } finally {
        await connection.end();
      }
    },
  );

  it('finds integers and texts by their indexes, with no statement prepared on the server', async () => {
    sqlMode = '';
    const url = await mariadbWith(
      'create table number (id bigint primary key, name varchar(20))',
      'create table word (id varchar(50) character set latin1 primary key, name varchar(20))',
      "insert into number select seq, concat('n', seq) from seq_1_to_1000",
      "insert into word select concat('w', seq), 'é' from seq_1_to_1000",
    );
    const connection = await createConnection(url.replace('mariadb:', 'mysql:'));
    try {
      const prepared = async () => JSON.stringify((await connection.query("show session status like 'Com_stmt_prepare'"))[0]);
      const before = await prepared();
      const numbers = sourceOf(sqlAdapter({ url, match: 'id', query: 'select id, name from number where id in ($keys)', policy: PATIENT }));
      const ids = Array.from({ length: 20 }, (_, n) => String(n + 1));
      expect(recordsOf(await askAll(numbers, ids))).toEqual(ids.map((id) => ({ id: Number(id), name: `n${id}` })));
      const words = sourceOf(sqlAdapter({ url, match: 'id', query: 'select id, name from word where id in ($keys)', policy: PATIENT }));
      expect(recordsOf(await askAll(words, ['w7', 'é', '日']))).toEqual([{ id: 'w7', name: 'é' }, null, null]);
      expect(await prepared()).toBe(before);
      for (const [table, key] of [
        ['number', '7'],
        ['word', 'w7'],
      ] as const) {
        const [plan] = await connection.query(
          `explain select id from ${table} where id in (_utf8mb4 X'${Buffer.from(key).toString('hex')}', _utf8mb4 X'${Buffer.from(key).toString('hex')}31')`,
        );
        expect(plan).toMatchObject([{ key: 'PRIMARY' }]);
        expect(Number((plan as { rows: unknown }[])[0]?.rows)).toBe(2);
      }
    } finally {
      await connection.end();
    }
  });
});

describe.skipIf(isMissing('PostgreSQL'))(`sqlAdapter: ${naming('PostgreSQL')}`, () => {
  it('has no row for a key with a NUL, which no text there can hold, and the others have theirs', async () => {
    const url = await postgresWith("create table thing (id text primary key, name text); insert into thing values ('a', 'Ada')");
    const query = 'select id, name from thing where id in ($keys)';
    const failures: unknown[] = [];
    const source = sourceOf(sqlAdapter({ url, match: 'id', query, policy: { ...PATIENT, breaker: { errors: 1 } } }), {
      observer: { onFailure: (failure) => void failures.push(failure), onBreaker: () => void failures.push('breaker') },
    });
    expect(recordsOf(await askAll(source, ['a\0', 'a', '\0']))).toEqual([null, { id: 'a', name: 'Ada' }, null]);
    expect(failures).toEqual([]);
  });
});
