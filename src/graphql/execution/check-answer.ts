import { type GraphQLOutputType, type GraphQLSchema, getNamedType, getNullableType, isAbstractType, isListType } from 'graphql';
import { SourceError } from '../../model/errors.ts';
import type { Connection } from '../../profile/page-list.ts';
import { checkValue, type Origin } from './check-value.ts';

/**
 * Holds what a back end answered for a field against its type, items of lists one by one. A wrong item is handed on as
 * an error in its place: graphql-js makes it the error of that item, which costs the list only where items may not be
 * null. The same for an object of an interface or a union that does not say which of its types it is.
 * @param origin asked only when something is wrong.
 * @returns the value, or for a list with wrong items a copy.
 * @throws SourceError SOURCE_INVALID that names field and source, and never the value.
 */
export function checkAnswer(value: unknown, type: GraphQLOutputType, schema: GraphQLSchema, origin: () => Origin): unknown {
  const nullable = getNullableType(type);
  if (value === null || value === undefined) return checkValue(value, type, origin);
  if (isListType(nullable) && Array.isArray(value)) return checkItems(value, nullable.ofType, schema, origin);
  const checked = checkValue(value, type, origin);
  if (isAbstractType(nullable)) requireTypename(checked as object, nullable, schema, origin);
  return checked;
}

/**
 * The same for the nodes of a page, whose type and edges the gateway may have supplied.
 * @param type the connection's; it is looked into for that of `edges.node`.
 */
export function checkConnection(page: Connection<unknown>, type: GraphQLOutputType, schema: GraphQLSchema, origin: () => Origin) {
  const edge = fieldType(type, 'edges');
  const node = edge && fieldType(edge, 'node');
  if (!node) return page;
  let edges: Connection<unknown>['edges'][number][] | undefined;
  for (const [index, { node: item }] of page.edges.entries()) {
    const checked = checkItem(item, node, schema, origin);
    if (checked === item) continue;
    edges ??= [...page.edges];
    edges[index] = { cursor: (page.edges[index] as { readonly cursor: string }).cursor, node: checked };
  }
  return edges === undefined ? page : { ...page, edges };
}

function fieldType(type: GraphQLOutputType, name: string): GraphQLOutputType | undefined {
  const named = getNamedType(type);
  return 'getFields' in named ? named.getFields()[name]?.type : undefined;
}

function checkItems(items: readonly unknown[], type: GraphQLOutputType, schema: GraphQLSchema, origin: () => Origin): readonly unknown[] {
  let corrected: unknown[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const checked = checkItem(item, type, schema, origin);
    if (checked === item || (checked === null && item === undefined)) continue;
    corrected ??= [...items];
    corrected[index] = checked;
  }
  return corrected ?? items;
}

function checkItem(item: unknown, type: GraphQLOutputType, schema: GraphQLSchema, origin: () => Origin): unknown {
  try {
    return checkAnswer(item, type, schema, origin);
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

function requireTypename(
  value: { readonly __typename?: unknown },
  type: Parameters<GraphQLSchema['getPossibleTypes']>[0],
  schema: GraphQLSchema,
  origin: () => Origin,
): void {
  const { __typename } = value;
  const named = typeof __typename === 'string' ? schema.getType(__typename) : undefined;
  const possible = schema.getPossibleTypes(type);
  if (possible.some((each) => each === named)) return;
  const { field, source } = origin();
  const received = __typename === undefined ? 'none' : typeof __typename === 'string' ? 'another name' : `a ${typeof __typename}`;
  const expected = `__typename to be one of ${possible.map(({ name }) => name).join(', ')} for ${type}`;
  throw new SourceError('SOURCE_INVALID', source, `${field}: expected ${expected} from ${source}, received ${received}`);
}
