import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
// graphql-js' own reading of selections, so that fragments, directives and repeated fields mean the same here as there.
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import { Profile, type ProfileField } from '../../profile/profile.ts';
import type { ReadOwnProperty } from '../own-resolvers/own-resolvers.ts';
import { type FieldsBySource, neededFields } from './needed-fields.ts';
import type { AbstractPlan, FieldPlan, FieldResolution, ObjectPlan, ValuePlan, Values } from './plan.ts';
import { planArguments } from './plan-arguments.ts';
import { shareRepeats } from './repeated-fields.ts';
import { formOf } from './serializer.ts';

const CUSTOMER = 'Customer';
const NO_REPEATS: readonly FieldPlan[] = [];
/**
 * Fields that are planned at once, each counted at every position and for every type that it can stand on. What is beyond is
 * planned when a value is there for it: an interface with many types, nested, has more fields than any answer.
 */
const MAX_FIELDS = 2_000;

export interface CompiledOperation {
  readonly plan: ObjectPlan;
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** How many fields the plan has. */
  readonly size: number;
  /** False for a plan that grows while it runs, since it has too many fields: it is not worth to be kept. */
  readonly isWhole: boolean;
}

/**
 * Works out once what graphql-js works out for each request. For a valid operation of any kind.
 * @param variables of one request, coerced. The plan is for all requests with the same answers to `@include` and `@skip`.
 * @param profile the fields that sources answer; they have no resolvers.
 * @param readByRules names of the sources that rules about offers read.
 */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Values,
  profile: Profile = NO_PROFILE,
  readByRules: ReadonlySet<string> = NO_SOURCES,
): CompiledOperation {
  return new Compiler(schema, document, operation, variables, profile, readByRules).compile();
}

const NO_PROFILE = new Profile([]);
const NO_SOURCES: ReadonlySet<string> = new Set();
/** Of the root of an operation that fails as a whole. */
const NO_TYPE = new GraphQLObjectType({ name: 'None', fields: {} });

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}

type Selected = ReadonlyMap<string, readonly FieldNode[]>;

class Compiler {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments: Record<string, FragmentDefinitionNode>;
  readonly #variables: Values;
  readonly #profile: Profile;
  readonly #readByRules: ReadonlySet<string>;
  /** Worked out for the first field that a source answers. */
  #needs: FieldsBySource | undefined;
  #size = 0;
  #isWhole = true;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Values,
    profile: Profile,
    readByRules: ReadonlySet<string>,
  ) {
    this.#schema = schema;
    this.#operation = operation;
    this.#fragments = fragmentsOf(document);
    this.#variables = variables;
    this.#profile = profile;
    this.#readByRules = readByRules;
  }

  compile(): CompiledOperation {
    const plan = this.#rootOrFailure();
    const [schema, operation, fragments] = [this.#schema, this.#operation, this.#fragments];
    return { plan, schema, operation, fragments, size: this.#size, isWhole: this.#isWhole };
  }

  #rootOrFailure(): ObjectPlan {
    try {
      return this.#root();
    } catch (error) {
      // The limit of depth may be set beyond what the stack can hold.
      if (!(error instanceof RangeError)) throw error;
      return emptyPlan(NO_TYPE, new GraphQLError('the document is nested too deeply'));
    }
  }

  #root(): ObjectPlan {
    const { operation: kind, selectionSet } = this.#operation;
    const root = this.#schema.getRootType(kind);
    const select = () => collectFields(this.#schema, this.#fragments, this.#variables, root as GraphQLObjectType, selectionSet);
    // Each field of a mutation's root changes something, also one that is asked for twice.
    if (root) return this.#object(root, null, select, kind === OperationTypeNode.MUTATION);
    const failure = new GraphQLError(`Schema is not configured to execute ${kind} operation.`, { nodes: this.#operation });
    return emptyPlan(NO_TYPE, failure);
  }

  /** @param connection the bound field whose connection this is, or whose edge. */
  #object(type: GraphQLObjectType, connection: string | null, select: () => Selected, isMutation = false): ObjectPlan {
    let selected: Selected;
    try {
      selected = select();
    } catch (error) {
      if (error instanceof GraphQLError) return emptyPlan(type, error);
      throw error;
    }
    const each = [...selected].map(([key, nodes]) => this.#field(type, connection, key, nodes));
    const { fields, hasRepeats } = isMutation ? { fields: each, hasRepeats: false } : shareRepeats(each);
    const hasProtoKey = selected.has('__proto__');
    const isSimple = !hasProtoKey && !type.isTypeOf;
    const textSize = textSizeOf(fields);
    return { type, fields, textSize, hasRepeats, isCustomer: type.name === CUSTOMER, isSimple, hasProtoKey, failure: null };
  }

  #field(parentType: GraphQLObjectType, connection: string | null, key: string, nodes: readonly FieldNode[]): FieldPlan {
    this.#size++;
    const node = nodes[0] as FieldNode;
    const definition = getFieldDef(this.#schema, parentType, node) as GraphQLField<unknown, unknown>;
    const { name, type } = definition;
    // The owner's resolver of a field answers in place of the record that it stands in.
    const profile = definition.resolve ? undefined : this.#profile.field(`${parentType.name}.${name}`);
    const value = this.#value(type, nodes, connectionOf(profile) ?? (name === 'edges' ? connection : null));
    const resolve = this.#resolution(definition, profile);
    const args = planArguments(definition, node);
    return {
      key,
      name,
      isPlain: args.kind === 'fixed' && isUnchecked(resolve),
      parentType,
      parentIsCustomer: parentType.name === CUSTOMER,
      nodes,
      resolve,
      args,
      returnType: type,
      repeats: NO_REPEATS,
      isRepeat: false,
      value,
      // A node is a part of the record that the connection was made of, also when the owner's schema declares its edge type.
      strictName: (name === 'node' ? connection : null) ?? profile?.name ?? null,
    };
  }

  #resolution({ name, resolve, extensions }: GraphQLField<unknown, unknown>, field: ProfileField | undefined): FieldResolution {
    if (name === '__typename') return { kind: 'typename' };
    if (resolve !== undefined) return { kind: 'resolver', resolver: resolve };
    const ownProperty = extensions.ownProperty as ReadOwnProperty | undefined;
    // A type that the gateway supplies for the owner's schema, such as a connection, has no fields in the profile.
    if (field === undefined)
      return ownProperty ? { kind: 'record', field: { name, rule: null, binding: undefined }, ownProperty } : { kind: 'property' };
    const { binding } = field;
    if (binding === undefined) return { kind: 'record', field, ownProperty };
    this.#needs ??= neededFields(this.#schema, this.#fragments, this.#operation, this.#profile, this.#readByRules);
    return { kind: 'bound', field, binding, needs: this.#needs };
  }

  #value(type: GraphQLOutputType, nodes: readonly FieldNode[], connection: string | null): ValuePlan {
    const isNonNull = isNonNullType(type);
    const nullable = getNullableType(type) as Exclude<GraphQLOutputType, GraphQLNonNull<never>>;
    if (isListType(nullable)) return { kind: 'list', isNonNull, type: nullable, item: this.#value(nullable.ofType, nodes, connection) };
    if (isLeafType(nullable)) return { kind: 'leaf', isNonNull, type: nullable, form: formOf(nullable) };
    if (isAbstractType(nullable)) return this.#abstract(nullable, isNonNull, nodes, connection);
    return { kind: 'object', isNonNull, type: nullable, planOf: this.#planned(nullable, nodes, connection) };
  }

  #abstract(type: AbstractPlan['type'], isNonNull: boolean, nodes: readonly FieldNode[], connection: string | null): AbstractPlan {
    const possible = this.#schema.getPossibleTypes(type);
    const plans = new Map(possible.map((each) => [each.name, this.#planned(each, nodes, connection)] as const));
    return { kind: 'abstract', isNonNull, type, possible: [...plans.keys()], planFor: (name) => plans.get(name as string)?.() };
  }

  #planned(type: GraphQLObjectType, nodes: readonly FieldNode[], connection: string | null): () => ObjectPlan {
    const select = () => collectSubfields(this.#schema, this.#fragments, this.#variables, type, nodes);
    if (this.#size < MAX_FIELDS) {
      const plan = this.#object(type, connection, select);
      return () => plan;
    }
    this.#isWhole = false;
    let plan: ObjectPlan | undefined;
    return () => {
      plan ??= this.#object(type, connection, select);
      return plan;
    };
  }
}

function emptyPlan(type: GraphQLObjectType, failure: Error): ObjectPlan {
  return { type, fields: [], textSize: 0, hasRepeats: false, isCustomer: false, isSimple: false, hasProtoKey: false, failure };
}

/** Of each entry the quotes, the colon and the comma, and of the object its braces. */
function textSizeOf(fields: readonly FieldPlan[]): number {
  return fields.reduce((size, { key }) => size + key.length + 4, 2);
}

function isUnchecked(resolve: FieldResolution): boolean {
  return resolve.kind === 'property' || (resolve.kind === 'record' && resolve.field.rule === null && !resolve.ownProperty);
}

/** The name of a bound field that answers a connection; null for any other field. */
function connectionOf(profile: ProfileField | undefined): string | null {
  return profile?.binding?.shape === 'connection' ? profile.name : null;
}
