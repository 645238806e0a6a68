import fc from 'fast-check';
import { parse } from 'pg-connection-string';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { EXPECTED_STORE_URL } from '../../src/model/store-url.ts';

/** What `store` is read as, or the problems, without the name of the file. */
function read(store: unknown) {
  const problems: string[] = [];
  const input = { identifiers: { crmId: { class: 'person' } }, store };
  const config = parseConfig('g.ts', input, ({ where, message }) => problems.push(`${where}: ${message}`.replace('g.ts: ', '')));
  return config === null ? problems : config.store;
}

const HIDDEN = 'received postgres:… (the rest is not shown, since it may hold a password)';

describe('the option store', () => {
  it.each([
    'postgres://h/db',
    'postgresql://u:p@h:5432/db',
    'postgres://u@[::1]:5432/db',
    'postgres://u:%40%2F%23@10.0.0.1/db?sslmode=require',
  ])('is the URL of a PostgreSQL database: %s', (url) =>
    expect(read(url)).toEqual({ scheme: 'postgres', url, isCitus: false, identityAge: null }),
  );

  it.each(['postgres://u:p@one:5432,two:5433/db', 'postgres://u@%2Frun%2Fpostgresql/db', 'postgres:///db?host=/run/postgresql&port=5433'])(
    'may name several hosts, or the folder of a socket: %s',
    (url) => expect(read(url)).toMatchObject({ scheme: 'postgres', url }),
  );

  it('is an object where PostgreSQL is to be used in a special way', () => {
    const url = 'postgres://u:p@h/db';
    expect(read({ url, distribute: 'citus', identityAge: '1s' })).toEqual({ scheme: 'postgres', url, isCitus: true, identityAge: 1_000 });
    expect(read({ url })).toEqual({ scheme: 'postgres', url, isCitus: false, identityAge: null });
    expect(read({ url: 'sqlite:a.db' })).toEqual({ scheme: 'sqlite', path: 'a.db' });
  });

  it.each<[unknown, string[]]>([
    ['a.db', [`store: ${EXPECTED_STORE_URL}; received "a.db"`]],
    [5, [`store: ${EXPECTED_STORE_URL}, received 5`]],
    [{ distribute: 'citus' }, [`store.url: ${EXPECTED_STORE_URL}, received nothing`]],
    [
      { url: 'sqlite:a.db', distribute: 'citus', identityAge: '1s' },
      ['distribute', 'identityAge'].map(
        (name) => `store.${name}: expected only beside the URL of a PostgreSQL, received beside "sqlite:a.db"`,
      ),
    ],
    [
      { url: 'postgres://h/db', distribute: 'yugabyte', identityAge: '2m' },
      [
        `store.distribute: expected 'citus', or nothing for a PostgreSQL without Citus, received "yugabyte"`,
        `store.identityAge: expected a duration of at most 1m such as '1s', received "2m"`,
      ],
    ],
    [{ url: 'postgres://h/db', pool: 5 }, ['store.pool: expected no such option; there are url, distribute, identityAge']],
  ])('says what is wrong with %j', (store, problems) => expect(read(store)).toEqual(problems));

  it.each([
    ['postgres://u:k7Qz@', /^store: expected a URL with a host, /],
    ['postgres://u:k7Qz@h', /^store: expected a URL with the name of a database, /],
    ['postgres://u:k7Qz@h/', /^store: expected a URL with the name of a database, /],
    ['postgres://u:k7Qz@h/a/b', /^store: expected the name of one database: /],
    ['postgres://u:k7Qz@h:99999/db', /^store: expected a host, with a port from 1 to 65535/],
    ['postgres://u:k7Qz@h,,i/db', /^store: expected a host, /],
    ['postgres://:k7Qz@h/db', /^store: expected a user before the password, /],
    ['postgres://u:a@k7Qz@h/db', /^store: expected a URL .* are to be encoded/],
    ['postgres://u:a/k7Qz@h/db', /^store: expected a URL .* are to be encoded/],
    ['postgres://u:a?k7Qz@h/db', /^store: expected a .*/],
    ['postgres://u:a#k7Qz@h/db', /^store: expected a URL .* are to be encoded/],
    ['postgres://u:a%k7Qz@h/db', /^store: expected a URL whose '%' is followed by two hexadecimal digits/],
    ['postgres://u:%ffk7Qz@h/db', /^store: expected a URL whose encoded characters are UTF-8/],
    ['postgres://u:a k7Qz@h/db', /^store: .*encode a space as %20/],
    ['postgres:u:k7Qz@h/db', /^store: expected a URL /],
  ])('says what is wrong with %s, without the password', (url, expected) => {
    const [problem = '', ...others] = read(url) as string[];
    expect(others).toEqual([]);
    expect(problem).toMatch(expected);
    expect(problem).not.toContain('k7Qz@');
    expect(problem.endsWith(HIDDEN)).toBe(true);
  });

  it('never shows a password, and what it takes the driver reads as it was meant', () => {
    const password = fc.string({ unit: 'grapheme', minLength: 4 }).map((text) => `k7Qz${text}`);
    const host = fc.constantFrom('db.example', '127.0.0.1:5433', '[::1]:1');
    fc.assert(
      fc.property(password, host, fc.boolean(), fc.constantFrom('/db', '', '/db?sslmode=disable'), (text, at, isEncoded, rest) => {
        const given = read(`postgres://ada:${isEncoded ? encodeURIComponent(text) : text}@${at}${rest}`);
        if (Array.isArray(given)) {
          expect(given.join()).not.toContain('k7Qz');
          if (isEncoded) expect(rest).toBe('');
        } else {
          const { user, password: asRead, database } = parse((given as { url: string }).url);
          expect({ user, asRead, database }).toEqual({
            user: 'ada',
            asRead: decodeURIComponent(isEncoded ? encodeURIComponent(text) : text),
            database: 'db',
          });
        }
      }),
    );
  });
});
