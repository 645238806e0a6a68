import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import type { Store } from '../../src/model/ports.ts';
import { type PostgresUrl, parseStoreUrl, type SqliteUrl } from '../../src/model/store-url.ts';
import type { Trait } from '../../src/model/trait.ts';
import { COPIED_TABLES } from '../../src/store/copy/copied-tables.ts';
import { type CopiedStore, copyStore } from '../../src/store/copy-store.ts';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { rulesWith } from '../identity/histories.ts';
import { decision, ofEverybody, perCustomer, response, toKeep } from '../store/offer-samples.ts';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { openTestStore } from '../support/open-store.ts';
import { schemaRows, schemaUrl } from '../support/postgres-schema.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';
import { SQLITE } from '../support/stores.ts';

const HAS_DATABASE = process.env.TEST_DATABASE !== undefined;
const RULES = rulesWith('reassign-latest');
const TRAITS: readonly Trait[] = [
  { name: 'views', of: 'view', compute: 'count', path: [], window: null },
  { name: 'kinds', of: 'view', compute: 'uniques', path: ['n'], window: null },
];
const BY_HAND = { source: 'test', actor: 'agent', reason: 'because' };
const PEOPLE = Array.from({ length: 40 }, (_, n) => `p${n}`);
/** More than an entry of an index of PostgreSQL holds. */
const LONG = Array.from({ length: 400 }, (_, index) => Math.sin(index)).join();
const crm = (value: string): Identifier => ({ type: 'crmId', value });
const visitor = (value: string): Identifier => ({ type: 'visitorId', value });

/** The URLs of a store that is copied: a file, and a schema that is empty. */
function newStores() {
  const directory = temporaryDirectory();
  // Its own name, because other tests use the same database.
  const to = `${schemaUrl(directory, 'copy')}&application_name=${randomUUID()}`;
  return { directory, from: `sqlite:${join(directory, 'graph.db')}`, to };
}

async function openSqlite(directory: string): Promise<Store> {
  return openTestStore({ kind: SQLITE, directory, rules: RULES, traits: TRAITS });
}

async function openCopy(to: string): Promise<Store> {
  const store = await PostgresStore.open(parseStoreUrl(to) as PostgresUrl, { rules: RULES, traits: TRAITS });
  onTestFinished(() => store.close());
  return store;
}

/** Writes of every kind. */
async function use(store: Store, round: number): Promise<void> {
  const at = (n: number) => new Date(1_000_000 * round + n);
  const owner = async (identifier: Identifier) => (await store.findOwners([identifier]))[0] as CustomerId;
  for (const [n, who] of PEOPLE.entries()) {
    const identifiers = [crm(who), visitor(`v${n}`), ...(n % 3 === 0 ? [{ type: 'email', value: `${who}-${round}@example.com` }] : [])];
    await store.commit({
      ...{ identifiers, occurredAt: at(n), source: 'test', eventId: `e${round}-${n}` },
      attributes: { values: { plan: `gold ${round} ü`, size: n }, touchpoint: 'web' },
    });
  }
  await store.saveInteractions(
    PEOPLE.flatMap((who, n) =>
      Array.from({ length: 3 }, (_, k) => ({
        ...{ id: `i${round}-${n}-${k}`, type: 'view', occurredAt: at(500 + k), identifiers: [crm(who)], touchpoint: 'web' },
        ...{
          pageUrl: 'https://shop.example/ü',
          properties: { n: k === 1 ? LONG : k, deep: ['ß', null, 1.5] },
          source: 'test',
          attributes: {},
        },
        ...{ provenAt: null, ...(k === 0 && { actor: 'agent' }) },
      })),
    ),
  );
  const known = (await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((n) => owner(crm(`p${n + round * 8}`))))) as CustomerId[];
  await store.correct({ kind: 'merge', customerIds: known.slice(0, 2), at: at(900), ...BY_HAND });
  const visitorOf = (n: number) => visitor(`v${n + round * 8}`);
  await store.correct({ kind: 'unlink', customerId: null, identifiers: [visitorOf(2)], at: at(901), ...BY_HAND });
  await store.correct({ kind: 'split', customerId: null, identifiers: [visitorOf(3)], at: at(902), ...BY_HAND });
  await store.commit({ identifiers: [crm(`p${4 + round * 8}`), visitorOf(5)], occurredAt: at(903), source: 'test', eventId: null });
  await store.rotate({
    ...{ cookie: visitorOf(6), successor: `next-${round}`, proof: 'proof', kind: 'person', proven: [crm(`p${7 + round * 8}`)] },
    ...{ at: at(904), source: 'test' },
  });
  await store.confirm({
    ...{ customerId: known[4] as CustomerId, agent: 'agent', method: 'asked', confirmedAt: at(905), expiresAt: new Date(4e12) },
    ...{ source: 'test', actor: 'agent' },
  });
  const kept = decision(known[4] as CustomerId, {
    at: new Date(Date.now() - 1_000),
    id: `d${round}`,
    sticky: 100_000,
    offers: ['one', 'two'],
  });
  await store.keepDecision(toKeep(kept, [perCustomer(3), ofEverybody(100)]));
  await store.saveResponse(response(kept, crm(`p${4 + round * 8}`)));
  await store.saveAudiences(known[4] as CustomerId, new Map([['big', true]]), new Date());
  await store.claim(`token ${round}`, new Date(4e12));
  await store.keepSetting('of this store', `value ${round}`);
  await store.erase({ customerId: known[3] as CustomerId, at: at(906), source: 'test', actor: null });
}

/** What a store answers of everybody. */
async function answersOf(store: Store): Promise<unknown> {
  const identifiers = [...PEOPLE.map(crm), ...PEOPLE.map((_, n) => visitor(`v${n}`)), visitor('next-0'), visitor('next-1')];
  const owners = await store.findOwners(identifiers);
  const ids = [...new Set(owners.filter((id) => id !== null))].sort();
  const range = {
    limit: 100,
    order: 'newest-first',
    olderThan: null,
    newerThan: null,
    types: null,
    touchpoints: null,
    withActors: true,
  } as const;
  return {
    owners,
    customers: await store.findCustomers(ids),
    provisional: await store.provisionalIds(identifiers),
    retired: await store.findRetired(identifiers),
    attributes: await store.findAttributes(ids),
    confirmations: await store.findConfirmations('agent', ids),
    traits: await store.findTraits(ids, TRAITS, new Date(4e12)),
    journeys: await Promise.all(ids.map((id) => store.findInteractions(id, range))),
    histories: await Promise.all(ids.map((id) => store.findIdentityEvents(id, { limit: 100, after: null }))),
    decisions: await Promise.all(ids.map((id) => store.findDecisions(id, 'home', 10))),
    audiences: await Promise.all(ids.map((id) => store.findAudienceEvents(id, 10))),
    evidence: await store.findEvidence(),
    setting: await store.keepSetting('of this store', 'none'),
  };
}

function copy(
  { directory, from, to }: ReturnType<typeof newStores>,
  onRows: (rows: number, stop: () => void) => void = () => {},
): Promise<CopiedStore> {
  const stopping = new AbortController();
  return copyStore({
    ...{ from: parseStoreUrl(from) as SqliteUrl, to: parseStoreUrl(to) as PostgresUrl, directory, isLast: true, stop: stopping.signal },
    onProgress: ({ rows }) => onRows(rows, () => stopping.abort()),
  });
}

const run = ({ from, to }: { readonly from: string; readonly to: string }, ...more: string[]) =>
  new Command(CLI, ['migrate-store', '--from', from, '--to', to, ...more]).ended();

describe.skipIf(!HAS_DATABASE)('migrate-store', () => {
  it('copies a store while a gateway uses it, then what has changed, and a gateway on the copy answers the same', async () => {
    const at = newStores();
    const store = await openSqlite(at.directory);
    await use(store, 0);
    expect(await run(at)).toMatchObject({ code: 2, stdout: expect.stringContaining('give the same command again with --final') });
    await expect(openCopy(at.to)).rejects.toThrow('the store is not completely copied yet');
    await use(store, 1);
    const answers = await answersOf(store);
    const { code, stdout } = await run(at, '--final');
    // It was not stopped: what it would write from now on is not lost without a word.
    await expect(store.claim('late', new Date(4e12))).rejects.toThrow('this store was moved to PostgreSQL');
    await store.close();
    await expect(openSqlite(at.directory)).rejects.toThrow('this store was moved to PostgreSQL');

    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The copy is complete, and the old store takes no more writes.'),
    });
    const [, rows, written] = /(\d+) rows of \d+ tables; (\d+) rows were written/.exec(stdout)?.map(Number) ?? [];
    expect(rows).toBeGreaterThan(1_000);
    expect(written).toBeLessThanOrEqual(rows as number);
    const copied = await openCopy(at.to);
    expect(await answersOf(copied)).toEqual(answers);
    // Single-use tokens stay used, events stay known, and erased interactions stay refused.
    expect(await copied.claim('token 0', new Date(4e12))).toBe(false);
    const again = { identifiers: [crm('p1'), visitor('v1')], occurredAt: new Date(1), source: 'test', eventId: 'e0-1' };
    expect(await copied.commit(again)).toMatchObject({ rule: 'REPLAY' });

    const refused = await run(at);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('holds the complete copy of this store') });
  });

  it('goes on after an interruption, and mends what differs', async () => {
    const at = newStores();
    const store = await openSqlite(at.directory);
    await use(store, 0);
    await store.close();
    await expect(copy(at, (rows, stop) => rows > 300 && stop())).rejects.toThrow('stopped by a signal');
    expect(await schemaRows(at.directory, 'copy', 'select count(*) as n from interaction')).toEqual([{ n: 0 }]);
    const all = await copy(at);
    expect(all).toMatchObject({ differences: [], isComplete: true });
    expect(all.written).toBeLessThan(all.rows);

    await schemaRows(
      at.directory,
      'copy',
      `update setting set value = 'unfinished' where name = 'store_copy';
       update interaction set properties = '{}' where id = 'i0-1-1'; delete from attribute where name = 'size';
       insert into former_identifier (customer_id, id_key) values ('nobody', 'crmId:zz'), ('zz', 'crmId:zz')`,
    );
    const mended = await copy(at);
    expect(mended).toMatchObject({ differences: [], isComplete: true, rows: all.rows });
    expect(mended.written).toBeGreaterThan(0);
    expect(await schemaRows(at.directory, 'copy', `select 1 from former_identifier where id_key = 'crmId:zz'`)).toEqual([]);
  });

  it('fills each table with what SQLite has, and the tables by which PostgreSQL finds it', async () => {
    const at = newStores();
    const store = await openSqlite(at.directory);
    await use(store, 0);
    await store.close();
    await copy(at);
    const rows = async (sql: string) => [
      SQLITE.rows(at.directory, 'graph', sql).map((row) => Object.values(row as object)),
      (await schemaRows(at.directory, 'copy', sql)).map((row) => Object.values(row as object)),
    ];
    for (const table of [
      'customer',
      'attribute',
      'identity_event',
      'separation',
      'trait_bucket',
      'trait_value',
      'offer_exposure',
      'offer_cap_lease',
    ]) {
      const columns = Object.keys(COPIED_TABLES.find(({ name }) => name === table)?.columns ?? {}).join(', ');
      // Of a long value, PostgreSQL has the hash.
      const where = table === 'trait_value' ? `where length(value) < 100 and value not like 'sha256 %'` : '';
      const [sqlite, postgres] = await rows(`select ${columns} from ${table} ${where} order by 1, 2, 3`);
      expect(sqlite?.length, table).toBeGreaterThan(0);
      expect(postgres, table).toEqual(sqlite);
    }
    const [interactions] = await rows('select count(*) from interaction');
    expect(await schemaRows(at.directory, 'copy', `select count(*) as n from interaction where actor = 'agent'`)).toEqual([{ n: 39 }]);
    expect(await schemaRows(at.directory, 'copy', 'select count(*) as n from interaction')).toEqual([{ n: interactions?.[0]?.[0] }]);
    // Each has a row where, and only where, the other table has one.
    const both = [
      ['select root_id, id from alias', 'select root_id, id from customer where root_id <> id'],
      ['select id_key, customer_id from identifier_owner', 'select id_key, customer_id from identifier'],
      ['select customer_id, id_key from former_identifier', 'select customer_id, id_key from former_owner'],
      ['select customer_id, id_key from retired_cookie_of', 'select customer_id, id_key from retired_cookie'],
      [
        'select successor_key, id_key from retired_cookie_before',
        'select successor_key, id_key from retired_cookie where successor_key is not null',
      ],
      [
        'select id_key, customer_id from interaction_mention',
        `select identifier_type || ':' || identifier_value, customer_id from interaction where identifier_value is not null`,
      ],
      [
        'select offer, customer_id, decision_id from offer_reservation',
        'select offer, customer_id, decision_id from offer_exposure where reserved_until is not null',
      ],
    ] as const;
    for (const [one, other] of both) {
      expect(await schemaRows(at.directory, 'copy', one), one).not.toEqual([]);
      expect(await schemaRows(at.directory, 'copy', `(${one} except ${other}) union all (${other} except ${one})`), one).toEqual([]);
    }
  });

  it('says what stands in the way, and changes nothing', async () => {
    const at = newStores();
    expect((await run(at)).stderr).toContain('expected a SQLite store at');
    await (await openSqlite(at.directory)).close();
    const usual = await openCopy(at.to);
    await expect(copy(at)).rejects.toThrow('a gateway or another copy uses the database');
    await usual.commit({ identifiers: [crm('own')], occurredAt: new Date(1), source: 'test', eventId: null });
    await usual.close();
    await expect(copy(at)).rejects.toThrow("the database holds a store with data of its own ('customer' has rows)");
    expect((await run({ from: at.to, to: at.to })).stderr).toBe(
      'migrate-store: --from: expected the URL of a SQLite store, received that of a PostgreSQL store\n',
    );
    expect((await run({ from: at.from, to: 'postgresql:' })).stderr).toContain("migrate-store: --to: expected 'sqlite:PATH'");

    const other = newStores();
    await (await openSqlite(other.directory)).close();
    await copy(other);
    await expect(copy({ ...at, to: other.to })).rejects.toThrow('the database holds the copy of another store');
    const file = openSqliteFile(join(at.directory, 'graph.db'));
    file.exec('pragma user_version = 1');
    file.close();
    await expect(copy({ ...at, to: newStores().to })).rejects.toThrow(/expected a SQLite store of schema version \d+, received 1/);
    writeFileSync(join(at.directory, 'graph.db'), 'no store');
    await expect(copy({ ...at, to: newStores().to })).rejects.toThrow('not a database');
  });
});
