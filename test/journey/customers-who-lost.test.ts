import { describe, expect, it } from 'vitest';
import { live, TRANSPORTS } from '../support/live.ts';
import { signToken } from '../support/tokens.ts';

const CHANGES = 'subscription ($id: ID!) { customerChanged(customerId: $id) { id identifiers { type value } } }';
const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
const CAPTURE = 'mutation ($input: CaptureInteractionsInput!) { captureInteractions(input: $input) { accepted } }';
const MERGE = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids }) { customer { id } } }';
const SPLIT =
  'mutation ($id: ID!, $of: [IdentifierInput!]!) { splitCustomer(input: { customerId: $id, identifiers: $of }) { splitOff { id } } }';

const crmId = (value: string) => ({ type: 'crmId', value });
const email = { type: 'email', value: 'shared@example.com' };

/** Two customers with a number each, the first of whom has the e-mail address, and what an agent receives of the first. */
async function twoCustomers() {
  const { url, ask, subscribed } = await live();
  const identify = async (...identifiers: object[]): Promise<string> =>
    (await ask(IDENTIFY, { variables: { input: { identifiers } }, role: 'SERVICE' })).data.identify.customer.id;
  const [first, second] = [await identify(crmId('1'), email), await identify(crmId('2'))];
  const transport = TRANSPORTS.WebSocket as (typeof TRANSPORTS)[string];
  const inbox = transport(url, { token: await signToken({ role: 'SERVICE', subject: 'crm' }) }).subscribe(CHANGES, { id: first });
  await subscribed();
  const next = async () => (await inbox.next()).data.customerChanged;
  return { ask, identify, first, second, next };
}

describe('a change by which a customer loses an identifier', () => {
  it('is sent to those who watch that customer, when the identifier becomes another one’s', async () => {
    const { identify, first, next } = await twoCustomers();
    await identify(crmId('2'), email);
    expect(await next()).toEqual({ id: first, identifiers: [crmId('1')] });
  });

  it('is sent to them when an interaction brings it to another one', async () => {
    const { ask, first, next } = await twoCustomers();
    const input = { interactions: [{ type: 'called', identifiers: [crmId('2'), email] }] };
    expect((await ask(CAPTURE, { variables: { input }, role: 'SERVICE' })).data.captureInteractions.accepted).toBe(1);
    expect(await next()).toEqual({ id: first, identifiers: [crmId('1')] });
  });

  it('is sent to them when a split undoes a merge', async () => {
    const { ask, first, second, next } = await twoCustomers();
    await ask(MERGE, { variables: { ids: [first, second] }, role: 'SERVICE' });
    expect((await next()).identifiers).toHaveLength(3);
    await ask(SPLIT, { variables: { id: first, of: [crmId('2')] }, role: 'SERVICE' });
    const after = await next();
    expect(after.id).toBe(first);
    expect(after.identifiers).toEqual(expect.arrayContaining([crmId('1'), email]));
    expect(after.identifiers).toHaveLength(2);
  });
});
