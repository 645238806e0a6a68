import { type FieldNode, GraphQLError, type GraphQLField, getArgumentValues, isNonNullType, Kind, visit } from 'graphql';
import type { ArgumentPlan, ArgumentsPlan } from './plan.ts';

const NO_ARGUMENTS: ArgumentsPlan = { kind: 'fixed', args: Object.freeze({}), fresh: () => ({}) };

/** @returns null where graphql-js has to work them out for each request: variables within lists and input objects, or a mistake. */
export function planArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): ArgumentsPlan | null {
  if (field.args.length === 0) return NO_ARGUMENTS;
  const given = new Map((node.arguments ?? []).map(({ name, value }) => [name.value, value]));
  const variables = [...given.values()].filter((value) => value.kind === Kind.VARIABLE);
  try {
    if (variables.length === 0) {
      if (hasVariable(node)) return null;
      const make = () => getArgumentValues(field, node, {});
      const args = make();
      return { kind: 'fixed', args, fresh: Object.values(args).some(isObject) ? make : () => ({ ...args }) };
    }
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
      const fixed = getArgumentValues({ ...field, args: [argument] }, { ...node, arguments: own }, {});
      if (isObject(fixed[name])) {
        const make = () => getArgumentValues({ ...field, args: [argument] }, { ...node, arguments: own }, {})[name];
        entries.push({ kind: 'made', name, make });
      } else if (Object.hasOwn(fixed, name)) entries.push({ kind: 'value', name, value: fixed[name] });
    }
    return { kind: 'variable', entries };
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
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
    // A directive's variables and what is selected below are not the arguments'.
    Directive: () => false,
    SelectionSet: () => false,
  });
  return found;
}

/**
 * @param isOurs for code of the gateway, which leaves them as they are.
 * @returns null where graphql-js reports a mistake: no value for what must have one.
 */
export function argumentsOf(
  plan: ArgumentsPlan,
  variables: Readonly<Record<string, unknown>>,
  isOurs: boolean,
): Readonly<Record<string, unknown>> | null {
  if (plan.kind === 'fixed') return isOurs ? plan.args : plan.fresh();
  const args: Record<string, unknown> = {};
  for (const entry of plan.entries) {
    if (entry.kind === 'value') args[entry.name] = entry.value;
    else if (entry.kind === 'made') args[entry.name] = entry.make();
    else if (Object.hasOwn(variables, entry.variable)) {
      const value = variables[entry.variable];
      if (value === null && entry.isNonNull) return null;
      args[entry.name] = value;
    } else if (entry.hasDefault) args[entry.name] = entry.otherwise;
    else if (entry.isNonNull) return null;
  }
  return args;
}
