import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defineOffer, handoff, header, issuedCookie, urlParameter } from '../../src/index.ts';
import { confirmingGateway, SERVICE, SUMMER, TOM } from '../support/confirming.ts';
import { IDENTIFIERS, temporaryDirectory } from '../support/gateway.ts';

const RECOGNIZED = { from: 'AGENT', assurance: 'RECOGNIZED' } as const;
const identifiers = {
  ...IDENTIFIERS,
  phone: { class: 'person', normalize: 'phone', capture: [header('x-caller', RECOGNIZED), urlParameter('tel', RECOGNIZED)] },
  email: { class: 'person', normalize: 'email', limit: 5, capture: [header('x-mail', RECOGNIZED)] },
} as const;

type Pair = { readonly type: string; readonly value: string };
const pair = (type: string, value: string): Pair => ({ type, value });
/** What three stored customers have. The values are recognised wherever they are answered. */
const STORED: readonly (readonly Pair[])[] = [
  [pair('crmId', 'crm-of-ada'), pair('email', 'ada@secret-mail.example'), pair('phone', '+442079460001')],
  [pair('crmId', 'crm-of-ben'), pair('phone', '+442079460002'), pair('phone', '+442079460003')],
  [pair('email', 'visitor@secret-mail.example')],
];
const ALL = STORED.flat();
/** Of nobody who is stored. The back end can be asked for it. */
const ASKABLE = pair('crmId', 'nobodys-crm');
const FREE = [ASKABLE, pair('email', 'nobody@free.example'), pair('email', 'none@free.example'), pair('phone', '+442079469999')];
const SECRET = /crm-of-|secret-mail|2079460|9460 ?00/;

const named = fc.constantFrom(...ALL, ...FREE);
const several = fc.uniqueArray(named, { minLength: 1, maxLength: 3, selector: ({ type, value }) => type + value });
const customers = fc.uniqueArray(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 3 });
const sent = (type: string) => fc.constantFrom(...[...ALL, ...FREE].filter((each) => each.type === type).map(({ value }) => value));
const headers = fc.record({ 'x-caller': sent('phone'), 'x-mail': sent('email') }, { requiredKeys: [] });
const call = fc.record({
  kind: fc.constantFrom('look', 'identify', 'previewIdentify', 'capture', 'note', 'merge', 'split', 'unlink', 'own', 'find'),
  of: several,
  who: customers,
  headers,
  isPreview: fc.boolean(),
  occurredAt: fc.constantFrom(null, '2026-01-01T00:00:00Z', '2026-03-01T12:00:00Z'),
  eventId: fc.constantFrom(null, 'one', 'two'),
});
type Call = typeof call extends fc.Arbitrary<infer One> ? One : never;

const CUSTOMER = `id assurance identifiers { type value } attributes { value }
  interactions { edges { node { pageUrl properties identifier { value } } } }
  identityEvents { edges { node { explanation reason evidence { value } linked { value } cut { value } } } }`;
const PREVIEW = `{ customer { ${CUSTOMER} } others { ${CUSTOMER} } linked { value } moved { value } cut { value } explanation }`;

/** The operation of a call, and its variables. */
function operationOf({ kind, of, who, isPreview, occurredAt, eventId }: Call, ids: readonly string[]): [string, object] {
  const given = who.map((index) => ids[index]);
  const [first] = of;
  const event = { identifiers: of, occurredAt, eventId };
  const interactions = [
    { type: 'note', identifiers: of, pageUrl: `https://x.io/?tel=${encodeURIComponent(first?.value ?? '')}`, occurredAt },
  ];
  switch (kind) {
    case 'look':
      return [`query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { ${CUSTOMER} } }`, { i: of }];
    case 'own':
      return [`{ customer { ${CUSTOMER} } }`, {}];
    case 'find':
      return [`query ($v: String!) { findCustomers(value: $v) { ${CUSTOMER} } }`, { v: first?.value }];
    case 'identify':
      return [
        `mutation ($i: IdentifyInput!) { identify(input: $i) { outcome customer { ${CUSTOMER} } linked { value } unlinked { value } rejected { reason message } } }`,
        { i: event },
      ];
    case 'previewIdentify':
      return [`query ($i: IdentifyInput!) { previewIdentify(input: $i) ${PREVIEW} }`, { i: event }];
    case 'capture':
      return [
        `mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted rejected { message } customer { ${CUSTOMER} } } }`,
        { i: { interactions } },
      ];
    case 'note':
      return [
        `mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted customer { ${CUSTOMER} } } }`,
        { i: { customerId: given[0], interactions: [{ type: 'note', properties: { text: 'called' } }] } },
      ];
    case 'merge':
      return isPreview
        ? [`query ($i: MergeCustomersInput!) { previewMerge(input: $i) ${PREVIEW} }`, { i: { customerIds: given } }]
        : [`mutation ($i: MergeCustomersInput!) { mergeCustomers(input: $i) { customer { ${CUSTOMER} } } }`, { i: { customerIds: given } }];
    case 'split':
      return isPreview
        ? [`query ($i: SplitCustomerInput!) { previewSplit(input: $i) ${PREVIEW} }`, { i: { identifiers: of } }]
        : [`mutation ($i: SplitCustomerInput!) { splitCustomer(input: $i) { customer { ${CUSTOMER} } } }`, { i: { identifiers: of } }];
    case 'unlink':
      return isPreview
        ? [`query ($i: UnlinkIdentifierInput!) { previewUnlink(input: $i) ${PREVIEW} }`, { i: { identifier: first } }]
        : [
            `mutation ($i: UnlinkIdentifierInput!) { unlinkIdentifier(input: $i) { customer { ${CUSTOMER} } } }`,
            { i: { identifier: first } },
          ];
  }
}

it('no sequence of calls of an agent who confirmed nobody changes who a stored customer is, or shows an identifier of one', async () => {
  const { ask, identify } = await confirmingGateway({ config: { identifiers } });
  const ids: string[] = [];
  for (const all of STORED) {
    const attributes = { contact: all.map(({ value }) => value).join(' ') };
    ids.push((await identify(all, SERVICE, { attributes })).customer.id);
  }
  const graph = async () => {
    const query = 'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { id identifiers { type value } } }';
    const { data } = await ask(query, { ...SERVICE, variables: { i: [...ALL, ASKABLE] } });
    return data.customersByIdentifiers.map(({ id, identifiers: has }: { id: string; identifiers: Pair[] }) => ({
      id,
      has: has.map(({ type, value }) => `${type}:${value}`).sort(),
    }));
  };
  const before = await graph();
  let refusals = 0;
  let answers = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), async (calls) => {
      for (const each of calls) {
        const [query, variables] = operationOf(each, ids);
        const { data, errors, codes } = await ask(query, { ...SUMMER, variables: variables as never, headers: each.headers as never });
        expect(
          codes.filter(
            (code) =>
              code !== 'INSUFFICIENT_ASSURANCE' && code !== 'NOT_FOUND' && code !== 'BAD_USER_INPUT' && code !== 'CONFLICTING_IDENTIFIERS',
          ),
        ).toEqual([]);
        expect(JSON.stringify([data, errors])).not.toMatch(SECRET);
        refusals += codes.includes('INSUFFICIENT_ASSURANCE') ? 1 : 0;
        answers += JSON.stringify(data).includes('•••') ? 1 : 0;
      }
      expect(await graph()).toEqual(before);
    }),
    { numRuns: 60 },
  );
  // Otherwise the calls would not reach what they attack.
  expect(refusals).toBeGreaterThan(10);
  expect(answers).toBeGreaterThan(20);
});

it('an agent who confirmed nobody does not learn from offers what hidden fields say, nor from what others were shown', async () => {
  const offer = (when?: string) => defineOffer({ placements: ['agent'], ...(when && { when }), content: { en: { title: 'An offer' } } });
  const { identify, confirm, ask } = await confirmingGateway({
    config: { placements: { agent: { slots: 2, viewers: ['AGENT'], min: 'VERIFIED', sticky: '1h', fallback: 'plain' } } },
    offers: { revealing: offer('customer.email.startsWith("ada")'), plain: offer() },
  });
  const { customer } = await identify([{ type: 'crmId', value: '1' }]);
  const query = `query ($id: ID!) {
    explainOffers(customerId: $id, placement: "agent") { chosen keptUntil offers { name step } decisions { offers { name } } }
    node(id: $id) { ... on Customer { offers(placement: "agent") { name } } }
  }`;
  const seenBy = async (as: object) => JSON.stringify((await ask(query, { ...as, variables: { id: customer.id } })).data);
  const before = await seenBy(TOM);
  await confirm(customer.id, SUMMER);
  // Once for what is chosen now, and once for what is kept then.
  expect(await seenBy(SUMMER)).toMatch(/"node":.*"revealing"/);
  expect(await seenBy(SUMMER)).toMatch(/"decisions":.*"revealing".*"node"/);
  expect(await seenBy(TOM)).toBe(before);
});

const IDENTIFY = 'mutation ($i: IdentifyInput!) { identify(input: $i) { outcome rejected { reason } } }';
const CAPTURE = `mutation ($i: CaptureInteractionsInput!) {
  captureInteractions(input: $i) { accepted rejected { code } }
}`;
const note = (of: readonly Pair[]) => ({ interactions: [{ type: 'note', identifiers: of }] });

it('an agent who confirmed nobody links nothing to a customer who gets the identifier at the same time', async () => {
  const directory = temporaryDirectory();
  const [shop, desk] = [
    await confirmingGateway({ directory, config: { identifiers } }),
    await confirmingGateway({ directory, config: { identifiers } }),
  ];
  const orders = new Set<string>();
  for (let round = 0; round < 20; round++) {
    const phone = pair('phone', `+4420794601${String(round).padStart(2, '0')}`);
    const of = [phone, pair('email', `caller${round}@free.example`)];
    const isEvent = round % 2 === 0;
    // Half of the rounds begin at one gateway: there the shop's evidence is written first.
    const asked = isEvent ? { identifiers: of } : note(of);
    const [first, { data }] = await Promise.all([
      shop.identify([pair('crmId', `raced-${round}`), phone]),
      (round % 4 < 2 ? shop : desk).ask(isEvent ? IDENTIFY : CAPTURE, { ...SUMMER, variables: { i: asked } }),
    ]);
    // Who was created by the shop is another customer than whom the agent names.
    const wasFirst = first.outcome === 'CREATED';
    orders.add(wasFirst ? 'shop' : 'agent');
    if (isEvent) {
      const refused = { outcome: 'REJECTED', rejected: [{ reason: 'INSUFFICIENT_ASSURANCE' }] };
      expect(data.identify).toEqual(wasFirst ? refused : { outcome: 'CREATED', rejected: [] });
    } else {
      const refused = { accepted: 0, rejected: [{ code: 'INSUFFICIENT_ASSURANCE' }] };
      expect(data.captureInteractions).toEqual(wasFirst ? refused : { accepted: 1, rejected: [] });
    }
  }
  expect(orders).toContain('shop');
});

it('an agent gives the number of a customer whom only a back end knows no other identifier before confirming them', async () => {
  const { by, ask, confirm } = await confirmingGateway({ config: { identifiers } });
  const of = [pair('crmId', '1'), pair('phone', '+442079461234')];
  const PREVIEW_IDENTIFY = 'query ($i: IdentifyInput!) { previewIdentify(input: $i) { linked { type } } }';
  const asked = async () => ({
    preview: (await ask(PREVIEW_IDENTIFY, { ...SUMMER, variables: { i: { identifiers: of } } })).codes,
    capture: (await ask(CAPTURE, { ...SUMMER, variables: { i: note(of) } })).data.captureInteractions,
    identify: (await ask(IDENTIFY, { ...SUMMER, variables: { i: { identifiers: of } } })).data.identify,
  });
  expect(await asked()).toEqual({
    preview: ['INSUFFICIENT_ASSURANCE'],
    capture: { accepted: 0, rejected: [{ code: 'INSUFFICIENT_ASSURANCE' }] },
    identify: { outcome: 'REJECTED', rejected: [{ reason: 'INSUFFICIENT_ASSURANCE' }] },
  });
  const [number, phone] = of as [Pair, Pair];
  expect((await by(phone, SERVICE)).customer).toBeNull();
  await confirm((await by(number)).customer.id);
  expect(await asked()).toEqual({
    preview: [],
    capture: { accepted: 1, rejected: [] },
    identify: { outcome: 'UNCHANGED', rejected: [] },
  });
  expect((await by(phone)).customer).toMatchObject({ name: 'Ada', assurance: 'VERIFIED' });
});

it('an agent’s request gives their browser no cookie, and no history, of the customer on it, where rules read agents’ cookies', async () => {
  const from = ['CUSTOMER', 'AGENT'] as const;
  const { phone, ...others } = identifiers;
  const { ask, identify, confirm } = await confirmingGateway({
    config: {
      touchpoints: { web: { channel: 'WEB' } },
      identifiers: {
        // The strongest.
        phone,
        ...others,
        visitorId: { class: 'cookie', capture: [issuedCookie('visitor', { from }), handoff('ct', { from })] },
      },
    },
  });
  const headers = { 'x-touchpoint': 'web' };
  const calling = { ...headers, 'x-caller': '+442079460001' };
  const ada = (await identify([pair('phone', '+442079460001')])).customer.id;
  const WHO = '{ customer { id } }';
  const CREATE = 'mutation { createHandoff(input: { touchpoint: "web" }) { token } }';
  const visitor = async () => {
    const first = await ask(WHO, { headers });
    const cookie = first.cookie as string;
    const seen = 'mutation { captureInteractions(input: { interactions: [{ type: "seen" }] }) { accepted } }';
    expect((await ask(seen, { headers, cookie })).data.captureInteractions.accepted).toBe(1);
    return { id: first.data.customer.id, cookie };
  };
  const current = async (id: string) =>
    (await ask('query ($id: ID!) { node(id: $id) { id } }', { ...SERVICE, variables: { id } })).data.node.id;

  const own = await visitor();
  const { cookie = own.cookie, codes } = await ask(WHO, { ...SUMMER, headers: calling, cookie: own.cookie });
  expect(codes).toEqual([]);
  expect((await ask(WHO, { headers, cookie })).data.customer.id).toBe(own.id);
  expect(await current(own.id)).toBe(own.id);

  const { token } = (await ask(CREATE, { headers, cookie })).data.createHandoff;
  expect((await ask(WHO, { ...SUMMER, headers: calling, path: `/graphql?ct=${token}` })).data.customer.id).toBe(ada);
  expect(await current(own.id)).toBe(own.id);

  // Nor does what is given on, though the agent confirmed the caller: a cookie on the same request is not the caller's.
  await confirm(ada);
  const given = (await ask(CREATE, { ...SUMMER, headers: calling, cookie })).data.createHandoff;
  expect(given.token).toEqual(expect.any(String));
  const follower = await visitor();
  await ask(WHO, { headers, cookie: follower.cookie, path: `/graphql?ct=${given.token}` });
  expect([await current(own.id), await current(follower.id)]).toEqual([own.id, follower.id]);
});
