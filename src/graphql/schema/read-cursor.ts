import { Kind, type TypeDefinitionNode } from 'graphql';
import type { Field, KnownSource } from './check-fields.ts';
import { COMPUTED_BY, FROM } from './directives.ts';
import { connectionNode, isObjectType, namedTypeOf } from './schema-parts.ts';

/**
 * What is wrong with `@from(cursor: …)`: it names a field by which a node of a connection is found again in a list that
 * has changed meanwhile, so each record of that list has to have it, as a single value.
 * @returns null for one that is right.
 */
export function cursorProblem(
  name: string,
  { node, shape }: Pick<Field, 'node' | 'shape'>,
  { pages }: Pick<KnownSource, 'pages'>,
  types: ReadonlyMap<string, TypeDefinitionNode>,
): string | null {
  if (shape !== 'connection') return 'expected cursor on a connection only, since nothing else is paged';
  if (pages) return 'expected no cursor: the source makes its pages and their cursors itself';
  const nodeType = connectionNode(namedTypeOf(node.type).name.value) as string;
  const definition = types.get(nodeType);
  const fields = definition && 'fields' in definition && definition.fields ? definition.fields : [];
  const own = fields.filter(({ directives = [] }) => !directives.some((each) => [FROM, COMPUTED_BY].includes(each.name.value)));
  const field = own.find((each) => each.name.value === name);
  if (field === undefined || !('arguments' in field)) {
    const names = own.map((each) => each.name.value).join(', ') || 'none';
    return `expected cursor to be a field of ${nodeType} that is in the record itself (${names}); received "${name}"`;
  }
  const isList = field.type.kind === Kind.LIST_TYPE || (field.type.kind === Kind.NON_NULL_TYPE && field.type.type.kind === Kind.LIST_TYPE);
  const type = types.get(namedTypeOf(field.type).name.value);
  const isComposite =
    type !== undefined && (isObjectType(type) || type.kind === Kind.INTERFACE_TYPE_DEFINITION || type.kind === Kind.UNION_TYPE_DEFINITION);
  return isList || isComposite ? `expected cursor to be a field with a single value, such as an id; ${nodeType}.${name} is none` : null;
}
