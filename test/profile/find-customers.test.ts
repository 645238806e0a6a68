import { describe, expect, it, vi } from 'vitest';
import { defineAdapter } from '../../src/index.ts';
import { foundKeys } from '../../src/sources/source-searches.ts';
import { PATIENT, sourceOf } from '../support/ask-source.ts';
import { IDENTIFIERS, memorySource, type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';
import { TRANSPORTS } from '../support/transports.ts';
import { longestTurnOf } from '../support/turns.ts';
import { PATIENTLY } from '../support/waiting.ts';

const FIND = 'query ($value: String!, $first: Int) { findCustomers(value: $value, first: $first) { id name assurance } }';
const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
const CRM = {
  1: { name: 'Ada Birch', email: 'ada@example.com' },
  2: { name: 'Ben Birch', email: 'ben@example.com' },
  3: { name: 'Clara', email: 'clara@example.com' },
};

const FIND_IDENTIFIERS = { ...IDENTIFIERS, phone: { class: 'person', normalize: 'phone', region: 'GB' } } as const;

/** A CRM that finds by a part of the name. */
function crm(options: Partial<Parameters<typeof defineAdapter>[0]> = {}) {
  const texts: string[] = [];
  const search = async (text: string) => {
    texts.push(text);
    return Object.entries(CRM).flatMap(([key, { name }]) => (name.toLowerCase().includes(text.toLowerCase()) ? [key] : []));
  };
  return { ...memorySource(CRM, { search, ...options }), texts };
}

async function finding(dataSources: TestGatewayOptions['dataSources'], options: TestGatewayOptions = {}) {
  const gateway = await testGateway({ dataSources: dataSources ?? {}, ...options });
  const find = (value: string, first?: number) =>
    gateway.ask(FIND, { variables: { value, ...(first !== undefined && { first }) }, role: 'AGENT' });
  const names = async (value: string, first?: number) =>
    (await find(value, first)).data.findCustomers.map(({ name }: { name: string }) => name);
  const identify = async (...identifiers: [string, string][]) => {
    const input = { identifiers: identifiers.map(([type, value]) => ({ type, value })) };
    return (await gateway.ask(IDENTIFY, { variables: { input }, role: 'SERVICE' })).data.identify.customer.id as string;
  };
  return { ...gateway, find, names, identify };
}

describe('findCustomers', () => {
  it('finds the customer with this value under any identifier type', async () => {
    const { find, identify } = await finding({ crm: crm().adapter });
    const id = await identify(['crmId', '1'], ['email', 'ada@example.com']);
    expect((await find(' ADA@example.com')).data.findCustomers).toEqual([{ id, name: 'Ada Birch', assurance: 'VERIFIED' }]);
  });

  it('finds customers whom only a back end knows, with the id that they will have', async () => {
    const { find, ask } = await finding({ crm: crm().adapter });
    const [ada] = (await find('ada')).data.findCustomers;
    const known = await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id } }', { role: 'AGENT' });
    expect(ada).toEqual({ id: known.data.customerByIdentifier.id, name: 'Ada Birch', assurance: 'VERIFIED' });
    expect((await ask('query ($id: ID!) { node(id: $id) { id } }', { variables: { id: ada.id }, role: 'AGENT' })).data.node.id).toBe(
      ada.id,
    );
  });

  it('answers exact identifiers first, then by the order of identifier types and sources, each customer once', async () => {
    const byEmail = defineAdapter({
      key: 'email',
      load: async (keys) => keys.map(() => null),
      search: async () => ['new@example.com', 'ben@example.com'],
    });
    const second = memorySource(CRM, { search: async () => ['3', '2'] });
    const { names, identify, find } = await finding({ aaa: byEmail, crm: crm().adapter, members: second.adapter });
    await identify(['crmId', '2'], ['email', 'ben@example.com']);
    await identify(['crmId', '3'], ['email', 'birch@example.com']);
    expect(await names('birch@example.com')).toEqual(['Clara', 'Ben Birch', null]);
    expect(await names('Birch')).toEqual(['Ada Birch', 'Ben Birch', 'Clara', null]);
    expect(await names('Birch', 2)).toEqual(['Ada Birch', 'Ben Birch']);
    expect((await find('Birch', 0)).data.findCustomers).toEqual([]);
  });

  it('asks back ends that have no search for the value itself, and takes nobody whom none of them knows', async () => {
    const { find, names } = await finding({ crm: memorySource({ 17850: { name: 'Ada Birch' } }).adapter });
    expect((await find('17850')).data.findCustomers).toMatchObject([{ name: 'Ada Birch' }]);
    expect(await names('17851')).toEqual([]);
  });

  it('asks back ends for a value of a type that only the schema names as their key', async () => {
    const members = memorySource({ 'ada@example.com': { name: 'Ada Birch' } }, { key: 'phone' });
    const schema = 'type Customer { name: String @from(source: "members", key: "email") }';
    const config = { identifiers: FIND_IDENTIFIERS };
    const { find } = await finding({ members: members.adapter }, { schema, config });
    expect((await find('Ada@Example.com')).data.findCustomers).toMatchObject([{ name: 'Ada Birch' }]);
    expect((await find('ben@example.com')).data.findCustomers).toEqual([]);
    expect(members.calls).toEqual([['ada@example.com'], ['ben@example.com']]);
  });

  it('answers who has exactly this value in a back end before those whom searches find', async () => {
    const byEmail = defineAdapter({
      key: 'email',
      load: async (keys) => keys.map(() => ({})),
      search: async () => ['an-order@example.com'],
    });
    const { names } = await finding({ crm: memorySource({ 17850: { name: 'Ada Birch' } }).adapter, orders: byEmail });
    expect(await names('17850')).toEqual(['Ada Birch', null]);
    expect(await names('17850', 1)).toEqual(['Ada Birch']);
  });

  it('drops what sources find and what is no identifier', async () => {
    const { names } = await finding({ crm: crm({ search: async () => ['null', '1', '1', 'n/a', '2'] }).adapter });
    expect(await names('birch')).toEqual(['Ada Birch', 'Ben Birch']);
  });

  it('is refused to other viewers, and for a text or a number out of bounds', async () => {
    const { ask, find } = await finding({ crm: crm().adapter });
    for (const role of ['CUSTOMER', 'SERVICE', 'ADMIN'] as const) {
      expect((await ask(FIND, { variables: { value: 'ada' }, role })).codes).toEqual(['FORBIDDEN']);
    }
    const refused = async (value: string, first?: number) => (await find(value, first)).errors[0]?.message;
    expect(await refused(' a ')).toBe('value: expected 2 to 256 characters, received 1');
    expect(await refused('x'.repeat(257))).toBe('value: expected 2 to 256 characters, received more');
    expect((await find('x'.repeat(256))).errors).toEqual([]);
    expect(await refused('a\ud800')).toBe('value: expected whole Unicode characters without NUL');
    expect(await refused('ada', 101)).toBe('first: expected 0 to 100, received 101');
  });

  it('counts each source that is searched', async () => {
    const { ask } = await finding({ crm: crm().adapter, members: crm().adapter }, { config: { limits: { cost: 10 } } });
    const { errors } = await ask('{ findCustomers(value: "ada", first: 40) { id } }', { role: 'AGENT' });
    // 1 for the field, 40 for its customers and 40 for those that each source finds: an agent has ten times the limit.
    expect(errors[0]?.extensions).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', limit: 'cost', allowed: 100, actual: 121 });
  });

  it('searches once for texts that are the same at the same time', async () => {
    let calls = 0;
    const search = async () => {
      calls++;
      return ['1'];
    };
    const source = sourceOf(crm({ search }).adapter);
    const both = [source.search('birch', 5, {}), source.search('birch', 5, {})];
    expect(await Promise.all(both.map(async ({ answer }) => foundKeys(await answer.promise())))).toEqual([['1'], ['1']]);
    expect(calls).toBe(1);
  });

  it.each([
    [16, 4],
    [3, 1],
  ])('leaves reads their calls while slow searches wait: of %i at the same time, %i are searches', async (concurrency, most) => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    let running = 0;
    let max = 0;
    const search = async () => {
      running++;
      max = Math.max(max, running);
      await opened;
      running--;
      return ['1'];
    };
    const { find, ask, identify } = await finding({ crm: crm({ search, policy: { ...PATIENT, concurrency } }).adapter });
    await identify(['crmId', '2']);
    const searches = Array.from({ length: 20 }, (_, n) => find(`birch ${n}`));
    await vi.waitFor(() => expect(running).toBe(most), PATIENTLY);
    const read = await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "2" }) { name } }', { role: 'AGENT' });
    expect(read.data.customerByIdentifier.name).toBe('Ben Birch');
    open();
    for (const { data } of await Promise.all(searches)) expect(data.findCustomers).toMatchObject([{ name: 'Ada Birch' }]);
    expect(max).toBe(most);
  });

  it('finds nobody by a part of what an agent who has not confirmed them may not see', async () => {
    const people = {
      100: { name: 'Ada Birch', email: 'ada.secret@example.com', phone: '+442079460958', memberNumber: 'M-7731' },
      200: { name: 'Émile Sand', email: 'sand@example.org', phone: '+442079461111', memberNumber: 'M-9000' },
    };
    const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    const digits = (text: string) => text.replace(/\D/g, '').replace(/^0+/, '');
    // Finds by a part of anything, as an index of whole records does.
    const search = async (text: string) =>
      Object.entries(people).flatMap(([key, person]) => {
        const values = [key, ...Object.values(person)].map(folded);
        const hasWords = folded(text)
          .split(/\s+/)
          .every((word) => values.some((value) => value.includes(word)));
        return hasWords || (digits(text).length >= 2 && digits(person.phone).includes(digits(text))) ? [key] : [];
      });
    const { find, ask } = await finding(
      { crm: memorySource(people, { search }).adapter },
      { config: { viewers: { agentsConfirm: true }, identifiers: FIND_IDENTIFIERS } },
    );
    const names = async (value: string) => {
      const { data, errors } = await find(value);
      expect(errors).toEqual([]);
      return data.findCustomers.map(({ name }: { name: string }) => name);
    };
    const parts = [
      ...['ada.s', 'ada.secret@example.co', 'secret', '@example.c', 'birch secret', 'ada birch sec', 'birch s'],
      ...['020 794', '+44207', '2079460', '02079460', '0207946095', 'birch 0958', 'ada 0', 'M-77', '10', 'birch 10'],
    ];
    for (const part of parts) expect({ part, names: await names(part) }).toEqual({ part, names: [] });
    const wholes = ['Ada', 'birch ad', 'b a', 'irc', 'ADA.SECRET@example.com', '020 7946 0958', '+442079460958', 'm-7731', '100'];
    for (const whole of wholes) expect({ whole, names: await names(whole) }).toEqual({ whole, names: ['Ada Birch'] });
    expect(await names('emile')).toEqual(['Émile Sand']);

    const { id } = (await find('Ada')).data.findCustomers[0];
    const confirm = 'mutation ($id: ID!) { confirmIdentity(input: { customerId: $id, method: "asked" }) { expiresAt } }';
    expect((await ask(confirm, { variables: { id }, role: 'AGENT' })).errors).toEqual([]);
    // `@example.c` is in the addresses of both.
    for (const part of parts) expect(await names(part)).toEqual(['Ada Birch']);
  });

  it('leaves the event loop to others while it looks through long records for what the agent may not see', async () => {
    const orders = Array.from({ length: 300 }, (_, order) => ({ id: `O-${order}`, note: `left at door ${order}`, total: order / 3 }));
    const people = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`${at + 1000}`, orders.map((each) => ({ ...each, of: at }))]));
    const { adapter } = memorySource(people, { many: true, search: async () => Object.keys(people) });
    const config = { viewers: { agentsConfirm: true }, limits: { rows: 100_000 } } as const;
    const { find } = await finding({ crm: crm().adapter, orders: adapter }, { config });
    // None of the orders is shown to agents, so a part of a note finds nobody; the first time, code is compiled.
    expect((await find('left at', 60)).data.findCustomers).toEqual([]);
    expect(await longestTurnOf(() => find('left at', 60))).toBeLessThan(0.5);
  });

  it('finds by a number that is not in the record, though its letters are in what the agent may not see', async () => {
    const people = { 17850: { name: 'Ada Birch', email: 'ada@example.com' } };
    const search = async (text: string) => (text === 'XY-78-0' ? ['17850'] : []);
    const { find } = await finding({ crm: memorySource(people, { search }).adapter }, { config: { viewers: { agentsConfirm: true } } });
    expect((await find('XY-78-0')).data.findCustomers).toHaveLength(1);
  });

  it('shows an agent who must confirm customers who are RECOGNIZED, stored or not', async () => {
    const { find, identify } = await finding({ crm: crm().adapter }, { config: { viewers: { agentsConfirm: true } } });
    await identify(['crmId', '1']);
    const assurances = (await find('birch')).data.findCustomers.map(({ assurance }: { assurance: string }) => assurance);
    expect(assurances).toEqual(['RECOGNIZED', 'RECOGNIZED']);
  });
});

describe('a source that can not be searched', () => {
  const failing = { crm: crm().adapter, members: crm({ search: () => Promise.reject(new Error('down: ada')) }).adapter };

  it.each(Object.entries(TRANSPORTS))('is named in the answer, and the others are in it: %s', async (_, transport) => {
    const { gateway } = await finding(failing);
    const headers = { authorization: `Bearer ${await signToken({ role: 'AGENT', subject: 'a' })}` };
    const answer = await transport({ gateway, headers }, { query: FIND, variables: { value: 'ada' } });
    expect(answer?.data).toEqual({ findCustomers: [expect.objectContaining({ name: 'Ada Birch' })] });
    expect(answer?.errors).toEqual([]);
    expect(answer?.extensions).toEqual({
      incomplete: [{ source: 'members', code: 'SOURCE_UNAVAILABLE' }],
      foundBy: [{ id: expect.any(String), source: 'crm' }],
    });
    expect(answer?.text).not.toContain('down');
  });

  it('may quote a part of the text, or its digits: neither is in the log', async () => {
    const search = (text: string) =>
      Promise.reject(new Error(`no index for ${text.replace(/\D/g, '').replace(/^0+/, '')}, ${text.toUpperCase().split(' ')[0]}`));
    const { find, log } = await finding({ crm: crm({ search }).adapter });
    for (const text of ['07700 900613', 'Elif Birch', 'elif.birch@example.com of 12 Hill Street']) await find(text);
    expect(log.join('\n')).toContain('no index for');
    expect(log.join('\n')).not.toMatch(/7700|900613|elif|birch/i);
  });

  it('makes the field null only when nothing else is known', async () => {
    const { find, identify } = await finding({ crm: crm({ search: async () => [{ id: 1 }] as never }).adapter });
    const { data, errors } = await find('ada@example.com');
    expect(data.findCustomers).toBeNull();
    expect(errors[0]?.extensions).toMatchObject({ code: 'SOURCE_INVALID', source: 'crm' });
    await identify(['email', 'ada@example.com'], ['crmId', '1']);
    expect((await find('ada@example.com')).data.findCustomers).toMatchObject([{ name: 'Ada Birch' }]);
  });

  it('is given up at its time-out, and is not asked for a while after many failures; reads go on', async () => {
    let searches = 0;
    const search = (_: string, { signal }: { signal: AbortSignal }) => {
      searches++;
      return new Promise<string[]>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    // Long enough for the search to begin, and for the read, also on a busy machine.
    const policy = { timeout: '500ms', retries: 0, breaker: { errors: 2 } } as const;
    const slow = memorySource({ 1: { name: 'Ada' } }, { search, policy });
    const { find, ask, identify } = await finding({ crm: slow.adapter });
    await identify(['crmId', '1']);
    const codes = [];
    for (let attempt = 0; attempt < 3; attempt++) codes.push(...(await find(`nobody ${attempt}`)).codes);
    expect(codes).toEqual(['SOURCE_TIMEOUT', 'SOURCE_TIMEOUT', 'SOURCE_UNAVAILABLE']);
    expect(searches).toBe(2);
    const read = await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { name } }', { role: 'AGENT' });
    expect(read.data.customerByIdentifier.name).toBe('Ada');
  });

  it('stops the start when its keys are of no identifier type', async () => {
    const search = async () => ['a'];
    const load = async (keys: readonly string[]) => keys.map(() => null);
    const dataSources = {
      crm: crm().adapter,
      catalog: defineAdapter({ key: 'sku', load, search }),
      prices: defineAdapter({ load, search }),
    };
    await expect(testGateway({ dataSources })).rejects.toMatchObject({
      problems: [
        { where: 'data source catalog', message: expect.stringContaining('its key is sku') },
        { where: 'data source prices', message: expect.stringContaining('its key is not set') },
      ],
    });
  });
});
