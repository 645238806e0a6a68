import { renameSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { type SqlAdapterOptions, sqlAdapter } from '../../src/index.ts';
import { askAll, PATIENT, recordsOf, sourceOf } from '../support/ask-source.ts';
import { isMissing, naming } from '../support/services.ts';
import { fillSqlite, mariadbWith, postgresWith, sqliteWith } from './sql-tables.ts';

const LARGE = ['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993', '9223372036854775807'];

function ask(url: string, keys: readonly string[], options: Partial<SqlAdapterOptions> = {}) {
  const query = 'select * from thing where id in ($keys)';
  return askAll(sourceOf(sqlAdapter({ url, match: 'id', query, policy: PATIENT, ...options })), keys).then(recordsOf);
}

const KINDS = [
  { name: 'SQLite', service: undefined, databaseWith: async (...statements: string[]) => sqliteWith(...statements) },
  { name: naming('PostgreSQL'), service: 'PostgreSQL' as const, databaseWith: postgresWith },
  { name: naming('MariaDB'), service: 'MariaDB' as const, databaseWith: mariadbWith },
];

for (const { name, service, databaseWith } of KINDS) {
  describe.skipIf(service !== undefined && isMissing(service))(`64-bit integers of ${name}`, () => {
    const fill = LARGE.map((id) => `('${id}', 'of ${id}')`).join(', ');

    it('are keys of one customer each', async () => {
      const url = await databaseWith(
        'create table thing (id bigint primary key, name varchar(40))',
        `insert into thing values ${fill}, (7, 'of 7')`,
      );
      const keys = ['7', ...LARGE, 'abc', '007', '9007199254740994', '99999999999999999999', '9007199254740993.0', '1e3'];
      // `007` is refused, because it may mean 7. A key without a row is null.
      const others = keys.slice(6).map((key) => (key === '007' ? 'SOURCE_INVALID' : null));
      const found = ['of 7', ...LARGE.map((id) => `of ${id}`)];
      const records = await ask(url, keys);
      expect(records).toEqual([...found.map((name) => expect.objectContaining({ name })), ...others]);
      const lists = await ask(url, keys, { many: true });
      expect(lists).toEqual([...found.map((name) => [expect.objectContaining({ name })]), ...others.map((other) => other ?? [])]);
    });

    it('are numbers as far as JavaScript numbers are exact, and texts of their digits beyond', async () => {
      const url = await databaseWith(
        'create table thing (id varchar(40) primary key, points bigint)',
        `insert into thing values ('small', 42), ('none', null), ${LARGE.map((id) => `('${id}', ${id})`).join(', ')}`,
      );
      const answers = (await ask(url, ['small', 'none', ...LARGE])) as { points: unknown }[];
      expect(answers.map(({ points }) => points)).toEqual([42, null, 9007199254740991, ...LARGE.slice(1)]);
    });

    it('of one row do not change the other rows of its batch', async () => {
      const url = await databaseWith(
        'create table thing (id varchar(40) primary key, points bigint)',
        `insert into thing values ('a', 1), ('b', ${LARGE[2]}), ('c', 3)`,
      );
      expect(await ask(url, ['a', 'b', 'c'])).toEqual([
        { id: 'a', points: 1 },
        { id: 'b', points: LARGE[2] },
        { id: 'c', points: 3 },
      ]);
    });

    it('match keys with leading zeros in columns of text', async () => {
      const url = await databaseWith('create table thing (id varchar(40) primary key)', "insert into thing values ('007'), ('7')");
      expect(await ask(url, ['007', '7'])).toEqual([{ id: '007' }, { id: '7' }]);
      expect(await ask(url, ['07'])).toEqual([null]);
    });
  });
}

describe.skipIf(isMissing('PostgreSQL'))(`columns of ${naming('PostgreSQL')}`, () => {
  it('have the values that the documentation says', async () => {
    const url = await postgresWith(
      `create table thing (id text, spent numeric(30, 10), counts int8[], prices numeric[], flag bit(1), flags bit(3), extra jsonb,
        list json, born date, days date[], seen timestamptz, seens timestamptz[], ever timestamptz, local_at timestamp, note text)`,
      `insert into thing values ('a', 12345678901234567890.5, '{{1,9007199254740993},{null,3}}', '{0.10,12345678901234567890}', b'1',
        b'101', '{"n":1,"city":"Leeds"}', '[1,2]', '1975-05-11', '{1975-05-11,null}', '2026-07-01 10:00:00.123456+02',
        '{2026-07-01 10:00:00+02}', 'infinity', '2026-07-01 10:00:00', 'a text')`,
    );
    expect(await ask(url, ['a'])).toEqual([
      {
        id: 'a',
        spent: '12345678901234567890.5000000000',
        counts: [
          [1, '9007199254740993'],
          [null, 3],
        ],
        prices: ['0.10', '12345678901234567890'],
        flag: true,
        flags: '101',
        extra: { n: 1, city: 'Leeds' },
        list: [1, 2],
        born: '1975-05-11',
        days: ['1975-05-11', null],
        seen: new Date('2026-07-01T08:00:00.123Z'),
        seens: [new Date('2026-07-01T08:00:00Z')],
        ever: 'infinity',
        local_at: '2026-07-01 10:00:00',
        note: 'a text',
      },
    ]);
  });

  it('are read the same with every date style of the database', async () => {
    const url = await postgresWith(
      'create table thing (id text, born date, seen timestamptz)',
      "insert into thing values ('a', '1975-05-11', '2026-07-01 10:00:00+02')",
      `do $$ begin execute format('alter database %I set datestyle to German', current_database()); end $$`,
    );
    expect(await ask(url, ['a'])).toEqual([{ id: 'a', born: '1975-05-11', seen: new Date('2026-07-01T08:00:00Z') }]);
  });
});

describe.skipIf(isMissing('MariaDB'))(`columns of ${naming('MariaDB')}`, () => {
  const TABLE = `create table thing (id varchar(20) primary key, big bigint unsigned, spent decimal(30, 10), ok tinyint(1), flag bit(1),
    flags bit(3), extra json, born date, seen timestamp null, local_at datetime(3), yr year, bytes varbinary(4))`;
  const ROW = `insert into thing values ('a', 18446744073709551615, 12345678901234567890.5, 1, b'1', b'101', '{"n":1,"city":"Leeds"}',
    '1975-05-11', '2026-07-01 17:00:00', '2026-07-01 10:00:00.5', 2026, x'0102')`;
  const RECORD = {
    id: 'a',
    big: '18446744073709551615',
    spent: '12345678901234567890.5000000000',
    ok: 1,
    flag: true,
    flags: Buffer.from([5]),
    extra: { n: 1, city: 'Leeds' },
    born: '1975-05-11',
    seen: new Date('2026-07-01T08:00:00Z'),
    local_at: '2026-07-01 10:00:00.500',
    yr: 2026,
    bytes: Buffer.from([1, 2]),
  };

  it('have the values that the documentation says', async () => {
    const url = await mariadbWith("set time_zone = '+09:00'", TABLE, ROW);
    expect(await ask(url, ['a'])).toEqual([RECORD]);
  });

  it('have these values with every option for reading them in the URL', async () => {
    const url = await mariadbWith("set time_zone = '+09:00'", TABLE, ROW);
    const options =
      'dateStrings=false&decimalNumbers=true&supportBigNumbers=false&bigNumberStrings=true&jsonStrings=false&timezone=%2B05:00';
    expect(await ask(`${url}?${options}`, ['a'])).toEqual([RECORD]);
  });

  it('are read by a session in UTC, whose TIMESTAMP names one instant also in the hour that the clock shows twice', async () => {
    const url = await mariadbWith('create table thing (id int)', 'insert into thing values (1)');
    const query = 'select id, @@session.time_zone as zone from thing where id in ($keys)';
    expect(await ask(url, ['1'], { query })).toEqual([{ id: 1, zone: '+00:00' }]);
  });

  it('are null for a NULL, and for a zero date', async () => {
    const url = await mariadbWith(
      "set sql_mode = ''",
      TABLE,
      "insert into thing (id, born, seen, local_at, flag) values ('a', '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', b'0')",
    );
    const [record] = await ask(url, ['a']);
    expect(record).toMatchObject({ born: null, seen: null, local_at: null, flag: false, big: null, extra: null });
  });

  it('are the stored text where a column of JSON holds no JSON, without an effect on other rows', async () => {
    const url = await mariadbWith(
      'set check_constraint_checks = 0',
      'create table thing (id varchar(20), extra json)',
      `insert into thing values ('a', '{"city":"Leeds"}'), ('b', '{"city":"Le')`,
    );
    expect(await ask(url, ['a', 'b'])).toEqual([
      { id: 'a', extra: { city: 'Leeds' } },
      { id: 'b', extra: '{"city":"Le' },
    ]);
  });

  it('are found by their index, as integers and as texts', async () => {
    const url = await mariadbWith(
      'create table thing (id bigint, code varchar(20), filler varchar(200), key (id), key (code))',
      "insert into thing select seq, seq, repeat('x', 200) from seq_1_to_5000",
      'analyze table thing',
    );
    const connection = await createConnection(url.replace('mariadb:', 'mysql:'));
    for (const [column, keys] of [
      ['id', ['7', '9007199254740993']],
      ['id', ['7', 'abc']],
      ['code', ['7', '007']],
    ] as const) {
      const [plan] = await connection.query(`explain select * from thing where ${column} in (?, ?)`, [...keys]);
      expect(plan).toMatchObject([{ key: column, type: 'range' }]);
    }
    await connection.end();
  });
});

describe('a SQLite file', () => {
  const names = (url: string) => sqlAdapter({ url, match: 'id', query: 'select id, name from thing where id in ($keys)', policy: PATIENT });
  const statements = (name: string) => [
    'create table thing (id integer primary key, name text)',
    `insert into thing values (1, '${name}')`,
  ];

  it('is read anew after another file is renamed to its path', async () => {
    const url = sqliteWith(...statements('Monday'));
    const source = sourceOf(names(url));
    const path = url.slice('sqlite:'.length);
    for (const day of ['Tuesday', 'Wednesday']) {
      await askAll(source, ['1']);
      fillSqlite(`${path}.new`, ...statements(day));
      renameSync(`${path}.new`, path);
      expect(recordsOf(await askAll(source, ['1']))).toEqual([{ id: 1, name: day }]);
    }
  });

  it('is read as it is now after it was changed without a rename', async () => {
    const url = sqliteWith(...statements('Monday'));
    const source = sourceOf(names(url));
    await askAll(source, ['1']);
    fillSqlite(url.slice('sqlite:'.length), "update thing set name = 'Tuesday'", 'alter table thing add column more text');
    expect(recordsOf(await askAll(source, ['1']))).toEqual([{ id: 1, name: 'Tuesday' }]);
  });

  it('has parsed JSON in its columns of type JSON, and the stored text where that is no JSON', async () => {
    const url = sqliteWith(
      'create table thing (id text, extra json, note text)',
      `insert into thing values ('a', '{"city":"Leeds"}', '{"city":"Leeds"}'), ('b', 'Leeds', null), ('c', null, null)`,
    );
    expect(await ask(url, ['a', 'b', 'c'])).toEqual([
      { id: 'a', extra: { city: 'Leeds' }, note: '{"city":"Leeds"}' },
      { id: 'b', extra: 'Leeds', note: null },
      { id: 'c', extra: null, note: null },
    ]);
  });
});
