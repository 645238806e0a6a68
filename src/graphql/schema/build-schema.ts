import { buildSubgraphSchema } from '@apollo/subgraph';
import { addResolversToSchema } from '@graphql-tools/schema';
import { type DefinitionNode, type DocumentNode, type GraphQLSchema, Kind, type ObjectTypeDefinitionNode, parse, print } from 'graphql';
import { guardFederation } from './guard-federation.ts';
import type { OwnerSchema } from './owner-schema.ts';
import { ENGINE, isObjectType, SCALARS, suppliedFor, typesByName } from './schema-parts.ts';
import { type SchemaProblem, SHARED_TYPES } from './vocabulary.ts';

/** Resolvers as graphql-js takes them, by type and field. */
export type ResolverMap = Parameters<typeof buildSubgraphSchema>[0] extends infer Modules
  ? Modules extends { resolvers?: infer Resolvers }
    ? NonNullable<Resolvers>
    : never
  : never;

/** Resolvers as graphql-tools takes them. */
export type OwnResolverMap = Parameters<typeof addResolversToSchema>[0]['resolvers'];

const FEDERATION = parse('extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])', { noLocation: true });
const KEY_DIRECTIVE = (parse('type T @key(fields: "id") { id: ID }').definitions[0] as ObjectTypeDefinitionNode).directives ?? [];

/** The public schema as one document: the engine's part, the owner's, and what both use. No annotation is left in it. */
function publicDocument(owner: OwnerSchema): DocumentNode {
  const owners = typesByName(owner.document);
  const engine = ENGINE.definitions.flatMap((definition): DefinitionNode[] => {
    const own = isShared(definition) ? owners.get(definition.name.value) : undefined;
    if (own === undefined) return [definition];
    return own.name.value === 'Customer' ? [] : [withEnginePart(own as ObjectTypeDefinitionNode)];
  });
  const profile = owner.document.definitions.flatMap((definition): DefinitionNode[] => {
    if (!isShared(definition)) return [definition];
    return definition.name.value === 'Customer' ? [withEnginePart(definition)] : [];
  });
  return { kind: Kind.DOCUMENT, definitions: [...engine, ...profile, ...suppliedFor(owner.document).definitions] };
}

function isShared(definition: DefinitionNode): definition is ObjectTypeDefinitionNode {
  return isObjectType(definition) && SHARED_TYPES.has(definition.name.value);
}

/** The owner's part of a shared type with the engine's fields in front. */
function withEnginePart(owners: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  const engines = typesByName(ENGINE).get(owners.name.value) as ObjectTypeDefinitionNode;
  return {
    ...owners,
    description: owners.description ?? engines.description,
    interfaces: [...(engines.interfaces ?? []), ...(owners.interfaces ?? [])],
    fields: [...(engines.fields ?? []), ...(owners.fields ?? [])],
  };
}

/** The document with `Customer` as an entity that a federation router can refer to by its id. */
function withEntity(document: DocumentNode): DocumentNode {
  const definitions = document.definitions.map((definition) =>
    isObjectType(definition) && definition.name.value === 'Customer'
      ? { ...definition, directives: [...(definition.directives ?? []), ...KEY_DIRECTIVE] }
      : definition,
  );
  return { ...document, definitions: [...FEDERATION.definitions, ...definitions] };
}

/**
 * The executable schema, a Federation 2 subgraph in which `Customer` is an entity.
 * @param resolvers of the engine's types and of what the owner bound to sources.
 * @param own what the owner's `resolvers.ts` says, ready to be run.
 * @returns null with the problem reported, for what only the whole schema shows (an interface that is not implemented, say).
 */
export function buildSchema(
  owner: OwnerSchema,
  resolvers: ResolverMap,
  own: OwnResolverMap,
  report: (problem: SchemaProblem) => void,
): GraphQLSchema | null {
  const document = publicDocument(owner);
  const used = typesByName(document);
  const scalars = Object.fromEntries(Object.entries(SCALARS).filter(([name]) => used.has(name)));
  try {
    const schema = buildSubgraphSchema([{ typeDefs: withEntity(document), resolvers: { ...scalars, ...resolvers } as ResolverMap }]);
    guardFederation(schema);
    // Last, and by graphql-tools: it gives enums, scalars and abstract types what the owner says, as Apollo Server does.
    return addResolversToSchema({ schema, resolvers: own, resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' } });
  } catch (error) {
    report({ where: 'schema', message: (error as Error).message });
    return null;
  }
}

/** The public schema as text, for clients and their tools. */
export function publicSdl(owner: OwnerSchema): string {
  return `${print(publicDocument(owner))}\n`;
}
