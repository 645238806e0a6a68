import type { GraphQLResolveInfo, GraphQLScalarType } from 'graphql';
import type { ResolverContext, ResolverCustomer } from './resolver-context.ts';

/**
 * Answers one field, as in Apollo Server.
 * @param parent what the field stands in: the customer; a back end's record, or what another resolver answered; undefined for
 * `Query` and `Mutation`.
 * @param args the field's arguments, by name, coerced to their GraphQL types.
 * @returns the value, or a promise of it. For a field of type `Customer`: a customer that the context gave.
 * @throws GraphQLError with `extensions.code` for what the client may know. Anything else reaches it as `INTERNAL`, and the log
 * has it.
 */
export type OwnResolver<Parent> = (
  parent: Parent,
  // biome-ignore lint/suspicious/noExplicitAny: without generated types nothing is known of them
  args: any,
  context: ResolverContext,
  info: GraphQLResolveInfo,
) => unknown;

/** The fields of one object type; for an interface or a union `__resolveType`; for an enum the values inside the server. */
export type OwnType<Parent> = Readonly<Record<string, OwnResolver<Parent> | { readonly resolve: OwnResolver<Parent> } | string | number>>;

/** Resolvers by type and field, without generated types. */
export type OwnResolvers = { readonly Customer?: OwnType<ResolverCustomer> } & {
  // biome-ignore lint/suspicious/noExplicitAny: without generated types nothing is known of what a type's fields stand in
  readonly [type: string]: OwnType<any> | GraphQLScalarType | undefined;
};

/**
 * What `resolvers.ts` exports by default: code for the fields that no source has. `Types` is what graphql-codegen makes of the
 * schema (`Resolvers`); without it the arguments of resolvers have no types. Checked when the project is loaded, with every
 * problem at once.
 */
export function defineResolvers<Types extends object = OwnResolvers>(resolvers: NoInfer<Types>): Types {
  return resolvers;
}
