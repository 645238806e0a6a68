import { GraphQLError, type OperationDefinitionNode } from 'graphql';
import { LongNumber } from '../../model/exact-json.ts';
import { refusal } from './check-request.ts';

/**
 * Levels of lists and objects in a variable. An input type can hold itself, and JSON anything; whatever goes down through
 * a value later has stack enough for these.
 */
const MAX_LEVELS = 200;
/**
 * Values in the variables of one request; a list or an object is one as well. Coercion takes some microseconds for each, in one
 * piece, and a body of 1 MB has room for 300,000. These are enough for 100 interactions with 200 values each.
 */
const MAX_VALUES = 20_000;

/**
 * Bounds what the variables of a request hold, before they are coerced. Those that the operation does not declare are not read.
 * @returns the refusal, or null.
 */
export function checkVariables(
  { variableDefinitions = [] }: Pick<OperationDefinitionNode, 'variableDefinitions'>,
  given: Readonly<Record<string, unknown>>,
): GraphQLError | null {
  let values = 0;
  const check = (value: unknown, levels: number): GraphQLError | null => {
    if (++values > MAX_VALUES) return tooMany(values);
    if (typeof value !== 'object' || value === null || value instanceof LongNumber) return null;
    if (levels === 0) return refusal('BAD_USER_INPUT', `expected variables with at most ${MAX_LEVELS} levels of nesting`);
    for (const inner of Array.isArray(value) ? value : Object.values(value)) {
      const refused = check(inner, levels - 1);
      if (refused !== null) return refused;
    }
    return null;
  };
  for (const { variable } of variableDefinitions) {
    const name = variable.name.value;
    const refused = Object.hasOwn(given, name) ? check(given[name], MAX_LEVELS) : null;
    if (refused !== null) return refused;
  }
  return null;
}

function tooMany(actual: number): GraphQLError {
  const message = `the variables hold more than allowed: expected at most ${MAX_VALUES} values, received at least ${actual}; send fewer in one operation`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'variables', allowed: MAX_VALUES, actual } });
}
