import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ProjectError } from '../../src/config/problem.ts';
import { defineResolvers, type ResolverContext, type ResolverCustomer } from '../../src/index.ts';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { memorySource, temporaryDirectory, testGateway } from '../support/gateway.ts';

const ADA = { role: 'CUSTOMER' as const, subject: '1' };
const BEN = { role: 'CUSTOMER' as const, subject: '2' };
const CRM = { 1: { name: 'Ada' }, 2: { name: 'Ben' } };

const open = (types: string, resolvers: object, customer = '', options = {}) =>
  testGateway({
    schema: `type Customer { name: String @from(source: "crm") ${customer} } ${types}`,
    resolvers,
    dataSources: { crm: memorySource(CRM).adapter },
    provokesInternal: true,
    ...options,
  });

const problemsOf = (types: string, resolvers: object, customer = '') =>
  open(types, resolvers, customer).then(
    () => [],
    (error: unknown) => (error instanceof ProjectError ? error.problems.map(({ message }) => message) : Promise.reject(error)),
  );

describe("another's data", () => {
  it('is not in a customer that was kept from another request', async () => {
    const kept: { customer?: ResolverCustomer | null; context?: ResolverContext } = {};
    const resolvers = defineResolvers({
      Query: {
        keep: async (_, __, context) => {
          kept.context = context;
          kept.customer = await context.customer();
          return kept.customer;
        },
        kept: () => kept.customer,
        keptHit: () => [kept.customer],
        byKeptContext: () => kept.context?.customer(),
      },
    });
    const types = `
      extend type Query { keep: Customer kept: Customer keptHit: [Hit] byKeptContext: Customer }
      type Page { url: String }
      union Hit = Customer | Page
    `;
    const { ask, log } = await open(types, resolvers);
    expect((await ask('{ keep { name } kept { name } }', ADA)).data).toEqual({ keep: { name: 'Ada' }, kept: null });
    await ask('{ keep { name } }', ADA);
    const { data, codes } = await ask('{ kept { name } keptHit { ... on Customer { name } } byKeptContext { name } }', BEN);
    expect(data).toEqual({ kept: null, keptHit: [null], byKeptContext: null });
    expect(codes).toEqual(['INTERNAL', 'INTERNAL', 'INTERNAL']);
    expect(log.join('')).toContain('received a customer of another operation');
  });

  it('is not in a type whose customer would be whatever code or a back end answers', async () => {
    const types = `
      extend type Query { event: IdentifyPayload events: [Hit] changes: Subscription write: Mutation again: Query }
      type Page { url: String }
      union Hit = ResetVisitorPayload | Page
    `;
    const none = () => null;
    const Query = { event: none, events: none, changes: none, write: none, again: none };
    const ofCustomer = 'node: Node @from(source: "crm") page: CustomerConnection @from(source: "crm")';
    expect((await problemsOf(types, { Query }, ofCustomer)).toSorted()).toEqual([
      'Customer.node: expected a resolver, because customers are found by customers.byIdentifier only; received @from',
      'Customer.page: expected a path to a list, or a source with many: true, for the type CustomerConnection; crm answers one record',
      'Customer.page: expected a resolver, because customers are found by customers.byIdentifier only; received @from',
      'Hit: expected a type of yours, received ResetVisitorPayload, whose customer only the gateway answers',
      'Query.changes: expected a type of yours, received Subscription, which stands at the root only',
      'Query.event: expected a type of yours, received IdentifyPayload, whose customer only the gateway answers',
      'Query.write: expected a type of yours, received Mutation, which stands at the root only',
    ]);
  });

  it('is not seen by code that checks the type of each customer', async () => {
    expect(await problemsOf('', { Customer: { __isTypeOf: () => true } })).toEqual([
      'Customer.__isTypeOf: expected a field of Customer: __isTypeOf is not supported here',
    ]);
  });
});

describe('what code gets', () => {
  it("is never the engine's context, also in a method of a value whose type the gateway supplies", async () => {
    const resolvers = {
      Query: { products: () => ({ edges: (_: unknown, context: ResolverContext) => [{ node: { sku: Object.keys(context).join() } }] }) },
    };
    const { ask } = await open('type Product { sku: String } extend type Query { products: ProductConnection }', resolvers);
    const { data } = await ask('{ products { edges { node { sku } } } }', ADA);
    expect(data.products.edges[0].node.sku).toBe('viewer,loaders,customers,signal,requestId,customer');
  });

  it('is an error for a wrong call of byIdentifier or of identifier, and an answer for the client', async () => {
    const types = 'extend type Query { number: Customer nothing: Customer none: Customer }';
    const resolvers = defineResolvers({
      Customer: { wrong: (customer) => customer.identifier('crmID') },
      Query: {
        number: (_, __, { customers }) => customers.byIdentifier({ type: 'crmId', value: 2 as never }),
        nothing: (_, __, { customers }) => customers.byIdentifier({ type: 'crmId', value: null as never }),
        none: (_, __, { customers }) => customers.byIdentifier(undefined as never),
      },
    });
    const { ask, log } = await open(types, resolvers, 'wrong: String');
    const { data } = await ask('{ number { id } nothing { id } none { id } customer { wrong } }', ADA);
    expect(data).toEqual({ number: null, nothing: null, none: null, customer: { wrong: null } });
    for (const received of ['type string and value number', 'type string and value null', 'type undefined and value undefined'])
      expect(log.join('')).toContain(`expected { type, value }, both strings; received ${received}`);
    expect(log.join('')).toContain('customer.identifier: expected one of crmId, email, visitorId, received crmID');
  });
});

describe('a failure of code', () => {
  const circular: Record<string, unknown> = { code: 'CIRCULAR' };
  circular.itself = circular;
  const loop = new Error('loop');
  loop.cause = loop;
  const fail = (error: unknown) => () => {
    throw error;
  };
  const Query = {
    fine: () => 1,
    circular: fail(new GraphQLError('m', { extensions: circular })),
    bigint: fail(new GraphQLError('m', { extensions: { code: 'BIG', n: 1n } })),
    text: fail('secret'),
    nothing: () => Promise.reject(),
    loop: fail(loop),
    items: () => [{ [Symbol.iterator]: fail('secret') }],
  };
  const types = `extend type Query { ${Object.keys(Query)
    .map((name) => `${name}: ${name === 'items' ? '[[Int]]' : 'Int'}`)
    .join(' ')} }`;

  it.each(Object.keys(Query).slice(1))('costs its own field only: %s', async (name) => {
    const { ask } = await open(types, { Query });
    const { data, errors } = await ask(`{ fine ${name} }`);
    expect(data).toEqual({ fine: 1, [name]: name === 'items' ? [null] : null });
    expect(errors).toMatchObject([{ path: name === 'items' ? ['items', 0] : [name], extensions: { code: 'INTERNAL' } }]);
  });

  it('in __resolveType is like one of a resolver; null is no type', async () => {
    const kinds = 'interface Any { a: Int } type One implements Any { a: Int } extend type Query { none: Any later: Any }';
    const { ask } = await open(kinds, {
      Query: { none: () => ({}), later: () => ({ isLater: true }) },
      Any: {
        __resolveType: ({ isLater }: { isLater?: true }) =>
          isLater ? Promise.reject(new GraphQLError('No', { extensions: { code: 'NO' } })) : null,
      },
    });
    const { data, errors } = await ask('{ none { a } later { a } }');
    expect([data, errors.map(({ extensions }) => extensions.code)]).toEqual([{ none: null, later: null }, ['INTERNAL', 'NO']]);
  });

  it('that no code awaits does not end the process', async () => {
    // Vitest fails a run in which a promise fails that nobody handles.
    const resolvers = defineResolvers({
      Query: {
        forgets: async (_, __, { customer, customers, loaders }) => {
          const own = await customer();
          own?.read('nosuch');
          customers.byIdentifier({ type: 'nosuch', value: '1' });
          loaders.crm.load('1');
          return 1;
        },
      },
    });
    const crm = memorySource({}, { load: () => Promise.reject(new Error('down')) }).adapter;
    const { ask } = await open('extend type Query { forgets: Int }', resolvers, '', { dataSources: { crm } });
    expect((await ask('{ forgets }', ADA)).data).toEqual({ forgets: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
});

it('goes on when a promise of code failed that nobody awaited, and logs no message of it', async () => {
  const directory = join(temporaryDirectory(), 'project');
  await new Command(CLI, ['init', directory]).ended();
  appendFileSync(join(directory, 'schema.graphql'), 'extend type Query { forgets: Int }');
  const code = `import { defineResolvers } from 'customer-profile-gateway';
    const forgets = () => { Promise.reject(new Error('ada@example.com')); return 1; };
    export default defineResolvers({ Query: { forgets }, Customer: { displayName: () => null } });`;
  writeFileSync(join(directory, 'resolvers.ts'), code);
  const command = new Command(CLI, ['start', '--port', '0', '--host', '127.0.0.1'], { directory });
  const url = await command.says(GATEWAY_URL);
  for (let time = 0; time < 2; time++) {
    const answer = await fetch(`${url}/graphql?query={forgets}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(await answer.json()).toEqual({ data: { forgets: 1 } });
  }
  await command.says(/a promise failed that no code awaited/);
  const { code: exitCode, stdout } = await command.stop();
  expect([exitCode, stdout.includes('ada@example.com')]).toEqual([0, false]);
});

it('reports names that no pattern may hold', async () => {
  expect(await problemsOf('', { 'a(': {}, Customer: { '*': () => 1 } })).toEqual([
    'a(: expected a type of the schema (Customer), found none of this name',
    'Customer.*: expected a field that the schema has (name), found none of this name',
  ]);
});
