import { describe, expect, it } from 'vitest';
import { testGateway } from '../support/gateway.ts';

const RECORD = `mutation ($input: CaptureInteractionsInput!) {
  captureInteractions(input: $input) { accepted duplicates rejected { index code message } customer { id } } }`;
const JOURNEY = `query ($id: ID!) { node(id: $id) { id ... on Customer { identifiers { value }
  attributes { name value } interactions { edges { node { id type properties source actor identifier { value } } } } } } }`;
const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
const AGENT = { role: 'AGENT', subject: 'summer' } as const;
const pair = (type: string, value: string) => ({ type, value });

async function desk() {
  const gateway = await testGateway();
  const record = (customerId: string | null, interactions: object[], who: Parameters<typeof gateway.ask>[1] = AGENT) =>
    gateway.ask(RECORD, { ...who, variables: { input: { interactions, ...(customerId !== null && { customerId }) } } });
  const journey = async (id: string) => (await gateway.ask(JOURNEY, { ...AGENT, variables: { id } })).data.node;
  const identify = async (...identifiers: [string, string][]) => {
    const input = { identifiers: identifiers.map(([type, value]) => pair(type, value)) };
    return (await gateway.ask(IDENTIFY, { role: 'SERVICE', variables: { input } })).data.identify.customer.id as string;
  };
  return { ...gateway, record, journey, identify };
}

describe('interactions of a customer who is named by id', () => {
  it('are in that customer’s journey, with the agent who sent them, and link nothing', async () => {
    const { record, journey, identify } = await desk();
    const id = await identify(['crmId', '1'], ['email', 'ada@x.io']);
    const note = {
      id: 'n',
      type: 'note',
      touchpoint: 'web',
      properties: { text: 'called', outcome: 'solved' },
      attributes: { mood: 'good' },
    };
    const { data } = await record(id, [note]);
    expect(data.captureInteractions).toEqual({ accepted: 1, duplicates: 0, rejected: [], customer: { id } });
    expect((await record(id, [note])).data.captureInteractions).toMatchObject({ accepted: 0, duplicates: 1 });
    const { interactions, attributes, identifiers } = await journey(id);
    expect(interactions.edges).toEqual([
      {
        node: {
          ...{ id: 'n', type: 'note', properties: note.properties, source: 'captureInteractions:AGENT', actor: 'summer' },
          identifier: null,
        },
      },
    ]);
    expect(attributes).toEqual([{ name: 'mood', value: 'good' }]);
    expect(identifiers).toHaveLength(2);
  });

  it('follow a merge, under any id that the customer ever had', async () => {
    const { ask, record, journey, identify } = await desk();
    const [one, two] = [await identify(['crmId', '1']), await identify(['crmId', '2'])];
    await record(two, [{ type: 'note' }]);
    await ask(`mutation { mergeCustomers(input: { customerIds: ["${one}", "${two}"] }) { customer { id } } }`, AGENT);
    expect((await record(two, [{ type: 'note' }])).data.captureInteractions).toMatchObject({ accepted: 1, customer: { id: one } });
    expect((await journey(one)).interactions.edges).toHaveLength(2);
  });

  it('store a customer whom only a back end knew, under the id that was shown', async () => {
    const { ask, record, journey } = await desk();
    const shown = await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id firstSeenAt } }', AGENT);
    const { id, firstSeenAt } = shown.data.customerByIdentifier;
    expect(firstSeenAt).toBeNull();
    expect((await record(id, [{ type: 'note' }])).data.captureInteractions).toMatchObject({ accepted: 1, customer: { id } });
    expect(await journey(id)).toMatchObject({ id, identifiers: [{ value: '1' }], interactions: { edges: [{ node: { type: 'note' } }] } });
  });

  it('are rejected with identifiers of their own, for an unknown or erased customer, and from other viewers', async () => {
    const { ask, record, identify } = await desk();
    const id = await identify(['crmId', '1']);
    const { data } = await record(id, [
      { type: 'note', identifiers: [] },
      { type: 'note', identifiers: [pair('crmId', '1')] },
    ]);
    expect(data.captureInteractions).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'BAD_USER_INPUT' }] });
    expect((await record('00000000-0000-4000-8000-000000000000', [{ type: 'note' }])).codes).toEqual(['NOT_FOUND']);
    expect((await record('nobody', [{ type: 'note' }])).codes).toEqual(['NOT_FOUND']);
    expect((await record(id, [{ type: 'seen' }], { role: 'CUSTOMER', subject: '1' })).codes).toEqual(['FORBIDDEN']);
    expect((await record(id, [{ type: 'seen' }], {})).codes).toEqual(['UNAUTHENTICATED']);
    await ask(`mutation { eraseCustomer(input: { customerId: "${id}" }) { complete } }`, { role: 'SERVICE' });
    const late = await record(id, [{ type: 'note', occurredAt: new Date(Date.now() + 60_000).toISOString() }]);
    expect(late.data.captureInteractions).toMatchObject({ accepted: 0, rejected: [{ code: 'NOT_FOUND' }] });
  });
});

describe('a note', () => {
  it('is not taken from a customer, who could forge one of an agent', async () => {
    const { record, ask } = await desk();
    const { data } = await record(null, [{ type: 'note' }, { type: 'seen', id: 's' }], { role: 'CUSTOMER', subject: '1' });
    expect(data.captureInteractions).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'FORBIDDEN' }] });
    const own = '{ customer { interactions { edges { node { id actor } } } } }';
    const seen = await ask(own, { role: 'CUSTOMER', subject: '1' });
    expect(seen.data.customer.interactions.edges).toEqual([{ node: { id: 's', actor: null } }]);
    expect(seen.codes).toEqual(['FORBIDDEN']);
  });

  it.each(['Note', ' NOTE ', 'note:', 'no-te', 'n\u200bote', '\uff4eote'])(
    'is not taken from a customer in another spelling: %j',
    async (type) => {
      const { record } = await desk();
      const { data } = await record(null, [{ type }, { type: 'notes_opened' }], { role: 'CUSTOMER', subject: '1' });
      expect(data.captureInteractions).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'FORBIDDEN' }] });
    },
  );
});
