import { GraphQLID, type GraphQLLeafType, GraphQLString } from 'graphql';

/**
 * A value that a leaf type does not take. The message is what was received, as a sentence's end, without the value:
 * `a time without a zone; …`.
 */
export class UnfitValue extends TypeError {
  override readonly name = 'UnfitValue';
}

/**
 * A back end's value in the form that the type's own `serialize` takes. graphql-js takes no BigInt, which JSON has not
 * either: it becomes its digits. graphql-js would round an integer beyond 2^53, and write a date as its milliseconds.
 * @throws UnfitValue for a number whose digits were lost before it was received.
 */
export function leafValue(type: GraphQLLeafType, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return type === GraphQLString || type === GraphQLID ? textValue(value) : value;
}

function textValue(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? value : value.toISOString();
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new UnfitValue('a number beyond 2^53, which JavaScript rounds; answer it as a text or a BigInt');
  return value;
}
