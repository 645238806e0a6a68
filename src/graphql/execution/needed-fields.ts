import {
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FieldBinding, SourceBinding } from '../../profile/field-binding.ts';

/** Names of record fields, by source. */
type FieldsBySource = ReadonlyMap<string, ReadonlySet<string>>;

const NOTHING_KNOWN: FieldsBySource = new Map();

/**
 * What an operation needs of each source's records. Worked out once per document, so it takes `@include` and `@skip`
 * for always included. Of an operation with a resolver of the owner's nothing is known: such code reads what it likes.
 */
export class NeededFields {
  readonly #bindings: ReadonlyMap<string, FieldBinding>;
  readonly #resolved: ReadonlySet<string>;
  readonly #known = new WeakMap<OperationDefinitionNode, FieldsBySource>();

  /** @param resolved fields that the owner's code answers, as `Customer.fullName`. */
  constructor(bindings: ReadonlyMap<string, FieldBinding>, resolved: ReadonlySet<string>) {
    this.#bindings = bindings;
    this.#resolved = resolved;
  }

  of({ operation, fragments, schema }: Pick<GraphQLResolveInfo, 'operation' | 'fragments' | 'schema'>): FieldsBySource {
    let needed = this.#known.get(operation);
    if (needed === undefined) {
      needed = new OperationWalk(schema, fragments, this.#bindings, this.#resolved).of(operation);
      this.#known.set(operation, needed);
    }
    return needed;
  }
}

class OperationWalk {
  readonly #schema: GraphQLSchema;
  readonly #fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly #bindings: ReadonlyMap<string, FieldBinding>;
  readonly #resolved: ReadonlySet<string>;
  readonly #needed = new Map<string, Set<string>>();
  #isKnown = true;

  constructor(
    schema: GraphQLSchema,
    fragments: Readonly<Record<string, FragmentDefinitionNode>>,
    bindings: ReadonlyMap<string, FieldBinding>,
    resolved: ReadonlySet<string>,
  ) {
    this.#schema = schema;
    this.#fragments = fragments;
    this.#bindings = bindings;
    this.#resolved = resolved;
  }

  of(operation: OperationDefinitionNode): FieldsBySource {
    const root = this.#schema.getRootType(operation.operation);
    if (root) this.#walk(root, operation.selectionSet);
    return this.#isKnown ? this.#needed : NOTHING_KNOWN;
  }

  #walk(parent: GraphQLCompositeType, selections: SelectionSetNode): void {
    this.#eachField(parent, selections, (type, name, inner) => {
      if (this.#resolved.has(`${type.name}.${name}`)) this.#isKnown = false;
      const binding = this.#bindings.get(`${type.name}.${name}`);
      const result = this.#typeOf(type, name);
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
      const bound = this.#bindings.get(`${parent.name}.${name}`)?.sources.map(({ key }) => (key.kind === 'field' ? key.name : null));
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
