import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { handoff, urlParameter } from '../../src/index.ts';
import { IDENTIFIERS, SCHEMA, temporaryDirectory, testGateway } from '../support/gateway.ts';
import { STORE } from '../support/stores.ts';
import { signToken } from '../support/tokens.ts';

const IDENTIFY = `mutation ($input: IdentifyInput!) {
  identify(input: $input) {
    outcome
    customer { id assurance name favouriteStore identifiers { type value source } }
    linked { type value }
    unlinked { type }
    rejected { type value reason }
  }
}`;
const ID = '{ customer { id assurance } }';
const BY = 'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { id } }';
const identifiers = (...pairs: [string, string][]) => ({
  variables: { input: { identifiers: pairs.map(([type, value]) => ({ type, value })) } },
});

describe('identify', () => {
  it('creates a customer from what a service saw together', async () => {
    const { ask } = await testGateway();
    const { data } = await ask(IDENTIFY, { ...identifiers(['crmId', '1'], ['email', ' Ada@Example.com ']), role: 'SERVICE' });
    expect(data.identify).toMatchObject({
      outcome: 'CREATED',
      unlinked: [],
      rejected: [],
      customer: { assurance: 'VERIFIED', name: 'Ada' },
    });
    expect(data.identify.linked.map((identifier: { value: string }) => identifier.value).sort()).toEqual(['1', 'ada@example.com']);
  });

  it('links, changes nothing when repeated, and merges', async () => {
    const { ask } = await testGateway();
    const say = async (...pairs: [string, string][]) => (await ask(IDENTIFY, { ...identifiers(...pairs), role: 'SERVICE' })).data.identify;
    const first = await say(['email', 'a@x.io']);
    expect(await say(['email', 'a@x.io'], ['crmId', '1'])).toMatchObject({ outcome: 'LINKED', customer: { id: first.customer.id } });
    expect(await say(['email', 'a@x.io'], ['crmId', '1'])).toMatchObject({
      outcome: 'UNCHANGED',
      linked: [],
      customer: { id: first.customer.id },
    });
    const second = await say(['email', 'b@x.io']);
    expect(second.customer.id).not.toBe(first.customer.id);
    expect(await say(['email', 'b@x.io'], ['crmId', '1'])).toMatchObject({ outcome: 'MERGED', customer: { id: first.customer.id } });
    const node = await ask('query ($id: ID!) { node(id: $id) { id } }', { variables: { id: second.customer.id }, role: 'AGENT' });
    expect(node.data.node.id).toBe(first.customer.id);
  });

  it('gives the anonymous visit to the person who logs in, and their id resolves on', async () => {
    const { ask } = await testGateway();
    const visit = await ask(ID);
    const cookie = visit.cookie as string;
    await ask('mutation { identify(input: { identifiers: [], attributes: { favouriteStore: "Leeds" } }) { outcome } }', { cookie });
    const login = await ask('{ customer { id assurance name favouriteStore } }', { cookie, role: 'CUSTOMER', subject: '1' });
    expect(login.data.customer).toMatchObject({ assurance: 'VERIFIED', name: 'Ada', favouriteStore: 'Leeds' });
    const later = await ask('{ customer { id assurance name } }', { cookie: login.cookie as string });
    expect(later.data.customer).toEqual({ id: login.data.customer.id, assurance: 'RECOGNIZED', name: 'Ada' });
    const shownThen = await ask('query ($id: ID!) { node(id: $id) { id } }', { variables: { id: visit.data.customer.id }, role: 'AGENT' });
    expect(shownThen.data.node.id).toBe(login.data.customer.id);
  });

  it('never attaches what a visitor merely says', async () => {
    const { ask } = await testGateway();
    await ask(IDENTIFY, { ...identifiers(['email', 'victim@x.io'], ['crmId', '1']), role: 'SERVICE' });
    const { cookie } = await ask(ID);
    const { data } = await ask(IDENTIFY, { ...identifiers(['email', 'victim@x.io']), cookie: cookie as string });
    expect(data.identify.rejected).toEqual([{ type: 'email', value: 'victim@x.io', reason: 'INSUFFICIENT_ASSURANCE' }]);
    expect(data.identify.customer.name).toBeNull();
    expect((await ask('{ customer { name } }', { cookie: cookie as string })).data.customer.name).toBeNull();
  });

  it('rejects two values of a unique type in one event, whatever the policy', async () => {
    const { ask } = await testGateway();
    const { data } = await ask(IDENTIFY, { ...identifiers(['crmId', '1'], ['crmId', '2'], ['email', 'a@x.io']), role: 'SERVICE' });
    expect(data.identify).toMatchObject({ outcome: 'REJECTED', customer: null, linked: [] });
    expect(data.identify.rejected).toEqual([
      { type: 'crmId', value: '1', reason: 'CONFLICTING_IDENTIFIERS' },
      { type: 'crmId', value: '2', reason: 'CONFLICTING_IDENTIFIERS' },
    ]);
    expect((await ask(BY, { variables: { i: { type: 'email', value: 'a@x.io' } }, role: 'AGENT' })).data.customerByIdentifier).toBeNull();
  });

  it('moves an identifier to the customer whom it was last seen with', async () => {
    const { ask } = await testGateway();
    const say = async (...pairs: [string, string][]) => (await ask(IDENTIFY, { ...identifiers(...pairs), role: 'SERVICE' })).data.identify;
    const ada = await say(['crmId', '1'], ['email', 'a@x.io']);
    const ben = await say(['crmId', '2'], ['email', 'a@x.io']);
    expect(ben).toMatchObject({ outcome: 'REASSIGNED', rejected: [], unlinked: [] });
    expect(ben.linked).toContainEqual({ type: 'email', value: 'a@x.io' });
    const owner = await ask(BY, { variables: { i: { type: 'email', value: 'a@x.io' } }, role: 'AGENT' });
    expect(owner.data.customerByIdentifier.id).toBe(ben.customer.id);
    const node = await ask('query ($id: ID!) { node(id: $id) { id } }', { variables: { id: ada.customer.id }, role: 'AGENT' });
    expect(node.data.node.id).toBe(ada.customer.id);
  });

  it('cuts the value seen longest ago where a type is full', async () => {
    const config = { identifiers: { ...IDENTIFIERS, email: { class: 'person' as const, normalize: 'email' as const, limit: 2 } } };
    const { ask } = await testGateway({ config });
    const say = async (value: string, day: number) => {
      const given = [
        { type: 'crmId', value: '1' },
        { type: 'email', value },
      ];
      const input = { identifiers: given, occurredAt: `2026-01-0${day}T00:00:00Z` };
      return (await ask(IDENTIFY, { variables: { input }, role: 'SERVICE' })).data.identify;
    };
    await say('a@x.io', 2);
    await say('b@x.io', 3);
    const third = await say('c@x.io', 4);
    expect(third).toMatchObject({ outcome: 'REASSIGNED', unlinked: [{ type: 'email' }] });
    const late = await say('old@x.io', 1);
    expect(late).toMatchObject({
      outcome: 'UNCHANGED',
      rejected: [{ type: 'email', value: 'old@x.io', reason: 'CONFLICTING_IDENTIFIERS' }],
    });
    const emails = late.customer.identifiers.filter(({ type }: { type: string }) => type === 'email');
    expect(emails.map(({ value }: { value: string }) => value).sort()).toEqual(['b@x.io', 'c@x.io']);
  });

  it('leaves what is owned where it is with keep-first', async () => {
    const { ask } = await testGateway({ config: { conflict: 'keep-first' } });
    const say = async (...pairs: [string, string][]) => (await ask(IDENTIFY, { ...identifiers(...pairs), role: 'SERVICE' })).data.identify;
    const ada = await say(['crmId', '1'], ['email', 'a@x.io']);
    const ben = await say(['crmId', '2'], ['email', 'a@x.io'], ['email', 'b@x.io']);
    expect(ben).toMatchObject({ outcome: 'CREATED', rejected: [{ type: 'email', value: 'a@x.io', reason: 'CONFLICTING_IDENTIFIERS' }] });
    const owner = await ask(BY, { variables: { i: { type: 'email', value: 'a@x.io' } }, role: 'AGENT' });
    expect(owner.data.customerByIdentifier.id).toBe(ada.customer.id);
  });

  it('gives a browser to the customer who logs in last; the customer before keeps everything else', async () => {
    const { ask } = await testGateway();
    const { cookie } = await ask(ID);
    const tom = await ask(ID, { cookie: cookie as string, role: 'CUSTOMER', subject: '1' });
    const summer = await ask(ID, { cookie: tom.cookie as string, role: 'CUSTOMER', subject: '2' });
    expect(summer.data.customer.id).not.toBe(tom.data.customer.id);
    expect((await ask(ID, { cookie: summer.cookie as string })).data.customer.id).toBe(summer.data.customer.id);
    expect((await ask(ID, { role: 'CUSTOMER', subject: '1' })).data.customer.id).toBe(tom.data.customer.id);
  });

  it('recognizes a repeated event by its id', async () => {
    const { ask } = await testGateway();
    const say = async (eventId: string, ...pairs: [string, string][]) => {
      const input = { identifiers: pairs.map(([type, value]) => ({ type, value })), eventId };
      return (await ask(IDENTIFY, { variables: { input }, role: 'SERVICE' })).data.identify;
    };
    const ada = await say('one', ['crmId', '1'], ['email', 'a@x.io']);
    const ben = await say('two', ['crmId', '2'], ['email', 'a@x.io']);
    expect(await say('one', ['crmId', '1'], ['email', 'a@x.io'])).toMatchObject({
      outcome: 'UNCHANGED',
      customer: { id: ada.customer.id },
    });
    const owner = await ask(BY, { variables: { i: { type: 'email', value: 'a@x.io' } }, role: 'AGENT' });
    expect(owner.data.customerByIdentifier.id).toBe(ben.customer.id);
  });

  it('rejects what would break a limit, and keeps both customers as they were, with refuse', async () => {
    const { ask } = await testGateway({ config: { conflict: 'refuse' } });
    const say = async (...pairs: [string, string][]) => (await ask(IDENTIFY, { ...identifiers(...pairs), role: 'SERVICE' })).data.identify;
    const ada = await say(['crmId', '1'], ['email', 'a@x.io']);
    const answer = await say(['crmId', '2'], ['email', 'a@x.io']);
    expect(answer).toMatchObject({
      outcome: 'REJECTED',
      customer: null,
      rejected: [{ type: 'crmId', value: '2', reason: 'CONFLICTING_IDENTIFIERS' }],
    });
    expect((await ask(BY, { variables: { i: { type: 'email', value: 'a@x.io' } }, role: 'AGENT' })).data.customerByIdentifier.id).toBe(
      ada.customer.id,
    );
  });

  it.each([
    ['email', 'null', 'BLOCKED_VALUE'],
    ['email', 'test@x.io', 'BLOCKED_VALUE'],
    ['crmId', '000', 'BLOCKED_VALUE'],
    ['crmId', '  ', 'BLOCKED_VALUE'],
    ['crmId', 'internal-bot', 'BLOCKED_VALUE'],
    ['email', 'no-at-sign', 'INVALID_VALUE'],
    ['shoeSize', '44', 'UNKNOWN_TYPE'],
  ])('leaves out %s %j with %s and keeps the rest of the event', async (type, value, reason) => {
    const { ask } = await testGateway({ config: { blocked: ['Internal-Bot'] } });
    const { data } = await ask(IDENTIFY, { ...identifiers([type, value], ['email', 'kept@x.io']), role: 'SERVICE' });
    expect(data.identify).toMatchObject({ outcome: 'CREATED', rejected: [{ type, value, reason }], linked: [{ value: 'kept@x.io' }] });
  });

  it('takes phone numbers in every notation for one', async () => {
    const config = { identifiers: { ...IDENTIFIERS, phone: { class: 'person' as const, normalize: 'phone' as const, region: 'GB' } } };
    const { ask } = await testGateway({ config });
    const say = async (value: string) => (await ask(IDENTIFY, { ...identifiers(['phone', value]), role: 'SERVICE' })).data.identify;
    const first = await say('+44 20 7946 0958');
    expect(first.linked).toEqual([{ type: 'phone', value: '+442079460958' }]);
    expect(await say('(020) 7946-0958')).toMatchObject({ outcome: 'UNCHANGED', customer: { id: first.customer.id } });
  });

  it('refuses events from the future and unknown touchpoints, and says what it expected', async () => {
    const { ask } = await testGateway({ now: () => new Date('2026-01-01T12:00:00Z') });
    const base = { identifiers: [{ type: 'email', value: 'a@x.io' }] };
    const future = await ask(IDENTIFY, { variables: { input: { ...base, occurredAt: '2026-01-01T12:06:00Z' } }, role: 'SERVICE' });
    expect(future.codes).toEqual(['BAD_USER_INPUT']);
    const nowhere = await ask(IDENTIFY, { variables: { input: { ...base, touchpoint: 'kiosk' } }, role: 'SERVICE' });
    expect(nowhere.errors[0]?.message).toBe('touchpoint: expected one of web; received "kiosk"');
    const many = Array.from({ length: 101 }, (_, n) => ({ type: 'visitorId', value: `v${n}` }));
    const refused = await ask(IDENTIFY, { variables: { input: { identifiers: many } }, role: 'SERVICE' });
    expect(refused.errors[0]?.message).toBe('identifiers: expected at most 100, received 101');
  });

  it('keeps the latest value of an attribute, however late the older one comes', async () => {
    const { ask } = await testGateway();
    const say = (store: string, occurredAt: string) =>
      ask(IDENTIFY, {
        variables: {
          input: { identifiers: [{ type: 'crmId', value: '1' }], attributes: { favouriteStore: store }, occurredAt, touchpoint: 'web' },
        },
        role: 'SERVICE',
      });
    await say('Leeds', '2026-01-02T00:00:00Z');
    const { data } = await say('York', '2026-01-01T00:00:00Z');
    expect(data.identify.customer.favouriteStore).toBe('Leeds');
    const attributes = await ask('{ customer { attributes { name value touchpoint capturedAt } } }', { role: 'CUSTOMER', subject: '1' });
    expect(attributes.data.customer.attributes).toEqual([
      { name: 'favouriteStore', value: 'Leeds', touchpoint: 'web', capturedAt: '2026-01-02T00:00:00.000Z' },
    ]);
  });
});

describe('looking customers up', () => {
  it('is for agents and services', async () => {
    const { ask } = await testGateway();
    const query = { variables: { i: { type: 'crmId', value: '1' } } };
    expect((await ask(BY, query)).codes).toEqual(['UNAUTHENTICATED']);
    expect((await ask(BY, { ...query, role: 'CUSTOMER' })).codes).toEqual(['FORBIDDEN']);
    expect((await ask(BY, { ...query, role: 'ADMIN' })).codes).toEqual(['FORBIDDEN']);
    expect((await ask(BY, { ...query, role: 'AGENT' })).data.customerByIdentifier.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('finds one whom nobody saw where a back end can be asked, with the id they will have', async () => {
    const { ask } = await testGateway();
    const { id } = (await ask(BY, { variables: { i: { type: 'crmId', value: '1' } }, role: 'AGENT' })).data.customerByIdentifier;
    expect((await ask('query ($id: ID!) { node(id: $id) { id } }', { variables: { id }, role: 'AGENT' })).data.node.id).toBe(id);
    const { data } = await ask(IDENTIFY, { ...identifiers(['crmId', '1']), role: 'SERVICE' });
    expect(data.identify.customer.id).toBe(id);
    expect(
      (await ask(BY, { variables: { i: { type: 'email', value: 'nobody@x.io' } }, role: 'AGENT' })).data.customerByIdentifier,
    ).toBeNull();
  });

  it('answers many in the order given, null where there is none, at most 100', async () => {
    const { ask } = await testGateway();
    const query = 'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { name } }';
    const i = [
      { type: 'crmId', value: '2' },
      { type: 'email', value: 'nobody@x.io' },
      { type: 'crmId', value: 'null' },
      { type: 'crmId', value: '1' },
    ];
    expect((await ask(query, { variables: { i }, role: 'SERVICE' })).data.customersByIdentifiers).toEqual([
      { name: 'Ben' },
      null,
      null,
      { name: 'Ada' },
    ]);
    const tooMany = Array.from({ length: 101 }, (_, n) => ({ type: 'crmId', value: `${n + 1}` }));
    expect((await ask(query, { variables: { i: tooMany }, role: 'SERVICE' })).errors[0]?.message).toBe(
      'identifiers: expected at most 100, received 101',
    );
    const unknown = await ask(query, { variables: { i: [{ type: 'shoe', value: '44' }] }, role: 'SERVICE' });
    expect(unknown.errors[0]?.message).toBe('identifier type: expected one of crmId, email, visitorId, received "shoe"');
  });

  it("shows nobody another customer's node, and does not show whether there is one", async () => {
    const { ask } = await testGateway();
    const other = (await ask(IDENTIFY, { ...identifiers(['crmId', '2']), role: 'SERVICE' })).data.identify.customer.id;
    const node = (id: string) => ask('query ($id: ID!) { node(id: $id) { id } }', { variables: { id }, role: 'CUSTOMER', subject: '1' });
    expect((await node(other)).data).toEqual({ node: null });
    expect((await node('00000000-0000-4000-8000-000000000000')).data).toEqual({ node: null });
    expect((await node('no-id')).data).toEqual({ node: null });
    const own = (await ask(ID, { role: 'CUSTOMER', subject: '1' })).data.customer.id;
    expect((await node(own)).data.node.id).toBe(own);
  });
});

describe('a hashed identifier', () => {
  const config = {
    identifiers: {
      ...IDENTIFIERS,
      passport: { class: 'person' as const, unique: true, hash: true, capture: [urlParameter('pass', { assurance: 'RECOGNIZED' })] },
    },
  };

  it('recognises a customer, and its value is in no file and no answer', async () => {
    const { ask, directory, gateway } = await testGateway({ config });
    const say = async (...pairs: [string, string][]) => (await ask(IDENTIFY, { ...identifiers(...pairs), role: 'SERVICE' })).data.identify;
    const first = await say(['passport', 'X-SECRET-7'], ['email', 'a@x.io']);
    expect(first.linked.find(({ type }: { type: string }) => type === 'passport').value).toMatch(/^hmac-sha256:[\w-]{43}$/);
    expect(await say(['passport', ' X-SECRET-7 '])).toMatchObject({ outcome: 'UNCHANGED', customer: { id: first.customer.id } });
    expect(
      (await ask(BY, { variables: { i: { type: 'passport', value: 'X-SECRET-7' } }, role: 'AGENT' })).data.customerByIdentifier.id,
    ).toBe(first.customer.id);
    const { value } = first.linked.find(({ type }: { type: string }) => type === 'passport');
    const unlink = `mutation { unlinkIdentifier(input: { identifier: { type: "passport", value: "${value}" } }) { customer { id } } }`;
    expect((await ask(ID, { path: `/graphql?pass=${value}` })).data.customer.id).not.toBe(first.customer.id);
    expect((await ask(ID, { path: '/graphql?pass=X-SECRET-7' })).data.customer).toEqual({ id: first.customer.id, assurance: 'RECOGNIZED' });
    expect((await ask(unlink, { role: 'AGENT' })).data.unlinkIdentifier.customer.id).toBe(first.customer.id);
    await gateway.close();
    for (const name of readdirSync(directory)) expect(readFileSync(join(directory, name)).includes('X-SECRET-7')).toBe(false);
  });

  it('survives a rotation of the secrets, and stops the start when its secret is gone', async () => {
    const directory = temporaryDirectory();
    const [old, fresh] = ['the-first-secret-0123456789', 'a-second-secret-0123456789'];
    const before = await testGateway({ config, directory, variables: { GATEWAY_SECRET: old } });
    const i = { variables: { i: { type: 'passport', value: '1234' } } };
    const token = (secret: string) => signToken({ role: 'SERVICE', subject: 's', secret });
    const say = { ...identifiers(['passport', '1234']), headers: { authorization: `Bearer ${await token(old)}` } };
    const { id } = (await before.ask(IDENTIFY, say)).data.identify.customer;
    await before.gateway.close();
    const rotated = await testGateway({ config, directory, variables: { GATEWAY_SECRET: `${fresh},${old}` } });
    const found = await rotated.ask(BY, { ...i, headers: { authorization: `Bearer ${await token(fresh)}` } });
    expect(found.data.customerByIdentifier.id).toBe(id);
    await rotated.gateway.close();
    await expect(testGateway({ config, directory, variables: { GATEWAY_SECRET: fresh } })).rejects.toThrow(
      'GATEWAY_SECRET: expected, among the secrets',
    );
  });

  it('travels in a handoff as it is kept', async () => {
    const handedOff = { ...config.identifiers.passport, capture: [urlParameter('pass', { assurance: 'RECOGNIZED' }), handoff('ct')] };
    const touchpoints = { web: { channel: 'WEB' as const, origins: ['https://shop.example'] } };
    const { ask } = await testGateway({ config: { identifiers: { crmId: { class: 'person' }, passport: handedOff }, touchpoints } });
    const create = 'mutation { createHandoff(input: { touchpoint: "web" }) { token } }';
    const { token } = (await ask(create, { path: '/graphql?pass=1234' })).data.createHandoff;
    const before = (await ask(ID, { path: '/graphql?pass=1234' })).data.customer;
    const after = await ask(ID, { path: `/graphql?ct=${token}`, headers: { origin: 'https://shop.example' } });
    expect(after.data.customer).toEqual(before);
  });
});

describe('the store', () => {
  it('writes nothing for a read', async () => {
    const { ask, gateway } = await testGateway();
    const { cookie } = await ask(ID);
    await ask(ID, { cookie: cookie as string });
    await ask(ID, { path: '/graphql?cid=1' });
    const written = 'select (select count(*) from customer) + (select count(*) from identifier) as n';
    expect(await STORE.rows(gateway.project.directory, 'gateway', written)).toEqual([{ n: 0 }]);
  });

  it('keeps customers over a restart, with the same ids for those it has not stored', async () => {
    const directory = temporaryDirectory();
    const before = await testGateway({ directory });
    const { cookie, data } = await before.ask(ID);
    const { customer } = (await before.ask(IDENTIFY, { ...identifiers(['crmId', '1']), role: 'SERVICE' })).data.identify;
    await before.gateway.close();
    const after = await testGateway({ directory, schema: SCHEMA });
    expect((await after.ask(ID, { cookie: cookie as string })).data.customer.id).toBe(data.customer.id);
    expect((await after.ask(ID, { path: '/graphql?cid=1' })).data.customer.id).toBe(customer.id);
  });
});
