import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ordersOf } from '../../examples/demo-back-ends/orders.ts';
import { prepareDemoData } from '../../examples/demo-back-ends/prepare.ts';
import { readTransactions } from '../../examples/demo-back-ends/transactions.ts';
import { readOffer } from '../../src/config/import-offers.ts';
import { loadProject } from '../../src/config/load-project.ts';
import { defineAdapter } from '../../src/index.ts';
import type { OfferFile } from '../../src/offers/definition/offer-file.ts';
import { createGateway } from '../../src/wiring/gateway.ts';
import { CLI, Command } from '../support/command.ts';
import { type CodeBlock, codeBlocks, tableRows } from '../support/documentation.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';
import { SECRET, signToken } from '../support/tokens.ts';

const PAGE = 'docs/offers.md';
const BLOCKS = codeBlocks(PAGE);
/** Where the page's commands write. */
const DEMO_DATA = '.data/demo';
/** The customer of the examples. */
const CUSTOMER = '17850';
const ROLES = ['AGENT', 'ADMIN'] as const;

/** The demo's project over its real transactions; what its services would answer is answered in this process. */
async function demoGateway(offers: readonly OfferFile[] = []) {
  const directory = temporaryDirectory();
  prepareDemoData(directory);
  vi.stubEnv('CRM_URL', `sqlite:${join(directory, 'crm.db')}`);
  vi.stubEnv('LOYALTY_PATH', join(directory, 'loyalty.json'));
  vi.stubEnv('CATALOG_PATH', join(directory, 'products.csv'));
  vi.stubEnv('DATABASE_URL', `sqlite:${join(directory, 'gateway.db')}`);
  vi.stubEnv('REDIS_URL', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const project = await loadProject('gateway.config.ts');
  const orders = Map.groupBy(ordersOf(readTransactions()), ({ customerId }) => customerId);
  const services = {
    orders: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map((key) => (orders.get(key) ?? []) as never) }),
    support: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => []) }),
  };
  const gateway = await createGateway(
    { ...project, offers: [...project.offers, ...offers], dataSources: new Map([...project.dataSources, ...Object.entries(services)]) },
    { variables: { GATEWAY_SECRET: SECRET }, logger: pino({ level: 'silent' }), now: () => new Date('2011-01-15T12:00:00Z') },
  );
  onTestFinished(() => gateway.close());
  const ask = async (query: string, variables: object, role?: (typeof ROLES)[number]) => {
    // A customer asks on a page of the shop.
    const headers =
      role === undefined
        ? { origin: 'http://localhost:4201' }
        : { authorization: `Bearer ${await signToken({ role, subject: 'summer' })}` };
    const url = role === undefined ? `/graphql?cid=${CUSTOMER}` : '/graphql';
    const answer = await gateway.app.inject({ method: 'POST', url, headers, payload: { query, variables } });
    return answer.json() as { data: Record<string, unknown> };
  };
  return ask;
}

/** Pairs of a block and the block that follows it, with what it gives. */
function examples(language: string, result: string): [CodeBlock, CodeBlock][] {
  return BLOCKS.flatMap((block, index): [CodeBlock, CodeBlock][] => {
    const next = BLOCKS[index + 1];
    return block.language === language && next?.language === result ? [[block, next]] : [];
  });
}

/** A text of the page that ends with `…` stands for every text that begins so. */
function matching(written: unknown): unknown {
  if (typeof written === 'string' && written.endsWith('…'))
    return expect.stringMatching(new RegExp(`^${RegExp.escape(written.slice(0, -1))}`));
  if (Array.isArray(written)) return written.map(matching);
  if (typeof written !== 'object' || written === null) return written;
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, matching(value)]));
}

describe('the page about offers', () => {
  it('shows files and options of the demo as they are', () => {
    const files = BLOCKS.filter(({ text }) => text.startsWith('// offers/'));
    expect(files.length).toBeGreaterThan(0);
    for (const { where, text } of files) {
      const [name = '', ...lines] = text.split('\n');
      expect(lines.join('\n'), where).toBe(readFileSync(name.slice('// '.length), 'utf8'));
    }
    const config = readFileSync('gateway.config.ts', 'utf8').replace(/^ +/gm, '');
    const options = BLOCKS.filter(({ language, text }) => language === 'ts' && /^(placements|audiences):/.test(text));
    expect(options.length).toBeGreaterThan(1);
    for (const { where, text } of options) expect(config, where).toContain(text.replace(/^ +/gm, ''));
  });

  it('shows the answers that the demo gives, one query after the other', async () => {
    const ask = await demoGateway();
    const { data } = await ask('{ customer { id } }', {});
    const id = (data.customer as { id: string }).id;
    let token: string | undefined;
    const asked = examples('graphql', 'json');
    expect(asked.length).toBeGreaterThan(3);
    for (const [{ where, text }, answer] of asked) {
      const role = ROLES.find((each) => text.toUpperCase().startsWith(`QUERY AS${each}`));
      const received = await ask(text, { ...(text.includes('$id') && { id }), ...(text.includes('$token') && { token }) }, role);
      expect.soft(received, where).toEqual(matching(JSON.parse(answer.text)));
      token = /"token":"([^"]+)"/.exec(JSON.stringify(received))?.[1] ?? token;
    }
  });

  it('shows what its commands print', () => {
    const shown = examples('sh', 'text');
    expect(shown.length).toBeGreaterThan(1);
    const directory = temporaryDirectory();
    const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
    for (const [{ where, text }, output] of shown) {
      const script = text.replaceAll(DEMO_DATA, directory);
      const { status, stdout, stderr } = spawnSync('sh', ['-ec', script], { encoding: 'utf8', env: { ...process.env, PATH } });
      expect.soft([where, status, stderr]).toEqual([where, 0, '']);
      expect.soft(stdout.replaceAll(directory, DEMO_DATA), where).toBe(output.text);
    }
  });

  it('shows rules that the demo can have', async () => {
    const rules = tableRows(PAGE).flatMap(({ cells }) => (cells.rule?.startsWith('`') ? [cells.rule.slice(1, -1)] : []));
    expect(rules.length).toBeGreaterThan(3);
    const offers = rules.map((when, index): OfferFile => {
      const file = { name: `rule-${index}`, file: when, text: '' };
      return readOffer(file, { placements: ['home-hero'], when, content: { en: {} } }, (problem) => expect.soft(problem).toBeNull());
    });
    await expect(demoGateway(offers)).resolves.toBeDefined();
  });

  it('shows a line that a simulation can read', async () => {
    const [line] = BLOCKS.filter(({ language }) => language === 'ndjson');
    const file = join(temporaryDirectory(), 'customers.ndjson');
    writeFileSync(file, line?.text ?? '');
    expect(await new Command(CLI, ['offers', 'simulate', file]).ended()).toMatchObject({ code: 0, stderr: '' });
  });
});

/** The reason of a rule by its value in the page's table. */
const REASONS: Readonly<Record<string, { readonly step: string; readonly reason: unknown }>> = {
  true: { step: 'RANKED', reason: null },
  false: { step: 'INELIGIBLE', reason: expect.stringMatching(/ is false$/) },
  absent: { step: 'INELIGIBLE', reason: expect.stringMatching(/does not have/) },
  unknown: { step: 'UNKNOWN', reason: expect.stringContaining('crm') },
};
/** A term of each value. */
const TERMS: Readonly<Record<string, string>> = {
  true: 'channel != "EMAIL"',
  false: 'channel == "EMAIL"',
  absent: 'attributes.nothing == "x"',
  unknown: 'customer.name == "x"',
};

it('has a table of rules in which the value of each row is what a gateway finds, whichever side comes first', async () => {
  const rows = tableRows(PAGE).flatMap(({ cells }) => ('`a`' in cells ? [cells] : []));
  expect(rows.length).toBe(10);
  const cases = rows.flatMap((cells, index) => {
    const [a, b] = [cells['`a`'] as string, cells['`b`'] as string];
    return (['&&', '||'] as const).flatMap((operator, which) =>
      [
        [a, b],
        [b, a],
      ].map(([left = '', right = ''], order) => ({
        name: `rule-${index}-${which}-${order}`,
        when: `${TERMS[left]} ${operator} ${TERMS[right]}`,
        expected: cells[`\`a ${operator} b\``] as string,
      })),
    );
  });
  const fail = async () => Promise.reject(new Error('down'));
  const { ask } = await testGateway({
    config: { placements: { home: {} } },
    dataSources: { crm: defineAdapter({ key: 'crmId', load: fail, policy: { retries: 0 } }) },
    offers: Object.fromEntries(cases.map(({ name, when }) => [name, { placements: ['home'], when, content: { en: {} } }])),
  });
  const headers = { 'x-touchpoint': 'web' };
  const { data } = await ask('{ customer { id } }', { role: 'CUSTOMER', subject: '1', headers });
  const query = 'query ($id: ID!) { explainOffers(customerId: $id, placement: "home") { offers { name step reason } } }';
  const explained = (await ask(query, { role: 'AGENT', headers, variables: { id: data.customer.id } })).data.explainOffers.offers;
  const found = Object.fromEntries(explained.map(({ name, step, reason }: Record<string, string>) => [name, { step, reason }]));
  for (const { name, when, expected } of cases) expect.soft(found[name], `${when} is ${expected}`).toEqual(REASONS[expected]);
});
