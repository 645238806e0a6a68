import { describe, expect, it } from 'vitest';
import { handoff, header } from '../../src/index.ts';
import { ADA, BEN, confirmingGateway, EMAIL, SERVICE, SUMMER, TOM } from '../support/confirming.ts';
import { type AskOptions, IDENTIFIERS, SCHEMA } from '../support/gateway.ts';
import { live, TRANSPORTS } from '../support/live.ts';
import { signToken } from '../support/tokens.ts';

const PHONE = { type: 'phone', value: '+442079460958' };
const MASKED = { [ADA.value]: '•••', [EMAIL.value]: '•••.com', [PHONE.value]: '•••958' };
const identifiers = { ...IDENTIFIERS, phone: { class: 'person', normalize: 'phone' } } as const;
const SEEN = `
  identifiers { value }
  attributes { name value }
  interactions { edges { node { pageUrl properties identifier { type value } } } }
  sessions { edges { node { landingPage interactions { pageUrl identifier { value } } } } }
  identityEvents { edges { node { explanation reason evidence { value } linked { value } cut { value } } } }
`;
const DOORS: Readonly<Record<string, string>> = {
  customerByIdentifier: `query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { ${SEEN} } }`,
  customersByIdentifiers: `query ($i: IdentifierInput!) { customersByIdentifiers(identifiers: [$i]) { ${SEEN} } }`,
  node: `query ($id: ID!) { node(id: $id) { ... on Customer { ${SEEN} } } }`,
  _entities: `query ($id: ID!) { _entities(representations: [{ __typename: "Customer", id: $id }]) { ... on Customer { ${SEEN} } } }`,
  findCustomers: `query ($v: String!) { findCustomers(value: $v) { ${SEEN} } }`,
  identify: `mutation ($i: IdentifierInput!) { identify(input: { identifiers: [$i] }) { customer { ${SEEN} } linked { value } unlinked { value } } }`,
  captureInteractions: `mutation ($id: ID!) { captureInteractions(input: { customerId: $id, interactions: [{ type: "note" }] }) { customer { ${SEEN} } } }`,
};

/** A customer whose identifiers stand in everything that is stored about them. */
async function writtenCustomer() {
  const gateway = await confirmingGateway({ config: { identifiers } });
  const { ask, identify } = gateway;
  const { customer } = await identify([ADA, EMAIL, PHONE], SERVICE, {
    attributes: { contact: `Mail ${EMAIL.value.toUpperCase()}, or call +44 20 7946 0958`, nested: [{ phone: PHONE.value, size: 4 }] },
  });
  const interactions = [
    {
      ...{ type: 'page_view', identifiers: [EMAIL], pageUrl: `https://shop.example/reset?for=${encodeURIComponent(EMAIL.value)}` },
      properties: { form: { 'E-Mail': EMAIL.value }, [PHONE.value]: 1 },
    },
  ];
  const capture = 'mutation ($r: [InteractionInput!]!) { captureInteractions(input: { interactions: $r }) { accepted } }';
  expect((await ask(capture, { ...SERVICE, variables: { r: interactions } })).data.captureInteractions.accepted).toBe(1);
  const lost = { type: 'email', value: 'ada.at.work@example.org' };
  await identify([ADA, lost]);
  const unlink = `mutation ($i: IdentifierInput!) { unlinkIdentifier(input: { identifier: $i, reason: "not ${EMAIL.value}" }) { customer { id } } }`;
  expect((await ask(unlink, { ...SERVICE, variables: { i: lost } })).codes).toEqual([]);
  return { ...gateway, id: customer.id as string, lost };
}

/** Forms in which an identifier of the customer would be readable. */
const READABLE = /ada\.lovelace|lovelace@|example\.com|%40example|ada\.at\.work|7946|0958/i;

describe('what an agent sees of a customer whom they have not confirmed', () => {
  it.each(Object.entries(DOORS))('has no identifier in it: %s', async (_, query) => {
    const { ask, confirm, id, lost } = await writtenCustomer();
    const variables = { id, i: EMAIL, v: EMAIL.value };
    const { data, codes } = await ask(query, { ...SUMMER, variables });
    expect(codes).toEqual([]);
    const text = JSON.stringify(data);
    expect(text).not.toMatch(READABLE);
    expect(text).toContain(MASKED[EMAIL.value]);
    await confirm(id);
    const seen = JSON.stringify((await ask(query, { ...SUMMER, variables })).data);
    for (const value of [EMAIL.value, PHONE.value, lost.value]) expect(seen).toContain(value);
    expect(seen).not.toContain('•••');
    expect(JSON.stringify((await ask(query, { ...TOM, variables })).data)).not.toMatch(READABLE);
  });

  it('has the rest of its texts and values as they were written', async () => {
    const { ask, id } = await writtenCustomer();
    const { data } = await ask(DOORS.node as string, { ...SUMMER, variables: { id } });
    expect(data.node.attributes).toEqual([
      { name: 'contact', value: 'Mail •••.com, or call •••958' },
      { name: 'nested', value: [{ phone: '•••958', size: 4 }] },
    ]);
    const [page] = data.node.interactions.edges;
    expect(page.node).toEqual({
      pageUrl: 'https://shop.example/reset?for=•••.com',
      properties: { form: { 'E-Mail': '•••.com' }, '•••958': 1 },
      identifier: { type: 'email', value: '•••.com' },
    });
  });

  it('is masked in the history of a confirmed customer where an identifier is another customer’s now', async () => {
    const { ask, confirm, id, lost } = await writtenCustomer();
    await confirm(id);
    const split = 'mutation ($i: IdentifierInput!) { splitCustomer(input: { identifiers: [$i] }) { splitOff { identifiers { value } } } }';
    const { data } = await ask(split, { ...SERVICE, variables: { i: EMAIL } });
    expect(data.splitCustomer.splitOff.identifiers).toEqual([{ value: EMAIL.value }]);
    const history =
      'query ($id: ID!) { node(id: $id) { ... on Customer { identityEvents { edges { node { evidence { value } linked { value } } } } } } }';
    const seen = JSON.stringify((await ask(history, { ...SUMMER, variables: { id } })).data);
    expect(seen).not.toContain(EMAIL.value);
    for (const value of [PHONE.value, lost.value, '•••.com']) expect(seen).toContain(value);
  });

  it('shows in payloads what the agent typed, and nothing that somebody has', async () => {
    const { identify } = await writtenCustomer();
    const mine = { type: 'email', value: 'typed@example.net' };
    expect(await identify([EMAIL, mine], SUMMER)).toEqual({
      ...{ outcome: 'REJECTED', customer: null, linked: [], unlinked: [] },
      rejected: [{ ...EMAIL, reason: 'INSUFFICIENT_ASSURANCE', message: expect.stringContaining('confirmIdentity') }],
    });
    const other = { type: 'email', value: 'other@example.net' };
    const created = await identify([mine, other], SUMMER);
    expect(created).toMatchObject({ outcome: 'CREATED', customer: { assurance: 'RECOGNIZED' }, rejected: [] });
    // A stored customer by now, and nobody has confirmed them.
    expect((await identify([mine, { type: 'email', value: 'third@example.net' }], SUMMER)).outcome).toBe('REJECTED');
    expect((await identify([mine], SUMMER)).outcome).toBe('UNCHANGED');
  });

  it('is masked in what the owner’s code answers, which still gets whole keys', async () => {
    const keys: unknown[] = [];
    const schema = `${SCHEMA.replace('type Customer {', 'type Customer { card: Card greeting: String')} type Card { line: String size: Int }`;
    class Card {
      readonly #key: string;
      constructor(key: string) {
        this.#key = key;
      }
      get line() {
        return `for ${this.#key}`;
      }
      get size() {
        return this.#key.length;
      }
    }
    const code = {
      card: (customer: { identifier(type: string): string }) => new Card(customer.identifier('email')),
      greeting: async (customer: { identifier(type: string): string }) => {
        keys.push(customer.identifier('crmId'));
        return `Hello ${customer.identifier('email')}`;
      },
    };
    const { ask, identify, confirm } = await confirmingGateway({ schema, resolvers: { Customer: code } });
    const { id } = (await identify([ADA, EMAIL])).customer;
    const query = 'query ($id: ID!) { node(id: $id) { ... on Customer { greeting card { line size } } } }';
    expect((await ask(query, { ...SUMMER, variables: { id } })).data.node).toEqual({
      greeting: 'Hello •••.com',
      card: { line: 'for •••.com', size: EMAIL.value.length },
    });
    expect(keys).toEqual(['1']);
    await confirm(id);
    expect((await ask(query, { ...SUMMER, variables: { id } })).data.node.greeting).toBe(`Hello ${EMAIL.value}`);
  });
});

describe('the request of an agent itself', () => {
  const caller = {
    ...identifiers,
    phone: { class: 'person', normalize: 'phone', capture: [header('x-caller', { from: 'AGENT', assurance: 'RECOGNIZED' })] },
    email: { class: 'person', normalize: 'email', capture: [header('x-mail', { from: 'AGENT', assurance: 'VERIFIED' })] },
  } as const;
  const call: AskOptions = { ...SUMMER, headers: { 'x-caller': PHONE.value, 'x-mail': 'other@example.net' } };

  it('proves no more than a look-up does, and links nothing', async () => {
    const { ask, identify, confirm } = await confirmingGateway({ config: { identifiers: caller } });
    const ada = (await identify([ADA, EMAIL, PHONE])).customer.id;
    const query = '{ customer { id assurance email identifiers { value } } }';
    const { data, codes } = await ask(query, call);
    expect(codes).toEqual(['INSUFFICIENT_ASSURANCE']);
    expect(data.customer).toMatchObject({ assurance: 'RECOGNIZED', email: null });
    expect(JSON.stringify(data)).not.toMatch(READABLE);
    const lookUp = '{ customerByIdentifier(identifier: { type: "email", value: "other@example.net" }) { id } }';
    expect((await ask(lookUp, SERVICE)).data.customerByIdentifier).toBeNull();
    const own = { ...SUMMER, headers: { 'x-caller': PHONE.value } };
    expect((await ask(query, own)).data.customer).toMatchObject({ id: ada, assurance: 'RECOGNIZED' });
    await confirm(ada);
    expect((await ask(query, own)).data.customer).toMatchObject({ id: ada, assurance: 'VERIFIED', email: 'ada@example.com' });
  });
});

describe.each(Object.keys(TRANSPORTS))('a subscription of an agent over %s', (name) => {
  it('shows identifiers while a confirmation counts, and masks them before and after', async () => {
    let now = new Date('2026-03-01T12:00:00Z');
    const { url, ask, subscribed } = await live({ config: { identifiers, viewers: { agentsConfirm: true } }, now: () => now });
    const identify = 'mutation ($i: IdentifyInput!) { identify(input: $i) { customer { id } } }';
    const { data } = await ask(identify, { ...SERVICE, variables: { i: { identifiers: [ADA, EMAIL] } } });
    const { id } = data.identify.customer;
    const token = await signToken({ ...SUMMER, expires: '10y' });
    const client = (TRANSPORTS[name] as (typeof TRANSPORTS)[string])(url, { token });
    const inbox = client.subscribe('subscription { interactionCaptured { identifier { value } properties } }', undefined);
    await subscribed();
    const capture = 'mutation ($r: [InteractionInput!]!) { captureInteractions(input: { interactions: $r }) { accepted } }';
    const send = () =>
      ask(capture, { ...SERVICE, variables: { r: [{ type: 'form', identifiers: [EMAIL], properties: { mail: EMAIL.value } }] } });
    const masked = { data: { interactionCaptured: { identifier: { value: '•••.com' }, properties: { mail: '•••.com' } } } };
    const whole = { data: { interactionCaptured: { identifier: { value: EMAIL.value }, properties: { mail: EMAIL.value } } } };
    await send();
    expect(await inbox.next()).toEqual(masked);
    await ask(`mutation { confirmIdentity(input: { customerId: "${id}", method: "m" }) { expiresAt } }`, SUMMER);
    await send();
    expect(await inbox.next()).toEqual(whole);
    now = new Date(now.getTime() + 30 * 60_000);
    await send();
    expect(await inbox.next()).toEqual(masked);
  });
});

it('a handoff, which recognises who follows it, is made by an agent for a confirmed customer only', async () => {
  const { ask, identify, confirm } = await confirmingGateway({
    config: {
      touchpoints: { web: { channel: 'WEB' } },
      identifiers: {
        ...IDENTIFIERS,
        crmId: {
          class: 'person',
          unique: true,
          capture: [header('x-number', { from: 'AGENT', assurance: 'RECOGNIZED' }), handoff('ct')],
        },
      },
    },
  });
  const { id } = (await identify([BEN])).customer;
  const call = { ...SUMMER, headers: { 'x-number': BEN.value } };
  const create = 'mutation { createHandoff(input: { touchpoint: "web" }) { token } }';
  expect((await ask(create, call)).codes).toEqual(['INSUFFICIENT_ASSURANCE']);
  await confirm(id);
  expect((await ask(create, call)).data.createHandoff.token).toEqual(expect.any(String));
});
