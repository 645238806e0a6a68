import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLBigInt, GraphQLJSON, GraphQLJSONObject, GraphQLLong, resolvers } from 'graphql-scalars';
import { exactNumber } from '../../model/exact-json.ts';

/** Values of any form: numbers within keep their digits, as strings where a JavaScript number can't hold them. */
const JSON_SCALARS = [GraphQLJSON, GraphQLJSONObject];
/** Integers of any size: a JavaScript number where it is exact, a string of digits beyond. */
const INTEGER_SCALARS = [GraphQLBigInt, GraphQLLong];

/**
 * Scalars of graphql-scalars that would round a number, or make a JavaScript BigInt of it, which no JSON has: in the
 * form in which they keep all digits.
 */
export const EXACT_SCALARS: Readonly<Record<string, GraphQLScalarType>> = Object.fromEntries(
  [...JSON_SCALARS.map(exactJson), ...INTEGER_SCALARS.map(exactInteger)].map((scalar) => [scalar.name, scalar]),
);

/** graphql-scalars' other scalars parse JavaScript numbers. An owner's own scalar takes whatever JSON has. */
const NUMBERS_ONLY = new Set(Object.keys(resolvers).filter((name) => !Object.hasOwn(EXACT_SCALARS, name)));

/** Whether a long number is a string of its digits for values of this type, or the nearest JavaScript number. */
export function takesDigits({ name }: GraphQLScalarType): boolean {
  return !NUMBERS_ONLY.has(name);
}

function exactJson(scalar: GraphQLScalarType): GraphQLScalarType {
  const config = scalar.toConfig();
  return new GraphQLScalarType({
    ...config,
    serialize: (value) => config.serialize(withoutBigInts(value)),
    parseLiteral: (node, variables) => config.parseLiteral(exactLiteral(node), variables),
  });
}

function exactInteger(scalar: GraphQLScalarType): GraphQLScalarType {
  const config = scalar.toConfig();
  return new GraphQLScalarType({
    ...config,
    // Not graphql-scalars' own serialization: it prints a warning for each long integer's first.
    serialize: (value) => withoutBigInts(config.parseValue(value)),
    parseValue: (value) => withoutBigInts(config.parseValue(value)),
    parseLiteral: (node, variables) => withoutBigInts(config.parseLiteral(node, variables)),
  });
}

/** A value in which BigInts are strings of their digits; the value itself where there is none. */
function withoutBigInts(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!holdsBigInt(value)) return value;
  return JSON.parse(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)));
}

function holdsBigInt(value: unknown): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null) return false;
  for (const name in value) if (holdsBigInt((value as Record<string, unknown>)[name])) return true;
  return false;
}

/** Long numbers become strings in the document, before graphql-scalars rounds them. */
function exactLiteral(node: ValueNode): ValueNode {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT: {
      const exact = exactNumber(node.value);
      return typeof exact === 'string' ? { kind: Kind.STRING, value: exact } : node;
    }
    case Kind.LIST:
      return { ...node, values: node.values.map(exactLiteral) };
    case Kind.OBJECT:
      return { ...node, fields: node.fields.map((field) => ({ ...field, value: exactLiteral(field.value) })) };
    default:
      return node;
  }
}
