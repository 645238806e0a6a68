import { GraphQLError, type GraphQLSchema, isObjectType } from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { AbstractPlan, FieldPlan, ObjectPlan } from './plan.ts';

/**
 * The plan for the object type that a value of an interface or a union is of.
 * @param name what `resolveType` answered.
 * @throws GraphQLError with graphql-js' words, for a name that is none of the possible types.
 */
export function planOfType(name: unknown, plan: AbstractPlan, field: FieldPlan, value: unknown, schema: GraphQLSchema): ObjectPlan {
  const found = typeof name === 'string' ? plan.planFor(name) : undefined;
  if (found === undefined) throw notPossible(name, plan, field, value, schema);
  return found;
}

function notPossible(name: unknown, { type }: AbstractPlan, field: FieldPlan, value: unknown, schema: GraphQLSchema): GraphQLError {
  const { nodes, parentType } = field;
  const expected = `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${parentType.name}.${field.name}"`;
  if (name === null || name === undefined) {
    const advice = `Either the "${type.name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`;
    return new GraphQLError(`${expected}. ${advice}`, { nodes });
  }
  if (isObjectType(name)) {
    return new GraphQLError(
      'Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead.',
    );
  }
  if (typeof name !== 'string') return new GraphQLError(`${expected} with value ${inspect(value)}, received "${inspect(name)}".`);
  const named = schema.getType(name);
  if (named === undefined) {
    return new GraphQLError(`Abstract type "${type.name}" was resolved to a type "${name}" that does not exist inside the schema.`, {
      nodes,
    });
  }
  if (!isObjectType(named)) {
    return new GraphQLError(`Abstract type "${type.name}" was resolved to a non-object type "${name}".`, { nodes });
  }
  return new GraphQLError(`Runtime Object type "${name}" is not a possible type for "${type.name}".`, { nodes });
}

/** @returns graphql-js' error for a value that `isTypeOf` of an object type refuses. */
export function notOfType({ type }: ObjectPlan, { nodes }: FieldPlan, value: unknown): GraphQLError {
  return new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes });
}
