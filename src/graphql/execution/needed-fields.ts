import {
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { SourceBinding } from '../../profile/field-binding.ts';
import type { Profile } from '../../profile/profile.ts';
import { isOwnResolver } from '../own-resolvers/own-resolvers.ts';

/** Names of record fields, by source. */
export type FieldsBySource = ReadonlyMap<string, ReadonlySet<string>>;

/** Fields of the engine that evaluate rules, which read whole records of sources. */
export const BY_RULES: ReadonlySet<string> = new Set(['Customer.offers', 'Customer.audiences', 'Query.explainOffers']);

/**
 * What an operation needs of each source's records. Fields under `@include` and `@skip` count as included, so that it is the
 * same for all requests. Nothing is known of an operation with a resolver of the owner's, which may read any field.
 * @param readByRules names of the sources that rules about offers read. An operation that asks for offers needs their whole records,
 * so that each source is asked once.
 */
export function neededFields(
  schema: GraphQLSchema,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  operation: OperationDefinitionNode,
  profile: Profile,
  readByRules: ReadonlySet<string>,
): FieldsBySource {
  return new OperationWalk(schema, fragments, profile).of(operation, readByRules);
}

class OperationWalk {
  readonly #schema: GraphQLSchema;
  readonly #fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly #profile: Profile;
  readonly #needed = new Map<string, Set<string>>();
  /** The types for which a selection was walked. Each type of an interface leads to it again, and nested ones multiply. */
  readonly #walked = new Map<SelectionSetNode, Set<GraphQLCompositeType>>();
  #isKnown = true;
  #hasRules = false;

  constructor(schema: GraphQLSchema, fragments: Readonly<Record<string, FragmentDefinitionNode>>, profile: Profile) {
    this.#schema = schema;
    this.#fragments = fragments;
    this.#profile = profile;
  }

  of(operation: OperationDefinitionNode, readByRules: ReadonlySet<string>): FieldsBySource {
    const root = this.#schema.getRootType(operation.operation);
    if (root) this.#walk(root, operation.selectionSet);
    if (!this.#isKnown) return new Map();
    if (this.#hasRules) for (const source of readByRules) this.#needed.delete(source);
    return this.#needed;
  }

  #walk(parent: GraphQLCompositeType, selections: SelectionSetNode): void {
    const walked = this.#walked.get(selections) ?? new Set();
    if (walked.has(parent)) return;
    this.#walked.set(selections, walked.add(parent));
    this.#eachField(parent, selections, (type, name, inner) => {
      const binding = this.#profile.field(`${type.name}.${name}`)?.binding;
      const result = this.#typeOf(type, name);
      if (isAnsweredByOwner(type, name)) this.#isKnown = false;
      if (BY_RULES.has(`${type.name}.${name}`)) this.#hasRules = true;
      for (const source of binding?.sources ?? []) {
        // A path begins with a field of the record; without one, what is selected are fields of the record.
        const names = source.path?.slice(0, 1) ?? this.#selected(result, inner, binding?.shape === 'connection');
        this.#need(source, names);
      }
      if (result && inner) this.#walk(result, inner);
    });
  }

  #need({ source, newestBy, path, cursor }: SourceBinding, names: readonly string[]): void {
    const fields = this.#needed.get(source) ?? new Set<string>();
    this.#needed.set(source, fields);
    for (const name of names) fields.add(name);
    if (newestBy?.[0] !== undefined) fields.add(newestBy[0]);
    // With a path the list is within the record, and comes as a whole.
    if (cursor !== null && path === null) fields.add(cursor);
  }

  /** The record fields behind a selection. Of a connection, the records are its nodes. */
  #selected(type: GraphQLCompositeType | null, selections: SelectionSetNode | undefined, isConnection: boolean): string[] {
    if (type === null || selections === undefined) return [];
    const names: string[] = [];
    this.#eachField(type, selections, (parent, name, inner) => {
      if (isConnection) {
        if (name === 'edges' || name === 'node') names.push(...this.#selected(this.#typeOf(parent, name), inner, name === 'edges'));
        return;
      }
      const bound = this.#profile
        .field(`${parent.name}.${name}`)
        ?.binding?.sources.map(({ key }) => (key.kind === 'field' ? key.name : null));
      names.push(...(bound?.filter((key) => key !== null) ?? [name]));
    });
    return names;
  }

  #typeOf(parent: GraphQLCompositeType, name: string): GraphQLCompositeType | null {
    const field = 'getFields' in parent ? parent.getFields()[name] : undefined;
    const type = field && getNamedType(field.type);
    return type && isCompositeType(type) ? type : null;
  }

  /** Calls back for each field, on each object type that it can stand on. */
  #eachField(
    parent: GraphQLCompositeType,
    { selections }: SelectionSetNode,
    visit: (type: GraphQLCompositeType, name: string, inner: SelectionSetNode | undefined) => void,
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const types = isObjectType(parent) ? [parent] : this.#schema.getPossibleTypes(parent);
        for (const type of types) if (selection.name.value !== '__typename') visit(type, selection.name.value, selection.selectionSet);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments[selection.name.value] : selection;
      if (fragment === undefined) continue;
      const condition = fragment.typeCondition && this.#schema.getType(fragment.typeCondition.name.value);
      const type = condition && isCompositeType(condition) ? condition : parent;
      this.#eachField(type, fragment.selectionSet, visit);
    }
  }
}

function isAnsweredByOwner(type: GraphQLCompositeType, name: string): boolean {
  const resolve = isObjectType(type) ? type.getFields()[name]?.resolve : undefined;
  return resolve !== undefined && isOwnResolver(resolve);
}
