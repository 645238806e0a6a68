import { GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, type GraphQLLeafType, GraphQLString } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import { leafValue } from './leaf-value.ts';

/** Values that need no conversion, in or out. For all others graphql-js' own conversion decides. */
const AS_IT_IS = new Map<GraphQLLeafType, (value: unknown) => boolean>([
  [GraphQLString, (value) => typeof value === 'string'],
  [GraphQLID, (value) => typeof value === 'string'],
  [GraphQLBoolean, (value) => typeof value === 'boolean'],
  [GraphQLFloat, (value) => typeof value === 'number' && Number.isFinite(value)],
  // Within 32 bits, as the specification has it (section 3.5.1); |0 changes any other number.
  [GraphQLInt, (value) => typeof value === 'number' && (value | 0) === value],
]);

/** True when a value of this type needs no conversion, in or out. */
export function isAsItIs(type: GraphQLLeafType, value: unknown): boolean {
  return AS_IT_IS.get(type)?.(value) ?? false;
}

/**
 * How values of this type are written: as graphql-js writes `leafValue` of them.
 * @returns the serializer; like graphql-js it may answer a promise. It throws for a value that has no such form.
 */
export function serializerOf(type: GraphQLLeafType): (value: unknown) => unknown {
  const isReady = AS_IT_IS.get(type);
  const convert = (value: unknown) => {
    const serialized: unknown = type.serialize(leafValue(type, value));
    if (serialized !== null && serialized !== undefined) return serialized;
    const call = `\`${type}.serialize(${inspect(value)})\``;
    throw new Error(`Expected ${call} to return non-nullable value, returned: ${inspect(serialized)}`);
  };
  return isReady === undefined ? convert : (value) => (isReady(value) ? value : convert(value));
}

/** Tells promises from values as graphql-js does. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && typeof (value as { then?: unknown }).then === 'function';
}
