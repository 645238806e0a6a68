import { describe, expect, it } from 'vitest';
import { ADA, BEN, confirmingGateway, EMAIL, SERVICE, SUMMER, TOM } from '../support/confirming.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';
import { SQLITE, STORE } from '../support/stores.ts';

const EVENTS =
  'query ($id: ID!) { node(id: $id) { ... on Customer { identityEvents { edges { node { rule source actor reason explanation evidence { value } } } } } } }';
const MERGE = `mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids }) { customer { id assurance } } }`;
const SPLIT = `mutation ($i: [IdentifierInput!]!) { splitCustomer(input: { identifiers: $i }) {
  customer { id assurance } splitOff { id assurance } } }`;
const ERASE = 'mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }';

describe('a customer whom an agent looks up', () => {
  it('is RECOGNIZED, with masked identifiers, until this agent confirms who it is, and then VERIFIED for 30 minutes', async () => {
    const { by, confirm, identify, pass } = await confirmingGateway();
    const { customer } = await identify([ADA, EMAIL]);
    const before = await by(EMAIL);
    expect(before.codes).toEqual(['INSUFFICIENT_ASSURANCE']);
    expect(before.customer).toEqual({
      ...{ id: customer.id, assurance: 'RECOGNIZED', name: 'Ada', email: null, confirmation: null },
      identifiers: [
        { type: 'crmId', value: '•••' },
        { type: 'email', value: '•••.com' },
      ],
    });

    const { data } = await confirm(customer.id);
    expect(data.confirmIdentity).toEqual({
      expiresAt: '2026-03-01T12:30:00.000Z',
      customer: {
        ...{ id: customer.id, assurance: 'VERIFIED', email: 'ada@example.com', identifiers: [ADA, EMAIL] },
        confirmation: { method: 'security questions', expiresAt: '2026-03-01T12:30:00.000Z' },
      },
    });
    pass(29);
    expect(await by(ADA)).toMatchObject({ codes: [], customer: { assurance: 'VERIFIED', identifiers: [ADA, EMAIL] } });
    expect((await by(ADA, TOM)).customer).toMatchObject({ assurance: 'RECOGNIZED', email: null, confirmation: null });
    expect(await by(ADA, SERVICE)).toMatchObject({ codes: ['FORBIDDEN'], customer: { assurance: 'VERIFIED', identifiers: [ADA, EMAIL] } });
    pass(1);
    expect((await by(ADA)).customer).toMatchObject({ assurance: 'RECOGNIZED', email: null, confirmation: null });
  });

  it('is VERIFIED at once for an agent who is also a service, and without the setting', async () => {
    const { by, identify } = await confirmingGateway();
    await identify([ADA, EMAIL]);
    const both = { role: ['AGENT', 'SERVICE'], subject: 'desk' } as const;
    expect(await by(ADA, both)).toMatchObject({ codes: [], customer: { assurance: 'VERIFIED', identifiers: [ADA, EMAIL] } });
    const off = await confirmingGateway({ config: { viewers: { agentsConfirm: false } } });
    expect(await off.by(ADA)).toMatchObject({ codes: [], customer: { assurance: 'VERIFIED', identifiers: [ADA] } });
    expect((await off.confirm((await off.by(ADA)).customer.id)).codes).toEqual([]);
    expect((await off.by(ADA)).customer.confirmation).toMatchObject({ method: 'security questions' });
  });

  it('is VERIFIED for the agent whatever other roles another token of theirs has', async () => {
    const { by, confirm } = await confirmingGateway();
    await confirm((await by(ADA)).customer.id);
    expect((await by(ADA, { ...SUMMER, role: ['AGENT', 'ADMIN'] })).customer.assurance).toBe('VERIFIED');
  });

  it('is confirmed at one gateway and VERIFIED at another that has the same store', async () => {
    const directory = temporaryDirectory();
    const [one, two] = [await confirmingGateway({ directory }), await confirmingGateway({ directory })];
    const { customer } = await one.identify([ADA, EMAIL]);
    expect((await two.by(ADA)).customer.assurance).toBe('RECOGNIZED');
    await one.confirm(customer.id);
    expect((await two.by(ADA)).customer).toMatchObject({ assurance: 'VERIFIED', confirmation: { method: 'security questions' } });
    two.pass(30);
    expect((await two.by(ADA)).customer.assurance).toBe('RECOGNIZED');
    expect((await one.by(ADA)).customer.assurance).toBe('VERIFIED');
  });

  it('is confirmed also when only a back end knows the customer, under the id that was shown', async () => {
    const { by, confirm, ask } = await confirmingGateway();
    const { id } = (await by(ADA)).customer;
    expect((await confirm(id)).data.confirmIdentity.customer).toMatchObject({ id, assurance: 'VERIFIED', identifiers: [ADA] });
    expect((await by(ADA)).customer).toMatchObject({ id, assurance: 'VERIFIED' });
    expect((await ask('query ($id: ID!) { node(id: $id) { id } }', { ...TOM, variables: { id } })).data.node.id).toBe(id);
  });
});

describe('a confirmation', () => {
  it('is an identity event with the agent and the method, and names the agent nowhere else', async () => {
    const { by, confirm, identify, ask, directory } = await confirmingGateway();
    const { customer } = await identify([ADA, EMAIL]);
    await confirm(customer.id, SUMMER, '  asked for the date of birth ');
    const { data } = await ask(EVENTS, { ...SUMMER, variables: { id: customer.id } });
    expect(data.node.identityEvents.edges[0].node).toEqual({
      ...{ rule: 'CONFIRM', source: 'confirmIdentity:AGENT', actor: 'summer', reason: 'asked for the date of birth', evidence: [] },
      explanation: 'an agent confirmed who the customer is [confirmIdentity:AGENT] (asked for the date of birth)',
    });
    const rows = await STORE.rows(directory, 'gateway', 'select * from confirmation');
    expect(rows).toMatchObject([{ customer_id: customer.id, method: 'asked for the date of birth' }]);
    expect((rows as { agent: Uint8Array }[])[0]?.agent).toHaveLength(32);
    expect((await by(ADA)).customer.confirmation.method).toBe('asked for the date of birth');
  });

  it('begins anew when it is repeated, in one row for each agent, and rows that expired go with the next one', async () => {
    const { confirm, identify, by, pass, directory } = await confirmingGateway();
    const { customer } = await identify([ADA]);
    const count = async () => (await STORE.rows(directory, 'gateway', 'select 1 from confirmation')).length;
    await confirm(customer.id);
    pass(20);
    await confirm(customer.id, SUMMER, 'called back');
    await confirm(customer.id, TOM);
    expect(await count()).toBe(2);
    pass(20);
    expect((await by(ADA)).customer).toMatchObject({ assurance: 'VERIFIED', confirmation: { method: 'called back' } });
    const ben = await identify([BEN]);
    pass(20);
    await confirm(ben.customer.id);
    // In PostgreSQL the janitor removes them (test/store/postgres/janitor.test.ts).
    expect(await count()).toBe(STORE === SQLITE ? 1 : 3);
  });

  it('counts for the customer into whom the confirmed one is merged, and after a split for that one alone', async () => {
    const { confirm, identify, by, ask, pass } = await confirmingGateway();
    const ada = (await identify([ADA])).customer.id;
    const ben = (await identify([BEN])).customer.id;
    await confirm(ben);
    pass(10);
    await confirm(ada, TOM);
    const merged = await ask(MERGE, { ...SERVICE, variables: { ids: [ada, ben] } });
    expect(merged.data.mergeCustomers.customer.id).toBe(ada);
    for (const identifier of [ADA, BEN]) {
      expect((await by(identifier)).customer).toMatchObject({ id: ada, assurance: 'VERIFIED' });
      expect((await by(identifier, TOM)).customer).toMatchObject({ id: ada, assurance: 'VERIFIED' });
    }
    expect((await by(ADA)).customer.confirmation.expiresAt).toBe('2026-03-01T12:30:00.000Z');
    await ask(SPLIT, { ...SERVICE, variables: { i: [BEN] } });
    expect((await by(ADA)).customer).toMatchObject({ id: ada, assurance: 'VERIFIED' });
    expect((await by(BEN)).customer).toMatchObject({ id: ben, assurance: 'RECOGNIZED' });
  });

  it('goes with everything else when the customer is erased, who can then not be confirmed', async () => {
    const { confirm, identify, by, ask, directory } = await confirmingGateway();
    const { id } = (await identify([ADA, EMAIL])).customer;
    await confirm(id, SUMMER, 'a word that only Ada knows');
    expect((await ask(ERASE, { ...SERVICE, variables: { id } })).data.eraseCustomer).toEqual({ complete: true });
    expect(await STORE.rows(directory, 'gateway', 'select * from confirmation')).toEqual([]);
    expect(await STORE.rows(directory, 'gateway', "select * from identity_event where reason is not null or rule <> 'ERASE'")).toEqual([]);
    expect((await confirm(id)).codes).toEqual(['NOT_FOUND']);
    expect((await by(ADA)).customer).toMatchObject({ assurance: 'RECOGNIZED', confirmation: null });
  });

  it('is refused for other viewers, for an agent without a name, for nobody, and without a usable method', async () => {
    const { confirm, by, ask } = await confirmingGateway();
    const { id } = (await by(ADA)).customer;
    expect((await confirm(id, SERVICE)).codes).toEqual(['FORBIDDEN']);
    expect((await confirm(id, { role: 'ADMIN' })).codes).toEqual(['FORBIDDEN']);
    expect((await confirm(id, { role: 'CUSTOMER', subject: '1' })).codes).toEqual(['FORBIDDEN']);
    expect((await confirm(id, {})).codes).toEqual(['UNAUTHENTICATED']);
    expect((await confirm('00000000-0000-4000-8000-000000000000')).codes).toEqual(['NOT_FOUND']);
    expect((await confirm('somebody')).codes).toEqual(['NOT_FOUND']);
    for (const method of ['', '   ', 'x'.repeat(101), 'a\0b', 'a\ud800'])
      expect((await confirm(id, SUMMER, method)).codes).toEqual(['BAD_USER_INPUT']);
    expect((await confirm(id, SUMMER, 'x'.repeat(100))).codes).toEqual([]);
    const nameless = await confirm(id, { role: 'AGENT', subject: '' });
    expect([nameless.codes, nameless.errors[0]?.message]).toEqual([
      ['FORBIDDEN'],
      'confirmIdentity: expected a token with a subject (sub), which says who the agent is; received one without',
    ]);
    expect((await by(ADA, { role: 'AGENT', subject: '' })).customer.assurance).toBe('RECOGNIZED');
    const own = await ask('{ customer { confirmation { method } } }', { role: 'CUSTOMER', subject: '1' });
    expect(own.codes).toEqual(['FORBIDDEN']);
  });

  it('is needed of every customer that a correction or its preview names', async () => {
    const { confirm, identify, by, ask } = await confirmingGateway();
    const ada = (await identify([ADA, EMAIL])).customer.id;
    const ben = (await identify([BEN])).customer.id;
    const corrections = {
      merge: `mutation { mergeCustomers(input: { customerIds: ["${ada}", "${ben}"] }) { customer { id } } }`,
      previewMerge: `{ previewMerge(input: { customerIds: ["${ada}", "${ben}"] }) { explanation } }`,
      split: `mutation { splitCustomer(input: { identifiers: [{ type: "email", value: "${EMAIL.value}" }] }) { customer { id } } }`,
      previewSplit: `{ previewSplit(input: { identifiers: [{ type: "email", value: "${EMAIL.value}" }] }) { explanation } }`,
      unlink: `mutation { unlinkIdentifier(input: { identifier: { type: "email", value: "${EMAIL.value}" } }) { customer { id } } }`,
      previewUnlink: `{ previewUnlink(input: { identifier: { type: "email", value: "${EMAIL.value}" } }) { explanation } }`,
      previewIdentify: `{ previewIdentify(input: { identifiers: [{ type: "email", value: "${EMAIL.value}" }, { type: "email", value: "n@x.io" }] }) { explanation } }`,
    };
    const codes = async () =>
      Object.fromEntries(
        await Promise.all(Object.entries(corrections).map(async ([name, query]) => [name, (await ask(query, SUMMER)).codes[0] ?? null])),
      );
    const refused = Object.fromEntries(Object.keys(corrections).map((name) => [name, 'INSUFFICIENT_ASSURANCE']));
    expect(await codes()).toEqual(refused);
    const [error] = (await ask(corrections.previewMerge, SUMMER)).errors;
    expect(error).toMatchObject({
      message: 'previewMerge needs a customer who is VERIFIED, this one is RECOGNIZED; the agent confirms who it is with confirmIdentity',
      extensions: { required: 'VERIFIED', actual: 'RECOGNIZED' },
    });
    await confirm(ben);
    expect(await codes()).toEqual(refused);
    await confirm(ada);
    for (const name of ['previewMerge', 'previewSplit', 'previewUnlink', 'previewIdentify', 'merge', 'split'] as const) {
      expect([name, (await ask(corrections[name], SUMMER)).codes]).toEqual([name, []]);
    }
    // The one who was split off is another customer.
    expect((await ask(corrections.unlink, SUMMER)).codes).toEqual(['INSUFFICIENT_ASSURANCE']);
    await confirm((await by(EMAIL)).customer.id);
    expect((await ask(corrections.unlink, SUMMER)).codes).toEqual([]);
  });
});

it('needs no confirmation of an agent where the configuration does not say so', async () => {
  const { ask } = await testGateway();
  const query = '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { assurance email identifiers { value } } }';
  expect((await ask(query, SUMMER)).data.customerByIdentifier).toEqual({
    assurance: 'VERIFIED',
    email: 'ada@example.com',
    identifiers: [{ value: '1' }],
  });
});
