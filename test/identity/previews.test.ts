import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { IdentityGraph } from '../../src/identity/identity-graph.ts';
import { memorySource, type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { STORE } from '../support/stores.ts';
import { signToken } from '../support/tokens.ts';

const PREVIEW = `
  customer { id identifiers { type value } } others { id identifiers { type value } }
  linked { type value from } moved { type value from } cut { type value } interactions explanation`;
const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { outcome customer { id } } }';
const RECORD = 'mutation ($i: [InteractionInput!]!) { captureInteractions(input: { interactions: $i }) { accepted } }';
const NOBODY = '00000000-0000-4000-8000-000000000000';
const pair = (type: string, value: string) => ({ type, value });

async function gatewayWith(...events: [string, string][][]) {
  return previewing({}, ...events);
}

async function previewing(options: TestGatewayOptions, ...events: [string, string][][]) {
  const gateway = await testGateway(options);
  const as = { role: 'SERVICE', subject: 'tests' } as const;
  const say = async (...identifiers: readonly { type: string; value: string }[]) =>
    (await gateway.ask(IDENTIFY, { variables: { input: { identifiers } }, ...as })).data.identify.customer.id as string;
  const record = (of: { type: string; value: string }, count: number) =>
    gateway.ask(RECORD, { variables: { i: Array.from({ length: count }, () => ({ type: 'seen', identifiers: [of] })) }, ...as });
  const ids: string[] = [];
  for (const event of events) ids.push(await say(...event.map(([type, value]) => pair(type, value))));
  const asked = (field: string, type: string, input: object) =>
    gateway.ask(`query ($input: ${type}!) { ${field}(input: $input) { ${PREVIEW} } }`, { variables: { input }, role: 'AGENT' });
  const previews = {
    merge: 'MergeCustomersInput',
    split: 'SplitCustomerInput',
    unlink: 'UnlinkIdentifierInput',
    identify: 'IdentifyInput',
  };
  const preview = async (name: keyof typeof previews, input: object) => {
    const field = `preview${name[0]?.toUpperCase()}${name.slice(1)}`;
    const { data, errors } = await asked(field, previews[name], input);
    return { data: data[field], errors };
  };
  const rowsOf = async (table: string) => [table, await STORE.rows(gateway.directory, 'gateway', `select * from ${table}`)] as const;
  const dump = async () => Object.fromEntries(await Promise.all(TABLES.map(rowsOf)));
  return { ...gateway, ids, say, record, preview, dump };
}

const TABLES = ['customer', 'identifier', 'interaction', 'former_owner', 'identity_event', 'identity_mention', 'heard_event', 'separation'];

describe('a preview', () => {
  it('of a merge says who would join whom, with which identifiers and how many interactions', async () => {
    const { preview, record, ids } = await gatewayWith(
      [['crmId', '1']],
      [
        ['crmId', '2'],
        ['email', 'b@x.io'],
      ],
    );
    await record(pair('crmId', '1'), 3);
    await record(pair('crmId', '2'), 2);
    const { data } = await preview('merge', { customerIds: ids.toReversed() });
    expect(data).toEqual({
      customer: { id: ids[0], identifiers: [pair('crmId', '1')] },
      others: [{ id: ids[1], identifiers: expect.arrayContaining([pair('crmId', '2'), pair('email', 'b@x.io')]) }],
      linked: [],
      moved: expect.arrayContaining([
        { ...pair('crmId', '2'), from: ids[1] },
        { ...pair('email', 'b@x.io'), from: ids[1] },
      ]),
      cut: [],
      interactions: 2,
      explanation: '2 customers would become one; 2 interactions of the others would belong to the one who stays.',
    });
  });

  it('of a split says which customer would come back, and with how much history', async () => {
    const { preview, record, say, ids } = await gatewayWith([['crmId', '1']], [['email', 'b@x.io']]);
    await record(pair('email', 'b@x.io'), 4);
    await say(pair('crmId', '1'), pair('email', 'b@x.io'));
    await record(pair('crmId', '1'), 1);
    const { data } = await preview('split', { customerId: ids[0], identifiers: [pair('email', ' B@x.io')] });
    expect(data).toMatchObject({
      customer: { id: ids[0], identifiers: [pair('crmId', '1')] },
      others: [{ id: ids[1], identifiers: [pair('email', 'b@x.io')] }],
      moved: [{ ...pair('email', 'b@x.io'), from: ids[0] }],
      interactions: 4,
    });
    expect(data.explanation).toBe(
      'email would belong to a customer with an id from before they came together; 4 interactions of that time would go along, and all others would stay.',
    );
  });

  it('of a split that makes a customer shows another id each time', async () => {
    const { preview, ids } = await gatewayWith([
      ['crmId', '1'],
      ['email', 'b@x.io'],
    ]);
    const seen = new Set<string>([ids[0] as string]);
    for (let time = 0; time < 2; time++) {
      const { data } = await preview('split', { identifiers: [pair('crmId', '1')] });
      expect(data).toMatchObject({ customer: { id: ids[0] }, others: [{ identifiers: [pair('crmId', '1')] }], interactions: 0 });
      expect(data.explanation).toBe('crmId would belong to a new customer; all interactions so far would stay with the present one.');
      seen.add(data.others[0].id);
    }
    expect(seen.size).toBe(3);
  });

  it('of unlinking says what nobody would have', async () => {
    const { preview, ids } = await gatewayWith([
      ['crmId', '1'],
      ['email', 'b@x.io'],
    ]);
    const { data } = await preview('unlink', { identifier: pair('email', 'b@x.io') });
    expect(data).toMatchObject({ customer: { id: ids[0] }, others: [], moved: [], cut: [pair('email', 'b@x.io')], interactions: 0 });
    expect(data.explanation).toBe('Nobody would have email any more; all interactions so far would stay with the customer.');
  });

  it('of linking says what the customer would gain, who would join and who would lose something', async () => {
    const { preview, record, ids } = await gatewayWith(
      [['crmId', '1']],
      [['email', 'b@x.io']],
      [
        ['crmId', '2'],
        ['email', 'c@x.io'],
      ],
    );
    await record(pair('email', 'b@x.io'), 2);
    const joined = await preview('identify', { identifiers: [pair('crmId', '1'), pair('email', 'b@x.io'), pair('visitorId', 'v')] });
    expect(joined.data).toMatchObject({
      customer: { id: ids[0] },
      others: [{ id: ids[1] }],
      linked: [{ ...pair('visitorId', 'v'), from: null }],
      moved: [{ ...pair('email', 'b@x.io'), from: ids[1] }],
      interactions: 2,
      explanation:
        'The customer would gain visitorId; 2 customers would become one; 2 interactions of the others would belong to the one who stays.',
    });
    const moved = await preview('identify', { identifiers: [pair('crmId', '1'), pair('email', 'c@x.io')] });
    expect(moved.data).toMatchObject({
      ...{ customer: { id: ids[0] }, others: [{ id: ids[2] }], linked: [], interactions: 0 },
      moved: [{ ...pair('email', 'c@x.io'), from: ids[2] }],
      explanation: 'email would leave the customer who has it, and leave all interactions so far there.',
    });
    const fresh = await preview('identify', { identifiers: [pair('crmId', '9')] });
    expect(fresh.data).toMatchObject({
      customer: { identifiers: [pair('crmId', '9')] },
      others: [],
      explanation: 'A new customer would have crmId.',
    });
    const taken = await preview('identify', { identifiers: [pair('crmId', '9'), pair('email', 'c@x.io')] });
    expect(taken.data).toMatchObject({
      customer: { identifiers: [pair('crmId', '9'), pair('email', 'c@x.io')] },
      others: [{ id: ids[2] }],
      linked: [pair('crmId', '9')],
      moved: [{ ...pair('email', 'c@x.io'), from: ids[2] }],
    });
    const same = await preview('identify', { identifiers: [pair('crmId', '1')] });
    expect(same.data).toMatchObject({ customer: { id: ids[0] }, explanation: 'Nothing would change.' });
  });

  it('of a customer who is not stored yet shows them by the id that an agent was given, and stores nothing', async () => {
    const { preview, ask, dump, ids } = await gatewayWith([['email', 'ada@x.io']]);
    const shown = await ask('{ customerByIdentifier(identifier: {type: "crmId", value: "1"}) { id } }', { role: 'AGENT' });
    const before = await dump();
    const { data } = await preview('merge', { customerIds: [ids[0], shown.data.customerByIdentifier.id] });
    expect(data).toMatchObject({
      customer: { id: ids[0] },
      others: [{ id: shown.data.customerByIdentifier.id, identifiers: [pair('crmId', '1')] }],
      moved: [pair('crmId', '1')],
    });
    expect(await dump()).toEqual(before);
  });

  it("is refused with the mutation's errors, and for other viewers", async () => {
    const { preview, ask, ids } = await gatewayWith([['crmId', '1']], [['crmId', '2']]);
    const refused = async (...question: Parameters<typeof preview>) => {
      const { data, errors } = await preview(...question);
      expect(data).toBeNull();
      return `${errors[0]?.extensions.code}: ${errors[0]?.message}`;
    };
    const both = [pair('crmId', '1'), pair('crmId', '2')];
    expect(await refused('merge', { customerIds: [ids[0]] })).toBe('BAD_USER_INPUT: customerIds: expected 2 to 100, received 1');
    expect(await refused('merge', { customerIds: [ids[0], NOBODY] })).toBe(
      "NOT_FOUND: previewMerge: expected customerIds[1] to be a customer's id, there is no such customer",
    );
    expect(await refused('split', { identifiers: both })).toBe(
      "CONFLICTING_IDENTIFIERS: previewSplit: expected all of one customer, identifiers[1] is another's",
    );
    expect(await refused('unlink', { identifier: pair('crmId', '99') })).toContain('NOT_FOUND: previewUnlink');
    expect(await refused('identify', { identifiers: both })).toContain('CONFLICTING_IDENTIFIERS: previewIdentify');
    expect(await refused('identify', { identifiers: [pair('crmId', 'null')] })).toBe(
      'BAD_USER_INPUT: previewIdentify: expected at least one usable identifier, received "crmId" is refused as BLOCKED_VALUE',
    );
    for (const role of ['CUSTOMER', 'ADMIN'] as const) {
      const query = `{ previewMerge(input: { customerIds: ["${NOBODY}", "${NOBODY}"] }) { interactions }
        previewIdentify(input: { identifiers: [] }) { interactions } }`;
      expect((await ask(query, { role })).codes).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    }
  });

  it('waits for one preview of each other agent, however many they ask for at once', async () => {
    const [begun, asked, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const crm = memorySource(
      {},
      {
        load: async (keys) => {
          asked.resolve();
          return keys.map(() => null);
        },
      },
    );
    const { ask, ids } = await previewing({ dataSources: { crm: crm.adapter } }, [['crmId', '1']], [['email', 'a@x.io']]);
    const decided = holdPreviews(begun.resolve, open.promise);
    // Equal fields of an operation are asked for once.
    const merge = (name: string) =>
      `${name}: previewMerge(input: { reason: "${name}", customerIds: ${JSON.stringify(ids)} }) { interactions }`;
    const many = ask(`{ ${Array.from({ length: 20 }, (_, index) => merge(`p${index}`)).join(' ')} }`, { role: 'AGENT', subject: 'many' });
    await begun.promise;
    const unlink = '{ previewUnlink(input: { identifier: { type: "email", value: "a@x.io" } }) { interactions } }';
    const one = ask(unlink.replace('{', '{ customerByIdentifier(identifier: { type: "crmId", value: "2" }) { name }'), {
      role: 'AGENT',
      subject: 'one',
    });
    await asked.promise;
    open.resolve();
    expect([(await one).errors, (await many).errors]).toEqual([[], []]);
    expect(decided).toEqual(['merge', 'unlink', ...Array.from({ length: 19 }, () => 'merge')]);
  });

  it('is not decided any more when its client is gone', async () => {
    const { gateway, ask, ids } = await previewing({}, [['crmId', '1']], [['email', 'a@x.io']]);
    const [begun, gone, open] = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const decided = holdPreviews(begun.resolve, open.promise);
    const address = await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    gateway.app.server.once('request', (_, response) => response.once('close', () => gone.resolve()));
    const merge = (name: string) =>
      `${name}: previewMerge(input: { reason: "${name}", customerIds: ${JSON.stringify(ids)} }) { interactions }`;
    const leaving = new AbortController();
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${await signToken({ role: 'AGENT', subject: 'somebody' })}`,
    };
    const body = JSON.stringify({ query: `{ ${merge('a')} ${merge('b')} ${merge('c')} }` });
    const left = fetch(`${address}/graphql`, { method: 'POST', headers, body, signal: leaving.signal }).catch(() => null);
    await begun.promise;
    leaving.abort();
    await Promise.all([left, gone.promise]);
    open.resolve();
    const unlink = '{ previewUnlink(input: { identifier: { type: "email", value: "a@x.io" } }) { interactions } }';
    expect((await ask(unlink, { role: 'AGENT' })).errors).toEqual([]);
    expect(decided).toEqual(['merge', 'unlink']);
  });

  it('needs an agent who must confirm to have confirmed everybody whom it names', async () => {
    const config = { viewers: { agentsConfirm: true } } as const;
    const { preview, ask, ids } = await previewing(
      { config },
      [['crmId', '1']],
      [
        ['crmId', '2'],
        ['email', 'b@x.io'],
      ],
    );
    const confirm = (id?: string) =>
      ask(`mutation { confirmIdentity(input: { customerId: "${id}", method: "call back" }) { expiresAt } }`, { role: 'AGENT' });
    const questions: Parameters<typeof preview>[] = [
      ['merge', { customerIds: ids }],
      ['split', { identifiers: [pair('email', 'b@x.io')] }],
      ['unlink', { identifier: pair('email', 'b@x.io') }],
      ['identify', { identifiers: [pair('crmId', '1'), pair('email', 'b@x.io')] }],
    ];
    await confirm(ids[0]);
    for (const question of questions) {
      const { data, errors } = await preview(...question);
      expect(data).toBeNull();
      expect(errors[0]?.extensions).toMatchObject({ code: 'INSUFFICIENT_ASSURANCE', required: 'VERIFIED', actual: 'RECOGNIZED' });
      expect(JSON.stringify(errors)).not.toContain('b@x.io');
    }
    await confirm(ids[1]);
    for (const question of questions) expect((await preview(...question)).errors).toEqual([]);
    // A preview is no way to read a customer whom only a back end knows.
    const query = `{ previewIdentify(input: { identifiers: [{ type: "crmId", value: "3" }] }) { customer { assurance name email } } }`;
    const { data, codes } = await ask(query, { role: 'AGENT' });
    expect([data.previewIdentify.customer, codes]).toEqual([
      { assurance: 'RECOGNIZED', name: null, email: null },
      ['INSUFFICIENT_ASSURANCE'],
    ]);
  });
});

/** Lets no preview be decided before `open`. @returns the kinds of those that have begun, in their order. */
function holdPreviews(begun: () => void, open: Promise<void>): string[] {
  const decided: string[] = [];
  const original = IdentityGraph.prototype.preview;
  const spy = vi.spyOn(IdentityGraph.prototype, 'preview');
  onTestFinished(() => spy.mockRestore());
  spy.mockImplementation(async function (this: IdentityGraph, change) {
    decided.push(change.kind === 'correction' ? change.correction.kind : change.kind);
    begun();
    await open;
    return original.call(this, change);
  });
  return decided;
}
