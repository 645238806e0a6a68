import {
  GraphQLID,
  type GraphQLInputType,
  type GraphQLList,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  isScalarType,
  isSpecifiedScalarType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { isJsonObject, LongNumber } from '../../model/exact-json.ts';
import { takesDigits } from '../schema/exact-scalars.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Puts the numbers of a request's variables into the form that their type takes, where a JavaScript number can't hold
 * them: an `ID`, `JSON` or `BigInt` keeps all digits, as a string; `Int`, `Float` and all others get the nearest
 * JavaScript number and treat it as they do.
 * @param given as `parseJsonWithLongNumbers` gives them.
 * @returns the variables that the operation declares.
 */
export function settleLongNumbers(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: Pick<OperationDefinitionNode, 'variableDefinitions'>,
  given: Values,
): Values {
  const declared = variableDefinitions.filter(({ variable }) => Object.hasOwn(given, variable.name.value));
  return Object.fromEntries(
    declared.map(({ variable: { name }, type }) => {
      const value = given[name.value];
      return [name.value, holdsLongNumber(value) ? settle(value, inputType(schema, type)) : value];
    }),
  );
}

function inputType(schema: GraphQLSchema, node: Parameters<typeof typeFromAST>[1]): GraphQLInputType | undefined {
  const type = typeFromAST(schema, node);
  return isInputType(type) ? type : undefined;
}

/** @param type undefined where the schema knows none: graphql-js says so afterwards. */
function settle(value: unknown, type: GraphQLInputType | undefined): unknown {
  const nullable = getNullableType(type);
  // A single value stands for a list of one (specification, section 3.11).
  if (isListType(nullable)) {
    const { ofType } = nullable as GraphQLList<GraphQLInputType>;
    return Array.isArray(value) ? value.map((item) => settle(item, ofType)) : settle(value, ofType);
  }
  if (isInputObjectType(nullable)) {
    const fields = nullable.getFields();
    return isJsonObject(value) ? mapValues(value, (inner, name) => settle(inner, fields[name]?.type)) : plain(value, false);
  }
  if (nullable === GraphQLID && value instanceof LongNumber) return idOf(value);
  return plain(value, isScalarType(nullable) && !isSpecifiedScalarType(nullable) && takesDigits(nullable));
}

/** An integer as its digits, `.0` behind it left out; otherwise a number that an ID refuses, and never another integer. */
function idOf({ digits, nearest }: LongNumber): string | number {
  const [, integer] = /^(-?\d+)(?:\.0*)?$/.exec(digits) ?? [];
  return integer ?? (Number.isInteger(nearest) ? Number.NaN : nearest);
}

/** The value without `LongNumber`s. */
function plain(value: unknown, keepsDigits: boolean): unknown {
  if (value instanceof LongNumber) return keepsDigits ? value.digits : value.nearest;
  if (Array.isArray(value)) return value.map((item) => plain(item, keepsDigits));
  return isJsonObject(value) ? mapValues(value, (inner) => plain(inner, keepsDigits)) : value;
}

function holdsLongNumber(value: unknown): boolean {
  if (value instanceof LongNumber) return true;
  if (Array.isArray(value)) return value.some(holdsLongNumber);
  return isJsonObject(value) && Object.values(value).some(holdsLongNumber);
}

/** As own properties, whatever their names are. */
function mapValues(values: Values, change: (value: unknown, name: string) => unknown): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
