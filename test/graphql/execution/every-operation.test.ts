import {
  buildSchema,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  getIntrospectionQuery,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { runBoth, turn } from './run-both.ts';

const shop = buildSchema(`
  type Query { a: Int again: Query sum(of: [Int!], in: Range): Int list: [Int!] strict: Int! any: Any }
  input Range { from: Int! to: [Int] }
  union Any = Query | Other
  type Other { b: Int }
  type Mutation { set: Int }
  type Subscription { changed: Int again: Query }
`);

describe('an operation that asks for the schema', () => {
  it.each([
    getIntrospectionQuery(),
    getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true, schemaDescription: true, specifiedByUrl: true }),
    '{ __type(name: "Range") { name inputFields { name type { kind ofType { name } } } } none: __type(name: "None") { name } }',
    'query ($name: String!) { again { a } __type(name: $name) { __typename fields(includeDeprecated: true) { name } } }',
  ])('is answered: %#', async (query) => {
    const { results, expected } = await runBoth(shop, query, { name: 'Query' }, () => ({ again: { a: 1 } }));
    expect(expected.errors).toBeUndefined();
    expect(results).toEqual([expected]);
  });
});

describe('arguments', () => {
  const root = () => ({ sum: (args: unknown) => JSON.stringify(args).length });

  it.each([
    ['a variable in a list', 'query ($n: Int!) { sum(of: [$n, 2]) }', { n: 5 }],
    ['a variable in an input object', 'query ($n: Int!) { sum(in: { from: $n }) }', { n: 5 }],
    ['a variable beside one in both', 'query ($n: Int!, $of: [Int!]) { sum(of: $of, in: { from: 1, to: [1, $n] }) }', { n: 5, of: [1] }],
    ['no variable where one is in a list', 'query ($n: Int) { sum(in: { from: 1, to: [$n] }) }', {}],
  ])('with %s are read as by graphql-js', async (_, query, given) => {
    const { results, expected } = await runBoth(shop, query, given, root);
    expect(results).toEqual([expected]);
  });

  it('that are wrong are the error of their field', async () => {
    const { results, expected } = await runBoth(shop, 'query ($n: Int = 1) { a sum(of: [$n]) }', { n: null }, root);
    expect(results).toMatchObject([
      { data: { a: null, sum: null }, errors: [{ message: 'Argument "of" has invalid value [$n].', path: ['sum'] }] },
    ]);
    expect(results).toEqual([expected]);
  });
});

describe('a mutation', () => {
  const fields = (log: string[]): GraphQLFieldConfigMap<unknown, unknown> => {
    const field = (name: string, resolve: () => unknown) => ({
      type: GraphQLInt,
      resolve: () => {
        log.push(`${name} begins`);
        return resolve();
      },
    });
    const late = async (name: string, value: unknown) => {
      for (let turns = 0; turns < 3; turns++) await turn();
      log.push(`${name} ends`);
      return value;
    };
    return {
      slow: field('slow', () => late('slow', 1)),
      fails: field('fails', () => late('fails', new Error('no'))),
      quick: field('quick', () => 2),
    };
  };
  const run = async (query: string, change: (fields: GraphQLFieldConfigMap<unknown, unknown>) => void = () => {}) => {
    const log: string[] = [];
    const own = fields(log);
    change(own);
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { a: { type: GraphQLInt } } }),
      mutation: new GraphQLObjectType({ name: 'Mutation', fields: own }),
    });
    const { results, expected } = await runBoth(schema, query);
    expect(results).toEqual([expected]);
    // Once by the plan and once by graphql-js.
    expect(log.slice(0, log.length / 2)).toEqual(log.slice(log.length / 2));
    return { result: results[0], log: log.slice(0, log.length / 2) };
  };

  it('runs its fields one after the other, also after one that failed', async () => {
    const { result, log } = await run('mutation { slow fails quick again: slow }');
    expect(result).toMatchObject({ data: { slow: 1, fails: null, quick: 2, again: 1 }, errors: [{ message: 'no', path: ['fails'] }] });
    expect(log).toEqual(['slow begins', 'slow ends', 'fails begins', 'fails ends', 'quick begins', 'slow begins', 'slow ends']);
  });

  it('runs no field after one that failed and can not be null', async () => {
    const strict = new GraphQLObjectType({ name: 'Strict', fields: { a: { type: GraphQLInt } } });
    const { result, log } = await run('mutation { slow strict { a } quick }', (own) => {
      own.strict = { type: strict, resolve: () => turn().then(() => ({})) };
    });
    expect(result).toMatchObject({ data: { slow: 1, strict: { a: null }, quick: 2 } });
    expect(log).toEqual(['slow begins', 'slow ends', 'quick begins']);
    const failed = await run('mutation { slow strict { a } quick }', (own) => {
      own.strict = { type: new GraphQLNonNull(strict), resolve: () => turn().then(() => null) };
    });
    expect(failed.result).toMatchObject({ data: null, errors: [{ path: ['strict'] }] });
    expect(failed.log).toEqual(['slow begins', 'slow ends']);
  });
});

describe('an event of a subscription', () => {
  it('is the parent of the root fields', async () => {
    const root = () => ({ changed: 3, again: { a: () => Promise.resolve(4) } });
    const { results, expected } = await runBoth(shop, 'subscription { changed again { a __typename } }', {}, root);
    expect(results).toEqual([{ data: { changed: 3, again: { a: 4, __typename: 'Query' } } }]);
    expect(results).toEqual([expected]);
  });
});

describe('a schema without the kind of operation that is asked for', () => {
  it('answers so', async () => {
    const { results, expected } = await runBoth(buildSchema('type Query { a: Int }'), 'mutation { set }');
    expect(results).toEqual([expected]);
  });
});

describe('values', () => {
  it.each([
    ['any iterable is a list', '{ list }', { list: new Set([1, 2]) }],
    ['a map of entries is none of numbers', '{ list }', { list: new Map([[1, 2]]) }],
    ['a text is no list', '{ list }', { list: 'ab' }],
    ['a type of no name', '{ any { __typename } }', { any: {} }],
    ['a type of another schema', '{ any { __typename } }', { any: { __typename: 'Nope' } }],
    ['a type that is no object', '{ any { __typename } }', { any: { __typename: 'Range' } }],
    ['a type that is not possible', '{ any { __typename } }', { any: { __typename: 'Mutation' } }],
    ['a null for what can not be null takes the answer', '{ a strict }', { a: 1, strict: null }],
    ['a null below takes its object', '{ a again { a strict } }', { a: 1, again: { strict: null } }],
    ['a null in a list of non-null takes the list', '{ list a }', { a: 1, list: [1, null, 3] }],
    ['a key that plain objects do not have', '{ __proto__: a again { __proto__: __typename } }', { a: 1, again: {} }],
  ])('as graphql-js: %s', async (_, query, root) => {
    const { results, unhandled, expected } = await runBoth(shop, query, {}, () => root);
    expect(JSON.stringify(results[0]?.data)).toBe(JSON.stringify(expected.data));
    expect(results).toEqual([expected]);
    expect(unhandled).toEqual([]);
  });

  it('errors are in the order of the answer, whichever came first', async () => {
    const late = async (message: string, turns: number) => {
      for (let index = 0; index < turns; index++) await turn();
      throw new Error(message);
    };
    const root = () => ({ a: () => late('slow', 3), again: { a: () => late('quick', 1), list: [1], sum: new Error('at once') } });
    const { results } = await runBoth(shop, '{ a again { a list sum } }', {}, root);
    expect(results[0]?.errors?.map(({ message, path }) => [message, path?.join('.')])).toEqual([
      ['slow', 'a'],
      ['quick', 'again.a'],
      ['at once', 'again.sum'],
    ]);
  });
});
