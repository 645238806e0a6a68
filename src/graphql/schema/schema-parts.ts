import { readFileSync } from 'node:fs';
import {
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLScalarType,
  Kind,
  type NamedTypeNode,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeDefinitionNode,
  type TypeNode,
  visit,
} from 'graphql';
import { resolvers as scalarResolvers, typeDefs as scalarTypeDefs } from 'graphql-scalars';
import { EXACT_SCALARS } from './exact-scalars.ts';
import { TIME_SCALARS } from './time-scalars.ts';

/** The engine's part of the schema. */
export const ENGINE: DocumentNode = parse(readFileSync(new URL('./engine.graphql', import.meta.url), 'utf8'), { noLocation: true });

const BUILT_IN = new Set(['ID', 'String', 'Int', 'Float', 'Boolean']);

/** Supplied, unless the owner declares their own. */
export const PAGE_INFO = `
  "Where a page lies in its list (Relay cursor connections)."
  type PageInfo {
    "More follow."
    hasNextPage: Boolean!
    "More precede."
    hasPreviousPage: Boolean!
    "The first edge's cursor; null on an empty page."
    startCursor: String
    "The last edge's cursor; null on an empty page."
    endCursor: String
  }`;

/** The name of the type at the heart of `[Order!]!`. */
export function namedTypeOf(type: TypeNode): NamedTypeNode {
  return type.kind === Kind.NAMED_TYPE ? type : namedTypeOf(type.type);
}

/** The type without its outermost `!`. */
export function nullableTypeOf(type: TypeNode): Exclude<TypeNode, { kind: Kind.NON_NULL_TYPE }> {
  return type.kind === Kind.NON_NULL_TYPE ? type.type : type;
}

/** `OrderConnection` -> `Order`; null for a name that is no connection's. */
export function connectionNode(typeName: string): string | null {
  return /^(.+)Connection$/.exec(typeName)?.[1] ?? null;
}

export function isObjectType(definition: { readonly kind: Kind }): definition is ObjectTypeDefinitionNode {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION;
}

export function typesByName(document: DocumentNode): Map<string, TypeDefinitionNode> {
  const types = new Map<string, TypeDefinitionNode>();
  for (const definition of document.definitions)
    if ('name' in definition && isTypeDefinition(definition)) types.set(definition.name.value, definition);
  return types;
}

function isTypeDefinition(definition: { readonly kind: Kind }): definition is TypeDefinitionNode {
  return definition.kind.endsWith('TypeDefinition');
}

/**
 * What the owner uses but need not write: `PageInfo`, and for each `XConnection` that is not declared
 * the connection and its edge; well-known scalars such as `DateTime` and `EmailAddress`.
 */
export function suppliedFor(owner: DocumentNode): DocumentNode {
  const declared = typesByName(owner);
  const used = new Set<string>();
  for (const document of [owner, ENGINE]) visit(document, { NamedType: ({ name }) => void used.add(name.value) });
  const supplied = [];
  for (const name of used) {
    if (declared.has(name) || BUILT_IN.has(name)) continue;
    const node = connectionNode(name);
    if (node !== null && declared.has(node)) supplied.push(connectionOf(node, declared));
    else if (scalarTypeDefs.includes(`scalar ${name}`)) supplied.push(`"${scalarDescription(name)}" scalar ${name}`);
  }
  if (!declared.has('PageInfo')) supplied.push(PAGE_INFO);
  return parse(supplied.join('\n'), { noLocation: true });
}

function connectionOf(node: string, declared: ReadonlyMap<string, unknown>): string {
  const edge = declared.has(`${node}Edge`)
    ? ''
    : `"One ${node} on a page." type ${node}Edge { "The ${node}; null where the back end answered none." node: ${node} "Where it stands in the list." cursor: String! }`;
  return `"A page of ${node}." type ${node}Connection { "The page." edges: [${node}Edge!]! "Where the page lies." pageInfo: PageInfo! } ${edge}`;
}

/** The scalars' implementations, by name. */
export const SCALARS: Readonly<Record<string, GraphQLScalarType>> = { ...scalarResolvers, ...EXACT_SCALARS, ...TIME_SCALARS };

function scalarDescription(name: string): string {
  return (SCALARS[name]?.description ?? name).replaceAll('"', "'").replaceAll('\\', '').replaceAll('\n', ' ');
}

/** The field without the owner's annotations. */
export function withoutDirectives(field: FieldDefinitionNode, names: readonly string[]): FieldDefinitionNode {
  return { ...field, directives: field.directives?.filter(({ name }) => !names.includes(name.value)) ?? [] };
}
