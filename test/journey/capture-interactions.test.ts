import { describe, expect, it } from 'vitest';
import { bearerClaim, cookie, handoff, header, issuedCookie, urlParameter, z } from '../../src/index.ts';
import { type AskOptions, IDENTIFIERS, type TestGatewayOptions, testGateway } from '../support/gateway.ts';

const CAPTURE = `mutation ($interactions: [InteractionInput!]!) { captureInteractions(input: { interactions: $interactions }) {
  accepted duplicates rejected { index code message } customer { id assurance }
} }`;
const JOURNEY = `{ customer { id interactions(first: 200) { edges { node {
  id type occurredAt touchpoint channel pageUrl properties identifier { type value } source offer
} } } attributes { name value touchpoint } } }`;
const MERGE = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids }) { customer { id } } }';
const NOW = new Date('2026-03-01T12:00:00Z');
const TOUCHPOINTS: TestGatewayOptions['config'] = {
  touchpoints: { web: { channel: 'WEB', origins: ['https://shop.example'] }, desk: { channel: 'CALL_CENTRE', viewers: ['AGENT'] } },
};

async function shop(options: TestGatewayOptions = {}) {
  const gateway = await testGateway({ now: () => NOW, ...options, config: { ...TOUCHPOINTS, ...options.config } });
  type Options = Parameters<typeof gateway.ask>[1];
  const record = async (interactions: readonly object[], from: Options = {}) => {
    const answer = await gateway.ask(CAPTURE, { variables: { interactions }, ...from });
    return { ...answer, result: answer.data?.captureInteractions };
  };
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  const journey = async (from: Options = {}): Promise<any[]> =>
    // biome-ignore lint/suspicious/noExplicitAny: as above
    (await gateway.ask(JOURNEY, from)).data.customer.interactions.edges.map(({ node }: any) => node);
  const types = async (from: Options = {}) => (await journey(from)).map(({ type }) => type);
  return { ...gateway, record, journey, types };
}
const ADA = { role: 'CUSTOMER', subject: '1' } as const;
const BEN = { role: 'CUSTOMER', subject: '2' } as const;

/** A visitor logs in. @returns the cookie that recognises them from then on. */
async function logIn(ask: Awaited<ReturnType<typeof testGateway>>['ask'], who: AskOptions): Promise<string> {
  const { cookie } = await ask('{ customer { id } }');
  return (await ask('{ customer { id } }', { ...who, cookie: cookie as string })).cookie as string;
}

describe('captureInteractions', () => {
  it('stores what a customer does, and the journey has it newest first with all that was sent', async () => {
    const { record, journey } = await shop();
    const { result } = await record(
      [
        { id: 'a', type: 'page_view', occurredAt: '2026-03-01T11:00:00Z', touchpoint: 'web', pageUrl: 'https://shop.example/tea' },
        { id: 'b', type: 'purchase', properties: { total: 12.5, offerId: 'spring' } },
      ],
      ADA,
    );
    expect(result).toMatchObject({ accepted: 2, duplicates: 0, rejected: [], customer: { assurance: 'VERIFIED' } });
    const identifier = { type: 'crmId', value: '1' };
    expect(await journey(ADA)).toEqual([
      {
        ...{ id: 'b', type: 'purchase', occurredAt: NOW.toISOString(), touchpoint: null, channel: null, pageUrl: null, identifier },
        ...{ properties: { total: 12.5, offerId: 'spring' }, source: 'bearerClaim:sub', offer: 'spring' },
      },
      {
        ...{ id: 'a', type: 'page_view', occurredAt: '2026-03-01T11:00:00.000Z', touchpoint: 'web', channel: 'WEB', properties: {} },
        ...{ pageUrl: 'https://shop.example/tea', identifier, source: 'bearerClaim:sub', offer: null },
      },
    ]);
  });

  it('starts a visitor for a browser without a cookie, and recognises the visitor by the cookie', async () => {
    const { record, ask, types } = await shop();
    const { result, cookie: visitor } = await record([{ type: 'page_view' }]);
    expect(result).toMatchObject({ accepted: 1, customer: { assurance: 'ANONYMOUS' } });
    const { data } = await ask('{ customer { id assurance } }', { cookie: visitor });
    expect(data.customer).toEqual({ id: result.customer.id, assurance: 'RECOGNIZED' });
    await record([{ type: 'add_to_cart' }], { cookie: visitor });
    expect((await types({ cookie: visitor })).sort()).toEqual(['add_to_cart', 'page_view']);
  });

  it('stores an interaction once, however often its id is sent, also in one request, and also after a merge', async () => {
    const { record, types, ask } = await shop();
    expect(
      (
        await record(
          [
            { id: 'a', type: 'x' },
            { id: 'a', type: 'x' },
          ],
          ADA,
        )
      ).result,
    ).toMatchObject({ accepted: 1, duplicates: 1 });
    expect((await record([{ id: 'a', type: 'x' }], ADA)).result).toMatchObject({ accepted: 0, duplicates: 1 });
    const ids = [];
    for (const who of [ADA, BEN]) ids.push((await ask('{ customer { id } }', who)).data.customer.id);
    expect((await record([{ id: 'a', type: 'x' }], BEN)).result).toMatchObject({ accepted: 1 });
    await ask(MERGE, { variables: { ids }, role: 'AGENT' });
    expect((await record([{ id: 'a', type: 'x' }], BEN)).result).toMatchObject({ accepted: 0, duplicates: 1 });
    // The id is unique for one customer only, so two people's interactions are two.
    expect(await types(ADA)).toEqual(['x', 'x']);
  });

  it('stores valid records, and says for each other one its index, what was expected and what was received', async () => {
    const { record, types } = await shop();
    const { result, status } = await record(
      [
        { type: 'good' },
        { type: ' ' },
        { type: 'x', touchpoint: 'moon' },
        { type: 'x', occurredAt: '2026-03-01T12:05:00.001Z' },
        { type: 'ahead', occurredAt: '2026-03-01T12:05:00Z' },
        { type: 'x', touchpoint: 'desk' },
        { type: 'x', properties: 7 },
        { type: 'x'.repeat(101) },
        { type: 'x', properties: { text: 'y'.repeat(16 * 1024) } },
        { type: 'x', attributes: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`a${n}`, n])) },
        { type: 'x', pageUrl: 'https://shop.example/\0' },
        { type: 'x', attributes: { 'a\0b': 1 } },
      ],
      ADA,
    );
    expect(status).toBe(200);
    expect(result.accepted).toBe(2);
    expect(result.rejected).toEqual([
      { index: 1, code: 'BAD_USER_INPUT', message: 'type: expected the name of what happened' },
      { index: 2, code: 'BAD_USER_INPUT', message: 'touchpoint: expected one of web; received "moon"' },
      {
        ...{ index: 3, code: 'BAD_USER_INPUT' },
        message: 'occurredAt: expected at most 5 minutes ahead of now, received 2026-03-01T12:05:00.001Z',
      },
      { index: 5, code: 'FORBIDDEN', message: "touchpoint desk is for AGENT, the token's role is CUSTOMER" },
      { index: 6, code: 'BAD_USER_INPUT', message: 'properties: expected a JSON object' },
      { index: 7, code: 'BAD_USER_INPUT', message: 'type: expected at most 100 characters' },
      { index: 8, code: 'BAD_USER_INPUT', message: 'properties: expected at most 16384 characters of JSON' },
      { index: 9, code: 'BAD_USER_INPUT', message: 'attributes: expected at most 50 attributes' },
      { index: 10, code: 'BAD_USER_INPUT', message: 'pageUrl: expected whole Unicode characters without NUL' },
      {
        ...{ index: 11, code: 'BAD_USER_INPUT' },
        message: 'attributes: expected names of at most 100 whole Unicode characters without NUL',
      },
    ]);
    expect((await types(ADA)).sort()).toEqual(['ahead', 'good']);
  });

  it('takes at most 100 at once', async () => {
    const { record } = await shop();
    const { codes, errors } = await record(
      Array.from({ length: 101 }, () => ({ type: 'x' })),
      ADA,
    );
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(errors[0]?.message).toBe('interactions: expected at most 100, received 101');
  });

  it("stores for the visitor what is only claimed to be another customer's: typing an e-mail address changes no journey but one's own", async () => {
    const { record, ask, types } = await shop();
    await record([{ type: 'known', identifiers: [{ type: 'email', value: 'ada@example.com' }] }], { role: 'SERVICE' });
    const { cookie: visitor } = await record(
      [{ type: 'intruder', pageUrl: 'https://shop.example/?email=ada@example.com', identifiers: [{ type: 'crmId', value: '1' }] }],
      { path: '/graphql?email=ada@example.com' },
    );
    expect(await types({ cookie: visitor })).toEqual(['intruder']);
    const by =
      '{ customerByIdentifier(identifier: { type: "email", value: "ada@example.com" }) { interactions { edges { node { type } } } } }';
    expect((await ask(by, { role: 'AGENT' })).data.customerByIdentifier.interactions.edges).toEqual([{ node: { type: 'known' } }]);
  });

  it('refuses an interaction without any proven identifier, and names the rules that would prove one', async () => {
    const { record } = await shop({ config: { identifiers: { crmId: { class: 'person', capture: [cookie('customer_id')] } } } });
    const { result } = await record([{ type: 'x' }], { cookie: 'customer_id=1' });
    expect(result.rejected).toEqual([
      {
        ...{ index: 0, code: 'INSUFFICIENT_ASSURANCE' },
        message: 'expected proof of whose the interaction is, by one of the capture rules: none configured for it; the request has none',
      },
    ]);
  });

  it('believes a service which identifiers it belongs to, and leaves out placeholders', async () => {
    const { record, types } = await shop();
    const { result } = await record(
      [
        {
          type: 'called',
          identifiers: [
            { type: 'crmId', value: '1' },
            { type: 'email', value: 'guest' },
          ],
        },
        { type: 'x', identifiers: [{ type: 'crmId', value: 'null' }] },
        { type: 'x' },
        { type: 'x', identifiers: [{ type: 'shoeSize', value: '43' }] },
      ],
      { role: 'SERVICE' },
    );
    expect(result.accepted).toBe(1);
    expect(result.rejected.map(({ message }: { message: string }) => message)).toEqual([
      'identifiers: expected at least one that says whose the interaction is, received 1 that name nobody (what systems write in place of a value)',
      'identifiers: expected at least one that says whose the interaction is, received none',
      'identifiers: expected types out of crmId, email, visitorId; received "shoeSize"',
    ]);
    expect(await types(ADA)).toEqual(['called']);
  });

  it("links an interaction's identifiers, and returns their customer", async () => {
    const { record, ask } = await shop();
    const pair = [
      { type: 'crmId', value: '1' },
      { type: 'email', value: 'Ada@Example.com' },
    ];
    const { result } = await record([{ type: 'x', identifiers: pair }], { role: 'SERVICE' });
    const by = '{ customerByIdentifier(identifier: { type: "email", value: "ada@example.com" }) { id } }';
    expect((await ask(by, { role: 'AGENT' })).data.customerByIdentifier.id).toBe(result.customer.id);
  });

  it('belongs to the owner of its identifiers at its time; attributes reach a former owner from a service only', async () => {
    const visitorId = { class: 'cookie', limit: 3, capture: [issuedCookie('visitor')] } as const;
    const phone = { class: 'device', capture: [header('x-device', { assurance: 'RECOGNIZED' })] } as const;
    const { record, ask, types } = await shop({ config: { identifiers: { ...IDENTIFIERS, phone, visitorId } } });
    const device = { headers: { 'x-device': 'tablet' } };
    const favourite = async (by: object) => (await ask('{ customer { favouriteStore } }', by)).data.customer.favouriteStore;
    await record([{ type: 'adas', occurredAt: '2026-03-01T10:00:00Z' }], { ...ADA, ...device });
    await record([{ type: 'bens', occurredAt: '2026-03-01T11:00:00Z' }], { ...BEN, ...device });
    const late = { type: 'late', occurredAt: '2026-03-01T10:30:00Z' };
    await record([{ ...late, attributes: { favouriteStore: 'evil' } }], device);
    expect(await types(ADA)).toEqual(['late', 'adas']);
    expect([await favourite(ADA), await favourite(BEN)]).toEqual([null, null]);
    const identifiers = [{ type: 'phone', value: 'tablet' }];
    await record([{ ...late, type: 'later', identifiers, attributes: { favouriteStore: 'Leeds' } }], { role: 'SERVICE' });
    expect([await favourite(ADA), await favourite(BEN)]).toEqual(['Leeds', null]);
  });

  it("from an agent belongs to the customer on the phone, and not to the agent's page", async () => {
    const { record, journey } = await shop();
    const headers = { referer: 'https://desk.example/agent?cid=1' };
    await record([{ type: 'called', identifiers: [{ type: 'crmId', value: '2' }] }], { role: 'AGENT', headers });
    expect(await journey(ADA)).toEqual([]);
    expect((await journey(BEN))[0]).toMatchObject({ type: 'called', pageUrl: null });
  });

  it('checks properties and attributes with the schema of their type', async () => {
    const interactions = {
      purchase: z.object({ total: z.number().positive(), currency: z.string().default('GBP') }),
      survey: { attributes: z.strictObject({ happy: z.boolean() }) },
      odd: z.object({}).transform(() => ({ big: 1n })),
      nothing: z.object({}).transform(() => undefined),
    };
    const { record, journey } = await shop({ config: { interactions } });
    const { result } = await record(
      [
        { type: 'purchase', properties: { total: 'SECRET' } },
        { type: 'purchase', properties: { total: 3 } },
        { type: 'survey', attributes: { happy: true, sad: 1 } },
        { type: 'anything', properties: { total: 'free' } },
        { type: 'odd' },
        { type: 'nothing' },
      ],
      ADA,
    );
    expect(result.rejected).toEqual([
      { index: 0, code: 'BAD_USER_INPUT', message: 'properties.total: expected number, received string' },
      { index: 2, code: 'BAD_USER_INPUT', message: 'attributes: Unrecognized key: "sad"' },
      { index: 4, code: 'BAD_USER_INPUT', message: 'properties: expected the schema to make a JSON object of it' },
      { index: 5, code: 'BAD_USER_INPUT', message: 'properties: expected the schema to make a JSON object of it' },
    ]);
    expect((await journey(ADA)).find(({ type }) => type === 'purchase').properties).toEqual({ total: 3, currency: 'GBP' });
  });
});

describe('attributes of interactions', () => {
  it('are the latest by when they happened, in whatever order they are sent', async () => {
    const { record, ask } = await shop();
    const store = (occurredAt: string, favouriteStore: string) => ({
      type: 'x',
      touchpoint: 'web',
      occurredAt,
      attributes: { favouriteStore },
    });
    await record([store('2026-02-02T00:00:00Z', 'Leeds'), store('2026-02-01T00:00:00Z', 'York')], ADA);
    await record([store('2026-01-01T00:00:00Z', 'Hull')], ADA);
    const { data } = await ask('{ customer { favouriteStore attributes { name value touchpoint capturedAt } } }', ADA);
    expect(data.customer).toEqual({
      favouriteStore: 'Leeds',
      attributes: [{ name: 'favouriteStore', value: 'Leeds', touchpoint: 'web', capturedAt: '2026-02-02T00:00:00.000Z' }],
    });
  });
});

describe('the customer of an interaction', () => {
  it('is the person who logs in, for the anonymous visit before', async () => {
    const { record, types } = await shop();
    const { cookie: visitor } = await record([{ type: 'looked', occurredAt: '2026-03-01T10:00:00Z' }]);
    await record([{ type: 'logged_in' }], { ...ADA, cookie: visitor });
    expect(await types(ADA)).toEqual(['logged_in', 'looked']);
  });

  it('stays Tom for what Tom did when Summer uses his laptop', async () => {
    const { record, types, ask } = await shop({
      config: { identifiers: { ...IDENTIFIERS, visitorId: { class: 'cookie', limit: 3, capture: [issuedCookie('visitor')] } } },
    });
    const toms = await logIn(ask, ADA);
    await record([{ type: 'toms', occurredAt: '2026-03-01T10:00:00Z' }], { ...ADA, cookie: toms });
    const { cookie: laptop } = await record([{ type: 'summers', occurredAt: '2026-03-01T11:00:00Z' }], { ...BEN, cookie: toms });
    await record([{ type: 'toms_late', occurredAt: '2026-03-01T10:30:00Z' }], { cookie: laptop });
    expect(await types(ADA)).toEqual(['toms_late', 'toms']);
    expect(await types(BEN)).toEqual(['summers']);
  });

  it('stays erased when an interaction is sent again', async () => {
    const { record, ask, types } = await shop();
    const { result } = await record([{ id: 'a', type: 'x', occurredAt: '2026-03-01T10:00:00Z' }], ADA);
    await ask('mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }', {
      variables: { id: result.customer.id },
      role: 'ADMIN',
    });
    const replayed = await record(
      [{ id: 'a', type: 'x', occurredAt: '2026-03-01T10:00:00Z', identifiers: [{ type: 'crmId', value: '1' }] }],
      { role: 'SERVICE' },
    );
    expect(replayed.result.rejected).toEqual([
      { index: 0, code: 'NOT_FOUND', message: 'its customer was erased, and the interaction is not newer than that' },
    ]);
    expect(await types(ADA)).toEqual([]);
  });
});

describe("an interaction's page", () => {
  it('gives identifiers to the capture rules, and is stored without them', async () => {
    const { record, ask, journey, log } = await shop();
    const page = { type: 'page_view', pageUrl: 'https://user:pw@shop.example/a?cid=SECRET-1&email=secret@example.com&q=tea#top' };
    const { cookie: visitor, result } = await record([page], { cookie: (await ask('{ customer { id } }')).cookie as string });
    const [{ pageUrl, source }] = await journey({ cookie: visitor });
    expect(pageUrl).toBe('https://shop.example/a?q=tea#top');
    expect(source).toBe('urlParameter:cid+issuedCookie:visitor');
    const by = '{ customerByIdentifier(identifier: { type: "crmId", value: "SECRET-1" }) { id } }';
    const { id } = (await ask(by, { role: 'AGENT' })).data.customerByIdentifier;
    expect((await ask('{ customer { id } }', { cookie: visitor })).data.customer.id).toBe(id);
    expect(result.accepted).toBe(1);
    expect(log.join('')).not.toContain('SECRET');
  });

  it('counts for its own interaction only: the parameters of one page say nothing of another page', async () => {
    const { record, ask } = await shop({ config: { identifiers: { crmId: IDENTIFIERS.crmId as never } } });
    const page = (cid: string) => ({ type: cid, pageUrl: `https://shop.example/?cid=${cid}` });
    expect((await record([page('1'), page('2'), page('1')])).result).toMatchObject({ accepted: 3, customer: null });
    for (const [cid, types] of [
      ['1', ['1', '1']],
      ['2', ['2']],
    ] as const) {
      const { data } = await ask('{ customer { interactions { edges { node { type } } } } }', { path: `/graphql?cid=${cid}` });
      expect(data.customer.interactions.edges.map(({ node }: { node: { type: string } }) => node.type)).toEqual(types);
    }
  });

  it('without a host loses its identifiers as well', async () => {
    const { record, ask, journey } = await shop();
    const { cookie } = await ask('{ customer { id } }');
    const { cookie: visitor } = await record([{ type: 'x', pageUrl: '/p?cid=SECRET&email=a@b.co&q=tea#top' }], {
      cookie: cookie as string,
    });
    expect(await journey({ cookie: visitor })).toMatchObject([
      { pageUrl: '/p?q=tea#top', source: 'urlParameter:cid+issuedCookie:visitor' },
    ]);
  });

  it("may be an app's name of a screen", async () => {
    const { record, journey } = await shop();
    await record([{ type: 'screen', pageUrl: 'Checkout/Step 2' }], ADA);
    expect((await journey(ADA))[0].pageUrl).toBe('Checkout/Step 2');
  });
});

describe('touchpoints', () => {
  const post = (gateway: Awaited<ReturnType<typeof shop>>, headers: Record<string, string>) =>
    gateway.gateway.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query: '{ __typename }' } });

  it('of a request are named by x-touchpoint, or found by the origin of its page', async () => {
    const { record, journey } = await shop();
    await record([{ type: 'named' }], { ...ADA, headers: { 'x-touchpoint': 'web' } });
    await record([{ type: 'origin' }], { ...ADA, headers: { origin: 'https://shop.example' } });
    await record([{ type: 'nowhere' }], { ...ADA, headers: { origin: 'https://other.example' } });
    const found = (await journey(ADA)).map(({ type, touchpoint }) => [type, touchpoint]);
    expect(Object.fromEntries(found)).toEqual({ named: 'web', origin: 'web', nowhere: null });
  });

  it('that are unknown, or not for the viewer, are refused with the expected names', async () => {
    const gateway = await shop();
    const unknown = await post(gateway, { 'x-touchpoint': 'moon' });
    expect([unknown.statusCode, unknown.json()]).toEqual([
      400,
      { errors: [{ message: 'x-touchpoint: expected one of web; received "moon"', extensions: { code: 'BAD_USER_INPUT' } }] },
    ]);
    const anybody = await post(gateway, { 'x-touchpoint': 'desk' });
    expect([anybody.statusCode, anybody.json().errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect((await gateway.ask('{ __typename }', { ...ADA, headers: { 'x-touchpoint': 'desk' } })).codes).toEqual(['FORBIDDEN']);
    expect((await gateway.ask('{ __typename }', { role: 'AGENT', headers: { 'x-touchpoint': 'desk' } })).codes).toEqual([]);
  });

  it('can have capture rules of their own, tried before the others', async () => {
    const kiosk = { channel: 'STORE' as const, capture: { crmId: [urlParameter('card', { assurance: 'RECOGNIZED' })] } };
    const { ask } = await shop({ config: { touchpoints: { web: { channel: 'WEB' }, kiosk } } });
    const name = async (touchpoint: string, query: string) =>
      (await ask('{ customer { name } }', { path: `/graphql?${query}`, headers: { 'x-touchpoint': touchpoint } })).data?.customer?.name ??
      null;
    expect(await name('kiosk', 'card=1&cid=2')).toBe('Ada');
    expect(await name('kiosk', 'cid=2')).toBe('Ben');
    expect(await name('web', 'card=1')).toBeNull();
  });
});

describe('a handoff', () => {
  // The store forgets used tokens by the real clock.
  const identifiers = {
    crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), handoff('ct')] },
    visitorId: { class: 'cookie', capture: [handoff('ct'), issuedCookie('visitor')] },
  } as const;
  const HANDOFF = 'mutation { createHandoff(input: { touchpoint: "web", url: "https://shop.example/?a=1" }) { url token } }';

  it('carries an anonymous history to another site, and leaves the giver no cookie that recognises the follower', async () => {
    const { record, ask, types } = await shop({ config: { identifiers }, now: () => new Date() });
    const { cookie: here } = await record([{ type: 'here', occurredAt: '2026-03-01T10:00:00Z' }]);
    const { url } = (await ask(HANDOFF, { cookie: here })).data.createHandoff;
    const arrived = await record([{ type: 'there', pageUrl: url }], { headers: { origin: 'https://shop.example' } });
    expect(arrived.cookie).not.toBe(here);
    expect(await types({ cookie: arrived.cookie })).toEqual(['there', 'here']);
    // The giver and the follower of the link may be two people.
    await record([{ type: 'logged_in' }], { ...ADA, cookie: arrived.cookie });
    expect(await types(ADA)).toEqual(['logged_in', 'there', 'here']);
    expect(await types({ cookie: here })).toEqual([]);
    const events =
      '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { identityEvents { edges { node { explanation } } } } }';
    const { data } = await ask(events, { role: 'AGENT' });
    const explanations = data.customerByIdentifier.identityEvents.edges.map(
      ({ node }: { node: { explanation: string } }) => node.explanation,
    );
    expect(explanations).toContain('a handoff unlinked visitorId [handoff:ct]');
  });

  it('from a stranger shows the stranger nothing of its follower', async () => {
    const { record, ask, types } = await shop({ config: { identifiers }, now: () => new Date() });
    const known = await logIn(ask, ADA);
    await record([{ type: 'ada' }], { ...ADA, cookie: known });
    const { cookie: stranger } = await record([{ type: 'stranger' }]);
    const { url } = (await ask(HANDOFF, { cookie: stranger })).data.createHandoff;
    await record([{ type: 'arrived', pageUrl: url }], { headers: { origin: 'https://shop.example' }, cookie: known });
    const { data } = await ask('{ customer { name identifiers { type } } }', { cookie: stranger });
    expect(data.customer).toEqual({ name: null, identifiers: [{ type: 'visitorId' }] });
    expect((await types({ cookie: known })).sort()).toEqual(['ada', 'arrived', 'stranger']);
  });

  it('of a known person is refused by the browser of another known person', async () => {
    const { record, ask, types, gateway } = await shop({ config: { identifiers }, now: () => new Date() });
    const bens = await logIn(ask, BEN);
    await record([{ type: 'ben' }], { ...BEN, cookie: bens });
    const { url } = (await ask(HANDOFF, ADA)).data.createHandoff;
    await record([{ type: 'arrived', pageUrl: url }], { headers: { origin: 'https://shop.example' }, cookie: bens });
    expect(await types(ADA)).toEqual([]);
    expect((await types(BEN)).sort()).toEqual(['arrived', 'ben']);
    expect((await gateway.app.inject('/metrics')).body).toContain('gateway_capture_refused_total{rule="handoff:ct"} 1');
  });

  it("counts for the request's own touchpoint, and not for one that an interaction names", async () => {
    const { record, ask, types } = await shop({ config: { identifiers }, now: () => new Date() });
    const { url } = (await ask(HANDOFF, ADA)).data.createHandoff;
    const elsewhere = { headers: { origin: 'https://other.example' } };
    const { cookie } = await record([{ type: 'x', pageUrl: url, touchpoint: 'web' }], elsewhere);
    expect(await types({ cookie })).toEqual(['x']);
    expect(await types(ADA)).toEqual([]);
  });

  it("is used up once, by the first of the request's interactions that names it", async () => {
    const { record, ask, types, journey } = await shop({ config: { identifiers }, now: () => new Date() });
    const { url } = (await ask(HANDOFF, { ...ADA })).data.createHandoff;
    const at = { headers: { origin: 'https://shop.example' } };
    const { cookie: there, result } = await record(
      [
        { type: 'one', pageUrl: url },
        { type: 'two', pageUrl: `${url}&b=2` },
      ],
      at,
    );
    expect(result.accepted).toBe(2);
    expect((await types({ cookie: there })).sort()).toEqual(['one', 'two']);
    expect((await types(ADA)).sort()).toEqual(['one', 'two']);
    for (const { pageUrl } of await journey(ADA)) expect(pageUrl).not.toContain('ct=');
    const { cookie: thief } = await record([{ type: 'again', pageUrl: url }], at);
    expect(await types({ cookie: thief })).toEqual(['again']);
  });

  it('counts for every page of its request that has it', async () => {
    const { record, ask, types } = await shop({ config: { identifiers: { crmId: identifiers.crmId } }, now: () => new Date() });
    const { url } = (await ask(HANDOFF, ADA)).data.createHandoff;
    const pages = [url, `${url}&ct=forged`, `${url}&ct=another`];
    await record(
      pages.map((pageUrl) => ({ type: 'x', pageUrl })),
      { headers: { origin: 'https://shop.example' } },
    );
    expect(await types(ADA)).toEqual(['x', 'x', 'x']);
  });

  it('is not tried after 100 other tokens of its request, and so stays unused', async () => {
    const { record, ask, types } = await shop({ config: { identifiers }, now: () => new Date() });
    const { url } = (await ask(HANDOFF, ADA)).data.createHandoff;
    const forged = (name: string) => Array.from({ length: 60 }, (_, n) => `ct=${name}${n}`).join('&');
    const at = { headers: { origin: 'https://shop.example' } };
    const flood = await record(
      [
        { type: 'flood', pageUrl: `https://shop.example/?${forged('a')}` },
        { type: 'after', pageUrl: url.replace('?', `?${forged('b')}&`) },
      ],
      at,
    );
    expect(flood.result.accepted).toBe(2);
    expect(await types(ADA)).toEqual([]);
    await record([{ type: 'arrived', pageUrl: url }], at);
    expect(await types(ADA)).toEqual(['arrived']);
  });

  it('read by a query is not lost: the cookie that the query sets recognises that customer', async () => {
    const { ask } = await shop({ config: { identifiers }, now: () => new Date() });
    const { token } = (await ask(HANDOFF, { ...ADA })).data.createHandoff;
    const at = { headers: { 'x-touchpoint': 'web' } };
    const first = await ask('{ customer { id assurance } }', { path: `/graphql?ct=${token}`, ...at });
    expect(first.data.customer.assurance).toBe('RECOGNIZED');
    const next = await ask('{ customer { id assurance } }', { cookie: first.cookie, ...at });
    expect(next.data.customer).toEqual(first.data.customer);
  });
});
