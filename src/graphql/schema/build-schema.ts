import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, type GraphQLSchema, Kind, type ObjectTypeDefinitionNode, parse, print } from 'graphql';
import { guardFederation } from './guard-federation.ts';
import type { OwnerSchema, SchemaProblem } from './owner-schema.ts';
import { ENGINE, isObjectType, SCALARS, suppliedFor, typesByName } from './schema-parts.ts';

/** Resolvers as graphql-js takes them, by type and field. */
export type ResolverMap = Parameters<typeof buildSubgraphSchema>[0] extends infer Modules
  ? Modules extends { resolvers?: infer Resolvers }
    ? NonNullable<Resolvers>
    : never
  : never;

const FEDERATION = parse('extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])', { noLocation: true });
const KEY_DIRECTIVE = (parse('type T @key(fields: "id") { id: ID }').definitions[0] as ObjectTypeDefinitionNode).directives ?? [];

/** The public schema as one document: the engine's part, the owner's, and what both use. No annotation is left in it. */
function publicDocument(owner: OwnerSchema): DocumentNode {
  const engine = ENGINE.definitions.filter((definition) => !(isObjectType(definition) && definition.name.value === 'Customer'));
  const profile = owner.document.definitions.map((definition) =>
    isObjectType(definition) && definition.name.value === 'Customer' ? completeCustomer(definition) : definition,
  );
  return { kind: Kind.DOCUMENT, definitions: [...engine, ...profile, ...suppliedFor(owner.document).definitions] };
}

/** The owner's Customer with the engine's fields in front. */
function completeCustomer(profile: ObjectTypeDefinitionNode): ObjectTypeDefinitionNode {
  const own = typesByName(ENGINE).get('Customer') as ObjectTypeDefinitionNode;
  return {
    ...profile,
    description: profile.description ?? own.description,
    interfaces: [...(own.interfaces ?? []), ...(profile.interfaces ?? [])],
    directives: [...(profile.directives ?? []), ...KEY_DIRECTIVE],
    fields: [...(own.fields ?? []), ...(profile.fields ?? [])],
  };
}

/**
 * The executable schema, a Federation 2 subgraph in which `Customer` is an entity.
 * @returns null with the problem reported, for what only the whole schema shows (an interface that is not implemented, say).
 */
export function buildSchema(owner: OwnerSchema, resolvers: ResolverMap, report: (problem: SchemaProblem) => void): GraphQLSchema | null {
  const document = publicDocument(owner);
  const used = typesByName(document);
  const scalars = Object.fromEntries(Object.entries(SCALARS).filter(([name]) => used.has(name)));
  const typeDefs = { ...document, definitions: [...FEDERATION.definitions, ...document.definitions] };
  try {
    return guardFederation(buildSubgraphSchema([{ typeDefs, resolvers: { ...scalars, ...resolvers } as ResolverMap }]));
  } catch (error) {
    report({ where: 'schema', message: (error as Error).message });
    return null;
  }
}

/** The public schema as text, for clients and their tools. */
export function publicSdl(owner: OwnerSchema): string {
  const withoutKey = publicDocument(owner).definitions.map((definition) =>
    isObjectType(definition) && definition.name.value === 'Customer' ? { ...definition, directives: [] } : definition,
  );
  return `${print({ kind: Kind.DOCUMENT, definitions: withoutKey })}\n`;
}
