import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** How many fields a plan can have, each counted for every type that it can stand on, and where it is asked for again. */
export function fieldsAtMost(schema: GraphQLSchema, document: DocumentNode): number {
  const fragments = new Map(
    document.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION).map((each) => [each.name.value, each]),
  );
  const possible = (name: string): readonly GraphQLObjectType[] => {
    const type = schema.getType(name);
    return isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
  };
  const count = ({ selections }: SelectionSetNode, on: GraphQLObjectType): number => {
    let fields = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const named = getNamedType(on.getFields()[selection.name.value]?.type)?.name ?? '';
        const below = selection.selectionSet;
        fields += 1 + (below ? possible(named).reduce((sum, type) => sum + count(below, type), 0) : 0);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      const condition = fragment?.typeCondition?.name.value;
      if (fragment && (condition === undefined || possible(condition).includes(on))) fields += count(fragment.selectionSet, on);
    }
    return fields;
  };
  const [operation] = document.definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION ? count(operation.selectionSet, schema.getQueryType() as GraphQLObjectType) : 0;
}
