import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { loyaltyOf } from '../../examples/demo-back-ends/prepare.ts';
import { readTransactions } from '../../examples/demo-back-ends/transactions.ts';
import { Command, GATEWAY_URL } from '../support/command.ts';
import { codeBlocks } from '../support/documentation.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { isMissing, naming } from '../support/services.ts';
import { SECRET, signToken } from '../support/tokens.ts';
import { PATIENTLY } from '../support/waiting.ts';

const SOURCES = ['catalog', 'crm', 'loyalty', 'orders', 'support'];
const EVERYTHING = `
  name email phone country memberSince
  loyalty { points tier spent }
  orders { edges { node { invoiceNo date cancelled total lines { sku quantity product { sku name price } } } } }
  tickets { id subject status openedAt channel }
  sources { name status }
`;

/** Starts the demo with its back ends, as `npm start` does. @param atEnd is given what ends it. Default: when the test is over. */
async function demo(variables: Record<string, string> = {}, atEnd: (end: () => void) => void = onTestFinished) {
  const command = new Command('examples/demo/run.ts', ['start', '--port', '0', '--host', '127.0.0.1'], {
    variables: { DATABASE_URL: `sqlite:${join(temporaryDirectory(atEnd), 'gateway.db')}`, GATEWAY_SECRET: SECRET, ...variables },
    atEnd,
  });
  const url = await command.says(GATEWAY_URL);
  const ask = async (query: string, { path = '/graphql', headers = {}, variables = {} } = {}) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    return (await response.json()) as any;
  };
  const countCalls = async () => {
    const lines = (await (await fetch(`${url}/metrics`)).text())
      .split('\n')
      .filter((line) => line.startsWith('gateway_source_call_duration_seconds'));
    const counts = lines.filter((line) => !/_(bucket|sum)\{/.test(line));
    const ofSource = (name: string) =>
      counts.filter((line) => line.includes(`source="${name}"`)).map((line) => Number(line.split(' ').at(-1)));
    return Object.fromEntries(SOURCES.map((name) => [name, ofSource(name).reduce((sum, count) => sum + count, 0)]));
  };
  // A source's first call opens files and connections: on a busy machine that takes longer than its time-out.
  await vi.waitFor(async () => {
    const { data } = await ask(`{ customer { ${EVERYTHING} } }`, { headers: await bearer('CUSTOMER', '17850') });
    expect(namesOf(data.customer.sources).toSorted()).toEqual(SOURCES);
  }, PATIENTLY);
  /** @returns a function that answers how often each back end was called since. */
  const startCounting = async () => {
    const before = await countCalls();
    return async () => Object.fromEntries(Object.entries(await countCalls()).map(([name, count]) => [name, count - Number(before[name])]));
  };
  return { command, url, ask, startCounting };
}
interface Sent {
  readonly query: string;
  readonly answer: string;
}

/** The queries that the README sends as an agent, each with the answer that it shows. */
function agentQueries(): Sent[] {
  const blocks = codeBlocks('README.md');
  return blocks.flatMap(({ text }, index) => {
    const [, body] = /\$AGENT_TOKEN[\s\S]*-d '(.*)'/.exec(text) ?? [];
    return body === undefined ? [] : [{ query: JSON.parse(body).query as string, answer: blocks[index + 1]?.text ?? '' }];
  });
}

const bearer = async (role: 'CUSTOMER' | 'AGENT' | 'SERVICE', subject: string) => ({
  authorization: `Bearer ${await signToken({ role, subject })}`,
});
const namesOf = (sources: readonly { name: string; status: string }[]) =>
  sources.filter(({ status }) => status === 'FRESH').map(({ name }) => name);

/** As `schema.graphql` says of the tiers. */
const toNextTier = (points: number) => (points < 300 ? 300 - points : points < 1_000 ? 1_000 - points : 0);

describe('the demo', () => {
  /** For tests that stop nothing: a start costs more than most of them. */
  let shared: Awaited<ReturnType<typeof demo>>;
  const ends: (() => void)[] = [];
  beforeAll(async () => {
    shared = await demo({}, (end) => ends.unshift(end));
  });
  afterAll(() => {
    for (const end of ends) end();
  });

  it('composes one customer from five back ends with one call each, and a hundred customers as well', async () => {
    const { ask, startCounting } = shared;
    const calls = await startCounting();
    const { data, errors } = await ask(`{ customer { ${EVERYTHING} } }`, { headers: await bearer('CUSTOMER', '17850') });
    expect(errors).toBeUndefined();
    expect(namesOf(data.customer.sources).toSorted()).toEqual(SOURCES);
    expect(data.customer.loyalty.spent).toBe(loyaltyOf(readTransactions()).find(({ customerId }) => customerId === '17850')?.spent);
    expect(await calls()).toEqual(Object.fromEntries(SOURCES.map((name) => [name, 1])));

    const numbers = [...new Set(readTransactions().map(({ customerId }) => customerId))].filter((id) => id !== '').slice(0, 100);
    const many = await ask(
      `query ($identifiers: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $identifiers) { ${EVERYTHING} } }`,
      { headers: await bearer('SERVICE', 'mailing'), variables: { identifiers: numbers.map((value) => ({ type: 'crmId', value })) } },
    );
    expect(many.errors).toBeUndefined();
    expect(many.data.customersByIdentifiers.filter(Boolean)).toHaveLength(100);
    // A long answer is made in slices, and what one slice asks for is one call: more of the products, on a busy machine.
    const { catalog, ...others } = await calls();
    expect(others).toEqual(Object.fromEntries(SOURCES.filter((name) => name !== 'catalog').map((name) => [name, 2])));
    expect(catalog).toBeLessThan(50);
  });

  it('has code for what no back end says: points that are missing, and a product by its stock code', async () => {
    const { ask } = shared;
    const [line] = readTransactions();
    const query =
      'query ($sku: String!) { customer { loyalty { points } pointsToNextTier } product(sku: $sku) { sku name } none: product(sku: "-") { sku } }';
    const { data, errors } = await ask(query, { path: '/graphql?cid=17850', variables: { sku: line?.sku } });
    expect(errors).toBeUndefined();
    expect(data.customer.pointsToNextTier).toBe(toNextTier(data.customer.loyalty.points));
    expect(data).toMatchObject({ product: { sku: line?.sku, name: expect.any(String) }, none: null });
  });

  it('answers the first query of the README, and knows the same customer by a cookie, a token and, for an agent, a number', async () => {
    const { ask } = shared;
    const first = await ask('{ customer { id country orders(first: 3) { edges { node { invoiceNo } } } sources { name status } } }', {
      path: '/graphql?cid=17850',
    });
    expect(first.errors).toBeUndefined();
    expect(first.data.customer.country).toBe('United Kingdom');
    const own = new Set(readTransactions().flatMap((line) => (line.customerId === '17850' ? [line.invoiceNo] : [])));
    expect(first.data.customer.orders.edges).toHaveLength(3);
    for (const { node } of first.data.customer.orders.edges) expect(own).toContain(node.invoiceNo);

    const query = '{ customer { id country } }';
    const byCookie = await ask(query, { headers: { cookie: 'customer_id=17850' } });
    const byToken = await ask(query, { headers: await bearer('CUSTOMER', '17850') });
    const byAgent = await ask('{ customer: customerByIdentifier(identifier: { type: "crmId", value: "17850" }) { id country } }', {
      headers: await bearer('AGENT', 'summer'),
    });
    expect(byCookie.data.customer.country).toBe('United Kingdom');
    expect(byToken.data).toEqual(byCookie.data);
    expect(byAgent.data).toEqual(byCookie.data);
  });

  it('refuses an agent what needs VERIFIED until the agent confirms who the customer is, as the README shows', async () => {
    const { ask } = shared;
    const [refused, confirm] = agentQueries() as [Sent, Sent];
    const headers = await bearer('AGENT', 'summer');
    const first = await ask(refused.query, { headers });
    const { id } = first.data.customerByIdentifier;
    const shown = JSON.parse(refused.answer);
    expect({ ...first, errors: first.errors.map(({ locations: _, ...error }: { locations: unknown }) => error) }).toEqual({
      ...shown,
      data: { customerByIdentifier: { ...shown.data.customerByIdentifier, id } },
    });
    const second = await ask(confirm.query.replace(shown.data.customerByIdentifier.id, id), { headers });
    expect(second).toEqual(JSON.parse(confirm.answer));
    expect((await ask(refused.query, { headers })).data.customerByIdentifier.email).toBe(second.data.confirmIdentity.customer.email);
  });

  it('answers the rest when back ends are stopped', async () => {
    const { command, ask } = await demo();
    const stopped = { orders: 'orders', support: 'tickets' };
    for (const source of Object.keys(stopped)) {
      const address = await command.says(new RegExp(`Demo back end ${source} +(\\S+) `));
      process.kill(Number(await command.says(new RegExp(`Demo back end ${source} .*kill (\\d+)\\)`))));
      while (
        await fetch(address).then(
          () => true,
          () => false,
        )
      );
    }
    const { data, errors } = await ask(`{ customer { ${EVERYTHING} } }`, { headers: await bearer('CUSTOMER', '17850') });
    expect(data.customer).toMatchObject({ name: expect.any(String), loyalty: { points: expect.any(Number) }, orders: null, tickets: null });
    for (const [source, field] of Object.entries(stopped)) {
      expect(data.customer.sources).toContainEqual({ name: source, status: 'FAILED' });
      const ofField = errors.filter(({ path }: { path: string[] }) => path.at(-1) === field);
      expect(ofField).toMatchObject([{ path: ['customer', field], extensions: { code: 'SOURCE_UNAVAILABLE', source } }]);
    }
    expect(errors).toHaveLength(2);
  });

  it.skipIf(isMissing('Redis'))(`reads loyalty points from ${naming('Redis')} where there is one`, async () => {
    const url = 'redis://127.0.0.1:6379/9';
    onTestFinished(async () => {
      const redis = new Redis(url);
      await redis.del(loyaltyOf(readTransactions()).map(({ customerId }) => `loyalty:${customerId}`));
      redis.disconnect();
    });
    const { ask } = await demo({ REDIS_URL: url });
    const expected = loyaltyOf(readTransactions()).find(({ customerId }) => customerId === '17850');
    const { data, errors } = await ask('{ customer { loyalty { points tier spent } pointsToNextTier } }', { path: '/graphql?cid=17850' });
    expect(errors).toBeUndefined();
    expect(data.customer.loyalty).toEqual({ points: expected?.points, tier: expected?.tier, spent: expected?.spent });
    expect(data.customer.pointsToNextTier).toBe(toNextTier(expected?.points ?? 0));
  });

  const npm = process.env.npm_execpath;
  it.skipIf(npm === undefined)('ends with 0, together with its back ends, when npm start is stopped', async () => {
    const variables = { DATABASE_URL: `sqlite:${join(temporaryDirectory(), 'gateway.db')}` };
    const command = new Command(npm as string, ['start', '--', '--port', '0', '--host', '127.0.0.1'], { variables });
    const gateway = await command.says(GATEWAY_URL);
    const { code, stdout } = await command.stop();
    expect(code).toBe(0);
    const addresses = [
      `${gateway}/health/live`,
      ...[...stdout.matchAll(/^Demo (?:back end|shop).*?(http\S+)/gm)].map(([, url]) => url as string),
    ];
    expect(addresses).toHaveLength(4);
    for (const address of addresses) await expect(fetch(address)).rejects.toThrow();
    const children = [...stdout.matchAll(/kill (\d+)\)/g)].map(([, pid]) => Number(pid));
    expect(children).toHaveLength(2);
    for (const child of children) await vi.waitFor(() => expect(() => process.kill(child, 0)).toThrow(), PATIENTLY);
  });

  it('starts nothing for a command line that asks for help, or has a mistake', async () => {
    const run = (...args: string[]) => new Command('examples/demo/run.ts', args).ended();
    const [help, wrong] = await Promise.all([run('start', '--help'), run('start', '--port', 'abc')]);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: customer-profile-gateway start/), stderr: '' });
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining("argument 'abc' is invalid") });
  });

  it('is made of 9,999 real invoice lines of 323 customers', () => {
    expect(readTransactions()).toHaveLength(9_999);
    expect(loyaltyOf(readTransactions())).toHaveLength(323);
  });
});
