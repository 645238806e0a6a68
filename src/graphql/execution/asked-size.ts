import { type GraphQLArgument, type GraphQLInputType, getNullableType, isInputObjectType, isListType, Kind, type ValueNode } from 'graphql';
import type { Term } from './cost-term.ts';
import type { FieldPlan, Values } from './plan.ts';

/** How the size of a field's list is read from its arguments. */
export interface SizeRule {
  /** Paths of arguments that say it, such as `first` or `input.interactions`. Of several, the largest counts. */
  readonly paths: readonly string[];
  /** Where none of them says it. */
  readonly assumed: number;
  /** Where it is null. */
  readonly whenNull: number;
  /** Where it is a number below 1. */
  readonly whenNone: number;
  readonly atLeast: number;
  readonly atMost: number;
}

/** What an argument says: a size, null, or undefined when it is left out or says nothing about a size. */
type Said = number | null | undefined;
type Reading = Said | ((variables: Values) => Said);

/**
 * The size of the list that a field asks for.
 * @param variables of the request, coerced; null to leave them open.
 */
export function askedSize({ parentType, name, nodes }: FieldPlan, rule: SizeRule, variables: Values | null): Term {
  const definitions = parentType.getFields()[name]?.args ?? [];
  const given = new Map((nodes[0]?.arguments ?? []).map((argument) => [argument.name.value, argument.value]));
  const readings = rule.paths.flatMap((path): Reading[] => {
    const [first, ...inner] = path.split('.') as [string, ...string[]];
    const definition = definitions.find((argument) => argument.name === first);
    return definition === undefined ? [] : [readingOf(definition, inner, given.get(first), rule)];
  });
  const isOpen = variables === null && readings.some((reading) => typeof reading === 'function');
  if (isOpen) return { kind: 'size', read: (values) => sizeOf(readings, rule, values) };
  return sizeOf(readings, rule, variables ?? NO_VALUES);
}

const NO_VALUES: Values = Object.freeze({});

function readingOf({ type, defaultValue }: GraphQLArgument, path: readonly string[], node: ValueNode | undefined, rule: SizeRule): Reading {
  const otherwise = saidBy(valueIn(defaultValue, path), rule);
  return node === undefined ? otherwise : literalReading(node, type, path, otherwise, rule);
}

function literalReading(node: ValueNode, type: GraphQLInputType, path: readonly string[], otherwise: Said, rule: SizeRule): Reading {
  if (node.kind === Kind.VARIABLE) {
    const name = node.name.value;
    const thorough = (variables: Values) => (Object.hasOwn(variables, name) ? saidBy(valueIn(variables[name], path), rule) : otherwise);
    // Most requests; without it, reading a size takes twice the time.
    return (variables) => {
      const value = variables[name];
      return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : thorough(variables);
    };
  }
  if (node.kind === Kind.NULL) return null;
  const nullable = getNullableType(type);
  const [key, ...inner] = path;
  if (key !== undefined) {
    const field = isInputObjectType(nullable) ? nullable.getFields()[key] : undefined;
    if (field === undefined || node.kind !== Kind.OBJECT) return undefined;
    const value = node.fields.find((each) => each.name.value === key)?.value;
    return readingOf({ ...field, extensions: {} }, inner, value, rule);
  }
  if (node.kind === Kind.LIST) return node.values.length;
  // GraphQL takes a single value for a list of one.
  if (isListType(nullable)) return 1;
  return node.kind === Kind.INT || node.kind === Kind.FLOAT ? saidBy(Number(node.value), rule) : undefined;
}

function valueIn(value: unknown, path: readonly string[]): unknown {
  return path.reduce((at, key) => (typeof at === 'object' && at !== null ? (at as Values)[key] : undefined), value);
}

function saidBy(value: unknown, { whenNone }: SizeRule): Said {
  if (value === null) return null;
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  return value < 1 ? whenNone : Math.ceil(Number(value));
}

/** Called for each request of an operation whose variables say a size. */
function sizeOf(readings: readonly Reading[], { assumed, whenNull, atLeast, atMost }: SizeRule, variables: Values): number {
  let size: Said;
  for (let index = 0; index < readings.length; index++) {
    const reading = readings[index];
    const said = typeof reading === 'function' ? reading(variables) : reading;
    if (said === undefined || (said === null && size !== undefined)) continue;
    size = said === null ? null : Math.max(said, size ?? 0);
  }
  if (size === undefined) size = assumed;
  else if (size === null) size = whenNull;
  return Math.min(atMost, Math.max(atLeast, size));
}
