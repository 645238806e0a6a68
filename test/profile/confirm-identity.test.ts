import { describe, expect, it } from 'vitest';
import { type AskOptions, temporaryDirectory, testGateway } from '../support/gateway.ts';

const VIEWERS = { agentsConfirm: true };
const SUMMER = { role: 'AGENT', subject: 'summer' } as const;
const TOM = { role: 'AGENT', subject: 'tom' } as const;
const SERVICE = { role: 'SERVICE', subject: 'shop' } as const;
const BY = `query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) {
  id assurance name email identifiers { type value } confirmation { method confirmedAt expiresAt } } }`;
const CONFIRM = `mutation ($id: ID!, $method: String = "security questions") {
  confirmIdentity(input: { customerId: $id, method: $method }) {
    expiresAt customer { id assurance email identifiers { type value } confirmation { method expiresAt } }
  }
}`;
const IDENTIFY = `mutation ($i: IdentifyInput!) { identify(input: $i) {
  outcome customer { id assurance } linked { type value } unlinked { type value } rejected { type value reason message } } }`;
const ADA = { type: 'crmId', value: '1' };
const EMAIL = { type: 'email', value: 'ada.lovelace@example.com' };

type Ask = Awaited<ReturnType<typeof testGateway>>['ask'];

/** A gateway at which agents confirm, with a clock that the test sets. */
async function confirmingGateway(directory = temporaryDirectory()) {
  let now = new Date('2026-03-01T12:00:00Z');
  const test = await testGateway({ config: { viewers: VIEWERS }, directory, now: () => now });
  const pass = (minutes: number) => {
    now = new Date(now.getTime() + minutes * 60_000);
  };
  return { ...test, ...callsOf(test.ask), pass };
}

function callsOf(ask: Ask) {
  const by = async (identifier: object, as: AskOptions = SUMMER) => {
    const { data, codes } = await ask(BY, { ...as, variables: { i: identifier } });
    return { customer: data.customerByIdentifier, codes };
  };
  const confirm = (id: string, as: AskOptions = SUMMER, method?: string) => ask(CONFIRM, { ...as, variables: { id, method } });
  const identify = async (identifiers: object[], as: AskOptions = SERVICE) =>
    (await ask(IDENTIFY, { ...as, variables: { i: { identifiers } } })).data.identify;
  return { by, confirm, identify };
}

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
    const during = await by(ADA);
    expect(during).toMatchObject({ codes: [], customer: { assurance: 'VERIFIED', email: 'ada@example.com', identifiers: [ADA, EMAIL] } });
    expect((await by(ADA, TOM)).customer).toMatchObject({ assurance: 'RECOGNIZED', email: null, confirmation: null });
    expect((await by(ADA, SERVICE)).customer).toMatchObject({ assurance: 'VERIFIED', identifiers: [ADA, EMAIL] });
    pass(1);
    expect((await by(ADA)).customer).toMatchObject({ assurance: 'RECOGNIZED', email: null, confirmation: null });
  });
});
