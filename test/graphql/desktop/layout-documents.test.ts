import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse, print, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { DesktopDocument, ProfileLayout } from '../../../src/graphql/desktop/profile-layout.ts';
import { memorySource, type TestGatewayOptions, testGateway } from '../../support/gateway.ts';
import { signToken } from '../../support/tokens.ts';
import { TRANSPORTS } from '../../support/transports.ts';

const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    email: EmailAddress @from(source: "crm") @access(min: VERIFIED)
    orders(first: Int = 20, after: String): OrderConnection @from(source: "orders")
    tickets: [Ticket!] @from(source: "support")
    colour: String @from(source: "captured")
  }
  type Order { no: String! lines: [Line!] }
  type Line { sku: String! product: Product @from(source: "catalog", key: "sku") }
  type Product { title: String }
  type Ticket { subject: String }
`;
const ORDERS = [1, 2, 3].map((no) => ({ no: `A${no}`, lines: [{ sku: 'TEA' }] }));

function sources() {
  return {
    crm: memorySource({ 1: { name: 'Ada', email: 'ada@example.com' } }),
    orders: memorySource({ 1: ORDERS }, { many: true }),
    support: memorySource({ 1: [{ subject: 'Late' }] }, { many: true }),
    catalog: memorySource({ TEA: { title: 'Tea' } }, { key: undefined }),
  };
}

async function desk(options: TestGatewayOptions = {}) {
  const own = sources();
  const dataSources = Object.fromEntries(Object.entries(own).map(([name, { adapter }]) => [name, adapter]));
  const made = await testGateway({ schema: SCHEMA, dataSources, ...options });
  const authorization = `Bearer ${await signToken({ role: 'AGENT', subject: 'tom' })}`;
  const layout = (await made.gateway.app.inject({ url: '/agent/profile.json', headers: { authorization } })).json() as ProfileLayout;
  const by = (way: keyof typeof TRANSPORTS) => async (document: DesktopDocument, variables: object) => {
    const send = TRANSPORTS[way] as (typeof TRANSPORTS)[keyof typeof TRANSPORTS];
    const received = await send({ gateway: made.gateway, headers: { authorization } }, { query: '', documentId: document.id, variables });
    return received ?? expect.fail('this transport carries documents');
  };
  const ask = by('POST on the fast lane');
  const ada = async () => (await ask(layout.documents.open, { identifier: { type: 'crmId', value: '1' } })).data.customerByIdentifier;
  return { ...made, askText: made.ask, layout, ask, by, ada, calls: (name: keyof typeof own) => own[name].calls.length };
}

const EVERY = ({ documents }: ProfileLayout) => {
  const { bySource, byList, ...single } = documents;
  return [...Object.values(single), ...Object.values(bySource), ...Object.values(byList)];
};

describe('the documents of the desktop', () => {
  it('open a customer by an identifier with everything that agents may see', async () => {
    const { ada } = await desk();
    expect(await ada()).toMatchObject({
      id: expect.any(String),
      assurance: 'VERIFIED',
      identifiers: [{ type: 'crmId', value: '1' }],
      confirmation: null,
      name: 'Ada',
      email: 'ada@example.com',
      orders: { edges: ORDERS.map((order) => ({ node: { ...order, lines: [{ sku: 'TEA', product: { title: 'Tea' } }] } })) },
      tickets: [{ subject: 'Late' }],
      colour: null,
      sources: ['catalog', 'crm', 'orders', 'support'].map((name) => ({ name, status: 'FRESH', errorCode: null })),
    });
  });

  it.each(Object.keys(TRANSPORTS) as (keyof typeof TRANSPORTS)[])('run by their ids without a manifest, by %s', async (way) => {
    const { layout, by } = await desk();
    const received = await by(way)(layout.documents.open, { identifier: { type: 'crmId', value: '1' } });
    expect(received.data.customerByIdentifier.name).toBe('Ada');
  });

  it('run where only trusted documents do, and others of an agent do not', async () => {
    const { ada, askText } = await desk({ config: { documents: { only: true } } });
    expect((await ada()).name).toBe('Ada');
    expect((await askText('{ customer { id } }', { role: 'AGENT' })).codes).toEqual(['PERSISTED_DOCUMENT_REQUIRED']);
  });

  it('find a customer by a value, with what needs no confirmation', async () => {
    const { ask, askText, layout } = await desk({ config: { viewers: { agentsConfirm: true } } });
    const link =
      'mutation { identify(input: { identifiers: [{ type: "crmId", value: "1" }, { type: "email", value: "ada@example.com" }] }) { outcome } }';
    await askText(link, { role: 'SERVICE' });
    const { data, errors } = await ask(layout.documents.find, { value: 'ada@example.com', first: 5 });
    expect(errors).toEqual([]);
    expect(data.findCustomers).toEqual([expect.objectContaining({ assurance: 'RECOGNIZED', name: 'Ada', colour: null })]);
  });

  it('leave a field out of an answer that needs a confirmation, and nothing else', async () => {
    const { by, layout } = await desk({ config: { viewers: { agentsConfirm: true } } });
    const { data, errors } = await by('POST on the fast lane')(layout.documents.open, { identifier: { type: 'crmId', value: '1' } });
    expect(data.customerByIdentifier).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada', email: null, confirmation: null });
    expect(errors).toMatchObject([{ path: ['customerByIdentifier', 'email'], extensions: { code: 'INSUFFICIENT_ASSURANCE' } }]);
  });

  it('show a customer by id', async () => {
    const { ada, ask, layout } = await desk();
    const { id } = await ada();
    expect((await ask(layout.documents.profile, { id })).data.node).toMatchObject({ id, name: 'Ada', tickets: [{ subject: 'Late' }] });
    const { node } = (await ask(layout.documents.head, { id })).data;
    expect(node).toMatchObject({ id, name: 'Ada' });
    expect(node).not.toHaveProperty('email');
  });

  it('ask one source again, for what it answers and nothing else', async () => {
    const { ada, ask, layout, calls } = await desk();
    const { id } = await ada();
    expect(Object.keys(layout.documents.bySource)).toEqual(['catalog', 'crm', 'orders', 'support']);
    const before = { crm: calls('crm'), support: calls('support') };
    const { node } = (await ask(layout.documents.bySource.support as DesktopDocument, { id })).data;
    expect(node).toMatchObject({ tickets: [{ subject: 'Late' }], sources: [{ name: 'support', status: 'FRESH' }] });
    expect({ crm: calls('crm'), support: calls('support') }).toEqual({ crm: before.crm, support: before.support + 1 });
    // A source within a list needs the list.
    const within = (await ask(layout.documents.bySource.catalog as DesktopDocument, { id })).data.node;
    expect(within.orders.edges[0].node.lines[0].product.title).toBe('Tea');
  });

  it('read a list page by page', async () => {
    const { ada, ask, layout } = await desk();
    const { id } = await ada();
    const document = layout.documents.byList.orders as DesktopDocument;
    const numbers = async (variables: object) => {
      const { edges, pageInfo } = (await ask(document, { id, ...variables })).data.node.orders;
      return { no: edges.map((edge: { node: { no: string } }) => edge.node.no), pageInfo };
    };
    const first = await numbers({ first: 2 });
    expect(first).toMatchObject({ no: ['A1', 'A2'], pageInfo: { hasNextPage: true } });
    expect(await numbers({ first: 2, after: first.pageInfo.endCursor })).toMatchObject({ no: ['A3'], pageInfo: { hasNextPage: false } });
  });

  it('have the id of their exact text, which is what graphql-js prints, and ask every object for its type and every customer for its sources', async () => {
    const { layout } = await desk();
    for (const { id, text } of EVERY(layout)) {
      expect(id).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
      expect(print(parse(text))).toBe(text);
      const selections: string[] = [];
      visit(parse(text), {
        SelectionSet: (node, _key, parent) => {
          const isRoot = parent !== undefined && !Array.isArray(parent) && 'operation' in parent;
          if (!isRoot) selections.push(print(node));
        },
      });
      expect(selections.filter((each) => !each.startsWith('{\n  __typename'))).toEqual([]);
      expect(text.replace(/\s+/g, ' ')).toContain('sources { __typename name status fetchedAt errorCode }');
    }
  });
});

describe('a schema that is too large for the limits of operations', () => {
  const wide = Array.from({ length: 200 }, (_, at) => `field${at}: String @from(source: "crm")`).join('\n');
  const schema = `type Customer { name: String @from(source: "crm") ${wide} orders(first: Int, after: String): OrderConnection @from(source: "orders") }
    type Order { no: String! lines: [Line!] } type Line { sku: String! }`;

  it.each([
    ['tokens', { tokens: 250 }, /limits\.tokens/],
    ['cost', { cost: 10 }, /limits\.cost/],
    ['depth', { depth: 5 }, /limits\.depth/],
  ] as const)('is shown in part, with a warning, and every document runs: %s', async (_, limits, why) => {
    const { layout, log, ada, ask } = await desk({ schema, config: { limits } });
    const warnings = log.filter((line) => line.includes('the agent desktop shows'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/shows \d+ of the 203 fields/);
    expect(warnings[0]).toMatch(why);
    expect(layout.name).toBe('name');
    expect((await ada()).name).toBe('Ada');
    expect((await ask(layout.documents.find, { value: 'ada', first: 20 })).errors).toEqual([]);
    for (const { text } of EVERY(layout)) expect(text).not.toContain(layout.facts.length === 201 ? 'lines' : 'field199');
  });

  it.each([31, 40, 45])('counts what a search asks of sources: limits.cost of %i', async (cost) => {
    const search = async () => [];
    const named = (name: string) => memorySource({ 1: { [name]: name } }, { search }).adapter;
    const fields = ['name', 'a', 'b', 'c'].map((name) => `${name}: String @from(source: "${name}Source")`);
    const dataSources = Object.fromEntries(['name', 'a', 'b', 'c'].map((name) => [`${name}Source`, named(name)]));
    const { layout, ask } = await desk({ schema: `type Customer { ${fields.join(' ')} }`, dataSources, config: { limits: { cost } } });
    const { errors } = await ask(layout.documents.find, { value: 'ada', first: 50 });
    expect([layout.head.length, errors.map(({ extensions }) => extensions.code)]).toEqual([expect.any(Number), []]);
  });

  it('is shown as far as it fits: one field more would be beyond the limit', async () => {
    const shown = async (tokens: number) => (await desk({ schema, config: { limits: { tokens } } })).layout.facts.length;
    const [fewer, more] = [await shown(150), await shown(151)];
    expect(more - fewer).toBe(1);
    expect(await shown(200)).toBe(fewer + 50);
  });

  it('does not keep the gateway from starting where not even a customer without fields fits', async () => {
    const { layout, log } = await desk({ schema, config: { limits: { depth: 2 } } });
    expect([layout.facts, layout.lists, layout.name]).toEqual([[], [], null]);
    expect(log.some((line) => line.includes('shows 0 of the 203 fields'))).toBe(true);
  });
});

describe("the desktop's documents that are the same for every project", () => {
  const OWN = Object.entries(JSON.parse(readFileSync('agent-desktop/src/generated/persisted-documents.json', 'utf8')) as object);

  it('are trusted by their ids, right, and within the limits, also of a schema with no more than a name', async () => {
    const { ask } = await desk({ schema: 'type Customer { name: String @from(source: "crm") }', config: { documents: { only: true } } });
    expect(OWN.length).toBeGreaterThan(0);
    for (const [id, text] of OWN) {
      if (text.startsWith('subscription') || / subscription /.test(text)) continue;
      const { errors } = await ask({ id, text }, {});
      const wrong = errors.map(({ extensions }) => extensions.code).filter((code) => code !== 'BAD_USER_INPUT');
      expect([text.slice(0, 60), wrong]).toEqual([text.slice(0, 60), []]);
    }
  });
});
