import {
  type GraphQLSchema,
  getNullableType,
  getVariableValues,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import { formOf, isOfForm, type LeafForm } from './serializer.ts';

type Values = Readonly<Record<string, unknown>>;

/** A variable of a scalar or enum type, or of a list of one: its usual values need no conversion. */
interface PlainVariable {
  readonly name: string;
  /** Of the items, of a list. */
  readonly form: LeafForm;
  readonly isList: boolean;
  readonly isNonNull: boolean;
  readonly hasDefault: boolean;
  readonly otherwise: unknown;
}

/**
 * Prepares the coercion of an operation's variables.
 * @returns a function that coerces the variables of one request. It answers null for values that are wrong.
 */
export function variableCoercion(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): (given: Values) => Values | null {
  if (variableDefinitions.length === 0) return () => NO_VARIABLES;
  const thorough = (given: Values) => getVariableValues(schema, variableDefinitions, given, { maxErrors: 1 }).coerced ?? null;
  const plain: PlainVariable[] = [];
  for (const { variable, type: node, defaultValue } of variableDefinitions) {
    const type = typeFromAST(schema, node as Parameters<typeof typeFromAST>[1]);
    const nullable = type && isInputType(type) ? getNullableType(type) : undefined;
    const isList = isListType(nullable);
    const leaf = isList ? getNullableType(nullable.ofType) : nullable;
    if (type === undefined || nullable === undefined || !isLeafType(leaf)) return thorough;
    const otherwise = defaultValue === undefined ? undefined : valueFromAST(defaultValue, type as Parameters<typeof valueFromAST>[1]);
    // A list or an object would be the same one for all requests.
    if (typeof otherwise === 'object' && otherwise !== null) return thorough;
    const hasDefault = defaultValue !== undefined;
    plain.push({ name: variable.name.value, form: formOf(leaf), isList, isNonNull: isNonNullType(type), hasDefault, otherwise });
  }
  return (given) => asTheyAre(plain, given) ?? thorough(given);
}

const NO_VARIABLES: Values = Object.freeze({});

function isListOfForm(form: LeafForm, value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isOfForm(form, item));
}

/** @returns null when a value is in another form than the usual one, and `thorough` has to decide. */
function asTheyAre(variables: readonly PlainVariable[], given: Values): Values | null {
  const values: Record<string, unknown> = {};
  for (const { name, form, isList, isNonNull, hasDefault, otherwise } of variables) {
    if (Object.hasOwn(given, name)) {
      const value = given[name];
      if (isList ? !isListOfForm(form, value) : !isOfForm(form, value)) return null;
      values[name] = value;
    } else if (hasDefault) values[name] = otherwise;
    else if (isNonNull) return null;
  }
  return values;
}
