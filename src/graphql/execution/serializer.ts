import { GraphQLBoolean, GraphQLFloat, GraphQLID, GraphQLInt, type GraphQLLeafType, GraphQLString } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import { leafValue } from './leaf-value.ts';

/** The form of the values of a built-in scalar that need no conversion, in or out; null for any other type. */
export type LeafForm = 'text' | 'int' | 'float' | 'boolean' | null;

const FORMS = new Map<GraphQLLeafType, LeafForm>([
  [GraphQLString, 'text'],
  [GraphQLID, 'text'],
  [GraphQLInt, 'int'],
  [GraphQLFloat, 'float'],
  [GraphQLBoolean, 'boolean'],
]);

export function formOf(type: GraphQLLeafType): LeafForm {
  return FORMS.get(type) ?? null;
}

/** True for a value that is taken and written as it is. For all others graphql-js' own conversion decides. */
export function isOfForm(form: LeafForm, value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return form === 'text';
    case 'number':
      // An Int is within 32 bits, as the specification has it (section 3.5.1); |0 changes any other number.
      return form === 'float' ? Number.isFinite(value) : form === 'int' && (value | 0) === value;
    case 'boolean':
      return form === 'boolean';
    default:
      return false;
  }
}

/**
 * Writes a value as graphql-js writes `leafValue` of it. Like there, the result may be a promise.
 * @throws what the type throws for a value that has no such form.
 */
export function serialize(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(leafValue(type, value));
  if (serialized !== null && serialized !== undefined) return serialized;
  const call = `\`${type}.serialize(${inspect(value)})\``;
  throw new Error(`Expected ${call} to return non-nullable value, returned: ${inspect(serialized)}`);
}

/** Distinguishes promises from values as graphql-js does. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isObject && typeof (value as { then?: unknown }).then === 'function';
}
