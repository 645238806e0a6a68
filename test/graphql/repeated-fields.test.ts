import { GraphQLError } from 'graphql';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { memorySource, testGateway } from '../support/gateway.ts';
import { STORE } from '../support/stores.ts';

const SCHEMA = `
  type Customer { name: String @from(source: "crm") friends(first: Int): [Friend!] list: [Int] broken: Int }
  type Friend { id: ID! name: String }
  extend type Mutation { count: Int }
`;

async function world() {
  const calls: { field: string; selected: string[] }[] = [];
  let counted = 0;
  const called = (field: string, info: { fieldNodes: readonly { selectionSet?: { selections: readonly object[] } }[] }) => {
    const selected = info.fieldNodes.flatMap(({ selectionSet }) => selectionSet?.selections ?? []) as { name: { value: string } }[];
    calls.push({ field, selected: selected.map(({ name }) => name.value) });
  };
  const gateway = await testGateway({
    schema: SCHEMA,
    resolvers: {
      Customer: {
        friends: async (_: unknown, { first = 2 }: { first?: number }, __: unknown, info: never) => {
          called('friends', info);
          return Array.from({ length: first }, (_each, index) => ({ id: String(index), name: `friend ${index}` }));
        },
        list: (_: unknown, __: unknown, ___: unknown, info: never) => {
          called('list', info);
          return [1, 2].values();
        },
        broken: (_: unknown, __: unknown, ___: unknown, info: never) => {
          called('broken', info);
          throw new GraphQLError('no', { extensions: { code: 'NO' } });
        },
      },
      Mutation: { count: () => ++counted },
    },
    dataSources: { crm: memorySource({ 1: { name: 'Ada' } }).adapter },
  });
  const ask = (query: string, variables = {}) => gateway.ask(query, { path: '/graphql?cid=1', variables });
  return { ...gateway, ask, calls };
}

describe('a field that is asked for under several aliases', () => {
  it('is resolved once for equal arguments, and answered by the selection of each', async () => {
    const { ask, calls } = await world();
    const query = `query ($n: Int) { customer {
      a: friends(first: 1) { id } name b: friends(first: 1) { name } c: friends(first: 2) { id } d: friends(first: $n) { id } e: friends(first: $n) { id name }
    } }`;
    const { data } = await ask(query, { n: 1 });
    expect(JSON.stringify(data.customer)).toBe(
      '{"a":[{"id":"0"}],"name":"Ada","b":[{"name":"friend 0"}],"c":[{"id":"0"},{"id":"1"}],"d":[{"id":"0"}],"e":[{"id":"0","name":"friend 0"}]}',
    );
    // The resolver sees all that is selected of its value.
    expect(calls.map(({ selected }) => selected)).toEqual([['id', 'name'], ['id'], ['id', 'id', 'name']]);
  });

  it('has the same list under each, also when it can be read only once', async () => {
    const { ask, calls } = await world();
    expect((await ask('{ customer { a: list b: list } }')).data.customer).toEqual({ a: [1, 2], b: [1, 2] });
    expect(calls).toHaveLength(1);
  });

  it('has its error at each', async () => {
    const { ask, calls } = await world();
    const { data, errors } = await ask('{ customer { a: broken name b: broken } }');
    expect(data.customer).toEqual({ a: null, name: 'Ada', b: null });
    expect(errors.map(({ path }) => path)).toEqual([
      ['customer', 'a'],
      ['customer', 'b'],
    ]);
    expect(calls).toHaveLength(1);
  });

  it('runs each time at the root of a mutation', async () => {
    const { ask } = await world();
    expect((await ask('mutation { a: count b: count }')).data).toEqual({ a: 1, b: 2 });
  });
});

it('the journey of one customer is read once for 29 aliases, and for many references to the customer', async () => {
  const reads = vi.spyOn(STORE.prototype, 'findInteractions');
  onTestFinished(() => reads.mockRestore());
  const { ask } = await testGateway();
  const path = '/graphql?cid=1';
  const { data } = await ask('mutation { captureInteractions(input: { interactions: [{ type: "a" }] }) { customer { id } } }', { path });
  const { id } = data.captureInteractions.customer;
  const aliases = Array.from({ length: 29 }, (_, index) => `a${index}: interactions(first: 0) { pageInfo { hasNextPage } }`).join(' ');
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { ${aliases} } } }`;
  const r = Array.from({ length: 50 }, () => ({ __typename: 'Customer', id }));
  const answer = await ask(query, { path, variables: { r } });
  expect(answer.errors).toEqual([]);
  expect(answer.data._entities[49].a28).toEqual({ pageInfo: { hasNextPage: true } });
  expect(reads).toHaveBeenCalledTimes(1);
});
