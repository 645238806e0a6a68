import { describe, expect, it } from 'vitest';
import { defineAdapter } from '../../src/index.ts';
import { memorySource, type TestGatewayOptions, testGateway } from '../support/gateway.ts';

const FIND = 'query ($value: String!, $first: Int) { findCustomers(value: $value, first: $first) { id name assurance } }';
const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
const CRM = {
  1: { name: 'Ada Birch', email: 'ada@example.com' },
  2: { name: 'Ben Birch', email: 'ben@example.com' },
  3: { name: 'Clara', email: 'clara@example.com' },
};

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
});
