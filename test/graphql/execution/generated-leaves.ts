import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  type GraphQLLeafType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLScalarType,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Choices } from './choices.ts';

const colour = new GraphQLEnumType({ name: 'Colour', values: { RED: { value: 0 }, GREEN: { value: 'g' }, BLUE: {} } });
/** Answers anything as it is. */
const anything = new GraphQLScalarType({ name: 'Anything' });
const loud = new GraphQLScalarType({
  name: 'Loud',
  serialize: (value) => {
    // An argument's default, as a schema is printed.
    if (Object.hasOwn(Object(value), 'parsed')) return String((value as { parsed: unknown }).parsed);
    if (typeof value !== 'string') throw new Error('not a text');
    // Neither is an answer.
    return value === '' ? null : value === 'u' ? undefined : { loud: value.toUpperCase() };
  },
  parseValue: (value) => ({ parsed: value }),
});

/** Values with an answer, and values without one. Functions, so that no two runs share an object. */
const OUTPUTS = new Map<GraphQLLeafType, { readonly right: () => readonly unknown[]; readonly wrong: () => readonly unknown[] }>([
  [
    GraphQLInt,
    {
      right: () => [0, 7, -2147483648, 2147483647, '12', true, -0, Object(5), { valueOf: () => 9 }],
      wrong: () => ['x', '', 1.5, Number.NaN, Infinity, 2147483648, -2147483649, 2 ** 53, {}, [], [1], Symbol('s')],
    },
  ],
  [
    GraphQLFloat,
    {
      right: () => [0, 1.5, '2.5', true, 1e300, Object(1.5), -0],
      wrong: () => [Number.NaN, Infinity, -Infinity, 'abc', '', {}, [], () => 1],
    },
  ],
  [
    GraphQLString,
    {
      right: () => ['text', '', 'ü\u2028"\\', 12, true, 1.5, Object('s'), { toJSON: () => 'j' }],
      wrong: () => [{}, [], ['a'], Number.NaN, Symbol('s'), () => 'a'],
    },
  ],
  [GraphQLBoolean, { right: () => [true, false, 0, 1, Object(true)], wrong: () => ['true', '', Number.NaN, {}, []] }],
  [GraphQLID, { right: () => ['id', 7, '', { toJSON: () => 'j' }, -1], wrong: () => [1.5, true, {}, [], Number.NaN] }],
  [colour, { right: () => [0, 'g', 'BLUE'], wrong: () => ['RED', 9, {}, [], false] }],
  [anything, { right: () => ['x', 0, false, '', { deep: [1, { er: null }] }, [1, [2]], new Date(0)], wrong: () => [new Error('one')] }],
  [loud, { right: () => ['x', 'loud'], wrong: () => ['', 'u', 5, {}, []] }],
]);

export const leafTypes: readonly GraphQLLeafType[] = [...OUTPUTS.keys()];

/** All that generated schemas answer for it. */
export function outputLeaves(type: GraphQLLeafType): readonly unknown[] {
  const values = OUTPUTS.get(type);
  return values ? [...values.right(), ...values.wrong()] : [];
}

export function outputLeaf(type: GraphQLLeafType, choices: Choices, isWrong: boolean): unknown {
  const values = OUTPUTS.get(type) as { right(): readonly unknown[]; wrong(): readonly unknown[] };
  return choices.pick(isWrong ? values.wrong() : values.right());
}

const nested: GraphQLInputObjectType = new GraphQLInputObjectType({
  name: 'Nested',
  fields: () => ({
    n: { type: GraphQLInt, defaultValue: 5 },
    s: { type: new GraphQLNonNull(GraphQLString) },
    again: { type: nested },
    list: { type: new GraphQLList(new GraphQLNonNull(GraphQLInt)) },
    colour: { type: colour },
  }),
});
const either = new GraphQLInputObjectType({
  name: 'Either',
  isOneOf: true,
  fields: { a: { type: GraphQLInt }, b: { type: GraphQLString } },
});
export const inputTypes: readonly GraphQLInputType[] = [nested, colour, either, anything, loud];

const INPUTS = new Map<GraphQLInputType, readonly unknown[]>([
  [GraphQLInt, [0, 3, -2]],
  [GraphQLFloat, [0, 1.5, -2]],
  [GraphQLString, ['', 'text', 'é"\n']],
  [GraphQLBoolean, [false, true]],
  [GraphQLID, ['id', 4]],
  [colour, ['RED', 'GREEN', 'BLUE']],
  [anything, ['any', 5, true]],
  [loud, ['loud', 6, false]],
]);

/** As JSON has it. A list may be its only item. */
export function inputValue(type: GraphQLInputType, choices: Choices, depth = 0): unknown {
  if (isNonNullType(type)) return presentInput(type.ofType, choices, depth);
  return choices.oneIn(5) ? null : presentInput(type, choices, depth);
}

function presentInput(type: GraphQLInputType, choices: Choices, depth: number): unknown {
  if (isListType(type)) {
    const item = itemOf(type);
    if (!isListType(item) && choices.oneIn(5)) return presentInput(item, choices, depth);
    return Array.from({ length: choices.below(3) }, () => inputValue(type.ofType, choices, depth));
  }
  if (type === either) return choices.oneIn(2) ? { a: choices.below(9) } : { b: 'b' };
  if (!isInputObjectType(type)) return choices.pick(INPUTS.get(type) ?? []);
  const given = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || (depth < 2 && choices.oneIn(3)));
  return Object.fromEntries(given.map((field) => [field.name, inputValue(field.type, choices, depth + 1)]));
}

function itemOf({ ofType }: GraphQLList<GraphQLInputType>): GraphQLInputType {
  return isNonNullType(ofType) ? ofType.ofType : ofType;
}

/** @param instead may answer with a variable for a value within the value. */
export function literalOf(type: GraphQLInputType, value: unknown, instead: (type: GraphQLInputType) => string | null): string {
  if (value === null) return 'null';
  if (isNonNullType(type)) return literalOf(type.ofType, value, instead);
  if (isListType(type)) {
    const { ofType } = type;
    if (!Array.isArray(value)) return literalOf(ofType, value, instead);
    return `[${value.map((item) => instead(ofType) ?? literalOf(ofType, item, instead)).join(', ')}]`;
  }
  if (isInputObjectType(type)) {
    const fields = Object.entries(value as Record<string, unknown>).map(([name, each]) => {
      const field = type.getFields()[name] as { type: GraphQLInputType };
      return `${name}: ${(type.isOneOf ? null : instead(field.type)) ?? literalOf(field.type, each, instead)}`;
    });
    return `{ ${fields.join(', ')} }`;
  }
  return isEnumType(type) ? String(value) : JSON.stringify(value);
}
