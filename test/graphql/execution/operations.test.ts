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
import { Operations, type ReadyOperation } from '../../../src/graphql/execution/operations.ts';
import { ANONYMOUS_VIEWER } from '../../../src/model/viewer.ts';
import { Choices, tape } from './choices.ts';
import { generatedQuery } from './generated-query.ts';
import { generatedSchema } from './generated-schema.ts';
import { runCompiled, runInGraphqlJs } from './run-both.ts';
import { expectSameResult } from './same-result.ts';
import { World } from './world.ts';

const RUNS = Number(process.env.NUM_RUNS ?? 200);
const GENEROUS = {
  depth: 100,
  aliases: 1_000,
  rootFields: 2_000,
  tokens: 100_000,
  directives: 1_000,
  cost: 1_000_000_000,
  references: 1_000,
};
const shop = buildSchema(`
  type Query { a: Int b: Int c: Int again: Query add(n: Int!, to: Int = 1): Int sum(of: [Int], in: Range): Int }
  input Range { from: Int to: [Int] }
  type Mutation { set: Int }
  type Subscription { changed: Int }
`);

function operationsOf({ schema = shop, hotAfter = 1, limits = {} } = {}) {
  return new Operations({ schema, limits: { ...GENEROUS, ...limits }, introspection: true, hideSuggestions: false, hotAfter });
}

/** Null for an operation that may not run. */
function ready(operations: Operations, query: string, variables = {}, operationName: string | null = null): ReadyOperation | null {
  const prepared = operations.prepare({ query, variables, operationName }, ANONYMOUS_VIEWER);
  return prepared.kind === 'ready' ? prepared : null;
}

/** The codes of the errors that refuse an operation. */
function codes(operations: Operations, query: string, variables = {}, operationName: string | null = null): unknown[] {
  const prepared = operations.prepare({ query, variables, operationName }, ANONYMOUS_VIEWER);
  return prepared.kind === 'ready' ? [] : prepared.errors.map(({ extensions }) => extensions.code);
}

const planIn =
  (operations: Operations, variables = {}) =>
  (query: string) =>
    ready(operations, query, variables)?.compiled ?? null;
const keysOf = (operation: ReadyOperation | null) => operation?.compiled.plan.fields.map(({ key }) => key);

/** As graphql-js coerces them; null where it finds a mistake. */
function variablesOf(schema: GraphQLSchema, query: string, given: Readonly<Record<string, unknown>>) {
  const definitions = getOperationAST(parse(query))?.variableDefinitions ?? [];
  return getVariableValues(schema, definitions, given).coerced ?? null;
}

describe('a document', () => {
  it('is read and compiled at its first requests, and kept from the one on that it has to reach', () => {
    const plan = planIn(operationsOf({ hotAfter: 3 }));
    const [first, second, third, fourth] = [plan('{ a }'), plan('{ a }'), plan('{ a }'), plan('{ a }')];
    expect(first).not.toBeNull();
    expect([first === second, second === third, third === fourth]).toEqual([false, false, true]);
  });

  it.each([
    ['has a syntax error', '{ a', 'GRAPHQL_PARSE_FAILED'],
    ['is empty', '', 'BAD_REQUEST'],
    ['is wrong', '{ unknown }', 'GRAPHQL_VALIDATION_FAILED'],
    ['has no operation', 'fragment F on Query { a }', 'GRAPHQL_VALIDATION_FAILED'],
    ['has a fragment within itself', '{ ...F } fragment F on Query { ...F }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('that %s is refused each time', (_, query, code) => {
    const operations = operationsOf({ hotAfter: 2 });
    for (let times = 0; times < 4; times++) expect(codes(operations, query)).toContain(code);
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
  ])('beyond the limit of %s is refused each time', (limit, beyond, within) => {
    const operations = operationsOf({ limits: { [limit]: limit === 'tokens' ? 3 : 2 } });
    for (let times = 0; times < 3; times++) {
      const prepared = operations.prepare({ query: beyond }, ANONYMOUS_VIEWER);
      expect(prepared.kind === 'refused' && prepared.errors.map(({ extensions }) => [extensions.code, extensions.limit])).toEqual([
        ['OPERATION_TOO_COMPLEX', limit],
      ]);
    }
    expect(ready(operations, within)).not.toBeNull();
  });

  it('of several operations is prepared by name', () => {
    const operations = operationsOf();
    const query = 'query A { a } query B { b again { ...F } } mutation C { set } fragment F on Query { c }';
    expect(keysOf(ready(operations, query, {}, 'A'))).toEqual(['a']);
    expect(keysOf(ready(operations, query, {}, 'B'))).toEqual(['b', 'again']);
    expect(ready(operations, query, {}, 'C')?.operation.operation).toBe('mutation');
    for (const name of [null, '', 'D']) expect(codes(operations, query, {}, name)).toEqual(['OPERATION_RESOLUTION_FAILURE']);
  });

  it('has no operation of any other name, however many are asked for', () => {
    const operations = operationsOf();
    expect(keysOf(ready(operations, 'query A { a }'))).toEqual(['a']);
    for (let index = 0; index < 20_000; index++)
      expect(codes(operations, 'query A { a }', {}, `A${index}`)).toEqual(['OPERATION_RESOLUTION_FAILURE']);
    expect(keysOf(ready(operations, 'query A { a }', {}, 'A'))).toEqual(['a']);
  });
});

describe('variables', () => {
  it('are coerced, with their defaults', () => {
    const operations = operationsOf();
    const query = 'query ($n: Int!, $to: Int = 7) { add(n: $n, to: $to) }';
    expect(ready(operations, query, { n: 3, unknown: 1 })?.variables).toEqual({ n: 3, to: 7 });
  });

  it.each([{}, { n: null }, { n: 'one' }, { n: 1.5 }, { n: [1] }, { n: 2 ** 40 }])('of a wrong type are refused: %j', (given) => {
    const operations = operationsOf();
    const query = 'query ($n: Int!) { add(n: $n) }';
    expect(codes(operations, query, given)).toEqual(['BAD_USER_INPUT']);
    expect(ready(operations, query, { n: 1 })).not.toBeNull();
    expect(codes(operations, query, given)).toEqual(['BAD_USER_INPUT']);
  });

  it('of whatever value are what they are in graphql-js', () => {
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
        expect(inspect(ready(operations, query, given)?.variables ?? null)).toBe(inspect(variablesOf(schema, query, given)));
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
    const prepared = operationsOf({ schema }).prepare(
      { query: 'query ($of: [None]) { count(of: $of) }', variables: { of: Array(5_000).fill('x') } },
      ANONYMOUS_VIEWER,
    );
    expect(prepared.kind === 'refused' && prepared.errors.length).toBe(51);
    expect(parsed).toBeLessThan(100);
  });

  it('that decide what is asked for have a plan for each decision, of which eight are kept', () => {
    const names = ['u', 'v', 'w', 'x'];
    const fields = names.map((name) => `${name}: a @include(if: $${name})`);
    const query = `query (${names.map((name) => `$${name}: Boolean!`)}) { c ${fields.join(' ')} }`;
    const operations = operationsOf();
    const prepare = (decisions: number) => {
      const on = names.filter((_, bit) => decisions & (1 << bit));
      const prepared = ready(operations, query, Object.fromEntries(names.map((name) => [name, on.includes(name)])));
      expect(keysOf(prepared)).toEqual(['c', ...on]);
      return prepared?.compiled;
    };
    const plans = Array.from({ length: 16 }, (_, decisions) => prepare(decisions));
    expect(plans.filter((plan, decisions) => plan === prepare(decisions))).toEqual(plans.slice(0, 8));
  });

  it('that decide nothing are not taken for a no, and null is an error of the operation', () => {
    const operations = operationsOf();
    const query = 'query ($is: Boolean = true) { a b @include(if: $is) }';
    expect(keysOf(ready(operations, query))).toEqual(['a', 'b']);
    expect(keysOf(ready(operations, query, { is: false }))).toEqual(['a']);
    expect(ready(operations, query, { is: null })?.compiled.plan.failure?.message).toMatch(/must not be null/);
    expect(keysOf(ready(operations, query, { is: false }))).toEqual(['a']);
  });

  it('of each request find a plan that answers them as graphql-js does', async () => {
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
          const found = ready(operations, text, asked);
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
    const plan = planIn(operationsOf({ hotAfter: 2 }));
    plan('{ a }');
    const hot = plan('{ a }');
    for (let index = 0; index < 8_000; index++) plan(`{ x${index}: b }`);
    expect(hot).not.toBeNull();
    expect(plan('{ a }') === hot).toBe(true);
  });

  it('is nothing of a document that came once, when millions of characters came since', () => {
    const plan = planIn(operationsOf({ hotAfter: 2 }));
    plan('{ a }');
    for (let index = 0; index < 3_000; index++) plan(`{ x${index}: b } # ${'and so on '.repeat(100)}`);
    const [again, kept, still] = [plan('{ a }'), plan('{ a }'), plan('{ a }')];
    expect([again === kept, kept === still]).toEqual([false, true]);
  });

  it('is what was used last, and in all no more than 50,000 fields', () => {
    const plan = planIn(operationsOf({ hotAfter: 2 }));
    const twice = (query: string) => [plan(query), plan(query)][1];
    const first = twice('{ a }');
    const plans = Array.from({ length: 70 }, (_, index) => {
      const own = twice(wide(index));
      // Used all the time.
      expect(plan('{ a }') === first).toBe(true);
      return own;
    });
    const kept = plans.map((own, index) => plan(wide(index)) === own);
    expect(plans.every((own) => own?.size === 900)).toBe(true);
    expect(kept.filter(Boolean).length).toBe(Math.floor(50_000 / 900));
    expect(kept.indexOf(true)).toBe(70 - Math.floor(50_000 / 900));
  });

  /** Each takes more than a megabyte as it was parsed, and 5,000 of them more than there is. */
  it('is bounded for documents of few fields and much text', () => {
    const plan = planIn(operationsOf());
    const long = (index: number) => `{ x${index}: sum(of: [${Array(4_900).fill('1').join(' ')}]) }`;
    const first = plan(long(0));
    // Two million characters.
    for (let index = 1; index < 200; index++) expect(plan(long(index)) === null).toBe(false);
    expect(plan(long(0)) === first).toBe(false);
  });
});
