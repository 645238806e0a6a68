import { inspect } from 'node:util';
import {
  buildSchema,
  type GraphQLFieldConfigMap,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { leafTypes, outputLeaves } from './generated-leaves.ts';
import { runBoth, runCompiled, turn } from './run-both.ts';
import { World } from './world.ts';

const schemaOf = (fields: GraphQLFieldConfigMap<unknown, unknown>) =>
  new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) });
const numbers = new GraphQLList(GraphQLInt);
const failure = () => Promise.reject(new Error('no'));

describe('what graphql-jit is known to get wrong', () => {
  it('leaves a list to graphql-js in which one promise rejects', async () => {
    const schema = schemaOf({ list: { type: numbers, resolve: () => [1, failure(), Promise.resolve(3)] } });
    const { heard, unheard, expected } = await runBoth(schema, '{ list }');
    expect(expected).toMatchObject({ data: { list: [1, null, 3] }, errors: [{ message: 'no', path: ['list', 1] }] });
    expect(heard).toEqual([null]);
    expect(unheard).toEqual([]);
  });

  it.each([
    ['answered', new Error('no')],
    ['promised', Promise.resolve(new Error('no'))],
    ['in a list', [[new Error('no')]]],
    ['promised in a list', [[Promise.resolve(new Error('no'))]]],
  ])('takes an error that is %s for a failure, and not for a value', async (_, value) => {
    const anything = new GraphQLScalarType({ name: 'Anything' });
    const type = Array.isArray(value) ? new GraphQLList(new GraphQLList(anything)) : anything;
    const { heard, expected } = await runBoth(schemaOf({ value: { type, resolve: () => value } }), '{ value }');
    expect(expected.errors).toMatchObject([{ message: 'no' }]);
    expect(heard).toEqual([null]);
  });

  it('compiles a variable of a recursive input type, and hands on what is given for it', async () => {
    const link: GraphQLInputObjectType = new GraphQLInputObjectType({
      name: 'Link',
      fields: () => ({ next: { type: link }, all: { type: new GraphQLList(link) }, n: { type: GraphQLInt, defaultValue: 1 } }),
    });
    const schema = schemaOf({ told: { type: GraphQLString, args: { link: { type: link } }, resolve: (_, args) => JSON.stringify(args) } });
    const given = { link: { next: { next: { n: 3 } }, all: [{}, { all: { next: null } }] } };
    const { compiled, heard, expected } = await runBoth(schema, 'query ($link: Link) { told(link: $link) }', given);
    expect(compiled?.size).toBe(1);
    expect(heard).toEqual([{ told: '{"link":{"next":{"next":{"n":3},"n":1},"all":[{"n":1},{"all":[{"next":null,"n":1}],"n":1}],"n":1}}' }]);
    expect(heard).toEqual([expected.data]);
  });

  it('waits for promises in plain properties, also in those of list items and those of what was promised', async () => {
    const item: GraphQLObjectType = new GraphQLObjectType({
      name: 'Item',
      fields: () => ({ n: { type: GraphQLInt }, item: { type: item } }),
    });
    const value = () => [
      { n: Promise.resolve(1), item: Promise.resolve({ n: Promise.resolve(2) }) },
      Promise.resolve({ n: 3, item: null }),
    ];
    const schema = schemaOf({ items: { type: new GraphQLList(item), resolve: value } });
    const { heard, expected } = await runBoth(schema, '{ items { item { n } n } }');
    expect(JSON.stringify(heard)).toBe('[{"items":[{"item":{"n":2},"n":1},{"item":null,"n":3}]}]');
    expect(expected).toEqual({ data: heard?.[0] });
  });
});

describe('what graphql-js does and is easily forgotten', () => {
  it.each(['@include(if: $is)', '@skip(if: $is)'])(
    'leaves %s to it where the variable is null in spite of its default',
    async (directive) => {
      const schema = schemaOf({ a: { type: GraphQLInt } });
      const { heard, expected } = await runBoth(schema, `query ($is: Boolean = true) { a ${directive} }`, { is: null });
      expect(expected.errors).toHaveLength(1);
      expect(heard).toBeUndefined();
    },
  );

  it.each(leafTypes.map((type) => [type.name, type] as const))(
    'answers each form of %s as it does, or leaves it to it',
    async (_, type) => {
      for (const value of outputLeaves(type)) {
        const { heard, expected } = await runBoth(schemaOf({ leaf: { type, resolve: () => value } }), '{ leaf }');
        expect(JSON.stringify(heard?.[0]), inspect(value)).toBe(JSON.stringify(expected.errors ? null : expected.data));
      }
    },
  );

  it.each([null, undefined])('takes a scalar that answers %s for a failure', async (answer) => {
    const none = new GraphQLScalarType({ name: 'None', serialize: () => answer });
    const { heard, expected } = await runBoth(schemaOf({ none: { type: none, resolve: () => 5 } }), '{ none }');
    expect(expected.errors).toHaveLength(1);
    expect(heard).toEqual([null]);
  });

  it.each([false, Promise.resolve(false)])('leaves a type to it that is asked whether a value is of it: %s', async (answer) => {
    const one = new GraphQLObjectType({ name: 'One', fields: { n: { type: GraphQLInt } }, isTypeOf: () => answer });
    const { heard, expected } = await runBoth(schemaOf({ one: { type: one, resolve: () => ({ n: 1 }) } }), '{ one { n } }');
    expect(expected.errors).toHaveLength(1);
    expect([undefined, [null]]).toContainEqual(heard);
  });

  it('takes a hole in a list for null', async () => {
    const holes = () => {
      const list = [1, 2, 3];
      delete list[1];
      return list;
    };
    const strict = new GraphQLList(new GraphQLNonNull(GraphQLInt));
    const schema = schemaOf({ list: { type: numbers, resolve: holes }, strict: { type: strict, resolve: holes } });
    expect((await runBoth(schema, '{ list }')).heard).toEqual([{ list: [1, null, 3] }]);
    const { heard, expected } = await runBoth(schema, '{ strict }');
    expect(expected.errors).toHaveLength(1);
    expect(heard).toEqual([null]);
  });

  it('goes on after a mistake, as graphql-js does, and is left to it at the end', async () => {
    let asked = 0;
    const late: GraphQLObjectType = new GraphQLObjectType({ name: 'Late', fields: { n: { type: GraphQLInt, resolve: () => asked++ } } });
    const schema = schemaOf({
      first: { type: GraphQLInt, resolve: failure },
      late: { type: late, resolve: () => turn().then(() => ({})) },
    });
    const { heard } = await runBoth(schema, '{ first late { n } }');
    expect(heard).toEqual([null]);
    // Here and by graphql-js.
    expect(asked).toBe(2);
  });

  it('holds the arguments of a plain property against their types', async () => {
    const schema = schemaOf({ a: { type: GraphQLInt, args: { n: { type: new GraphQLNonNull(GraphQLInt) } } } });
    const { heard, expected } = await runBoth(schema, 'query ($n: Int = 1) { a(n: $n) }', { n: null });
    expect(expected.errors).toHaveLength(1);
    expect(heard).toEqual([null]);
  });

  it('tells resolveType the path of the field, not that of a list item', async () => {
    const paths: string[] = [];
    const one = new GraphQLObjectType({ name: 'One', fields: { n: { type: GraphQLInt } } });
    const union = new GraphQLUnionType({
      name: 'Union',
      types: [one],
      resolveType: (_, __, { path }) => {
        paths.push(JSON.stringify(path));
        return 'One';
      },
    });
    const lists = new GraphQLList(new GraphQLList(union));
    const { heard, expected } = await runBoth(schemaOf({ lists: { type: lists, resolve: () => [[{}]] } }), '{ lists { __typename } }');
    expect(heard).toEqual([expected.data]);
    expect(paths).toEqual(Array(2).fill('{"key":"lists","typename":"Query"}'));
  });

  it('does not ask a function for the name of its type', async () => {
    const one = new GraphQLObjectType({ name: 'One', fields: { n: { type: GraphQLInt } } });
    const union = new GraphQLUnionType({ name: 'Union', types: [one] });
    const schema = schemaOf({ one: { type: union, resolve: () => Object.assign(() => {}, { __typename: 'One' }) } });
    const { heard, expected } = await runBoth(schema, '{ one { __typename } }');
    expect(expected.errors).toHaveLength(1);
    expect(heard).toEqual([null]);
  });

  it('waits for what a scalar promises', async () => {
    const slow = new GraphQLScalarType({ name: 'Slow', serialize: (value) => Promise.resolve(value) });
    const { heard, expected } = await runBoth(schemaOf({ slow: { type: slow, resolve: () => 5 } }), '{ slow }');
    expect(expected).toEqual({ data: { slow: 5 } });
    // Such a rare thing may be left to graphql-js.
    expect([{ slow: 5 }, null]).toContainEqual(heard?.[0]);
  });
});

describe('how large a plan becomes', () => {
  const names = Array.from({ length: 10 }, (_, index) => `T${index}`);
  const schema = buildSchema(
    `type Query { some: Some } union Some = ${names.join(' | ')} ${names.map((name) => `type ${name} { some: Some }`).join(' ')}`,
  );

  it('is at most 2,000 fields, wherever fields multiply', async () => {
    const all = (inner: string) => `some { ${names.map((name) => `... on ${name} { ${inner} }`).join(' ')} }`;
    expect((await runBoth(schema, `{ ${all(all(all('__typename')))} }`)).compiled?.size).toBe(1_111);
    expect((await runBoth(schema, `{ ${all(all(all('x: __typename __typename')))} }`)).compiled).toBeNull();
    expect((await runBoth(schema, `{ ${all(all(all('some { __typename }')))} }`)).compiled).toBeNull();
  });
});

describe('what one call does to its arguments', () => {
  const change = (_: unknown, args: Record<string, unknown>) => {
    args.times = Number(args.times ?? 0) + 1;
    if (Array.isArray(args.list)) args.list.push(9);
    return JSON.stringify(args);
  };
  const schema = schemaOf({
    none: { type: GraphQLString, resolve: change },
    told: { type: GraphQLString, args: { list: { type: numbers } }, resolve: change },
  });

  it.each(['{ none }', '{ told(list: [1]) }', '{ told }'])('no other call learns of: %s', async (query) => {
    const { compiled, heard, expected } = await runBoth(schema, query);
    const again = compiled && (await runCompiled(compiled, new World(schema, [], 0), {}, []));
    expect([heard?.[0], again?.heard[0]]).toEqual([expected.data, expected.data]);
  });
});

/** Node ends a process in which nobody hears of a failure. graphql-js hears of each of these. */
describe('of a failure beside a failure', () => {
  it('somebody hears in a list', async () => {
    const { heard, unheard, reference } = await runBoth(
      schemaOf({ list: { type: numbers, resolve: () => [new Error('first'), failure()] } }),
      '{ list }',
    );
    expect(heard).toEqual([null]);
    expect([unheard, reference.unheard]).toEqual([[], []]);
  });

  it('somebody hears in a property', async () => {
    const pair = new GraphQLObjectType({ name: 'Pair', fields: { a: { type: GraphQLInt }, b: { type: GraphQLInt } } });
    const schema = schemaOf({ pair: { type: pair, resolve: () => ({ a: new Error('first'), b: failure() }) } });
    const { heard, unheard, reference } = await runBoth(schema, '{ pair { a b } }');
    expect(heard).toEqual([null]);
    expect([unheard, reference.unheard]).toEqual([[], []]);
  });

  it('somebody hears in what came too late', async () => {
    const late = async () => {
      await turn();
      return [failure()];
    };
    const schema = schemaOf({ first: { type: GraphQLInt, resolve: failure }, list: { type: numbers, resolve: late } });
    const { heard, unheard, reference } = await runBoth(schema, '{ first list }');
    expect(heard).toEqual([null]);
    expect([unheard, reference.unheard]).toEqual([[], []]);
  });

  it('somebody hears when it was to be the name of a type', async () => {
    const one = new GraphQLObjectType({ name: 'One', fields: { n: { type: GraphQLInt } } });
    const union = new GraphQLUnionType({ name: 'Union', types: [one], resolveType: failure });
    const { heard, unheard, reference } = await runBoth(schemaOf({ one: { type: union, resolve: () => ({}) } }), '{ one { __typename } }');
    expect(heard).toEqual([null]);
    expect([unheard, reference.unheard]).toEqual([[], []]);
  });
});
