import { GraphQLScalarType } from 'graphql';
import { GraphQLDate, GraphQLDateTime, GraphQLDateTimeISO, GraphQLTimestamp } from 'graphql-scalars';
import { parseLocalTime } from '../../adapters/time-zone.ts';
import { readInstant } from '../../model/read-time.ts';
import { UnfitValue } from '../execution/leaf-value.ts';

const DAY = 86_400_000;

/**
 * The instant that a value of a back end names. A number names none, since it may count seconds or milliseconds, nor does
 * a time without a zone: the adapter's `instants` and `timeZone` say what such are.
 * @throws UnfitValue that says which option is missing.
 */
function instantOf(value: unknown): Date {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new UnfitValue('an invalid date');
    return value;
  }
  if (typeof value === 'number')
    throw new UnfitValue("a number; if it is the time since 1970, say so by the adapter's option instants ('seconds' or 'milliseconds')");
  if (typeof value !== 'string') throw new UnfitValue(`an unfit ${typeof value}`);
  const instant = readInstant(value);
  if (instant !== null) return instant;
  throw new UnfitValue(
    parseLocalTime(value) !== null ? "a time without a zone; say which by the adapter's option timeZone" : 'an unfit string',
  );
}

/**
 * The day that a value of a back end names. A JavaScript date names one only at midnight UTC, which is how a day is written
 * as one; at any other time its day depends on a zone.
 */
function dayOf(value: unknown): unknown {
  if (value instanceof Date && value.getTime() % DAY !== 0)
    throw new UnfitValue('an instant, whose day depends on the zone; have the back end answer the date as a text (YYYY-MM-DD)');
  return GraphQLDate.serialize(value);
}

/** The scalars of graphql-scalars with our rules for what back ends answer; what clients send is read as theirs. */
export const TIME_SCALARS = {
  Date: withSerialize(GraphQLDate, dayOf),
  DateTime: withSerialize(GraphQLDateTime, instantOf),
  DateTimeISO: withSerialize(GraphQLDateTimeISO, (value) => instantOf(value).toISOString()),
  // By its definition a number is milliseconds.
  Timestamp: withSerialize(GraphQLTimestamp, (value) => (typeof value === 'number' ? Math.trunc(value) : instantOf(value).getTime())),
};

function withSerialize(scalar: GraphQLScalarType, serialize: (value: unknown) => unknown): GraphQLScalarType {
  return new GraphQLScalarType({ ...scalar.toConfig(), serialize });
}
