import { type GraphQLLeafType, isEnumType } from 'graphql';

/** The names of the types of CEL in which values of leaf types are. */
export type CelLeaf = 'bool' | 'double' | 'dyn' | 'int' | 'string' | 'google.protobuf.Timestamp';

export interface LeafType {
  readonly cel: CelLeaf;
  /**
   * A value in the form of cel-js (integers are BigInts) from the form in which a source answers it, by the same rules by which
   * it is answered to clients. @throws for a value that does not fit.
   */
  readonly convert: (value: unknown) => unknown;
  /** All values that there can be, where the schema lists them. */
  readonly values?: readonly string[];
}

const INTEGERS: ReadonlySet<string> = new Set([
  ...['Int', 'BigInt', 'Long', 'SafeInt', 'UnsignedInt', 'Port'],
  ...['NonNegativeInt', 'NonPositiveInt', 'PositiveInt', 'NegativeInt'],
]);
const DOUBLES: ReadonlySet<string> = new Set([
  ...['Float', 'UnsignedFloat', 'NonNegativeFloat', 'NonPositiveFloat', 'PositiveFloat', 'NegativeFloat'],
  ...['Latitude', 'Longitude'],
]);
const TIMES: ReadonlySet<string> = new Set(['Date', 'DateTime', 'DateTimeISO', 'Timestamp']);
const JSON_VALUES: ReadonlySet<string> = new Set(['JSON', 'JSONObject']);

/** The type of CEL for a scalar or an enum. Scalars that are not known here are texts. */
export function leafTypeOf(type: GraphQLLeafType): LeafType {
  // graphql-js accepts no BigInt, but its digits.
  const serialize = (value: unknown) => type.serialize(typeof value === 'bigint' ? String(value) : value);
  const { name } = type;
  if (isEnumType(type)) {
    const values = type.getValues().map((each) => each.name);
    return { cel: 'string', convert: (value) => textOf(serialize(value)), values };
  }
  if (name === 'Boolean') return { cel: 'bool', convert: serialize };
  if (INTEGERS.has(name)) return { cel: 'int', convert: (value) => integerOf(serialize(value)) };
  if (DOUBLES.has(name)) return { cel: 'double', convert: (value) => numberOf(serialize(value)) };
  if (TIMES.has(name)) return { cel: 'google.protobuf.Timestamp', convert: (value) => timeOf(serialize(value)) };
  if (JSON_VALUES.has(name)) return { cel: 'dyn', convert: serialize };
  return { cel: 'string', convert: (value) => textOf(serialize(exact(value))) };
}

function integerOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' || (typeof value === 'string' && value !== '')) return BigInt(value);
  throw new TypeError('expected an integer');
}

function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  throw new TypeError('expected a number');
}

/** A day alone is its midnight in UTC. */
function timeOf(value: unknown): Date {
  const time = value instanceof Date ? value : typeof value === 'string' || typeof value === 'number' ? new Date(value) : null;
  if (time !== null && !Number.isNaN(time.getTime())) return time;
  throw new TypeError('expected a time');
}

/** @throws for an integer beyond 2^53, which JavaScript has rounded: as a text it may be another customer's number. */
function exact(value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  throw new TypeError('expected a number below 2^53, or its digits as a text');
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value instanceof Date) return value.toISOString();
      throw new TypeError('expected a text');
  }
}
