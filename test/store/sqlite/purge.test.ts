import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { Identifier } from '../../../src/model/identifier.ts';
import { CONFLICT_POLICIES, type IdentityChanges } from '../../../src/model/identity.ts';
import type { Store } from '../../../src/model/ports.ts';
import { openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { Purge } from '../../../src/store/sqlite/purge.ts';
import { UNBOUNDED } from '../../../src/store/sqlite/read-bounds.ts';
import { storeReads } from '../../../src/store/sqlite/store-reads.ts';
import { storeWrites } from '../../../src/store/sqlite/store-writes.ts';
import { identifier, rulesWith, type Step, steps } from '../../identity/histories.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { newest } from '../../support/journey.ts';
import { openTestStore } from '../../support/open-store.ts';
import { openSqliteFile } from '../../support/sqlite-file.ts';
import { SQLITE } from '../../support/stores.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { decision, HOUR, NOON, ofEverybody, perCustomer, response, toKeep } from '../offer-samples.ts';

const ORDER = { source: 'test', actor: null };
const BY_HAND = { at: new Date(41), source: 'test', actor: null, reason: 'of SECRET' };
const pair = (type: string, value: string): Identifier => ({ type, value: `SECRET-${value}` });
const crmId = (value: string) => ({ type: 'crmId', value });

async function shop(directory = temporaryDirectory()) {
  const path = join(directory, 'graph.db');
  const store = await openTestStore({ kind: SQLITE, directory, rules: rulesWith('reassign-latest') });
  let at = 0;
  const see = async (...identifiers: Identifier[]) => {
    const decision = await store.commit({ identifiers, occurredAt: new Date(++at), source: 'test', eventId: null });
    if (decision.kind !== 'changes') throw new Error('expected the event to be taken');
    return decision.customerId;
  };
  const view = (id: string, ...identifiers: Identifier[]) =>
    store.saveInteractions([
      {
        ...{ id, type: 'view', occurredAt: new Date(++at), identifiers, touchpoint: null, pageUrl: null },
        ...{ properties: {}, source: 'test', attributes: {}, provenAt: null },
      },
    ]);
  const erase = async (customerId: CustomerId) => store.erase({ customerId, at: new Date(), ...ORDER });
  return { directory, path, store, see, view, erase };
}

/** Everything that can be read of a customer. */
async function answersOf(store: Store, id: CustomerId) {
  const [events, interactions, attributes, customers] = await Promise.all([
    store.findIdentityEvents(id, { limit: 500, after: null }),
    store.findInteractions(id, newest(500)),
    store.findAttributes([id]),
    store.findCustomers([id]),
  ]);
  return { events, interactions, attributes, customers };
}
const filesWith = (directory: string, text: string) =>
  readdirSync(directory).filter((name) => readFileSync(join(directory, name)).includes(text));
/** Tom and Summer share a laptop; what is Tom's, or Tom's laptop's, is in both histories. */
async function shared() {
  const options = await shop();
  const { see, view } = options;
  const summer = await see(crmId('summer'), pair('visitorId', 'laptop'));
  await view('hers', pair('visitorId', 'laptop'));
  const tom = await see(pair('crmId', 'tom'), pair('visitorId', 'laptop'));
  await view('his', pair('visitorId', 'laptop'));
  return { ...options, summer, tom };
}

/** Interactions under a customer's id, written past the gateway: many, fast. */
function fill(path: string, id: CustomerId, count: number): void {
  const database = openDatabase(path);
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2)
       insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at, identifier_type, identifier_value)
       select ?1, i, 'i' || i, 'view', '{"q":"SECRET"}', i, 'crmId', 'SECRET-tom' from n`,
    )
    .run(id, count);
  database.close();
}

describe('an erasure', () => {
  it('waits for no reader, and empties the log of writes once the last one has gone', async () => {
    const { path, directory, tom, erase, see } = await shared();
    const reader = openSqliteFile(path);
    reader.exec('begin');
    reader.prepare('select count(*) from customer').get();
    await erase(tom);
    await see(crmId('another'));
    expect(filesWith(directory, 'SECRET')).not.toEqual([]);
    reader.close();
    await vi.waitFor(() => expect(filesWith(directory, 'SECRET')).toEqual([]), PATIENTLY);
  });

  it('makes everything unreadable before anything is deleted, and goes on with that when the store is opened again', async () => {
    const { path, directory, store, tom, summer } = await shared();
    const attributes = { values: { city: 'SECRET-Leeds' }, touchpoint: null };
    await store.commit({ identifiers: [pair('crmId', 'tom')], occurredAt: new Date(40), source: 'test', eventId: null, attributes });
    fill(path, tom, 20_000);
    const erased = store.erase({ customerId: tom, at: new Date(), ...ORDER });
    const failure = expect(erased).rejects.toThrow('deleted once the store is opened again');
    await store.close();
    await failure;

    const database = openDatabase(path);
    const reads = storeReads(database, UNBOUNDED);
    const read = (id: CustomerId) => ({
      events: reads.findIdentityEvents(id, { limit: 500, after: null }),
      interactions: reads.findInteractions(id, newest(500)),
      attributes: reads.findAttributes([id]),
    });
    const count = () =>
      (database.prepare(`select count(*) as n from interaction where properties like '%SECRET%'`).get() as { n: number }).n;
    expect(count()).toBeGreaterThan(0);
    const before = { tom: read(tom), summer: read(summer) };
    const writes = storeWrites(database, rulesWith('reassign-latest'), Date.now);
    const soon = new Date(Date.now() + 60_000);
    const sentAgain = (id: string, value: Identifier) =>
      writes.saveInteractions([
        {
          ...{ id, type: 'view', occurredAt: soon, identifiers: [value], touchpoint: null, pageUrl: null },
          ...{ properties: {}, source: 'test', attributes: {}, provenAt: null },
        },
      ])[0]?.outcome;
    const outcomes = () => [
      sentAgain('his', pair('visitorId', 'laptop')),
      ...['i1', 'i20000'].map((id) => sentAgain(id, pair('crmId', 'tom'))),
    ];
    expect(outcomes()).toEqual(['erased', 'erased', 'erased']);
    expect(before.tom).toMatchObject({ events: [{ rule: 'ERASE' }], interactions: [], attributes: [[]] });
    expect(before.summer.interactions?.map(({ id, identifier: by }) => [id, by])).toEqual([['hers', { type: 'visitorId', value: null }]]);
    expect(JSON.stringify(before.summer)).not.toContain('SECRET');
    // However far it is, the answers are the same.
    const purge = new Purge(database);
    for (let slices = 0; purge.hasWork() && slices < 200; slices++) {
      purge.slice(0);
      expect({ tom: read(tom), summer: read(summer) }).toEqual(before);
    }
    expect(purge.hasWork()).toBe(true);
    expect(database.prepare(`select count(*) as n from interaction where id in ('i1', 'i20000')`).get()).toEqual({ n: 1 });
    expect(outcomes()).toEqual(['erased', 'erased', 'erased']);
    database.close();

    const { store: again } = await shop(directory);
    await vi.waitFor(() => expect(filesWith(directory, 'SECRET')).toEqual([]), PATIENTLY);
    expect(await again.findIdentityEvents(summer, { limit: 500, after: null })).toEqual(before.summer.events);
  });

  it('takes decisions, responses and audiences along, unreadable at once, and leaves what names nobody', async () => {
    const { path, directory, store, tom, erase } = await shared();
    const made = { ...decision(tom, { id: 'SECRET-decision', sticky: HOUR }), inputs: 'SECRET-inputs' };
    const caps = [perCustomer(9), ofEverybody(9)];
    await store.keepDecision(toKeep(made, caps));
    await store.saveResponse(response(made, pair('crmId', 'tom'), { caps }));
    const reserved = decision(tom, { id: 'SECRET-reserved', placement: 'agent' });
    await store.keepDecision(toKeep(reserved, caps));
    await store.saveAudiences(tom, new Map([['SECRET-audience', true]]), NOON);
    fill(path, tom, 20_000);
    const totals = await store.findOfferTotals({ placement: null, since: null, until: null });
    const evidence = await store.findEvidence();
    expect(totals).toHaveLength(1);
    const erased = erase(tom);
    // Ordered behind the erasure, which is not deleted yet.
    await store.keepSetting('later', '1');
    expect(await store.findDecisions(tom, null, 9)).toEqual([]);
    expect(await store.findAudienceEvents(tom, 9)).toEqual([]);
    const [state] = await store.findOfferStates([
      { customerId: tom, placement: 'home', at: NOON, caps: caps.map((cap) => ({ offer: 'one', cap })) },
    ]);
    expect(state).toEqual({ sticky: null, counts: [0, 1] });
    await erased;
    expect(filesWith(directory, 'SECRET')).toEqual([]);
    expect(await store.findOfferTotals({ placement: null, since: null, until: null })).toEqual(totals);
    expect(await store.findEvidence()).toEqual(evidence);
  });

  it('leaves what comes after it alone, while it still deletes', async () => {
    const { path, store, tom, erase } = await shared();
    fill(path, tom, 20_000);
    const erased = erase(tom);
    // Newer than the erasure, which counts by the store's clock.
    const later = { occurredAt: new Date(Date.now() + 60_000), source: 'test', eventId: null };
    const founded = await store.commit({ identifiers: [crmId('another'), pair('visitorId', 'laptop')], ...later });
    const anew = (founded as IdentityChanges).customerId;
    const events = () => store.findIdentityEvents(anew, { limit: 10, after: null });
    expect((await events())[0]?.evidence).toEqual([crmId('another'), pair('visitorId', 'laptop')]);
    await erased;
    expect((await events())[0]?.evidence).toEqual([crmId('another'), pair('visitorId', 'laptop')]);
  });

  it('finds a value in the history of a customer who lost something in an event that names it, even if another had the value since', async () => {
    const { store, see, erase, directory } = await shop();
    const x = await see(crmId('x'), { type: 'visitorId', value: 'k' });
    await see(crmId('y'), { type: 'visitorId', value: 'k' }, pair('email', 'e'));
    const z = await see(crmId('z'), pair('email', 'e'));
    expect(JSON.stringify(await answersOf(store, x))).toContain('SECRET-e');
    await erase(z);
    expect(JSON.stringify(await answersOf(store, x))).not.toContain('SECRET');
    expect(filesWith(directory, 'SECRET')).toEqual([]);
  });

  it('finds values in histories that were written before there was an index of them', async () => {
    const directory = temporaryDirectory();
    const old = openDatabase(join(directory, 'graph.db'));
    const folder = new URL('../../../src/store/sqlite/migrations/', import.meta.url);
    for (const name of ['001-identity.sql', '002-identity-history.sql', '003-journey.sql'])
      old.exec(readFileSync(new URL(name, folder), 'utf8'));
    const changes = { evidence: [crmId('x'), pair('email', 'e')], leftOut: [], linked: [], cut: [], merged: [], aliases: [] };
    old.exec(`pragma user_version = 3;
      insert into customer values ('x', 'x', 1, 1, 1, null), ('y', 'y', 1, 1, 1, null);
      insert into identifier values ('email:SECRET-e', 'email', 'SECRET-e', 'y', 1, 1, 'test');
      insert into identity_event values ('x', 1, 'event', 'x', 'TOGETHER', 'test', null, 'of SECRET-e', 1, '${JSON.stringify(changes)}');
      insert into interaction values ('x', 1, 'i', 'view', null, null, '{}', 1, 'email', 'SECRET-e', 'test')`);
    old.close();
    const { store, erase } = await shop(directory);
    await erase('y' as CustomerId);
    const { events, interactions } = await answersOf(store, 'x' as CustomerId);
    expect(events[0]).toMatchObject({ reason: null, evidence: [crmId('x'), { type: 'email', value: '(erased)' }] });
    expect(interactions[0]).toMatchObject({ id: 'i', identifier: { type: 'email', value: null } });
    expect(filesWith(directory, 'SECRET')).toEqual([]);
  });

  it.each(CONFLICT_POLICIES)('leaves no value of the erased in any answer or file, whatever happened before, with %s', async (conflict) => {
    const directory = temporaryDirectory();
    const store = await openTestStore({ kind: SQLITE, directory, rules: rulesWith(conflict) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, identifier, async (history, erased) => {
        const prefix = `of run ${run++}: `;
        const own = ({ type, value }: Identifier) => ({ type, value: `${prefix}${type} ${value};` });
        const named = new Map<string, Identifier>();
        for (const [index, step] of history.entries()) {
          for (const each of await live(store, own, index, step)) named.set(each.value, each);
        }
        const owners = new Set((await store.findOwners([...named.values()])).filter((id) => id !== null));
        const [id] = await store.findOwners([own(erased)]);
        if (id == null) return;
        const values = (await store.findCustomers([id]))[0]?.identifiers.map(({ value }) => value) ?? [];
        await store.erase({ customerId: id, at: new Date(), ...ORDER });
        const answers = JSON.stringify(await Promise.all([...owners].map((each) => answersOf(store, each))));
        for (const value of values) {
          expect(answers).not.toContain(value);
          expect(filesWith(directory, value)).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** @returns the identifiers that the step names. */
async function live(store: Store, own: (identifier: Identifier) => Identifier, index: number, step: Step): Promise<Identifier[]> {
  const identifiers = ('identifiers' in step ? step.identifiers : step.kind === 'merge' ? step.of : [step.of]).map(own);
  if (step.kind === 'evidence') {
    await store.commit({ identifiers, occurredAt: new Date(step.at), source: 'test', eventId: null });
  } else if (step.kind === 'interaction') {
    const rest = { type: 'view', touchpoint: null, pageUrl: null, properties: { index }, source: 'test', attributes: {}, provenAt: null };
    await store.saveInteractions([{ id: `${step.id}${index}`, occurredAt: new Date(step.at), identifiers, ...rest }]);
  } else if (step.kind === 'merge') {
    const customerIds = (await store.findOwners(identifiers)).filter((id) => id !== null);
    if (customerIds.length === 2) await store.correct({ kind: 'merge', customerIds, ...BY_HAND });
  } else {
    await store.correct({ kind: step.kind, customerId: null, identifiers: identifiers as [Identifier], ...BY_HAND });
  }
  return identifiers;
}
