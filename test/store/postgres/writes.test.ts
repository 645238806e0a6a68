import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_ATTRIBUTE_NAMES } from '../../../src/model/attribute-bounds.ts';
import type { CustomerId } from '../../../src/model/customer.ts';
import { identifierOf } from '../../../src/model/identifier.ts';
import type { StoreWrite } from '../../../src/store/plan/writes.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { IdentityFacts } from '../../../src/store/postgres/facts/identity-facts.ts';
import { Gathering } from '../../../src/store/postgres/gathering.ts';
import { Locks } from '../../../src/store/postgres/locks.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import { runTransaction } from '../../../src/store/postgres/run-transaction.ts';
import { prepared } from '../../../src/store/postgres/statement.ts';
import { compileWrites } from '../../../src/store/postgres/writes/compile-writes.ts';
import { writesApplier } from '../../../src/store/sqlite/apply-writes.ts';
import { migrate as migrateSqlite } from '../../../src/store/sqlite/open-database.ts';
import { schemaUrl } from '../../support/postgres-schema.ts';
import { openSqliteFile } from '../../support/sqlite-file.ts';
import { history, Samples } from './writes-samples.ts';
import { comparable, TABLES } from './writes-tables.ts';

const isThere = process.env.TEST_DATABASE !== undefined;
const SECRET = 'secret';
/** Those that are there first. */
const [A, B, C, D] = [0, 1, 2, 3].map((n) => `customer-${n}`) as [CustomerId, CustomerId, CustomerId, CustomerId];

describe.skipIf(!isThere)('writes of a plan in PostgreSQL', () => {
  let connections: Connections;

  beforeAll(async () => {
    const url = { scheme: 'postgres', url: schemaUrl('writes', 'writes'), isCitus: false, identityAge: null } as const;
    await migrate(url);
    connections = new Connections(url);
  });
  afterAll(() => connections.close());

  const run = (sql: string) => connections.shared.run({ prepared: prepared(sql), values: [] });
  const empty = () => Promise.all(Object.keys(TABLES).map((table) => run(`delete from ${table}`)));
  const write = (writes: readonly StoreWrite[]) =>
    connections.exclusive((connection) => {
      const gathering = new Gathering();
      const locks = new Locks(SECRET);
      return runTransaction(connection, gathering, locks, () => {
        const statements = compileWrites(writes, new IdentityFacts(gathering, locks, SECRET, false), gathering, locks);
        return { result: statements.length, statements };
      });
    });
  const expectEqual = async (sqlite: DatabaseSync) => {
    const tables = Object.entries(TABLES);
    const found = await Promise.all(tables.map(([table, [columns]]) => run(`select ${columns} from ${table}`)));
    const actual = Object.fromEntries(tables.map(([table, [columns]], index) => [table, comparable(columns, found[index]?.rows ?? [])]));
    const expected = tables.map(([table, [columns, from]]) => {
      return [table, comparable(columns, sqlite.prepare(`select ${columns} ${from}`).all())];
    });
    expect(actual).toEqual(Object.fromEntries(expected));
  };

  /** Applies lists of writes to both stores, one after the other, and compares them after each. */
  const holdsAfter = async (
    makeLists: (samples: Samples, apply: (writes: readonly StoreWrite[]) => void) => Iterable<readonly StoreWrite[]>,
  ) => {
    const sqlite = openSqliteFile(':memory:');
    migrateSqlite(sqlite);
    await empty();
    for (const writes of makeLists(new Samples(sqlite), writesApplier(sqlite))) {
      await write(writes);
      await expectEqual(sqlite);
    }
    sqlite.close();
  };
  /** The same for lists that are known before. */
  const holdsAfterAll = (...lists: readonly (readonly StoreWrite[])[]) =>
    holdsAfter(function* (samples, apply) {
      for (const writes of [samples.first(), ...lists]) {
        apply(writes);
        yield writes;
      }
    });

  it('leaves what the same writes leave in SQLite', async () => {
    const property = fc.asyncProperty(history, (given) =>
      holdsAfter(function* (samples, apply) {
        const first = samples.first();
        apply(first);
        yield first;
        for (const list of given.lists) {
          yield list.flatMap((each) => {
            const made = samples.writesOf(given, each);
            apply(made);
            return made;
          });
        }
      }),
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it('keeps the evidence of an identifier that moves in the same plan', async () => {
    await holdsAfterAll(
      [link('email:1', A, 3)],
      [
        { kind: 'see-identifier', key: 'email:1', at: 8 },
        { kind: 'move-identifier', key: 'email:1', customerId: B, linkedAt: 9, source: 'moved' },
      ],
      [
        { kind: 'move-identifiers', from: B, to: A },
        { kind: 'see-identifier', key: 'email:1', at: 7 },
        { kind: 'rename-identifier', key: 'email:1', identifier: { type: 'email', value: '2' }, linkedAt: 10, source: 'renamed' },
      ],
      [{ kind: 'delete-identifier', key: 'email:2' }, link('email:2', B, 1)],
    );
  });

  it('knows by the customer whose an identifier was, also after its oldest owners became one', async () => {
    const add = (until: number, customerId: CustomerId): StoreWrite => ({ kind: 'insert-former-owner', key: 'cid:a', until, customerId });
    await holdsAfterAll(
      [add(1, A), add(1, B), add(2, A), add(3, C)],
      [{ kind: 'rename-former-owner', key: 'cid:a', until: 3, ordinal: 0, customerId: D }],
      [{ kind: 'collapse-former-owners', key: 'cid:a', until: 1, ordinal: 1, nameless: C, members: [A, B] }],
      [
        { kind: 'rename-former-owner', key: 'cid:a', until: 1, ordinal: 1, customerId: B },
        { kind: 'delete-nameless-member', key: 'cid:a', customerId: A },
        { kind: 'collapse-former-owners', key: 'cid:a', until: 2, ordinal: 0, nameless: B, members: [A] },
        add(2, A),
      ],
      [{ kind: 'erase-identifier', key: 'cid:a' }],
    );
  });

  it('keeps of two confirmations by one agent the one that expires later', async () => {
    const confirm = (customerId: CustomerId, agent: string, expiresAt: number): StoreWrite => {
      return { kind: 'save-confirmation', customerId, agent: Buffer.from(agent), method: `until ${expiresAt}`, confirmedAt: 1, expiresAt };
    };
    await holdsAfterAll(
      [confirm(A, 'ann', 5), confirm(B, 'ann', 9), confirm(C, 'ann', 7), confirm(A, 'bob', 9), confirm(B, 'bob', 5)],
      [{ kind: 'move-confirmations', from: A, to: B }, { kind: 'move-confirmations', from: B, to: C }, confirm(C, 'bob', 2)],
    );
  });

  it('stores no further name of an attribute than a customer may have', async () => {
    const save = (name: string, capturedAt: number, customerId = A): StoreWrite => {
      return { kind: 'save-attribute', customerId, name, value: capturedAt, touchpoint: null, capturedAt };
    };
    const names = Array.from({ length: MAX_ATTRIBUTE_NAMES - 2 }, (_, n) => `name ${n}`);
    await holdsAfterAll(
      names.map((name) => save(name, 5)),
      ['a', 'a', 'b', 'c', 'name 0', 'name 1'].flatMap((name, at) => [save(name, at), save(name, at, B)]),
      [save('d', 9), save('a', 9), save('b', 0)],
    );
  });

  it('writes five hundred interactions of known customers in a few statements', async () => {
    await empty();
    const all = Array.from({ length: 500 }, (_, n) => n);
    const customer = (n: number) => `customer-${n % 50}` as CustomerId;
    await write(all.slice(0, 50).flatMap((n) => [insert(customer(n)), link(`email:${n}`, customer(n), 1)]));
    const batch = (first: number): StoreWrite[] => [
      ...all.map((n): StoreWrite => {
        const about = { type: 'view', occurredAt: new Date(first + n), touchpoint: 'web', pageUrl: null, properties: { n } };
        const interaction = { id: `interaction-${first + n}`, ...about };
        const attributedBy = { type: 'email', value: String(n % 50) };
        return { kind: 'insert-interaction', customerId: customer(n), interaction, attributedBy, source: 'test', recordedAt: 9 };
      }),
      ...all.map((n): StoreWrite => {
        return { kind: 'insert-interaction-mention', identifier: { type: 'email', value: String(n % 50) }, customerId: customer(n) };
      }),
      ...all.map((n): StoreWrite => ({ kind: 'see-identifier', key: `email:${n % 50}`, at: first + n })),
      ...all.map((n): StoreWrite => ({ kind: 'see-customer', id: customer(n), first, last: first + n, mergedByPersonAt: null })),
    ];
    expect(await write(batch(1_000))).toBe(4);
    const { rows } = await run(
      'select count(*) as n, max(last_seen_at) as seen from interaction, (select max(last_seen_at) as last_seen_at from customer) c',
    );
    expect(rows).toEqual([{ n: 500, seen: 1_499 }]);
  });

  it('locks the customer of today of whatever id something is written under', async () => {
    await empty();
    await write([insert(A), insert(B), { kind: 'insert-customer', id: C, root: A, createdAt: 1, seenAt: 1, erasedAt: null }]);
    let isWritten = false;
    await connections.exclusive(async (connection) => {
      const statement = (text: string) => connection.run({ prepared: prepared(text), values: [] });
      await statement('begin');
      await statement(`select id from customer where id = '${A}' for update`);
      const writing = write([{ kind: 'insert-interaction-mention', identifier: { type: 'email', value: '1' }, customerId: C }]).then(() => {
        isWritten = true;
      });
      // Another customer's write waits for nobody.
      await write([{ kind: 'insert-interaction-mention', identifier: { type: 'email', value: '2' }, customerId: B }]);
      expect((await run('select id_key from interaction_mention')).rows).toEqual([{ id_key: 'email:2' }]);
      expect(isWritten).toBe(false);
      await statement('commit');
      await writing;
    });
    expect((await run('select id_key from interaction_mention order by 1')).rows).toEqual([{ id_key: 'email:1' }, { id_key: 'email:2' }]);
  });
});

function insert(id: CustomerId): StoreWrite {
  return { kind: 'insert-customer', id, root: id, createdAt: 1, seenAt: 1, erasedAt: null };
}

function link(key: string, customerId: CustomerId, seenAt: number): StoreWrite {
  return { kind: 'insert-identifier', identifier: identifierOf(key), customerId, linkedAt: seenAt, seenAt, source: 'test' };
}
