import { type GraphQLOutputType, isLeafType, isListType, isNonNullType } from 'graphql';
import { SourceError } from '../../model/errors.ts';
import { leafValue, UnfitValue } from './leaf-value.ts';

/** Where a value stands, for messages. */
export interface Origin {
  readonly field: string;
  readonly source: string;
}

/**
 * Holds what a back end answered against the field's type, before graphql-js does: only here it is known
 * whose mistake a wrong value is.
 * Items of a list are checked one by one by `checkAnswer`.
 * @returns the value, in the form that the type's `serialize` takes.
 * @param origin asked only when something is wrong.
 * @throws SourceError SOURCE_INVALID that names field and source, and never the value.
 */
export function checkValue(value: unknown, type: GraphQLOutputType, origin: () => Origin): unknown {
  if (isNonNullType(type)) {
    if (value === null || value === undefined) throw invalid(origin(), `a value for ${type}`, 'null');
    return checkValue(value, type.ofType, origin);
  }
  if (value === null || value === undefined) return null;
  if (isListType(type)) {
    if (!Array.isArray(value)) throw invalid(origin(), `a list for ${type}`, typeof value);
    return value;
  }
  if (isLeafType(type)) {
    try {
      const leaf = leafValue(type, value);
      type.serialize(leaf);
      return leaf;
    } catch (error) {
      const received = error instanceof UnfitValue ? error.message : Array.isArray(value) ? 'a list' : `an unfit ${typeof value}`;
      throw invalid(origin(), `a value for ${type}`, received);
    }
  }
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalid(origin(), `an object for ${type}`, Array.isArray(value) ? 'a list' : typeof value);
  return value;
}

function invalid({ field, source }: Origin, expected: string, received: string): SourceError {
  return new SourceError('SOURCE_INVALID', source, `${field}: expected ${expected} from ${source}, received ${received}`);
}
