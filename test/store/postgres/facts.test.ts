import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { identifierOf } from '../../../src/model/identifier.ts';
import type { Facts } from '../../../src/store/plan/facts.ts';
import type { InteractionFacts } from '../../../src/store/plan/interaction-facts.ts';
import type { PreviewFacts } from '../../../src/store/plan/preview-change.ts';
import { runPlan } from '../../../src/store/plan/run-plan.ts';
import type { StoreWrite } from '../../../src/store/plan/writes.ts';
import { Connections } from '../../../src/store/postgres/connections.ts';
import { IdentityFacts } from '../../../src/store/postgres/facts/identity-facts.ts';
import { PostgresInteractionFacts } from '../../../src/store/postgres/facts/interaction-facts.ts';
import { PostgresPreviewFacts } from '../../../src/store/postgres/facts/preview-facts.ts';
import { Gathering } from '../../../src/store/postgres/gathering.ts';
import { Locks } from '../../../src/store/postgres/locks.ts';
import { migrate } from '../../../src/store/postgres/migrate.ts';
import { runTransaction } from '../../../src/store/postgres/run-transaction.ts';
import { prepared } from '../../../src/store/postgres/statement.ts';
import { compileWrites } from '../../../src/store/postgres/writes/compile-writes.ts';
import { freeProvisionalId } from '../../../src/store/provisional-id.ts';
import { writesApplier } from '../../../src/store/sqlite/apply-writes.ts';
import { SqliteInteractionFacts } from '../../../src/store/sqlite/interaction-facts.ts';
import { migrate as migrateSqlite } from '../../../src/store/sqlite/open-database.ts';
import { SqlitePreviewFacts } from '../../../src/store/sqlite/preview-facts.ts';
import { schemaUrl } from '../../support/postgres-schema.ts';
import { openSqliteFile } from '../../support/sqlite-file.ts';
import { history, KEYS, Samples } from './writes-samples.ts';
import { TABLES } from './writes-tables.ts';

const isThere = process.env.TEST_DATABASE !== undefined;
const SECRET = 'secret';
const TIMES = [-1, 0, 1, 2, 3, 5, 9];
const COUNTS = [0, 1, 2, 3];
const HASHES = COUNTS.map((n) => Buffer.from(`bytes-${n}`));

/** Answers in no promised order. */
const inAnyOrder = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
/** Answers of which one database gives the columns in another order than the other. */
const plain = (row: unknown) => JSON.parse(JSON.stringify(row, row === null ? undefined : Object.keys(row as object).sort())) as unknown;

/** All that plans may ask of the identity graph. @param ids of customers, also such as are not stored. */
function graphAnswers(facts: PreviewFacts, ids: readonly CustomerId[], events: readonly Buffer[]): unknown {
  const ofKeys = KEYS.map((key) => ({
    key,
    at: TIMES.map((at) => facts.formerOwnerAt(key, at) ?? null).map((row) => row && plain(row)),
    last: facts.lastFormerUntil(key),
    oldest: COUNTS.flatMap((kept) => [1, 3].map((limit) => facts.oldestFormerOwners(key, kept, limit).map(plain))),
    former: facts.formerOwnersOf(key),
    few: facts.fewFormerOwnersOf(key),
    was: ids.map((id) => facts.wasFormerOwner(key, id)),
    retired: facts.retiredCookie(key) === undefined ? null : plain(facts.retiredCookie(key)),
    replaced: inAnyOrder(facts.replacedBy(key).map(plain)),
    replacedAt: facts.replacedBy(key).map(({ retiredAt }) => retiredAt),
    isMentioned: facts.isMentioned(key),
  }));
  const ofIds = ids.map((id) => [facts.customer(id) ?? null, facts.erasedAt(id), facts.countInteractionsUnder(id)]);
  // An id that is not stored is asked for like a root.
  const roots = ids.filter((id) => (facts.customer(id)?.root ?? id) === id);
  const ofRoots = roots.map((id) => ({
    id,
    aliases: inAnyOrder(facts.aliasesOf(id)),
    newest: facts.newestEvidenceOf(id),
    confirmed: HASHES.map((agent) => facts.confirmedUntil(id, agent)),
    nameless: inAnyOrder(facts.namelessMembersOf(id)),
    lost: inAnyOrder(facts.lostKeysOf(id)),
    retired: inAnyOrder(facts.retiredCookiesOf(id).map(plain)),
    changes: inAnyOrder(facts.changesOf(id).map(plain)),
    interactions: facts.countInteractionsOf(id),
  }));
  return {
    ofKeys,
    ofIds,
    ofRoots,
    owners: [...facts.ownersOf(KEYS)].sort(),
    identifiers: facts.identifiersOf(roots),
    separations: TIMES.map((at) => inAnyOrder(facts.separationsSince(KEYS, at).map(plain))),
    suppressed: HASHES.map((hash) => TIMES.map((at) => facts.isSuppressed(hash, at))),
    remembered: events.map((hash) => facts.rememberedEvent(hash) ?? null),
  };
}

/** Few keys have a statement each, and many share one. */
function askForMore(facts: PreviewFacts): void {
  for (let n = 0; n < 20; n++) {
    facts.lastFormerUntil(`none:${n}`);
    facts.fewFormerOwnersOf(`none:${n}`);
  }
}

function interactionAnswers(facts: InteractionFacts, ids: readonly CustomerId[]): unknown {
  const names = COUNTS.map((n) => `interaction-${n}`);
  const erased = (id: string, key: string) => ({ id, attributedBy: identifierOf(key), hash: HASHES[0] as Buffer, since: 0 });
  return {
    has: names.map((name) => ids.map((id) => facts.hasInteraction(name, id))),
    erased: names.map((name) => KEYS.map((key) => facts.isInteractionErased(erased(name, key)))),
    totals: ids.map((customerId) =>
      COUNTS.flatMap((counterId) => COUNTS.map((bucket) => facts.storedTotals({ customerId, counterId, bucket }))),
    ),
  };
}

describe.skipIf(!isThere)('facts in PostgreSQL', () => {
  let connections: Connections;

  beforeAll(async () => {
    const url = { scheme: 'postgres', url: schemaUrl('facts', 'facts'), isCitus: false, identityAge: null } as const;
    await migrate(url);
    connections = new Connections(url);
  });
  afterAll(() => connections.close());

  const run = (sql: string) => connections.shared.run({ prepared: prepared(sql), values: [] });
  const write = (writes: readonly StoreWrite[]) =>
    connections.exclusive((connection) => {
      const gathering = new Gathering();
      const locks = new Locks(SECRET);
      return runTransaction(connection, gathering, locks, () => {
        return { result: null, statements: compileWrites(writes, new IdentityFacts(gathering, locks, SECRET, false), gathering, locks) };
      });
    });
  const answered = async <Answers>(ask: (gathering: Gathering) => Answers): Promise<Answers> => {
    const gathering = new Gathering();
    for (;;) {
      const answers = gathering.decide(() => ask(gathering));
      if (gathering.isComplete) return answers as Answers;
      await gathering.load(connections.shared);
    }
  };

  it('are those of SQLite over the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.boolean(), async (given, areMany) => {
        const sqlite = openSqliteFile(':memory:');
        migrateSqlite(sqlite);
        const apply = writesApplier(sqlite);
        const samples = new Samples(sqlite);
        const all = samples.first();
        apply(all);
        for (const each of given.lists.flat()) {
          const made = samples.writesOf(given, each);
          apply(made);
          all.push(...made);
        }
        await Promise.all(Object.keys(TABLES).map((table) => run(`delete from ${table}`)));
        await write(all);

        const stored = sqlite.prepare('select id from customer').all() as { id: CustomerId }[];
        const ids = [...stored.map(({ id }) => id), 'customer-9' as CustomerId];
        const events = (sqlite.prepare('select event_key from heard_event').all() as { event_key: Uint8Array }[]).map(({ event_key }) =>
          Buffer.from(event_key),
        );
        const asked = [...events, Buffer.from('not remembered')];
        const graph = await answered((gathering) => {
          const facts = new PostgresPreviewFacts(gathering, null, SECRET, false);
          if (areMany) askForMore(facts);
          return graphAnswers(facts, ids, asked);
        });
        expect(graph).toEqual(graphAnswers(new SqlitePreviewFacts(sqlite), ids, asked));
        const some = areMany ? ids : ids.slice(0, 1);
        const interactions = await answered((gathering) => {
          return interactionAnswers(new PostgresInteractionFacts(gathering, new IdentityFacts(gathering, null, SECRET, false)), some);
        });
        expect(interactions).toEqual(interactionAnswers(new SqliteInteractionFacts(sqlite), some));
        sqlite.close();
      }),
      { numRuns: 100 },
    );
  });

  it('follow many rotations of a cookie back in few round trips', async () => {
    const sqlite = openSqliteFile(':memory:');
    migrateSqlite(sqlite);
    const customers = Array.from({ length: 6 }, (_, n) => `owner-${n}` as CustomerId);
    const cookies = Array.from({ length: 60 }, (_, n) => `cid:cookie-${n}`);
    const writes = [
      ...customers.map((id): StoreWrite => ({ kind: 'insert-customer', id, root: id, createdAt: 1, seenAt: 1, erasedAt: null })),
      ...cookies.slice(1).map((successorKey, n): StoreWrite => {
        const customerId = customers[Math.floor(n / 10)] as CustomerId;
        return { kind: 'insert-retired-cookie', key: cookies[n] as string, successorKey, proof: null, retiredAt: n, customerId };
      }),
    ];
    writesApplier(sqlite)(writes);
    await write(writes);
    const predecessors = (facts: Facts) =>
      runPlan(
        facts,
        () => 1,
        randomUUID,
        (draft) => draft.retired.predecessorsOf('cid:cookie-59'),
      ).result.map(plain);
    const found = await answered((gathering) => predecessors(new IdentityFacts(gathering, null, SECRET, false)));
    expect(found).toEqual(predecessors(new SqlitePreviewFacts(sqlite)));
    expect(found.length).toBe(50);
    sqlite.close();
  });

  it('find the id that a customer will have, however often the identifier was given away', async () => {
    const key = 'cid:given-away';
    const taken: CustomerId[] = [];
    const expected = freeProvisionalId(SECRET, key, (id) => {
      // Of those that are looked at, the first 20 are given away.
      if (taken.length === 20) return false;
      taken.push(id);
      return true;
    });
    await write(taken.map((id): StoreWrite => ({ kind: 'insert-customer', id, root: id, createdAt: 1, seenAt: 1, erasedAt: null })));
    const found = await answered((gathering) => {
      const facts = new IdentityFacts(gathering, null, SECRET, false);
      return runPlan(
        facts,
        () => 1,
        randomUUID,
        (draft) => draft.provisionalId(key),
      ).result;
    });
    expect(found).toBe(expected);
  });
});
