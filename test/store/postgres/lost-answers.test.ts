import { describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { Identifier } from '../../../src/model/identifier.ts';
import type { IdentityEvent } from '../../../src/model/identity.ts';
import type { InteractionToSave } from '../../../src/model/interaction.ts';
import type { Store } from '../../../src/model/ports.ts';
import { type PostgresUrl, parseStoreUrl } from '../../../src/model/store-url.ts';
import { PostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { type DatabaseProxy, databaseProxy } from '../../support/database-proxy.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { schemaRows, schemaUrl } from '../../support/postgres-schema.ts';

const RULES = {
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'email', class: 'person', unique: false, limit: 50, window: null },
  ],
  conflict: 'reassign-latest',
  capacity: 50,
} as const;
const AT = new Date('2026-01-01T12:00:00Z');
const crm = (value: string): Identifier => ({ type: 'crmId', value });
const email = (value: string): Identifier => ({ type: 'email', value });

describe.skipIf(process.env.TEST_DATABASE === undefined)('a connection that breaks while a commit is under way', () => {
  interface World {
    readonly store: Store;
    readonly proxy: DatabaseProxy;
    readonly lines: string[];
    rows(sql: string): Promise<unknown[]>;
  }

  const open = async (): Promise<World> => {
    const directory = temporaryDirectory();
    const url = schemaUrl(directory, 'graph');
    const proxy = await databaseProxy(url);
    const lines: string[] = [];
    const through = parseStoreUrl(proxy.through(url)) as PostgresUrl;
    const store = await PostgresStore.open(through, { rules: RULES, report: (line) => lines.push(line) });
    onTestFinished(() => store.close());
    return { store, proxy, lines, rows: (sql) => schemaRows(directory, 'graph', sql) };
  };

  it('changes no answer of an event, and the event is stored once', async () => {
    const { store, proxy, rows } = await open();
    await store.commit(event([crm('1')]));
    await store.commit(event([email('a')], 1));
    proxy.loseNextCommit();
    const decision = await store.commit(event([crm('1'), email('a')], 2));
    expect(decision).toMatchObject({ kind: 'changes', merged: [{}] });
    expect(await rows(`select 1 from identity_event where occurred_at = ${AT.getTime() + 2}`)).not.toEqual([]);
    expect(await store.commit(event([crm('1'), email('a')], 2))).toMatchObject({ kind: 'changes', merged: [] });
  });

  it('lets an interaction be stored once, as stored', async () => {
    const { store, proxy, rows } = await open();
    proxy.loseNextCommit();
    expect(await store.saveInteractions([interaction('one')])).toMatchObject([{ outcome: 'stored' }]);
    expect(await rows('select id from interaction')).toEqual([{ id: 'one' }]);
    expect(await store.saveInteractions([interaction('one')])).toMatchObject([{ outcome: 'duplicate' }]);
  });

  it('answers a correction with what it changed, not with a refusal', async () => {
    const { store, proxy } = await open();
    await store.commit(event([crm('1'), email('a')]));
    const [id] = (await store.findOwners([crm('1')])) as [CustomerId];
    proxy.loseNextCommit();
    const cause = { source: 'test', actor: null, reason: null, at: new Date() };
    const changes = await store.correct({ kind: 'unlink', customerId: id, identifiers: [email('a')], ...cause });
    expect(changes).toMatchObject({ kind: 'changes' });
    expect(await store.findOwners([email('a')])).toEqual([null]);
    expect(await store.correct({ kind: 'unlink', customerId: id, identifiers: [email('a')], ...cause })).toMatchObject({ kind: 'refused' });
  });

  it('lets the first claim of a token be the first, and refuses the next', async () => {
    const { store, proxy } = await open();
    expect(await store.claim('before', new Date(Date.now() + 60_000))).toBe(true);
    const claim = store.claim('token', new Date(Date.now() + 60_000));
    proxy.cut();
    expect(await claim).toBe(true);
    expect(await store.claim('token', new Date(Date.now() + 60_000))).toBe(false);
  });

  it('loses and doubles nothing of many writes that share transactions', async () => {
    const { store, proxy, rows } = await open();
    const ids = Array.from({ length: 300 }, (_, n) => `i${n}`);
    const outcomes: unknown[] = [];
    const save = async (id: string, n: number) => {
      const [receipt] = await store.saveInteractions([interaction(id, crm(String(n % 20)))]);
      if (outcomes.push(receipt?.outcome) % 60 === 0) proxy.cut();
      else if (outcomes.length % 20 === 0) proxy.loseNextCommit();
    };
    // Ten visitors, each of whom waits for an answer before the next interaction.
    const visitors = Array.from({ length: 10 }, (_, visitor) => ids.filter((_, n) => n % 10 === visitor));
    await Promise.all(
      visitors.map(async (own) => {
        for (const id of own) await save(id, Number(id.slice(1)));
      }),
    );
    expect(outcomes).toEqual(ids.map(() => 'stored'));
    expect(((await rows('select id from interaction')) as { id: string }[]).map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it('lets an erasure end', async () => {
    const { store, proxy, rows } = await open();
    await store.saveInteractions([interaction('one')]);
    const [id] = (await store.findOwners([crm('1')])) as [CustomerId];
    proxy.loseNextCommit();
    expect(await store.erase({ customerId: id, at: new Date(), source: 'test', actor: null })).toBe(true);
    expect(await rows('select id from interaction')).toEqual([]);
    expect(await rows('select 1 from purge')).toEqual([]);
  });
});

function event(identifiers: readonly Identifier[], later = 0): IdentityEvent {
  return { identifiers, occurredAt: new Date(AT.getTime() + later), source: 'test', eventId: null };
}

function interaction(id: string, who = crm('1')): InteractionToSave {
  const about = { touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null };
  return { id, type: 'view', occurredAt: AT, identifiers: [who], ...about };
}
