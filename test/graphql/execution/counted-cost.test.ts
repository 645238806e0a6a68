import fc from 'fast-check';
import {
  buildSchema,
  execute,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileOperation } from '../../../src/graphql/execution/compile-operation.ts';
import { evaluation, product, sum } from '../../../src/graphql/execution/cost-term.ts';
import { OperationCost } from '../../../src/graphql/execution/operation-cost.ts';
import type { Values } from '../../../src/graphql/execution/plan.ts';
import { Profile } from '../../../src/profile/profile.ts';

const RUNS = Number(process.env.NUM_RUNS ?? 300);

/** `asked…` have resolvers, `kept…` are properties; what `Found` stands for, the test draws. */
const schema = buildSchema(`
  interface Found { asked: Thing askedMany(first: Int): [Thing] kept: Thing keptMany: [Thing] }
  type Thing implements Found {
    leaf: Int askedLeaf: Int
    asked: Thing askedMany(first: Int): [Thing] askedPage(first: Int): ThingConnection askedFound: Found
    kept: Thing keptMany: [Thing] keptFound: [Found]
  }
  type Other implements Found { leaf: Int askedLeaf: Int asked: Thing askedMany(first: Int): [Thing] kept: Thing keptMany: [Thing] }
  type ThingConnection { edges: [ThingEdge] nodes: [Thing] total: Int }
  type ThingEdge { node: Thing }
  type Query { asked: Thing askedMany(first: Int): [Thing] askedPage(first: Int): ThingConnection }
`);
const PROFILE = new Profile([]);
const ASSUMED = 10;

/** The model: each resolver counts itself and the items that it answers. */
class Model {
  asks = 0;
  readonly #pick: () => boolean;

  constructor(pick: () => boolean) {
    this.#pick = pick;
  }

  readonly resolve: GraphQLFieldResolver<unknown, Model> = (parent, { first }, _, { fieldName, returnType }) => {
    const isPage = getNamedType(returnType).name === 'ThingConnection';
    const isMany = isListType(getNullableType(returnType)) || isPage;
    const size = isMany ? (first ?? ASSUMED) : 0;
    if (fieldName.startsWith('asked')) this.asks += 1 + size;
    if (isPage) return { size };
    const length = fieldName === 'edges' || fieldName === 'nodes' ? (parent as { size: number }).size : isMany ? size : null;
    const value = () =>
      fieldName.toLowerCase().endsWith('leaf') || fieldName === 'total' ? 1 : this.#object(getNamedType(returnType).name);
    return length === null ? value() : Array.from({ length }, value);
  };

  #object(type: string) {
    return { __typename: type === 'Found' ? (this.#pick() ? 'Thing' : 'Other') : type };
  }
}

interface Selected {
  /** Which of the type's fields. */
  readonly field: number;
  readonly first: number | null;
  readonly isVariable: boolean;
  readonly isInFragment: boolean;
  readonly inner: readonly Selected[];
}

const selections: fc.Arbitrary<readonly Selected[]> = fc.letrec<{ all: readonly Selected[] }>((tie) => ({
  all: fc.array(
    fc.record({
      field: fc.nat(20),
      first: fc.option(fc.integer({ min: 1, max: 3 })),
      isVariable: fc.boolean(),
      isInFragment: fc.boolean(),
      inner: fc.oneof({ maxDepth: 3, depthIdentifier: 'selection' }, fc.constant([]), tie('all')),
    }),
    { minLength: 1, maxLength: 3, depthIdentifier: 'selection' },
  ),
})).all;

/** The text of a query, with sizes as variables where `drawn` says so, or as literals. */
class Writer {
  readonly variables: Record<string, number> = {};
  readonly #asVariables: boolean;
  #keys = 0;

  constructor(asVariables: boolean) {
    this.#asVariables = asVariables;
  }

  query(selected: readonly Selected[]): string {
    const body = this.#selection('Query', selected, 0);
    const declared = Object.keys(this.variables).map((name) => `$${name}: Int`);
    return `query ${declared.length === 0 ? '' : `(${declared.join(', ')})`} ${body}`;
  }

  #selection(type: string, selected: readonly Selected[], depth: number): string {
    const fields = Object.values((schema.getType(type) as GraphQLObjectType).getFields());
    const parts = selected.flatMap(({ field, first, isVariable, isInFragment, inner }) => {
      const known = fields[field % fields.length];
      if (known === undefined || depth > 4) return [];
      const named = getNamedType(known.type).name;
      const key = `k${this.#keys++}`;
      const size = first !== null && known.args.length > 0 ? `(first: ${this.#size(key, first, isVariable)})` : '';
      const below = named === 'Int' ? '' : ` ${this.#selection(named, inner, depth + 1)}`;
      // A leaf without an alias is merged with the same one beside it.
      const text = `${isInFragment && below === '' ? '' : `${key}: `}${known.name}${size}${below}`;
      return isInFragment ? `... on ${type} { ${text} }` : text;
    });
    return `{ __typename ${parts.join(' ')} }`;
  }

  #size(key: string, size: number, isVariable: boolean): string {
    if (!isVariable || !this.#asVariables) return String(size);
    this.variables[key] = size;
    return `$${key}`;
  }
}

for (const type of Object.values(schema.getTypeMap())) {
  if (!isObjectType(type) || type.name.startsWith('__')) continue;
  for (const field of Object.values(type.getFields())) {
    // For the gateway only fields with a resolver ask something; the model's executor has the others' values in its default.
    if (field.name.startsWith('asked')) field.resolve = (...call) => (call[2] as Model).resolve(...(call as Parameters<Model['resolve']>));
  }
}

function planned(query: string, variables: Values = {}) {
  const document = parse(query);
  expect(validate(schema, document), query).toEqual([]);
  return compileOperation(schema, document, document.definitions[0] as OperationDefinitionNode, variables);
}

const costOf = (query: string, variables: Values = {}) => new OperationCost(planned(query, variables).plan, PROFILE).of(variables);

describe('the cost of an operation', () => {
  it('is what an operation asks for whose lists have the size that was asked for; never less, whatever the types are', () => {
    let exact = 0;
    fc.assert(
      fc.property(selections, fc.infiniteStream(fc.boolean()), (selected, picks) => {
        const query = new Writer(false).query(selected);
        const model = new Model(() => picks.next().value === true);
        const document = parse(query);
        const result = execute({ schema, document, contextValue: model, fieldResolver: model.resolve });
        expect(result).not.toHaveProperty('errors');
        const cost = costOf(query);
        if (query.includes('Found')) expect(cost, query).toBeGreaterThanOrEqual(model.asks);
        else {
          expect(cost, query).toBe(model.asks);
          exact += cost > 10 ? 1 : 0;
        }
      }),
      { numRuns: RUNS },
    );
    expect(exact).toBeGreaterThan(RUNS / 20);
  });

  it('is the same for a size in a variable as for the literal', () => {
    let withVariables = 0;
    fc.assert(
      fc.property(selections, (selected) => {
        const writer = new Writer(true);
        const query = writer.query(selected);
        withVariables += Object.keys(writer.variables).length > 0 ? 1 : 0;
        expect(costOf(query, writer.variables), query).toBe(costOf(new Writer(false).query(selected)));
      }),
      { numRuns: RUNS },
    );
    expect(withVariables).toBeGreaterThan(RUNS / 20);
  });

  it('is the same at each time, whatever was counted before', () => {
    const query = 'query ($n: Int) { a: askedMany(first: $n) { asked { leaf } } b: askedMany(first: $n) { asked { leaf } } }';
    const cost = new OperationCost(planned(query).plan, PROFILE);
    expect([3, 5, 3].map((n) => cost.of({ n }))).toEqual([14, 22, 14]);
    expect(cost.of({})).toBe(2 * (11 + 10));
  });

  it('stops at the largest integer', () => {
    const nested = (depth: number): string => (depth === 0 ? 'leaf' : `askedMany(first: 2147483647) { ${nested(depth - 1)} }`);
    expect(costOf(`{ ${nested(12)} }`)).toBe(Number.MAX_SAFE_INTEGER);
    const open = evaluation(sum([1, product({ kind: 'size', read: () => Number.MAX_SAFE_INTEGER }, 3)]));
    expect(open({})).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('where interfaces are nested', () => {
  const names = Array.from({ length: 10 }, (_, index) => `T${index}`);
  const many = buildSchema(
    `interface N { n: [N] } type Query { n: N } ${names.map((name) => `type ${name} implements N { n: [N] x: Int }`).join(' ')}`,
  );
  const binding = (name: string) => ({ name, shape: 'leaf' as const, sources: [] });
  const profile = new Profile(names.map((type) => ({ name: `${type}.x`, rule: null, binding: binding(`${type}.x`) })));
  const compiled = (query: string) => {
    const document = parse(query);
    return compileOperation(many, document, document.definitions[0] as OperationDefinitionNode, {}, profile);
  };

  it('each selection is counted once for each type, though plans and positions multiply', () => {
    const nested = (depth: number): string => (depth === 0 ? '... on T0 { x }' : `n { ${nested(depth - 1)} }`);
    // Ten types at each of twelve levels: a walk of each position would not end.
    const { plan, isWhole } = compiled(`{ n { ${nested(12)} } }`);
    expect(isWhole).toBe(false);
    expect(new OperationCost(plan, profile).of({})).toBe(10 ** 12);
  });

  it('an operation that has other fields for each type at each level costs more than any limit', () => {
    const interfaces = ['A', 'B', 'C'];
    const types = Array.from({ length: 8 }, (_, bits) => interfaces.filter((_name, bit) => (bits & (1 << bit)) !== 0));
    const subsets = buildSchema(`
      interface N { n: N } type Query { n: N } ${interfaces.map((name) => `interface ${name} implements N { n: N }`).join(' ')}
      ${types.map((of, index) => `type T${index} implements ${['N', ...of].join(' & ')} { n: N }`).join(' ')}`);
    const nested = (depth: number): string =>
      depth === 0 ? '__typename' : interfaces.map((name) => `... on ${name} { n { ${nested(depth - 1)} } }`).join(' ');
    const document = parse(`{ n { ${nested(6)} } }`);
    const { plan } = compileOperation(subsets, document, document.definitions[0] as OperationDefinitionNode, {});
    const cost = new OperationCost(plan, PROFILE);
    expect(cost.of({})).toBe(Number.MAX_SAFE_INTEGER);
    expect(cost.dearest({})?.cost).toBe(Number.MAX_SAFE_INTEGER);
  });
});
