import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import { memorySource, testGateway } from '../support/gateway.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';

const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { outcome customer { id } rejected { type reason } } }';
const ERASE = 'mutation ($input: EraseCustomerInput!) { eraseCustomer(input: $input) { complete sources { name erased errorCode } } }';
const BY = `query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) {
  id attributes { name } identifiers { value } identityEvents { edges { node { rule actor reason evidence { value } linked { value } } } }
} }`;
const NODE = `query ($id: ID!) { node(id: $id) { ... on Customer {
  id attributes { name } identifiers { value } identityEvents { edges { node { rule actor } } }
} } }`;
const OLD = '2026-01-05T10:00:00.000Z';
const pair = (type: string, value: string) => ({ type, value });

async function shop(options: Parameters<typeof testGateway>[0] = {}) {
  const gateway = await testGateway(options);
  const rules = gateway.gateway.project.config.identity;
  const store = await openTestStore({ directory: gateway.directory, name: 'gateway', rules });
  const say = async (identifiers: readonly object[], input: object = {}) =>
    (await gateway.ask(IDENTIFY, { variables: { input: { identifiers, occurredAt: OLD, ...input } }, role: 'SERVICE' })).data.identify;
  const erase = (customerId: string) => gateway.ask(ERASE, { variables: { input: { customerId } }, role: 'ADMIN', subject: 'officer' });
  return { ...gateway, store, say, erase };
}

describe('eraseCustomer', () => {
  it('leaves nothing of the customer in any file or answer, and their id resolves to a customer without data', async () => {
    const { ask, store, say, erase, directory, gateway } = await shop();
    const { customer } = await say([pair('crmId', 'TOM-SECRET-1'), pair('email', 'tom-secret@x.io')], {
      attributes: { favouriteStore: 'SECRET-Leeds' },
      occurredAt: undefined,
    });
    const visitor = {
      touchpoint: null,
      pageUrl: 'https://x.io/SECRET-page',
      properties: { q: 'SECRET-search' },
      source: 'test',
      attributes: {},
      provenAt: null,
    };
    const identifiers = [pair('crmId', 'TOM-SECRET-1')];
    await store.saveInteractions([{ id: 'i', type: 'view', occurredAt: new Date(OLD), identifiers, ...visitor }]);
    expect((await erase(customer.id)).data.eraseCustomer).toEqual({ complete: true, sources: [] });
    const { data } = await ask(NODE, { variables: { id: customer.id }, role: 'AGENT' });
    expect(data.node).toEqual({
      id: customer.id,
      attributes: [],
      identifiers: [],
      identityEvents: { edges: [{ node: { rule: 'ERASE', actor: 'officer' } }] },
    });
    expect(await store.findInteractions(customer.id as CustomerId, newest(10))).toEqual([]);
    await store.close();
    await gateway.close();
    for (const name of readdirSync(directory)) expect(readFileSync(join(directory, name)).includes('SECRET')).toBe(false);
  });

  it('asks every back end that can erase, by the keys with which it is read, also keys that only the schema names', async () => {
    const erased: (readonly string[])[] = [];
    const mail = memorySource({}, { key: undefined, erase: async (keys) => void erased.push(keys) }).adapter;
    const schema = 'type Customer { newsletter: String @from(source: "mail", key: "email") }';
    const { say, erase } = await shop({ schema, dataSources: { mail } });
    const { customer } = await say([pair('crmId', '17'), pair('email', 'tom@x.io')]);
    const { data } = await erase(customer.id);
    expect(data.eraseCustomer).toEqual({ complete: true, sources: [{ name: 'mail', erased: true, errorCode: null }] });
    expect(erased).toEqual([['tom@x.io']]);
  });

  it('refuses replayed events, and creates a new customer for new ones', async () => {
    const { ask, store, say, erase } = await shop();
    const tom = [pair('email', 'tom@x.io'), pair('visitorId', 'laptop')];
    const { customer } = await say(tom);
    await erase(customer.id);
    expect(await say(tom, { eventId: 'sent again' })).toEqual({
      outcome: 'REJECTED',
      customer: null,
      rejected: [
        { type: 'email', reason: 'ERASED' },
        { type: 'visitorId', reason: 'ERASED' },
      ],
    });
    const rest = { type: 'view', touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null };
    const late = { id: 'late', occurredAt: new Date(OLD), identifiers: tom, ...rest };
    expect(await store.saveInteractions([late])).toMatchObject([{ outcome: 'erased', customerId: null }]);
    const by = { variables: { i: pair('email', 'tom@x.io') }, role: 'AGENT' } as const;
    expect((await ask(BY, by)).data.customerByIdentifier).toBeNull();
    const mixed = await say([pair('crmId', '9'), pair('email', 'tom@x.io')]);
    expect(mixed).toMatchObject({ outcome: 'CREATED', rejected: [{ type: 'email', reason: 'ERASED' }] });
    const anew = await say(tom, { occurredAt: new Date(Date.now() + 60_000).toISOString() });
    expect(anew.outcome).toBe('CREATED');
    expect(anew.customer.id).not.toBe(customer.id);
  });

  it('removes their values from the history of other customers, and nothing else of it', async () => {
    const { ask, say, erase } = await shop();
    const summer = await say([pair('crmId', 'summer'), pair('email', 'shared@x.io')]);
    const tom = await say([pair('crmId', 'number-of-t'), pair('email', 'shared@x.io')], { occurredAt: '2026-01-06T10:00:00Z' });
    expect(tom.outcome).toBe('REASSIGNED');
    await erase(tom.customer.id);
    const { data } = await ask(BY, { variables: { i: pair('crmId', 'summer') }, role: 'AGENT' });
    expect(data.customerByIdentifier.id).toBe(summer.customer.id);
    expect(JSON.stringify(data)).not.toContain('number-of-t');
    expect(JSON.stringify(data)).not.toContain('shared@x.io');
    const [moved, first] = data.customerByIdentifier.identityEvents.edges;
    expect(moved.node.linked).toEqual([{ value: '(erased)' }, { value: '(erased)' }]);
    expect(first.node.evidence).toEqual([{ value: 'summer' }, { value: '(erased)' }]);
  });

  it('does not give interactions from the time when a cookie was theirs to its present owner', async () => {
    const { store, say, erase } = await shop();
    const tom = await say([pair('crmId', 'tom'), pair('visitorId', 'laptop')]);
    const summer = await say([pair('crmId', 'summer'), pair('visitorId', 'laptop')], { occurredAt: '2026-01-06T10:00:00Z' });
    await erase(tom.customer.id);
    const rest = { type: 'view', touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null };
    const late = { id: 'late', occurredAt: new Date('2026-01-05T11:00:00Z'), identifiers: [pair('visitorId', 'laptop')], ...rest };
    expect(await store.saveInteractions([late])).toMatchObject([{ outcome: 'erased', customerId: null }]);
    expect(await store.findInteractions(summer.customer.id, newest(10))).toEqual([]);
  });

  it('erases in the back ends, and erases nothing here when one fails, so that it can be repeated', async () => {
    const erased: (readonly string[])[] = [];
    let broken = true;
    const crm = memorySource({}, { erase: async (keys) => void erased.push(keys) }).adapter;
    const orders = memorySource(
      {},
      {
        erase: async () => {
          if (broken) throw new Error('down: crmId c-4711');
        },
      },
    ).adapter;
    const other = memorySource({}, { key: 'email', erase: async (keys) => void erased.push(keys) }).adapter;
    const { ask, say, erase, log } = await shop({ dataSources: { crm, orders, other } });
    const { customer } = await say([pair('crmId', 'c-4711')]);
    expect((await erase(customer.id)).data.eraseCustomer).toEqual({
      complete: false,
      sources: [
        { name: 'crm', erased: true, errorCode: null },
        { name: 'orders', erased: false, errorCode: 'SOURCE_UNAVAILABLE' },
      ],
    });
    expect(log.join('')).not.toContain('c-4711');
    const node = () => ask(NODE, { variables: { id: customer.id }, role: 'AGENT' });
    expect((await node()).data.node.identifiers).toEqual([{ value: 'c-4711' }]);
    broken = false;
    expect((await erase(customer.id)).data.eraseCustomer.complete).toBe(true);
    expect((await node()).data.node.identifiers).toEqual([]);
    expect(erased).toEqual([['c-4711'], ['c-4711']]);
  });

  it('is for services and admins, and for known customers', async () => {
    const { ask, say, erase } = await shop();
    const { customer } = await say([pair('crmId', '1')]);
    for (const role of ['AGENT', 'CUSTOMER'] as const) {
      expect((await ask(ERASE, { variables: { input: { customerId: customer.id } }, role })).codes).toEqual(['FORBIDDEN']);
    }
    expect((await erase('00000000-0000-4000-8000-000000000000')).codes).toEqual(['NOT_FOUND']);
    expect((await erase('nonsense')).codes).toEqual(['NOT_FOUND']);
  });

  it('leaves nobody to be merged where all were erased: what a person writes about it is not kept', async () => {
    const { ask, say, erase } = await shop();
    const ids: string[] = [];
    for (const value of ['1', '2']) ids.push((await say([pair('crmId', value)])).customer.id);
    for (const id of ids) await erase(id);
    const merge = `mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids, reason: "both are SECRET" }) { customer { id } } }`;
    expect((await ask(merge, { variables: { ids }, role: 'AGENT' })).codes).toEqual(['NOT_FOUND']);
    for (const id of ids) {
      const { data } = await ask(NODE, { variables: { id }, role: 'AGENT' });
      expect(data.node.identityEvents.edges).toEqual([{ node: { rule: 'ERASE', actor: 'officer' } }]);
    }
  });
});
