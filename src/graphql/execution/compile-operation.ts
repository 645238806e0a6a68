import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeNameMetaFieldDef,
} from 'graphql';
// graphql-js' own reading of selections, so that fragments, directives and repeated fields mean the same here as there.
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { isOwnResolver } from '../own-resolvers/own-resolvers.ts';
import { profileFieldOf } from '../profile-field.ts';
import type { FieldPlan, FieldResolution, ObjectPlan, ValuePlan } from './plan.ts';
import { planArguments } from './plan-arguments.ts';
import { serializerOf } from './serializer.ts';

const CUSTOMER = 'Customer';
/** Fields in one plan, each counted at every place and for every type that it can stand on. Beyond, graphql-js does it. */
const MAX_FIELDS = 2_000;

/** Why an operation is left to graphql-js. */
class NotCompilable extends Error {}

export interface CompiledOperation {
  readonly plan: ObjectPlan;
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** How many fields the plan has. */
  readonly size: number;
}

/**
 * Works out once what graphql-js works out for each request. For a valid query.
 * @param variables what `@include` and `@skip` ask for; the plan is for these values.
 * @returns null for an operation that is left to graphql-js.
 */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): CompiledOperation | null {
  const compiler = new Compiler(schema, document, operation, variables);
  try {
    return compiler.compile();
  } catch (error) {
    // graphql-js says what is wrong, for example with a condition that is null; a stack that is too small for the document is no reason to end.
    if (error instanceof NotCompilable || error instanceof GraphQLError || error instanceof RangeError) return null;
    throw error;
  }
}

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}

class Compiler {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments: Record<string, FragmentDefinitionNode>;
  readonly #variables: Readonly<Record<string, unknown>>;
  #size = 0;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Readonly<Record<string, unknown>>,
  ) {
    this.#schema = schema;
    this.#operation = operation;
    this.#fragments = fragmentsOf(document);
    this.#variables = variables;
  }

  compile(): CompiledOperation {
    const root = this.#schema.getQueryType();
    if (!root || this.#operation.operation !== 'query') throw new NotCompilable();
    const fields = collectFields(this.#schema, this.#fragments, this.#variables, root, this.#operation.selectionSet);
    const plan = this.#object(root, fields);
    return { plan, schema: this.#schema, operation: this.#operation, fragments: this.#fragments, size: this.#size };
  }

  #object(type: GraphQLObjectType, fields: ReadonlyMap<string, readonly FieldNode[]>): ObjectPlan {
    // Asked of each value, possibly with a promise: seldom used, and not worth a second way.
    if (type.isTypeOf) throw new NotCompilable();
    const isRecord = Object.values(type.getFields()).some(({ resolve }) => resolve !== undefined && profileFieldOf(resolve) !== undefined);
    const plans = [...fields].map(([key, nodes]) => this.#field(type, key, nodes));
    return { isCustomer: type.name === CUSTOMER, isRecord, fields: plans };
  }

  #field(parentType: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): FieldPlan {
    const name = (nodes[0] as FieldNode).name.value;
    // On a plain object this key would be no property.
    if (key === '__proto__' || ++this.#size > MAX_FIELDS) throw new NotCompilable();
    const field = name === '__typename' ? TypeNameMetaFieldDef : parentType.getFields()[name];
    // Introspection of the schema.
    if (field === undefined) throw new NotCompilable();
    const args = planArguments(field, nodes[0] as FieldNode);
    if (args === null) throw new NotCompilable();
    const value = this.#value(field.type, nodes);
    const resolve = this.#resolution(field);
    return { key, name, parentType, parentIsCustomer: parentType.name === CUSTOMER, nodes, resolve, args, returnType: field.type, value };
  }

  #resolution(field: GraphQLField<unknown, unknown>): FieldResolution {
    if (field === TypeNameMetaFieldDef) return { kind: 'typename' };
    if (field.resolve === undefined) return { kind: 'property' };
    const profileField = profileFieldOf(field.resolve);
    // What it answers is read in another way than a record.
    if (isOwnResolver(field.resolve)) throw new NotCompilable();
    if (profileField === undefined) return { kind: 'resolver', resolver: field.resolve };
    const needs = profileField.needed.of({ operation: this.#operation, fragments: this.#fragments, schema: this.#schema });
    return { kind: 'profile', field: profileField, needs };
  }

  #value(type: GraphQLOutputType, nodes: readonly FieldNode[]): ValuePlan {
    const isNonNull = isNonNullType(type);
    const nullable = getNullableType(type) as Exclude<GraphQLOutputType, GraphQLNonNull<never>>;
    if (isListType(nullable)) return { kind: 'list', isNonNull, item: this.#value(nullable.ofType, nodes) };
    if (isLeafType(nullable)) return { kind: 'leaf', isNonNull, serialize: serializerOf(nullable) };
    if (isObjectType(nullable)) return { kind: 'object', isNonNull, plan: this.#selected(nullable, nodes) };
    if (!isAbstractType(nullable)) throw new NotCompilable();
    const plans = this.#schema.getPossibleTypes(nullable).map((possible) => [possible.name, this.#selected(possible, nodes)] as const);
    return { kind: 'abstract', isNonNull, type: nullable, plans: new Map(plans) };
  }

  #selected(type: GraphQLObjectType, nodes: readonly FieldNode[]): ObjectPlan {
    return this.#object(type, collectSubfields(this.#schema, this.#fragments, this.#variables, type, nodes));
  }
}
