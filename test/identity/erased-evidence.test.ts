import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memorySource, type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';
import { itOfSqlite } from '../support/stores.ts';

const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { outcome customer { id } rejected { type reason } } }';
const ERASE = 'mutation ($input: EraseCustomerInput!) { eraseCustomer(input: $input) { complete sources { name erased } } }';
const MERGE = 'mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) { customer { id } } }';
const CAPTURE = `mutation ($interactions: [InteractionInput!]!) {
  captureInteractions(input: { interactions: $interactions }) { accepted rejected { code } }
}`;
const WHO = 'id attributes { name value } identifiers { type value } interactions { edges { node { type } } }';
const BY = `query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { ${WHO} } }`;
const NODE = `query ($id: ID!) { node(id: $id) { ... on Customer { ${WHO} } } }`;
const OLD = '2026-01-05T10:00:00.000Z';
const LATER = '2026-01-06T10:00:00.000Z';
const pair = (type: string, value: string) => ({ type, value });
const soon = () => new Date(Date.now() + 60_000).toISOString();
/** A customer of whom nothing is known. */
const nothing = (id: string) => ({ id, attributes: [], identifiers: [], interactions: { edges: [] } });

async function shop(options: TestGatewayOptions = {}) {
  const gateway = await testGateway(options);
  const { ask } = gateway;
  const say = async (identifiers: readonly object[], input: object = {}) =>
    (await ask(IDENTIFY, { variables: { input: { identifiers, ...input } }, role: 'SERVICE' })).data.identify;
  const erase = async (customerId: string) =>
    (await ask(ERASE, { variables: { input: { customerId } }, role: 'ADMIN' })).data.eraseCustomer;
  const by = async (type: string, value: string) =>
    (await ask(BY, { variables: { i: pair(type, value) }, role: 'AGENT' })).data.customerByIdentifier;
  const node = async (id: string) => (await ask(NODE, { variables: { id }, role: 'AGENT' })).data.node;
  const capture = async (...interactions: object[]) =>
    (await ask(CAPTURE, { variables: { interactions }, role: 'SERVICE' })).data.captureInteractions;
  return { ...gateway, say, erase, by, node, capture };
}

describe('evidence that was recorded before an erasure', () => {
  it.each([
    ['without a time', () => ({})],
    ['with a newer time', () => ({ occurredAt: soon() })],
  ])('is refused when it comes again %s, attributes included', async (_, timeOf) => {
    const { say, erase, by, node } = await shop();
    const tom = [pair('crmId', 'tom'), pair('email', 'tom@x.io')];
    const event = { eventId: 'sign-up', attributes: { name: 'Tom' } };
    const { customer } = await say(tom, event);
    await erase(customer.id);
    expect(await say(tom, { ...event, ...timeOf() })).toMatchObject({
      outcome: 'REJECTED',
      customer: null,
      rejected: [
        { type: 'crmId', reason: 'ERASED' },
        { type: 'email', reason: 'ERASED' },
      ],
    });
    expect(await by('crmId', 'tom')).toMatchObject({ attributes: [] });
    expect(await node(customer.id)).toEqual(nothing(customer.id));
  });

  it.each([
    ['without a time', () => ({})],
    ['with a newer time', () => ({ occurredAt: soon() })],
  ])('is refused when it is an interaction that is sent again %s, under its id', async (_, timeOf) => {
    const { say, erase, by, capture } = await shop();
    const view = { id: 'view-1', type: 'view', identifiers: [pair('crmId', 'tom')], attributes: { name: 'Tom' } };
    const shared = { id: 'view-2', type: 'view', identifiers: [pair('visitorId', 'laptop')] };
    const { customer } = await say([pair('crmId', 'tom'), pair('visitorId', 'laptop')], { occurredAt: OLD });
    expect(await capture({ ...view, occurredAt: OLD }, { ...shared, occurredAt: OLD })).toMatchObject({ accepted: 2 });
    await say([pair('crmId', 'summer'), pair('visitorId', 'laptop')], { occurredAt: LATER });
    await erase(customer.id);
    const time = timeOf();
    const again = await capture({ ...view, ...time }, { ...shared, ...time });
    expect(again).toEqual({ accepted: 0, rejected: [{ code: 'NOT_FOUND' }, { code: 'NOT_FOUND' }] });
    expect(await by('crmId', 'tom')).toMatchObject({ attributes: [], interactions: { edges: [] } });
    expect(await by('crmId', 'summer')).toMatchObject({ interactions: { edges: [] } });
    // What is new is new.
    expect(await capture({ ...view, ...time, id: 'view-3' }, { ...shared, ...time, id: 'view-4' })).toMatchObject({ accepted: 2 });
  });

  it('from ahead of the clock creates no customer, also under another event id', async () => {
    const { say, erase, by } = await shop();
    const occurredAt = soon();
    const { customer } = await say([pair('email', 'tom@x.io')], { occurredAt, eventId: 'one' });
    await erase(customer.id);
    expect(await say([pair('email', 'tom@x.io')], { occurredAt, eventId: 'another' })).toMatchObject({ outcome: 'REJECTED' });
    expect(await by('email', 'tom@x.io')).toBeNull();
  });

  it('of an erased person on a shared device is refused as a whole, and goes to no other customer', async () => {
    const { say, erase, by, capture } = await shop();
    const { customer } = await say([pair('crmId', 'tom'), pair('visitorId', 'laptop')], { occurredAt: OLD });
    await say([pair('crmId', 'summer'), pair('visitorId', 'laptop')], { occurredAt: LATER });
    await erase(customer.id);
    const toms = [pair('crmId', 'tom'), pair('visitorId', 'laptop')];
    expect(await say(toms, { occurredAt: OLD, eventId: 'again', attributes: { name: 'Tom' } })).toMatchObject({
      outcome: 'REJECTED',
      rejected: [{ reason: 'ERASED' }, { reason: 'ERASED' }],
    });
    // Also where it is the laptop alone that says whose it is: at that time it was Tom's.
    const alone = { occurredAt: OLD, eventId: 'alone', attributes: { name: 'Tom' } };
    expect(await say([pair('visitorId', 'laptop')], alone)).toMatchObject({ outcome: 'REJECTED' });
    expect(await say([pair('email', 'tom@x.io'), pair('visitorId', 'laptop')], { ...alone, eventId: 'mail' })).toMatchObject({
      outcome: 'CREATED',
      rejected: [{ type: 'visitorId', reason: 'ERASED' }],
    });
    const view = { type: 'toms_view', occurredAt: OLD, attributes: { name: 'Tom' } };
    expect(await capture({ ...view, identifiers: toms })).toEqual({ accepted: 0, rejected: [{ code: 'NOT_FOUND' }] });
    expect(await capture({ ...view, identifiers: [pair('visitorId', 'laptop')] })).toMatchObject({ accepted: 0 });
    expect(await by('crmId', 'summer')).toMatchObject({ attributes: [], interactions: { edges: [] } });
  });

  it('leaves an erased identifier out where it does not decide', async () => {
    const { say, erase } = await shop();
    const { customer } = await say([pair('email', 'old@x.io')], { occurredAt: OLD });
    await erase(customer.id);
    expect(await say([pair('crmId', 'summer'), pair('email', 'old@x.io')], { occurredAt: OLD, eventId: 'new' })).toMatchObject({
      outcome: 'CREATED',
      rejected: [{ type: 'email', reason: 'ERASED' }],
    });
  });
});

describe('identify with attributes', () => {
  it('leaves none on a customer who is erased at the same moment, in 60 tries', async () => {
    const { say, erase, by, node } = await shop();
    const left: unknown[] = [];
    for (let round = 0; round < 60; round++) {
      const tom = [pair('crmId', `tom-${round}`)];
      const { customer } = await say(tom);
      const occurredAt = new Date().toISOString();
      const [erasure] = await Promise.all([
        erase(customer.id),
        say(tom, { attributes: { name: 'Tom' } }),
        say([...tom, pair('email', `tom-${round}@x.io`)], { occurredAt, attributes: { name: 'Tom' } }),
      ]);
      expect(erasure.complete).toBe(true);
      // What came in after the erasure is newer than it, and is a new customer's.
      left.push(...(await node(customer.id)).attributes, ...((await by('email', `tom-${round}@x.io`))?.attributes ?? []));
    }
    expect(left).toEqual([]);
  });

  it('keeps the attributes of two events of one time, and nothing of a repetition', async () => {
    const { say, by } = await shop();
    const tom = [pair('crmId', 'tom')];
    const attributes = async () =>
      Object.fromEntries((await by('crmId', 'tom')).attributes.map((each: { name: string; value: unknown }) => [each.name, each.value]));
    await say(tom, { occurredAt: OLD, attributes: { name: 'Tom' } });
    await say(tom, { occurredAt: OLD, attributes: { shoe: { size: 44, width: 'F' } } });
    expect(await attributes()).toEqual({ name: 'Tom', shoe: { size: 44, width: 'F' } });
    await say(tom, { occurredAt: LATER, attributes: { shoe: { size: 45, width: 'F' } }, eventId: 'shoes' });
    await say(tom, { attributes: { name: 'Thomas' }, eventId: 'shoes' });
    expect(await attributes()).toEqual({ name: 'Tom', shoe: { size: 45, width: 'F' } });
  });

  it('gives attributes of a late event to the owner of the cookie at its time', async () => {
    const { say, by } = await shop();
    await say([pair('crmId', 'tom'), pair('visitorId', 'laptop')], { occurredAt: OLD });
    await say([pair('crmId', 'summer'), pair('visitorId', 'laptop')], { occurredAt: LATER });
    await say([pair('visitorId', 'laptop')], { occurredAt: '2026-01-05T11:00:00Z', attributes: { name: 'Tom' } });
    expect(await by('crmId', 'summer')).toMatchObject({ attributes: [] });
    expect(await by('crmId', 'tom')).toMatchObject({ attributes: [{ name: 'name', value: 'Tom' }] });
  });
});

describe('a living customer', () => {
  it('who is merged with an older, erased one survives, and gets late interactions', async () => {
    const { ask, say, erase, by, capture, node } = await shop();
    const gone = await say([pair('crmId', 'gone')], { occurredAt: OLD });
    const summer = await say([pair('crmId', 'summer')], { occurredAt: OLD });
    await erase(gone.customer.id);
    const input = { customerIds: [gone.customer.id, summer.customer.id] };
    const { data } = await ask(MERGE, { variables: { input }, role: 'AGENT' });
    expect(data.mergeCustomers.customer.id).toBe(summer.customer.id);
    const late = { type: 'late', occurredAt: OLD, identifiers: [pair('crmId', 'summer')], attributes: { city: 'Leeds' } };
    expect(await capture(late)).toMatchObject({ accepted: 1 });
    expect(await say([pair('crmId', 'summer')], { occurredAt: LATER, attributes: { shoe: 39 } })).toMatchObject({ outcome: 'UNCHANGED' });
    expect((await by('crmId', 'summer')).attributes.map(({ name }: { name: string }) => name)).toEqual(['city', 'shoe']);
    expect((await node(gone.customer.id)).id).toBe(summer.customer.id);
    expect(await capture({ type: 'gone', occurredAt: OLD, identifiers: [pair('crmId', 'gone')] })).toMatchObject({ accepted: 0 });
  });
});

describe('a customer who was only shown', () => {
  it('can be erased: the identifier is suppressed, and the id resolves to a customer without data', async () => {
    const { say, erase, by, node, directory } = await shop();
    const shown = await by('crmId', 'tom');
    expect(await erase(shown.id)).toMatchObject({ complete: true });
    expect(await node(shown.id)).toEqual(nothing(shown.id));
    expect(await say([pair('crmId', 'tom')], { occurredAt: OLD })).toMatchObject({ outcome: 'REJECTED', rejected: [{ reason: 'ERASED' }] });
    // Another process on the same store never showed it.
    const other = await shop({ directory });
    expect(await other.node(shown.id)).toEqual(nothing(shown.id));
  });

  it('still resolves after the erasure of another customer', async () => {
    const { say, erase, by, node } = await shop();
    const shown = await by('crmId', 'summer');
    const { customer } = await say([pair('crmId', 'tom')]);
    await erase(customer.id);
    expect(await node(shown.id)).toMatchObject({ id: shown.id, identifiers: [pair('crmId', 'summer')] });
  });

  it('is not readable by an id that another process showed, once the identifier is erased', async () => {
    const one = await shop();
    const two = await shop({ directory: one.directory });
    const { customer } = await one.say([pair('email', 'tom@x.io'), pair('crmId', 'tom')]);
    const unlink = 'mutation ($input: UnlinkIdentifierInput!) { unlinkIdentifier(input: $input) { customer { id } } }';
    await one.ask(unlink, { variables: { input: { identifier: pair('crmId', 'tom') } }, role: 'AGENT' });
    // Nobody has it now, so it is shown with another id, which is remembered in memory.
    const shown = await two.by('crmId', 'tom');
    expect(shown.id).not.toBe(customer.id);
    await one.erase(customer.id);
    expect(JSON.stringify(await two.node(shown.id))).not.toContain('tom');
  });

  it('is not stored by a merge that is refused', async () => {
    const { ask, by, say } = await shop();
    const shown = await by('crmId', 'tom');
    const input = { customerIds: [shown.id, '00000000-0000-4000-8000-000000000000'] };
    expect((await ask(MERGE, { variables: { input }, role: 'AGENT' })).codes).toEqual(['NOT_FOUND']);
    expect(await say([pair('crmId', 'tom')])).toMatchObject({ outcome: 'CREATED', customer: { id: shown.id } });
  });
});

describe('eraseCustomer', () => {
  it('leaves nothing readable in the memory of another process', async () => {
    const one = await shop();
    const two = await shop({ directory: one.directory });
    const ME = `{ customer { ${WHO} } }`;
    const who = { role: 'CUSTOMER', subject: 'tom' } as const;
    const { customer } = await one.say([pair('crmId', 'tom'), pair('email', 'tom@x.io')], { attributes: { name: 'Tom' } });
    // Asked twice, so that whatever is remembered is remembered.
    for (let round = 0; round < 2; round++) expect((await two.ask(ME, who)).data.customer.id).toBe(customer.id);
    await one.erase(customer.id);
    const { data } = await two.ask(ME, who);
    expect(data.customer).toEqual({ ...nothing(data.customer.id), identifiers: [pair('crmId', 'tom')] });
    expect(data.customer.id).not.toBe(customer.id);
    expect(await two.node(customer.id)).toEqual(nothing(customer.id));
  });

  it('asks the back ends also about an identifier that the customer got during the erasure', async () => {
    const asked: (readonly string[])[] = [];
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const crm = memorySource(
      {},
      {
        key: 'email',
        erase: async (keys) => {
          asked.push(keys);
          begun.resolve();
          await goOn.promise;
        },
      },
    ).adapter;
    const { say, erase, node } = await shop({ dataSources: { crm }, schema: 'type Customer { name: String @from(source: "crm") }' });
    const { customer } = await say([pair('crmId', 'tom'), pair('email', 'a@x.io')]);
    const erasure = erase(customer.id);
    await begun.promise;
    await say([pair('crmId', 'tom'), pair('email', 'b@x.io')]);
    goOn.resolve();
    expect(await erasure).toMatchObject({ complete: true });
    expect(asked.flat()).toEqual(expect.arrayContaining(['a@x.io', 'b@x.io']));
    expect(await node(customer.id)).toEqual(nothing(customer.id));
  });
});

// The trigger is of SQLite.
itOfSqlite('a handoff that fails half way changes nothing of its giver', async () => {
  const { bearerClaim, handoff, issuedCookie } = await import('../../src/index.ts');
  const identifiers = {
    crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), handoff('ct')] },
    visitorId: { class: 'cookie', capture: [handoff('ct'), issuedCookie('visitor')] },
  } as const;
  const { ask, directory } = await testGateway({
    provokesInternal: true,
    config: { identifiers, touchpoints: { web: { channel: 'WEB', origins: ['https://shop.example'] } } },
  });
  const SEE = 'mutation { captureInteractions(input: { interactions: [{ type: "view" }] }) { accepted } }';
  const JOURNEY = '{ customer { interactions { edges { node { type } } } } }';
  const { cookie } = await ask(SEE, {});
  const made = await ask('mutation { createHandoff(input: { touchpoint: "web" }) { token } }', { cookie: cookie as string });
  const database = openSqliteFile(join(directory, 'gateway.db'));
  onTestFinished(() => database.close());
  database.exec(`create trigger merges_fail before update of root_id on customer begin select raise(abort, 'no merges'); end`);
  await ask(JOURNEY, { path: `/graphql?ct=${made.data.createHandoff.token}`, headers: { 'x-touchpoint': 'web' } });
  database.exec('drop trigger merges_fail');
  const { data } = await ask(JOURNEY, { cookie: cookie as string });
  expect(data.customer.interactions.edges).toEqual([{ node: { type: 'view' } }]);
});
