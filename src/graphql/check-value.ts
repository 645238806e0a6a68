import { type GraphQLOutputType, getNullableType, isLeafType, isListType, isNonNullType } from 'graphql';
import { SourceError } from '../model/errors.ts';
import { leafOf } from './compiled/serializer.ts';

interface Origin {
  readonly field: string;
  readonly source: string;
}

/**
 * Holds what a back end answered against the field's type, before graphql-js does: only here it is known
 * whose mistake a wrong value is.
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
    const { ofType } = type;
    if (!isLeafType(getNullableType(ofType))) return value;
    for (const item of value) checkValue(item, ofType, origin);
    return value.some((item) => typeof item === 'bigint') ? value.map(leafOf) : value;
  }
  if (isLeafType(type)) {
    const leaf = leafOf(value);
    try {
      type.serialize(leaf);
    } catch {
      throw invalid(origin(), `a value for ${type}`, Array.isArray(value) ? 'a list' : `an unfit ${typeof value}`);
    }
    return leaf;
  }
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalid(origin(), `an object for ${type}`, Array.isArray(value) ? 'a list' : typeof value);
  return value;
}

function invalid({ field, source }: Origin, expected: string, received: string): SourceError {
  return new SourceError('SOURCE_INVALID', source, `${field}: expected ${expected} from ${source}, received ${received}`);
}
