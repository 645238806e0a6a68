import { describe, expect, it } from 'vitest';
import { bearerClaim, header, issuedCookie, urlParameter } from '../../src/index.ts';
import { memorySource, testGateway } from '../support/gateway.ts';

const identifiers = {
  crmId: { class: 'person' as const, unique: true, capture: [bearerClaim('sub'), urlParameter('cid')] },
  email: { class: 'person' as const, normalize: 'email' as const, limit: 5, capture: [urlParameter('email')] },
  visitorId: { class: 'cookie' as const, capture: [issuedCookie('visitor')] },
};
const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    segment: String @from(source: "crm") @access(min: CLAIMED)
    newsletter: String @from(source: "mailing") @access(min: CLAIMED)
    store: String @from(source: "captured") @access(min: CLAIMED)
  }
`;
const ID = '{ customer { id assurance } }';
const LINK = `mutation { identify(input: {
  identifiers: [{ type: "crmId", value: "1" }, { type: "email", value: "ada@example.com" }]
  attributes: { store: "Leeds" }
}) { customer { id } } }`;
const NODE = 'query ($id: ID!) { node(id: $id) { id ... on Customer { assurance } } }';

function shop() {
  const crm = memorySource({ 1: { name: 'Ada', segment: 'gold' } });
  const mailing = memorySource({ 'ada@example.com': { newsletter: 'weekly' } }, { key: 'email' });
  const dataSources = { crm: crm.adapter, mailing: mailing.adapter };
  return { crm, mailing, options: { config: { identifiers }, schema: SCHEMA, dataSources } };
}

describe('a claimed identifier', () => {
  it('has an id of its own, which is not the id of the customer, nor of another claim, and so says nothing about owners', async () => {
    const { ask } = await testGateway(shop().options);
    const before = (await ask(ID, { path: '/graphql?email=ada@example.com' })).data.customer;
    const linked = (await ask(LINK, { role: 'SERVICE' })).data.identify.customer.id;
    const after = (await ask(ID, { path: '/graphql?email=ada@example.com' })).data.customer;
    const number = (await ask(ID, { path: '/graphql?cid=1' })).data.customer;

    expect(before).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), assurance: 'CLAIMED' });
    expect(after).toEqual(before);
    expect(new Set([linked, after.id, number.id]).size).toBe(3);
    expect((await ask(ID, { path: '/graphql?email=ADA@example.com' })).data.customer.id).toBe(before.id);
  });

  it('keeps its id on every gateway of one store, also with another secret', async () => {
    const { options } = shop();
    const first = await testGateway(options);
    const { id } = (await first.ask(ID, { path: '/graphql?cid=1' })).data.customer;
    const variables = { GATEWAY_SECRET: 'a-new-secret-0123456789,the-old-secret-0123456789' };
    const second = await testGateway({ ...options, directory: first.directory, variables });
    expect((await second.ask(ID, { path: '/graphql?cid=1' })).data.customer.id).toBe(id);
    const elsewhere = await testGateway(options);
    expect((await elsewhere.ask(ID, { path: '/graphql?cid=1' })).data.customer.id).not.toBe(id);
  });

  it('reads by itself alone, and not by what its owner is known by', async () => {
    const { crm, mailing, options } = shop();
    const { ask } = await testGateway(options);
    await ask(LINK, { role: 'SERVICE' });
    const query = '{ customer { segment newsletter store sources { name status } } }';
    const byMail = await ask(query, { path: '/graphql?email=ada@example.com' });
    expect(byMail.data.customer).toEqual({
      ...{ segment: null, newsletter: 'weekly', store: null },
      sources: [
        { name: 'crm', status: 'SKIPPED' },
        { name: 'mailing', status: 'FRESH' },
      ],
    });
    const byNumber = await ask(query, { path: '/graphql?cid=1' });
    expect(byNumber.data.customer).toMatchObject({ segment: 'gold', newsletter: null, store: null });
    expect([crm.calls, mailing.calls]).toEqual([[['1']], [['ada@example.com']]]);
  });

  it('of several, is the strongest alone', async () => {
    const { mailing, options } = shop();
    const { ask } = await testGateway(options);
    const both = await ask('{ customer { id segment newsletter } }', { path: '/graphql?cid=1&email=ada@example.com' });
    expect(both.data.customer).toMatchObject({ segment: 'gold', newsletter: null });
    expect(both.data.customer.id).toBe((await ask(ID, { path: '/graphql?cid=1' })).data.customer.id);
    expect(mailing.calls).toEqual([]);
  });

  it('is found by `node` on a request with that claim only, and never by the id of its owner', async () => {
    const { ask } = await testGateway(shop().options);
    const owner = (await ask(LINK, { role: 'SERVICE' })).data.identify.customer.id;
    const path = '/graphql?email=ada@example.com';
    const { id } = (await ask(ID, { path })).data.customer;
    const node = async (asked: string, options: Parameters<typeof ask>[1]) =>
      (await ask(NODE, { ...options, variables: { id: asked } })).data.node;
    expect(await node(id, { path })).toEqual({ id, assurance: 'CLAIMED' });
    expect(await node(id, { path: '/graphql?email=ben@example.com' })).toBeNull();
    expect(await node(id, {})).toBeNull();
    expect(await node(id, { role: 'SERVICE' })).toBeNull();
    expect(await node(owner, { path })).toBeNull();
    const entities = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { id } } }';
    const of = [owner, id].map((each) => ({ __typename: 'Customer', id: each }));
    expect((await ask(entities, { path, variables: { of } })).data._entities).toEqual([null, { id }]);
  });

  it('gives an agent no customer either; they look the value up', async () => {
    const rules = { ...identifiers, email: { ...identifiers.email, capture: [header('x-caller', { from: 'AGENT' })] } };
    const { ask } = await testGateway({ ...shop().options, config: { identifiers: rules } });
    const owner = (await ask(LINK, { role: 'SERVICE' })).data.identify.customer.id;
    const call = { role: 'AGENT' as const, headers: { 'x-caller': 'ada@example.com' } };
    const { id } = (await ask(ID, call)).data.customer;
    expect(id).not.toBe(owner);
    expect((await ask(NODE, { ...call, variables: { id } })).data.node).toEqual({ id, assurance: 'CLAIMED' });
    const found = await ask('{ customerByIdentifier(identifier: { type: "email", value: "ada@example.com" }) { id } }', call);
    expect(found.data.customerByIdentifier.id).toBe(owner);
  });

  it('is not looked up beside a proven one, whose customer is the answer', async () => {
    const { ask } = await testGateway(shop().options);
    const owner = (await ask(LINK, { role: 'SERVICE' })).data.identify.customer.id;
    const visitor = await ask('{ customer { id } }');
    const cookie = visitor.cookie as string;
    const both = await ask('{ customer { id assurance newsletter } }', { cookie, path: '/graphql?email=ada@example.com' });
    expect(both.data.customer).toEqual({ id: visitor.data.customer.id, assurance: 'RECOGNIZED', newsletter: null });
    const own = await ask('{ customer { id newsletter } }', { role: 'CUSTOMER', subject: '1', path: '/graphql?email=ben@example.com' });
    expect(own.data.customer).toEqual({ id: owner, newsletter: 'weekly' });
  });

  it('answers the same while its owner is merged, unlinked or erased, on every way to run an operation', async () => {
    const { options } = shop();
    const { ask } = await testGateway(options);
    const query = '{ customer { id assurance segment sources { name status errorCode } } }';
    const path = '/graphql?cid=1';
    const before = (await ask(query, { path })).data;
    const owner = (await ask(LINK, { role: 'SERVICE' })).data.identify.customer.id;
    expect((await ask(query, { path })).data).toEqual(before);
    await ask('mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }', {
      ...{ role: 'SERVICE', variables: { id: owner } },
    });
    expect((await ask(query, { path })).data).toEqual(before);
  });

  it('cannot be merged or erased by its id', async () => {
    const { ask } = await testGateway(shop().options);
    const owner = (await ask(LINK, { role: 'SERVICE' })).data.identify.customer.id;
    const { id } = (await ask(ID, { path: '/graphql?email=ada@example.com' })).data.customer;
    const merge = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids }) { customer { id } } }';
    expect((await ask(merge, { role: 'SERVICE', variables: { ids: [owner, id] } })).codes).toEqual(['NOT_FOUND']);
    const erase = 'mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }';
    expect((await ask(erase, { role: 'SERVICE', variables: { id } })).codes).toEqual(['NOT_FOUND']);
  });
});
