import { describe, expect, it } from 'vitest';
import { IDENTIFIERS, testGateway } from '../support/gateway.ts';

const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { outcome customer { id } rejected { reason } } }';
const MERGE = 'mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) { customer { id identifiers { value } } } }';
const SPLIT = `mutation ($input: SplitCustomerInput!) {
  splitCustomer(input: $input) { customer { id identifiers { value } } splitOff { id identifiers { value } } }
}`;
const UNLINK = 'mutation ($input: UnlinkIdentifierInput!) { unlinkIdentifier(input: $input) { customer { id identifiers { value } } } }';
const NODE = 'query ($id: ID!) { node(id: $id) { id } }';
const EVENTS = `query ($i: IdentifierInput!, $first: Int, $after: String) { customerByIdentifier(identifier: $i) {
  identityEvents(first: $first, after: $after) {
    edges { cursor node { rule explanation customerId source actor reason evidence { type value } linked { value from } cut { value } merged } }
    pageInfo { hasNextPage endCursor }
  }
} }`;
const NOBODY = '00000000-0000-4000-8000-000000000000';
const pair = (type: string, value: string) => ({ type, value });

async function gatewayWith(...events: [string, string][][]) {
  const gateway = await testGateway();
  const ids: string[] = [];
  const say = async (identifiers: readonly { type: string; value: string }[], occurredAt?: string) =>
    (await gateway.ask(IDENTIFY, { variables: { input: { identifiers, occurredAt } }, role: 'SERVICE' })).data.identify;
  for (const event of events) ids.push((await say(event.map(([type, value]) => pair(type, value)))).customer.id);
  const correct = async (mutation: string, input: object) =>
    gateway.ask(mutation, { variables: { input }, role: 'AGENT', subject: 'summer' });
  return { ...gateway, ids, say, correct };
}

describe('a person', () => {
  it('merges customers beyond a limit, and both ids resolve to the older', async () => {
    const { ask, correct, ids } = await gatewayWith([['crmId', '1']], [['crmId', '2']]);
    const { data } = await correct(MERGE, { customerIds: ids.toReversed() });
    expect(data.mergeCustomers.customer).toEqual({ id: ids[0], identifiers: [{ value: '2' }, { value: '1' }] });
    for (const id of ids) expect((await ask(NODE, { variables: { id }, role: 'AGENT' })).data.node.id).toBe(ids[0]);
  });

  it('merges a customer who is not stored yet, by the id that an agent was shown', async () => {
    const { ask, correct, ids } = await gatewayWith([['email', 'ada@x.io']]);
    const shown = await ask('{ customerByIdentifier(identifier: {type: "crmId", value: "1"}) { id } }', { role: 'AGENT' });
    const { data } = await correct(MERGE, { customerIds: [ids[0], shown.data.customerByIdentifier.id] });
    expect(data.mergeCustomers.customer).toMatchObject({ id: ids[0], identifiers: expect.arrayContaining([{ value: '1' }]) });
  });

  it('splits what was merged, and gets the old customer back by their id', async () => {
    const { ask, say, correct, ids } = await gatewayWith([['crmId', '1']], [['email', 'b@x.io']]);
    await say([pair('crmId', '1'), pair('email', 'b@x.io')]);
    expect((await ask(NODE, { variables: { id: ids[1] }, role: 'AGENT' })).data.node.id).toBe(ids[0]);
    const { data } = await correct(SPLIT, { customerId: ids[0], identifiers: [pair('email', ' B@x.io')] });
    expect(data.splitCustomer).toEqual({
      customer: { id: ids[0], identifiers: [{ value: '1' }] },
      splitOff: { id: ids[1], identifiers: [{ value: 'b@x.io' }] },
    });
    expect((await ask(NODE, { variables: { id: ids[1] }, role: 'AGENT' })).data.node.id).toBe(ids[1]);
  });

  it('splits off a new customer when none was merged, and the customer without identifiers still resolves', async () => {
    const { ask, correct, ids } = await gatewayWith([
      ['crmId', '1'],
      ['email', 'b@x.io'],
    ]);
    const { data } = await correct(SPLIT, { identifiers: [pair('crmId', '1'), pair('email', 'b@x.io')] });
    expect(data.splitCustomer.customer).toEqual({ id: ids[0], identifiers: [] });
    expect(ids).not.toContain(data.splitCustomer.splitOff.id);
    expect((await ask(NODE, { variables: { id: ids[0] }, role: 'AGENT' })).data.node.id).toBe(ids[0]);
  });

  it('unlinks; older evidence does not link again, also under another event id; newer evidence does', async () => {
    const { ask, say, correct } = await gatewayWith([
      ['crmId', '1'],
      ['email', 'typo@x.io'],
    ]);
    const { data } = await correct(UNLINK, { identifier: pair('email', 'typo@x.io'), reason: 'a typing error' });
    expect(data.unlinkIdentifier.customer.identifiers).toEqual([{ value: '1' }]);
    const event = [pair('crmId', '1'), pair('email', 'typo@x.io')];
    expect(await say(event, '2026-01-01T00:00:00Z')).toMatchObject({ outcome: 'UNCHANGED', rejected: [{ reason: 'UNLINKED' }] });
    const by = { variables: { i: pair('email', 'typo@x.io') }, role: 'AGENT' } as const;
    expect((await ask(EVENTS, by)).data.customerByIdentifier).toBeNull();
    expect(await say(event, new Date(Date.now() + 60_000).toISOString())).toMatchObject({ outcome: 'LINKED' });
  });

  it('gets an error that says what was expected, and nothing changes', async () => {
    const { correct, ids } = await gatewayWith([['crmId', '1']], [['crmId', '2']]);
    const refused = async (mutation: string, input: object) => {
      const { errors } = await correct(mutation, input);
      return `${errors[0]?.extensions.code}: ${errors[0]?.message}`;
    };
    const both = [pair('crmId', '1'), pair('crmId', '2')];
    expect(await refused(MERGE, { customerIds: [ids[0]] })).toBe('BAD_USER_INPUT: customerIds: expected 2 to 100, received 1');
    expect(await refused(MERGE, { customerIds: [ids[0], NOBODY] })).toBe(
      "NOT_FOUND: mergeCustomers: expected customerIds[1] to be a customer's id, there is no such customer",
    );
    expect(await refused(MERGE, { customerIds: [ids[0], 'no id'] })).toContain('NOT_FOUND: mergeCustomers: expected customerIds[1]');
    expect(await refused(SPLIT, { identifiers: both })).toBe(
      "CONFLICTING_IDENTIFIERS: splitCustomer: expected all of one customer, identifiers[1] is another's",
    );
    expect(await refused(SPLIT, { identifiers: [] })).toBe('BAD_USER_INPUT: identifiers: expected 1 to 100, received 0');
    expect(await refused(UNLINK, { customerId: ids[1], identifier: pair('crmId', '1') })).toBe(
      "CONFLICTING_IDENTIFIERS: unlinkIdentifier: expected all of one customer, identifier is another's",
    );
    expect(await refused(UNLINK, { identifier: pair('crmId', '99') })).toBe(
      "NOT_FOUND: unlinkIdentifier: expected identifier to be somebody's, nobody has it",
    );
    expect(await refused(UNLINK, { customerId: NOBODY, identifier: pair('crmId', '1') })).toContain('NOT_FOUND');
    expect(await refused(UNLINK, { identifier: pair('crmId', 'null') })).toContain('BAD_USER_INPUT');
    expect(await refused(UNLINK, { identifier: pair('shoe', '44') })).toContain('expected one of crmId, email, visitorId');
    expect(await refused(UNLINK, { identifier: pair('crmId', '1'), reason: 'x'.repeat(1_001) })).toContain(
      'reason: expected at most 1000 characters, received more',
    );
    expect(await refused(UNLINK, { identifier: pair('crmId', '1'), reason: 'a\0b' })).toContain('without NUL');
  });

  it('must be an agent or a service', async () => {
    const { ask } = await testGateway();
    const input = { customerIds: [NOBODY, NOBODY] };
    expect((await ask(MERGE, { variables: { input } })).codes).toEqual(['UNAUTHENTICATED']);
    expect((await ask(MERGE, { variables: { input }, role: 'CUSTOMER' })).codes).toEqual(['FORBIDDEN']);
    expect((await ask(SPLIT, { variables: { input: { identifiers: [] } }, role: 'ADMIN' })).codes).toEqual(['FORBIDDEN']);
    expect((await ask(UNLINK, { variables: { input: { identifier: pair('crmId', '1') } }, role: 'CUSTOMER' })).codes).toEqual([
      'FORBIDDEN',
    ]);
    expect((await ask(MERGE, { variables: { input }, role: 'SERVICE' })).codes).toEqual(['NOT_FOUND']);
  });
});

describe('identityEvents', () => {
  it('explain each link and cut, with rule, evidence and the person who decided', async () => {
    const { ask, say, correct, ids } = await gatewayWith([['email', 'a@x.io']]);
    await say([pair('crmId', '1'), pair('email', 'a@x.io')]);
    const summer = await say([pair('crmId', '2'), pair('email', 'a@x.io')]);
    await correct(MERGE, { customerIds: [ids[0], summer.customer.id], reason: 'the same person, by phone' });
    await correct(UNLINK, { identifier: pair('email', 'a@x.io') });
    const { data } = await ask(EVENTS, { variables: { i: pair('crmId', '1') }, role: 'AGENT' });
    const events = data.customerByIdentifier.identityEvents.edges.map(({ node }: { node: object }) => node);
    expect(events).toEqual([
      {
        ...{ rule: 'UNLINK', source: 'unlinkIdentifier:AGENT', actor: 'summer', reason: null, customerId: ids[0] },
        ...{ explanation: 'a person unlinked email [unlinkIdentifier:AGENT]', evidence: [pair('email', 'a@x.io')] },
        ...{ linked: [], cut: [{ value: 'a@x.io' }], merged: [] },
      },
      {
        ...{ rule: 'MERGE', source: 'mergeCustomers:AGENT', actor: 'summer', reason: 'the same person, by phone', customerId: ids[0] },
        explanation: 'a person merged customers: 2 customers became one [mergeCustomers:AGENT] (the same person, by phone)',
        evidence: expect.arrayContaining([pair('crmId', '2'), pair('email', 'a@x.io')]),
        ...{ linked: [], cut: [], merged: [summer.customer.id] },
      },
      {
        ...{ rule: 'REASSIGN_LATEST', source: 'identify:SERVICE', actor: null, reason: null, customerId: summer.customer.id },
        explanation:
          'crmId, email were seen together, more than one customer may have, and the latest evidence won: crmId was linked; email left the customer who had it [identify:SERVICE]',
        evidence: [pair('crmId', '2'), pair('email', 'a@x.io')],
        linked: [
          { value: '2', from: null },
          { value: 'a@x.io', from: ids[0] },
        ],
        ...{ cut: [], merged: [] },
      },
      expect.objectContaining({ rule: 'TOGETHER', linked: [{ value: '1', from: null }] }),
      expect.objectContaining({ rule: 'TOGETHER', linked: [{ value: 'a@x.io', from: null }] }),
    ]);
  });

  it('come in pages, and are for agents', async () => {
    const { ask, say } = await gatewayWith([['crmId', '1']]);
    for (const name of ['a', 'b', 'c']) await say([pair('crmId', '1'), pair('email', `${name}@x.io`)]);
    const page = async (variables: object) =>
      (await ask(EVENTS, { variables: { i: pair('crmId', '1'), ...variables }, role: 'AGENT' })).data.customerByIdentifier.identityEvents;
    const first = await page({ first: 3 });
    expect(first.edges).toHaveLength(3);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await page({ first: 3, after: first.pageInfo.endCursor });
    expect(rest.edges).toHaveLength(1);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    const ask3 = (variables: object, role: 'AGENT' | 'SERVICE') =>
      ask(EVENTS, { variables: { i: pair('crmId', '1'), ...variables }, role });
    expect((await ask3({ first: 201 }, 'AGENT')).errors[0]?.message).toBe('first: expected 0 to 200, received 201');
    expect((await ask3({ after: 'nonsense' }, 'AGENT')).errors[0]?.message).toBe('after: expected a cursor of this connection');
    expect((await ask3({}, 'SERVICE')).codes).toEqual(['FORBIDDEN']);
  });
});

describe('resetVisitor', () => {
  const RESET = 'mutation { resetVisitor { customer { id assurance } } }';

  it('gives the browser a cookie that never belonged to the customer who logs out', async () => {
    const { ask } = await testGateway();
    const before = (await ask('{ customer { id } }')).cookie as string;
    const tom = await ask('{ customer { id name } }', { cookie: before, role: 'CUSTOMER', subject: '1' });
    const reset = await ask(RESET, { cookie: before, role: 'CUSTOMER', subject: '1' });
    expect(reset.data.resetVisitor.customer.assurance).toBe('ANONYMOUS');
    expect(reset.cookie).not.toBe(before);
    const after = await ask('{ customer { id name } }', { cookie: reset.cookie as string });
    expect(after.data.customer).toEqual({ id: reset.data.resetVisitor.customer.id, name: null });
    expect(after.data.customer.id).not.toBe(tom.data.customer.id);
  });

  it('answers null where no rule issues a cookie', async () => {
    const { ask } = await testGateway({ config: { identifiers: { crmId: IDENTIFIERS.crmId as (typeof IDENTIFIERS)[string] } } });
    expect((await ask(RESET)).data).toEqual({ resetVisitor: { customer: null } });
  });
});

it('40 overlapping identify calls at the same time, on two gateways with one store, make one customer', async () => {
  const one = await testGateway();
  const two = await testGateway({ directory: one.directory });
  const values = Array.from({ length: 41 }, (_, n) => pair('visitorId', `cross-${n}`));
  const answers = await Promise.all(
    values.slice(1).map((value, n) => {
      const identifiers = n % 2 === 0 ? [values[n], value] : [value, values[n]];
      return (n % 3 === 0 ? one : two).ask(IDENTIFY, { variables: { input: { identifiers } }, role: 'SERVICE' });
    }),
  );
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  const query = 'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { id identifiers { value } } }';
  const found = (await two.ask(query, { variables: { i: values }, role: 'AGENT' })).data.customersByIdentifiers;
  expect(new Set(found.map(({ id }: { id: string }) => id)).size).toBe(1);
  expect(found[0].identifiers).toHaveLength(41);
  for (const { data } of answers) {
    const node = await one.ask(NODE, { variables: { id: data.identify.customer.id }, role: 'AGENT' });
    expect(node.data.node.id).toBe(found[0].id);
  }
});
