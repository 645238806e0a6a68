import { expect, it, vi } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import { temporaryDirectory, testGateway } from '../../support/gateway.ts';
import { openTestStore } from '../../support/open-store.ts';
import { PATIENTLY } from '../../support/waiting.ts';

const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    favouriteStore: String @from(source: "captured")
    nickname: String @from(source: "captured", path: "profile.nick") @from(source: "captured", path: "nick")
    basket: Basket @from(source: "captured", path: "basket")
    spent: Float @computed(of: "purchase", sum: "total")
  }
  type Basket {
    size: Int
  }
`;
const AUDIENCES = {
  buyers: 'journey.count("purchase", "30d") > 0',
  readers: 'attributes.newsletter == true',
  york: 'customer.favouriteStore == "York"',
  spenders: 'customer.spent > 100.0',
  countesses: 'customer.nickname == "Countess"',
  collectors: 'customer.basket.size > 3',
  // These are not kept: they need a back end, or the request.
  adas: 'customer.name == "Ada"',
  onTheWeb: 'touchpoint == "web"',
};
const CAPTURE = `mutation ($i: [InteractionInput!]!) { captureInteractions(input: { interactions: $i }) { accepted } }`;
const ADA = { role: 'CUSTOMER', subject: '1' } as const;

/** A gateway with audiences, and a look at what its store keeps of them, as another process has it. */
async function gatewayWithAudiences() {
  const directory = temporaryDirectory();
  let now = new Date('2026-06-01T12:00:00Z');
  const made = await testGateway({ directory, schema: SCHEMA, config: { audiences: AUDIENCES }, now: () => now });
  const { identity } = made.gateway.project.config;
  const { traits, offers } = made.gateway.project;
  const open = () => openTestStore({ directory, name: 'gateway', rules: identity, traits: [...traits, ...(offers?.traits ?? [])] });
  const store = await open();
  const eventsOf = async (id: CustomerId, from = store) =>
    (await from.findAudienceEvents(id, 100)).map(({ audience, kind }) => `${kind} ${audience}`).sort();
  const capture = async (interactions: readonly object[], options: Parameters<typeof made.ask>[1] = ADA) => {
    const answer = await made.ask(CAPTURE, { ...options, variables: { i: interactions } });
    expect(answer.data).toEqual({ captureInteractions: { accepted: interactions.length } });
    return answer;
  };
  const idOf = async (options: Parameters<typeof made.ask>[1] = ADA) =>
    (await made.ask('{ customer { id } }', options)).data.customer.id as CustomerId;
  const later = (time: string) => {
    now = new Date(time);
  };
  return { ...made, open, eventsOf, capture, idOf, later };
}

it('keeps that a customer entered the audiences whose rules came true, and left those whose rules did not stay so', async () => {
  const { capture, idOf, eventsOf } = await gatewayWithAudiences();
  await capture([
    { type: 'purchase', properties: { total: 120 } },
    { type: 'preferences', attributes: { newsletter: true, favouriteStore: 'York' } },
  ]);
  const id = await idOf();
  const entered = ['entered buyers', 'entered readers', 'entered spenders', 'entered york'];
  await vi.waitFor(async () => expect(await eventsOf(id)).toEqual(entered), PATIENTLY);

  await capture([{ type: 'preferences', attributes: { newsletter: false } }]);
  await vi.waitFor(async () => expect(await eventsOf(id)).toEqual([...entered, 'left readers'].sort()), PATIENTLY);
});

it('reads attributes as a query does: objects that are texts, and the next attribute where the first makes no sense', async () => {
  const { ask, capture, idOf, eventsOf } = await gatewayWithAudiences();
  await capture([{ type: 'preferences', attributes: { basket: '{ "size": 5 }', profile: '{ "nick": ', nick: 'Countess' } }]);
  const { data } = await ask('{ customer { nickname basket { size } audiences } }', ADA);
  expect(data.customer).toMatchObject({ nickname: 'Countess', basket: { size: 5 }, audiences: ['countesses', 'collectors', 'adas'] });
  const id = await idOf();
  await vi.waitFor(async () => expect(await eventsOf(id)).toEqual(['entered collectors', 'entered countesses']), PATIENTLY);
});

it('keeps what an attribute of identify changes', async () => {
  const { ask, idOf, eventsOf } = await gatewayWithAudiences();
  const input = { identifiers: [], attributes: { newsletter: true } };
  const { errors } = await ask('mutation ($i: IdentifyInput!) { identify(input: $i) { customer { id } } }', {
    ...ADA,
    variables: { i: input },
  });
  expect(errors).toEqual([]);
  await vi.waitFor(async () => expect(await eventsOf(await idOf())).toEqual(['entered readers']), PATIENTLY);
});

it('evaluates a customer whom a log-in merges with a visitor over the journey of both', async () => {
  const { ask, capture, idOf, eventsOf } = await gatewayWithAudiences();
  const { cookie } = await ask('{ customer { id } }');
  expect(cookie).toBeDefined();
  await capture([{ type: 'purchase', properties: { total: 60 } }], { cookie: cookie as string });
  await capture([{ type: 'purchase', properties: { total: 60 } }]);
  const alone = await idOf();
  await vi.waitFor(async () => expect(await eventsOf(alone)).toEqual(['entered buyers']), PATIENTLY);
  // Neither has spent more than 100 alone.
  await capture([{ type: 'logged_in' }], { ...ADA, cookie: cookie as string });
  await vi.waitFor(async () => expect(await eventsOf(alone)).toContain('entered spenders'), PATIENTLY);
});

it('takes the passing of time into account at the next change, and not before', async () => {
  const { capture, idOf, eventsOf, later } = await gatewayWithAudiences();
  await capture([{ type: 'purchase', properties: { total: 1 } }]);
  const id = await idOf();
  await vi.waitFor(async () => expect(await eventsOf(id)).toEqual(['entered buyers']), PATIENTLY);
  later('2026-08-01T12:00:00Z');
  await capture([{ type: 'page_view' }]);
  await vi.waitFor(async () => expect(await eventsOf(id)).toEqual(['entered buyers', 'left buyers']), PATIENTLY);
});

it('lets each part of a split enter and leave what its own journey says', async () => {
  const { ask, capture, idOf, eventsOf } = await gatewayWithAudiences();
  const [adas, bens] = [ADA, { role: 'CUSTOMER', subject: '2' } as const];
  const agent = { role: 'AGENT', subject: 'desk' } as const;
  for (const as of [adas, bens]) await capture([{ type: 'purchase', properties: { total: 60 } }], as);
  const ids = [await idOf(adas), await idOf(bens)] as const;
  for (const id of ids) await vi.waitFor(async () => expect(await eventsOf(id)).toEqual(['entered buyers']), PATIENTLY);
  const merge = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids, reason: "one" }) { customer { id } } }';
  const merged = await ask(merge, { ...agent, variables: { ids } });
  const id = merged.data.mergeCustomers.customer.id as CustomerId;
  // Both entered `buyers` before: together they enter nothing but what they are only together.
  await vi.waitFor(async () => expect(await eventsOf(id)).toEqual(['entered buyers', 'entered buyers', 'entered spenders']), PATIENTLY);
  const split = `mutation ($id: ID!) {
    splitCustomer(input: { customerId: $id, identifiers: [{ type: "crmId", value: "2" }], reason: "two" }) { splitOff { id } } }`;
  expect((await ask(split, { ...agent, variables: { id } })).errors).toEqual([]);
  await vi.waitFor(async () => expect(await eventsOf(id)).toContain('left spenders'), PATIENTLY);
  expect((await ask('{ customer { audiences } }', bens)).data.customer.audiences).toEqual(['buyers']);
});

it('keeps nothing of an erased customer, and nothing enters afterwards', async () => {
  const { ask, capture, idOf, eventsOf } = await gatewayWithAudiences();
  await capture([{ type: 'purchase', properties: { total: 1 } }]);
  const id = await idOf();
  await vi.waitFor(async () => expect(await eventsOf(id)).toEqual(['entered buyers']), PATIENTLY);
  const erase = 'mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }';
  const erased = await ask(erase, { role: 'SERVICE', subject: 'privacy', variables: { id } });
  expect(erased.errors).toEqual([]);
  await vi.waitFor(async () => expect(await eventsOf(id)).toEqual([]), PATIENTLY);
  expect((await ask('{ customer { audiences } }', ADA)).data.customer.audiences).not.toContain('buyers');
});

it('has evaluated everything that was acknowledged when the gateway is closed', async () => {
  const { gateway, capture, idOf, eventsOf, open } = await gatewayWithAudiences();
  const id = await idOf();
  await capture([{ type: 'purchase', properties: { total: 1 } }]);
  await gateway.close();
  expect(await eventsOf(id, await open())).toEqual(['entered buyers']);
});
