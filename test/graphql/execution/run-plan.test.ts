import { inspect } from 'node:util';
import {
  buildSchema,
  type ExecutionResult,
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
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileOperation } from '../../../src/graphql/execution/compile-operation.ts';
import { runPlan } from '../../../src/graphql/execution/run-plan.ts';
import { leafTypes, outputLeaves } from './generated-leaves.ts';
import { runBoth, runCompiled, turn } from './run-both.ts';
import { received } from './same-result.ts';
import { World } from './world.ts';

const schemaOf = (fields: GraphQLFieldConfigMap<unknown, unknown>) =>
  new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) });
const numbers = new GraphQLList(GraphQLInt);
const failure = () => Promise.reject(new Error('no'));

describe('what graphql-jit is known to get wrong', () => {
  it('answers a list in which one promise rejects', async () => {
    const schema = schemaOf({ list: { type: numbers, resolve: () => [1, failure(), Promise.resolve(3)] } });
    const { results, unhandled, expected } = await runBoth(schema, '{ list }');
    expect(expected).toMatchObject({ data: { list: [1, null, 3] }, errors: [{ message: 'no', path: ['list', 1] }] });
    expect(results).toEqual([expected]);
    expect(unhandled).toEqual([]);
  });

  it.each([
    ['answered', new Error('no')],
    ['promised', Promise.resolve(new Error('no'))],
    ['in a list', [[new Error('no')]]],
    ['promised in a list', [[Promise.resolve(new Error('no'))]]],
  ])('takes an error that is %s for a failure, and not for a value', async (_, value) => {
    const anything = new GraphQLScalarType({ name: 'Anything' });
    const type = Array.isArray(value) ? new GraphQLList(new GraphQLList(anything)) : anything;
    const { results, expected } = await runBoth(schemaOf({ value: { type, resolve: () => value } }), '{ value }');
    expect(expected.errors).toMatchObject([{ message: 'no' }]);
    expect(results).toEqual([expected]);
  });

  it('compiles a variable of a recursive input type, and hands on what is given for it', async () => {
    const link: GraphQLInputObjectType = new GraphQLInputObjectType({
      name: 'Link',
      fields: () => ({ next: { type: link }, all: { type: new GraphQLList(link) }, n: { type: GraphQLInt, defaultValue: 1 } }),
    });
    const schema = schemaOf({ echo: { type: GraphQLString, args: { link: { type: link } }, resolve: (_, args) => JSON.stringify(args) } });
    const given = { link: { next: { next: { n: 3 } }, all: [{}, { all: { next: null } }] } };
    const { compiled, results, expected } = await runBoth(schema, 'query ($link: Link) { echo(link: $link) }', given);
    expect(compiled.size).toBe(1);
    expect(results[0]?.data).toEqual({
      echo: '{"link":{"next":{"next":{"n":3},"n":1},"all":[{"n":1},{"all":[{"next":null,"n":1}],"n":1}],"n":1}}',
    });
    expect(results).toEqual([expected]);
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
    const { results, expected } = await runBoth(schema, '{ items { item { n } n } }');
    expect(JSON.stringify(results)).toBe('[{"data":{"items":[{"item":{"n":2},"n":1},{"item":null,"n":3}]}}]');
    expect(results).toEqual([expected]);
  });
});

describe('what graphql-js does and is easily forgotten', () => {
  it.each(['@include(if: $is)', '@skip(if: $is)'])(
    'refuses %s where the variable is null in spite of its default, wherever it is',
    async (directive) => {
      const inner = new GraphQLObjectType({ name: 'Inner', fields: { b: { type: GraphQLInt } } });
      const schema = schemaOf({ a: { type: GraphQLInt }, inner: { type: inner, resolve: () => ({ b: 2 }) } });
      for (const selection of [`a ${directive}`, `a inner { b ${directive} }`]) {
        const { results, expected } = await runBoth(schema, `query ($is: Boolean = true) { ${selection} }`, { is: null });
        expect(expected.errors).toHaveLength(1);
        expect(results).toEqual([expected]);
      }
    },
  );

  it.each(leafTypes.map((type) => [type.name, type] as const))('answers each form of %s as it does', async (_, type) => {
    for (const value of outputLeaves(type)) {
      const { results, expected } = await runBoth(schemaOf({ leaf: { type, resolve: () => value } }), '{ leaf }');
      expect(received(results[0] as ExecutionResult), inspect(value)).toEqual(received(expected));
    }
  });

  it.each([null, undefined])('takes a scalar that answers %s for a failure', async (answer) => {
    const none = new GraphQLScalarType({ name: 'None', serialize: () => answer });
    const { results, expected } = await runBoth(schemaOf({ none: { type: none, resolve: () => 5 } }), '{ none }');
    expect(expected.errors).toHaveLength(1);
    expect(results).toEqual([expected]);
  });

  it.each([false, Promise.resolve(false), true, Promise.resolve(true)])('asks a type whether a value is of it: %s', async (answer) => {
    const one = new GraphQLObjectType({ name: 'One', fields: { n: { type: GraphQLInt } }, isTypeOf: () => answer });
    const { results, expected } = await runBoth(schemaOf({ one: { type: one, resolve: () => ({ n: 1 }) } }), '{ one { n } }');
    expect(expected.errors ?? []).toHaveLength((await answer) ? 0 : 1);
    expect(results).toEqual([expected]);
  });

  it('takes a hole in a list for null', async () => {
    const holes = () => {
      const list = [1, 2, 3];
      delete list[1];
      return list;
    };
    const strict = new GraphQLList(new GraphQLNonNull(GraphQLInt));
    const schema = schemaOf({ list: { type: numbers, resolve: holes }, strict: { type: strict, resolve: holes } });
    expect((await runBoth(schema, '{ list }')).results).toEqual([{ data: { list: [1, null, 3] } }]);
    const { results, expected } = await runBoth(schema, '{ strict }');
    expect(expected.errors).toHaveLength(1);
    expect(results).toEqual([expected]);
  });

  it('goes on after a mistake, as graphql-js does', async () => {
    let asked = 0;
    const late: GraphQLObjectType = new GraphQLObjectType({ name: 'Late', fields: { n: { type: GraphQLInt, resolve: () => asked++ } } });
    const schema = schemaOf({
      first: { type: GraphQLInt, resolve: failure },
      late: { type: late, resolve: () => turn().then(() => ({})) },
    });
    const { results } = await runBoth(schema, '{ first late { n } }');
    expect(results).toMatchObject([{ data: { first: null, late: { n: 0 } }, errors: [{ message: 'no', path: ['first'] }] }]);
    // Here and by graphql-js.
    expect(asked).toBe(2);
  });

  it('holds the arguments of a plain property against their types', async () => {
    const schema = schemaOf({ a: { type: GraphQLInt, args: { n: { type: new GraphQLNonNull(GraphQLInt) } } } });
    const { results, expected } = await runBoth(schema, 'query ($n: Int = 1) { a(n: $n) }', { n: null });
    expect(expected.errors).toHaveLength(1);
    expect(results).toEqual([expected]);
  });

  it('gives resolveType the path of the field, not that of a list item', async () => {
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
    const { results, expected } = await runBoth(schemaOf({ lists: { type: lists, resolve: () => [[{}]] } }), '{ lists { __typename } }');
    expect(results).toEqual([expected]);
    expect(paths).toEqual(Array(2).fill('{"key":"lists","typename":"Query"}'));
  });

  it('does not ask a function for the name of its type', async () => {
    const one = new GraphQLObjectType({ name: 'One', fields: { n: { type: GraphQLInt } } });
    const union = new GraphQLUnionType({ name: 'Union', types: [one] });
    const schema = schemaOf({ one: { type: union, resolve: () => Object.assign(() => {}, { __typename: 'One' }) } });
    const { results, expected } = await runBoth(schema, '{ one { __typename } }');
    expect(expected.errors).toHaveLength(1);
    expect(results).toEqual([expected]);
  });

  it('waits for what a scalar promises', async () => {
    const slow = new GraphQLScalarType({ name: 'Slow', serialize: (value) => Promise.resolve(value) });
    const { results, expected } = await runBoth(schemaOf({ slow: { type: slow, resolve: () => 5 } }), '{ slow }');
    expect(expected).toEqual({ data: { slow: 5 } });
    expect(results).toEqual([expected]);
  });
});

describe('a plan', () => {
  const names = Array.from({ length: 10 }, (_, index) => `T${index}`);
  const schema = buildSchema(
    `type Query { some: Some } union Some = ${names.join(' | ')} ${names.map((name) => `type ${name} { some: Some }`).join(' ')}`,
  );
  const all = (inner: string) => `some { ${names.map((name) => `... on ${name} { ${inner} }`).join(' ')} }`;

  it('is made at once up to 2,000 fields, wherever fields multiply', async () => {
    const { compiled } = await runBoth(schema, `{ ${all(all(all('__typename')))} }`);
    expect([compiled.size, compiled.isWhole]).toEqual([1_111, true]);
  });

  it('of more fields is made where there are values, and answers the same', async () => {
    const root = () => ({ some: { __typename: 'T9', some: { __typename: 'T8', some: { __typename: 'T7', some: { __typename: 'T6' } } } } });
    for (const inner of ['x: __typename __typename', 'some { __typename }', all(all('some { __typename }'))]) {
      const { compiled, results, expected } = await runBoth(schema, `{ ${all(all(all(inner)))} }`, {}, root);
      expect(compiled.isWhole).toBe(false);
      expect(compiled.size).toBeLessThan(2_100);
      expect(expected.errors).toBeUndefined();
      expect(results).toEqual([expected]);
    }
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
    echo: { type: GraphQLString, args: { list: { type: numbers } }, resolve: change },
  });

  it.each(['{ none }', '{ echo(list: [1]) }', '{ echo }'])('no other call learns of: %s', async (query) => {
    const { compiled, results, expected } = await runBoth(schema, query);
    const again = await runCompiled(compiled, new World(schema, [], 0), {}, []);
    expect([results[0], again.results[0]]).toEqual([expected, expected]);
  });
});

describe('a field that failed and may not be null', () => {
  it('is answered when the fields beside it are complete, so that nothing of the operation runs after its answer', async () => {
    let complete: (value: number) => void = () => {};
    const slow = new Promise<number>((resolve) => {
      complete = resolve;
    });
    const schema = schemaOf({
      wrong: { type: new GraphQLNonNull(GraphQLInt), resolve: failure },
      slow: { type: GraphQLInt, resolve: () => slow },
    });
    const document = parse('{ wrong slow }');
    const compiled = compileOperation(schema, document, document.definitions[0] as OperationDefinitionNode, {});
    const results: ExecutionResult[] = [];
    runPlan(compiled, {}, {}, {}, (result) => results.push(result));
    await turn();
    expect(results).toEqual([]);
    complete(1);
    await turn();
    expect(results).toMatchObject([{ data: null, errors: [{ message: 'no', path: ['wrong'] }] }]);
  });
});

it('reads a property once, also one that is made anew at each reading', async () => {
  let readings = 0;
  const parent = {
    get value() {
      readings++;
      return readings === 1 ? Promise.resolve(5) : failure();
    },
  };
  const one = new GraphQLObjectType({ name: 'One', fields: { value: { type: GraphQLInt } } });
  const schema = schemaOf({ one: { type: one, resolve: () => parent } });
  const document = parse('{ one { value } }');
  const compiled = compileOperation(schema, document, document.definitions[0] as OperationDefinitionNode, {});
  const results: ExecutionResult[] = [];
  runPlan(compiled, {}, {}, {}, (result) => results.push(result));
  await turn();
  expect(results).toEqual([{ data: { one: { value: 5 } } }]);
  expect(readings).toBe(1);
});

/** Node.js ends a process with an unhandled rejection. graphql-js handles each of these. */
describe('a failure beside a failure', () => {
  it('is handled in a list', async () => {
    const { results, unhandled, expected, reference } = await runBoth(
      schemaOf({ list: { type: numbers, resolve: () => [new Error('first'), failure()] } }),
      '{ list }',
    );
    expect(results).toEqual([expected]);
    expect([unhandled, reference.unhandled]).toEqual([[], []]);
  });

  it('is handled in a property', async () => {
    const pair = new GraphQLObjectType({ name: 'Pair', fields: { a: { type: GraphQLInt }, b: { type: GraphQLInt } } });
    const schema = schemaOf({ pair: { type: pair, resolve: () => ({ a: new Error('first'), b: failure() }) } });
    const { results, unhandled, expected, reference } = await runBoth(schema, '{ pair { a b } }');
    expect(results).toEqual([expected]);
    expect([unhandled, reference.unhandled]).toEqual([[], []]);
  });

  it('is handled in a value that arrives too late', async () => {
    const late = async () => {
      await turn();
      return [failure()];
    };
    const schema = schemaOf({ first: { type: GraphQLInt, resolve: failure }, list: { type: numbers, resolve: late } });
    const { results, unhandled, expected, reference } = await runBoth(schema, '{ first list }');
    expect(results).toEqual([expected]);
    expect([unhandled, reference.unhandled]).toEqual([[], []]);
  });

  it('is handled when it is the name of a type', async () => {
    const one = new GraphQLObjectType({ name: 'One', fields: { n: { type: GraphQLInt } } });
    const union = new GraphQLUnionType({ name: 'Union', types: [one], resolveType: failure });
    const { results, unhandled, expected, reference } = await runBoth(
      schemaOf({ one: { type: union, resolve: () => ({}) } }),
      '{ one { __typename } }',
    );
    expect(results).toEqual([expected]);
    expect([unhandled, reference.unhandled]).toEqual([[], []]);
  });
});
