import { buildSchema, graphql } from 'graphql';
import { expect, it } from 'vitest';
import { graphqlAdapter } from '../../src/index.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';
import { bodyOf, serve } from '../support/services.ts';

it('sends keys as integers where the query declares Int, and refuses only the keys that are none', async () => {
  const schema = buildSchema('type Query { orders(ids: [Int!]!): [Order!]! } type Order { id: Int! }');
  const bodies: string[] = [];
  const url = await serve(async (request, response) => {
    bodies.push(await bodyOf(request));
    const { query, variables } = JSON.parse(bodies.at(-1) as string);
    const rootValue = { orders: ({ ids }: { ids: number[] }) => ids.map((id) => ({ id })) };
    response.end(JSON.stringify(await graphql({ schema, source: query, rootValue, variableValues: variables })));
  });
  const source = sourceOf(
    graphqlAdapter({ url, query: 'query ($keys: [Int!]!) { orders(ids: $keys) { id } }', select: 'orders', match: 'id' }),
  );
  const keys = ['7', '-5', '0', '2147483647', '-2147483648', '2147483648', '9007199254740993', '007', '-0', '1.5', '1e3', ' 7', 'x', ''];
  const good = [7, -5, 0, 2147483647, -2147483648].map((id) => ({ id }));
  expect(recordsOf(await askAll(source, keys))).toEqual([...good, ...keys.slice(good.length).map(() => 'SOURCE_INVALID')]);
  expect(bodies.map((body) => JSON.parse(body).variables)).toEqual([{ keys: [7, -5, 0, 2147483647, -2147483648] }]);
});
