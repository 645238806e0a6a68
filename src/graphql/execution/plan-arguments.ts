import { type FieldNode, GraphQLError, type GraphQLField, getArgumentValues, isNonNullType, Kind, visit } from 'graphql';
import type { ArgumentPlan, ArgumentsPlan, ThoroughArguments, Values } from './plan.ts';

const NO_ARGUMENTS: ArgumentsPlan = { kind: 'fixed', args: Object.freeze({}), fresh: () => ({}) };

/** Works out a field's arguments as far as they are the same for every request. */
export function planArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): ArgumentsPlan {
  if (field.args.length === 0) return NO_ARGUMENTS;
  const thorough: ThoroughArguments = (variables) => getArgumentValues(field, node, variables);
  try {
    return planFixed(field, node) ?? planVariables(field, node, thorough) ?? { kind: 'thorough', thorough };
  } catch (error) {
    // A literal that is wrong, or nested too deeply: each request gets it as the error of this field.
    if (error instanceof GraphQLError || error instanceof RangeError) return { kind: 'thorough', thorough };
    throw error;
  }
}

/** @returns null when variables are among the arguments. */
function planFixed(field: GraphQLField<unknown, unknown>, node: FieldNode): ArgumentsPlan | null {
  if (hasVariable(node)) return null;
  const make = () => getArgumentValues(field, node, {});
  const args = make();
  return { kind: 'fixed', args, fresh: Object.values(args).some(isObject) ? make : () => ({ ...args }) };
}

/** @returns null when a variable is inside a list or an input object. */
function planVariables(field: GraphQLField<unknown, unknown>, node: FieldNode, thorough: ThoroughArguments): ArgumentsPlan | null {
  const given = new Map((node.arguments ?? []).map(({ name, value }) => [name.value, value]));
  const entries: ArgumentPlan[] = [];
  for (const argument of field.args) {
    const { name, type, defaultValue } = argument;
    const value = given.get(name);
    if (value?.kind === Kind.VARIABLE) {
      const hasDefault = defaultValue !== undefined;
      const isNonNull = isNonNullType(type);
      entries.push({ kind: 'variable', name, variable: value.name.value, hasDefault, otherwise: defaultValue, isNonNull });
      continue;
    }
    const own = (node.arguments ?? []).filter((each) => each.name.value === name);
    if (own.some(hasVariable)) return null;
    const make = () => getArgumentValues({ ...field, args: [argument] }, { ...node, arguments: own }, {});
    const fixed = make();
    if (isObject(fixed[name])) entries.push({ kind: 'made', name, make: () => make()[name] });
    else if (Object.hasOwn(fixed, name)) entries.push({ kind: 'value', name, value: fixed[name] });
  }
  return { kind: 'variable', entries, thorough };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function hasVariable(node: Parameters<typeof visit>[0]): boolean {
  let found = false;
  visit(node as FieldNode, {
    Variable: () => {
      found = true;
    },
    // A directive's variables and those of the selection below are not the arguments'.
    Directive: () => false,
    SelectionSet: () => false,
  });
  return found;
}

/**
 * The arguments of one call.
 * @param isOurs for code of the gateway, which leaves them as they are.
 * @throws GraphQLError, as graphql-js does: a variable has no value for an argument that must have one.
 */
export function argumentsOf(plan: ArgumentsPlan, variables: Values, isOurs: boolean): Values {
  if (plan.kind === 'fixed') return isOurs ? plan.args : plan.fresh();
  if (plan.kind === 'thorough') return plan.thorough(variables);
  const args: Record<string, unknown> = {};
  for (const entry of plan.entries) {
    if (entry.kind === 'value') args[entry.name] = entry.value;
    else if (entry.kind === 'made') args[entry.name] = entry.make();
    else if (Object.hasOwn(variables, entry.variable)) {
      const value = variables[entry.variable];
      if (value === null && entry.isNonNull) return plan.thorough(variables);
      args[entry.name] = value;
    } else if (entry.hasDefault) args[entry.name] = entry.otherwise;
    else if (entry.isNonNull) return plan.thorough(variables);
  }
  return args;
}
