import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { CompiledOperations } from '../../src/graphql/execution/compiled-operations.ts';
import { PreparedDocuments } from '../../src/graphql/execution/prepared-documents.ts';
import { Choices, tape } from './choices.ts';
import { generatedQuery } from './generated-query.ts';
import { generatedSchema } from './generated-schema.ts';
import { runCompiled, runInGraphqlJs } from './run-both.ts';
import { expectSameResult } from './same-result.ts';
import { World } from './world.ts';

const RUNS = Number(process.env.NUM_RUNS ?? 400);
const GENEROUS = { depth: 100, aliases: 1_000, rootFields: 2_000, tokens: 100_000, directives: 1_000 };
const shop = buildSchema(`
  type Query { a: Int b: Int c: Int again: Query add(n: Int!, to: Int = 1): Int sum(of: [Int], in: Range): Int }
  input Range { from: Int to: [Int] }
  type Mutation { set: Int }
  type Subscription { told: Int }
`);

function operationsOf({ schema = shop, hotAfter = 1, limits = {} } = {}) {
  const rules = { schema, limits: { ...GENEROUS, ...limits }, introspection: true, hideSuggestions: false };
  return new CompiledOperations({ ...rules, hotAfter, documents: new PreparedDocuments(rules) });
}
const findsIn =
  (operations: CompiledOperations, given = {}, name: string | null = null) =>
  (query: string) =>
    operations.find(query, name, given);
const keysOf = (found: ReturnType<CompiledOperations['find']>) => found?.compiled.plan.fields.map(({ key }) => key);

/** As graphql-js coerces them; null where it finds a mistake. */
function variablesOf(schema: GraphQLSchema, query: string, given: Readonly<Record<string, unknown>>) {
  const definitions = getOperationAST(parse(query))?.variableDefinitions ?? [];
  return getVariableValues(schema, definitions, given).coerced ?? null;
}

describe('a document', () => {
  it('is compiled once it came as often as it has to, and not again', () => {
    const find = findsIn(operationsOf({ hotAfter: 3 }));
    expect([find('{ a }'), find('{ b }'), find('{ a }')]).toEqual([null, null, null]);
    const found = find('{ a }');
    expect(keysOf(found)).toEqual(['a']);
    expect(find('{ a }')?.compiled === found?.compiled).toBe(true);
    expect(find('{ b }')).toBeNull();
  });

  it.each([
    ['has a syntax error', '{ a'],
    ['is empty', ''],
    ['is wrong', '{ unknown }'],
    ['has no operation', 'fragment F on Query { a }'],
    ['has a mutation', 'mutation { set }'],
    ['has a subscription', 'subscription { told }'],
    ['has lists in lists, thousands deep', `{ sum(of: ${'['.repeat(2_400)}${']'.repeat(2_400)}) }`],
  ])('that %s is never compiled', (_, query) => {
    const find = findsIn(operationsOf());
    for (let times = 0; times < 5; times++) expect(find(query)).toBeNull();
  });

  it.each([
    ['depth', '{ again { again { a } } }', '{ again { a } }'],
    ['rootFields', '{ a b c }', '{ a b }'],
    ['aliases', '{ x: a again { y: a z: a } }', '{ x: a again { y: a } }'],
    [
      'directives',
      '{ ...F a @skip(if: false) } fragment F on Query { b @skip(if: false) c @skip(if: false) }',
      '{ a @skip(if: true) b @skip(if: false) }',
    ],
    ['tokens', '{ a a }', '{ a }'],
  ])('beyond the limit of %s is never compiled', (limit, beyond, within) => {
    const find = findsIn(operationsOf({ limits: { [limit]: limit === 'tokens' ? 3 : 2 } }));
    for (let times = 0; times < 5; times++) expect(find(beyond)).toBeNull();
    expect(find(within)).not.toBeNull();
  });

  it('of several operations is compiled by name', () => {
    const operations = operationsOf();
    const query = 'query A { a } query B { b again { ...F } } mutation C { set } fragment F on Query { c }';
    expect(keysOf(operations.find(query, 'A', {}))).toEqual(['a']);
    expect(keysOf(operations.find(query, 'B', {}))).toEqual(['b', 'again']);
    expect(keysOf(operations.find(query, null, {}))).toBeUndefined();
    expect(operations.find(query, 'C', {})).toBeNull();
    expect(operations.find(query, null, {})).toBeNull();
  });

  it('has no operation of any other name, however many are asked for', () => {
    const operations = operationsOf();
    expect(keysOf(operations.find('query A { a }', null, {}))).toEqual(['a']);
    for (let index = 0; index < 20_000; index++) expect(keysOf(operations.find('query A { a }', `A${index}`, {}))).toBeUndefined();
    expect(keysOf(operations.find('query A { a }', '', {}))).toBeUndefined();
    expect(keysOf(operations.find('query A { a }', 'A', {}))).toEqual(['a']);
  });
});

describe('variables', () => {
  it('are coerced, with their defaults', () => {
    const find = findsIn(operationsOf(), { n: 3, unknown: 1 });
    expect(find('query ($n: Int!, $to: Int = 7, $left: Int) { add(n: $n, to: $to) sum(of: $left) }')).toBeNull();
    expect(find('query ($n: Int!, $to: Int = 7) { add(n: $n, to: $to) }')?.variables).toEqual({ n: 3, to: 7 });
  });

  it.each([{}, { n: null }, { n: 'one' }, { n: 1.5 }, { n: [1] }, { n: 2 ** 40 }])(
    'of a wrong type are left to graphql-js: %j',
    (given) => {
      const operations = operationsOf();
      const query = 'query ($n: Int!) { add(n: $n) }';
      expect(operations.find(query, null, given)).toBeNull();
      expect(operations.find(query, null, { n: 1 })).not.toBeNull();
      expect(operations.find(query, null, given)).toBeNull();
    },
  );

  it('of whatever value are what they are in graphql-js', { timeout: 30_000 + RUNS * 20 }, () => {
    const declared = '$i: Int, $j: Int! = 5, $f: Float, $s: String = "d", $b: Boolean! = true, $id: ID = null, $c: Colour = RED';
    const schema = buildSchema(`enum Colour { RED BLUE } type Query { a(${declared.replaceAll('$', '')}): Int }`);
    const query = `query (${declared}) { a(i: $i, j: $j, f: $f, s: $s, b: $b, id: $id, c: $c) }`;
    const number = fc.oneof(
      fc.constantFrom(0, -0, 1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 1e300),
      fc.integer(),
      fc.double(),
    );
    const value = fc.oneof(number, fc.string(), fc.boolean(), fc.constantFrom(null, undefined, 'RED', 'GREEN', [1], {}, '5', 'true'));
    const names = ['i', 'j', 'f', 's', 'b', 'id', 'c', 'toString'];
    const operations = operationsOf({ schema });
    fc.assert(
      fc.property(fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }), (given) => {
        expect(inspect(operations.find(query, null, given)?.variables ?? null)).toBe(inspect(variablesOf(schema, query, given)));
      }),
      { numRuns: RUNS * 3 },
    );
  });

  it('with endless mistakes cost no more than graphql-js lets them', () => {
    let parsed = 0;
    const none = new GraphQLScalarType({
      name: 'None',
      parseValue: () => {
        parsed++;
        throw new Error('none');
      },
    });
    const fields = { count: { type: GraphQLInt, args: { of: { type: new GraphQLList(none) } } } };
    const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields }) });
    const found = operationsOf({ schema }).find('query ($of: [None]) { count(of: $of) }', null, { of: Array(5_000).fill('x') });
    expect(found).toBeNull();
    expect(parsed).toBeLessThan(100);
  });

  it('that say what is asked for have a plan for each thing they say, up to eight', () => {
    const names = ['u', 'v', 'w', 'x'];
    const fields = names.map((name) => `${name}: a @include(if: $${name})`);
    const query = `query (${names.map((name) => `$${name}: Boolean!`)}) { c ${fields.join(' ')} }`;
    const operations = operationsOf();
    const ask = (said: number) => {
      const on = names.filter((_, bit) => said & (1 << bit));
      const found = operations.find(query, null, Object.fromEntries(names.map((name) => [name, on.includes(name)])));
      return { found, expected: ['c', ...on] };
    };
    for (const said of [...Array(16).keys(), ...Array(16).keys()]) {
      const { found, expected } = ask(said);
      if (said < 8) expect(keysOf(found)).toEqual(expected);
      else expect(found).toBeNull();
    }
  });

  it('that say nothing are not taken for saying no', () => {
    const operations = operationsOf();
    const query = 'query ($is: Boolean = true) { a b @include(if: $is) }';
    expect(keysOf(operations.find(query, null, {}))).toEqual(['a', 'b']);
    expect(keysOf(operations.find(query, null, { is: false }))).toEqual(['a']);
    expect(operations.find(query, null, { is: null })?.compiled.plan.failure?.message).toMatch(/must not be null/);
    expect(keysOf(operations.find(query, null, { is: false }))).toEqual(['a']);
  });

  it('of each request find a plan that answers them as graphql-js does', { timeout: 30_000 + RUNS * 20 }, async () => {
    const cases = fc.record({
      schema: tape(120),
      query: tape(260),
      values: tape(120),
      order: tape(20),
      turns: fc.array(fc.nat({ max: 2 }), { minLength: 2 }),
    });
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ values, order, turns, ...tapes }) => {
        const generated = generatedSchema(Choices.along(tapes.schema));
        const { text, given } = generatedQuery(generated, Choices.along(tapes.query));
        const operations = operationsOf({ schema: generated.schema });
        for (const turn of turns) {
          const asked = given[turn] ?? {};
          const found = operations.find(text, null, asked);
          if (found === null) continue;
          expect(inspect(found.variables)).toBe(inspect(variablesOf(generated.schema, text, asked)));
          const { results } = await runCompiled(found.compiled, new World(generated.schema, values, 0), found.variables, order);
          const reference = await runInGraphqlJs(generated.schema, parse(text), new World(generated.schema, values, 0), asked, order);
          expectSameResult(results[0] as ExecutionResult, reference.result);
          answered++;
        }
      }),
      { numRuns: RUNS },
    );
    expect(answered).toBeGreaterThan(RUNS / 2);
  });
});

describe('what is kept', () => {
  const wide = (name: number) => `{ ${Array.from({ length: 900 }, (_, index) => `k${name}_${index}: a`).join(' ')} }`;

  it('is not pushed out by documents that come once', () => {
    const find = findsIn(operationsOf({ hotAfter: 2 }));
    find('{ a }');
    const hot = find('{ a }')?.compiled;
    for (let index = 0; index < 8_000; index++) expect(find(`{ x${index}: b }`)).toBeNull();
    expect(hot).toBeDefined();
    expect(find('{ a }')?.compiled === hot).toBe(true);
  });

  it('has forgotten that a document came, when millions of characters came since', () => {
    const find = findsIn(operationsOf({ hotAfter: 2 }));
    find('{ a }');
    for (let index = 0; index < 3_000; index++) find(`{ x${index}: b } # ${'and so on '.repeat(100)}`);
    expect(find('{ a }')).toBeNull();
    expect(find('{ a }')).not.toBeNull();
  });

  it('is what was used last, and in all no more than 50,000 fields', () => {
    const find = findsIn(operationsOf({ hotAfter: 2 }));
    const twice = (query: string) => [find(query), find(query)][1]?.compiled;
    const first = twice('{ a }');
    const plans = Array.from({ length: 70 }, (_, index) => {
      const plan = twice(wide(index));
      // Used all the time.
      expect(find('{ a }')?.compiled === first).toBe(true);
      return plan;
    });
    const kept = plans.map((plan, index) => find(wide(index))?.compiled === plan);
    expect(plans.every((plan) => plan?.size === 900)).toBe(true);
    expect(kept.filter(Boolean).length).toBe(Math.floor(50_000 / 900));
    expect(kept.indexOf(true)).toBe(70 - Math.floor(50_000 / 900));
  });

  /** Each takes more than a megabyte as it was parsed, and 5,000 of them more than there is. */
  it('is bounded for documents of few fields and much text, as prepared documents are', { timeout: 60_000 }, () => {
    const find = findsIn(operationsOf());
    const long = (index: number) => `{ x${index}: sum(of: [${Array(4_900).fill('1').join(' ')}]) }`;
    const first = find(long(0))?.compiled;
    // Two million characters.
    for (let index = 1; index < 200; index++) expect(find(long(index)) === null).toBe(false);
    expect(find(long(0))?.compiled === first).toBe(false);
  });
});
