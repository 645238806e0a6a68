import {
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
import { LongNumber } from '../model/exact-json.ts';
import { takesDigits } from './schema/exact-scalars.ts';

type Values = Readonly<Record<string, unknown>>;

/** What is said of variables in which lists and objects stand within each other too deep to be looked through. */
export const TOO_DEEP = 'expected variables with fewer levels of nesting';

/**
 * Puts the numbers of a request's variables into the form that their type takes, where a JavaScript number can't hold
 * them: an `ID`, `JSON` or `BigInt` keeps all digits, as a string; `Int`, `Float` and all others get the nearest
 * JavaScript number and treat it as they do.
 * @param variables as `parseJsonWithLongNumbers` gives them; the same ones come back where there is nothing to do.
 * @returns null for variables that are nested too deep.
 */
export function settleLongNumbers(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: Pick<OperationDefinitionNode, 'variableDefinitions'>,
  variables: Values,
): Values | null {
  try {
    if (!holdsLongNumber(variables)) return variables;
    const types = new Map(variableDefinitions.map(({ variable, type }) => [variable.name.value, inputType(schema, type)]));
    return mapValues(variables, (value, name) => settle(value, types.get(name)));
  } catch (error) {
    // The stack is full.
    if (error instanceof RangeError) return null;
    throw error;
  }
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
    return isObject(value) ? mapValues(value, (inner, name) => settle(inner, fields[name]?.type)) : plain(value, false);
  }
  return plain(value, isScalarType(nullable) && takes(nullable, value));
}

function takes(type: Parameters<typeof takesDigits>[0], value: unknown): boolean {
  if (type.name === 'ID') return !(value instanceof LongNumber) || /^-?\d+$/.test(value.digits);
  return !isSpecifiedScalarType(type) && takesDigits(type);
}

/** The value without `LongNumber`s. */
function plain(value: unknown, keepsDigits: boolean): unknown {
  if (value instanceof LongNumber) return keepsDigits ? value.digits : value.nearest;
  if (Array.isArray(value)) return value.map((item) => plain(item, keepsDigits));
  return isObject(value) ? mapValues(value, (inner) => plain(inner, keepsDigits)) : value;
}

function holdsLongNumber(value: unknown): boolean {
  if (value instanceof LongNumber) return true;
  if (Array.isArray(value)) return value.some(holdsLongNumber);
  return isObject(value) && Object.values(value).some(holdsLongNumber);
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LongNumber);
}

/** As own properties, whatever their names are. */
function mapValues(values: Values, change: (value: unknown, name: string) => unknown): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
