import type { GraphQLResolveInfo, GraphQLScalarType } from 'graphql';
import type { ResolverContext, ResolverCustomer } from './resolver-context.ts';

/**
 * Answers one field, as in Apollo Server.
 * @param parent the value to which the field belongs: the customer; a back end's record, or another resolver's answer;
 * undefined for `Query` and `Mutation`.
 * @param args the field's arguments, by name, coerced to their GraphQL types.
 * @returns the value, or a promise of it. For a field of type `Customer`: a customer that the context gave.
 * @throws GraphQLError with `extensions.code` for an error that the client may see. It gets any other error as `INTERNAL`, and
 * the log has the error.
 */
export type OwnResolver<Parent> = (
  parent: Parent,
  // biome-ignore lint/suspicious/noExplicitAny: without generated types they are not known
  args: any,
  context: ResolverContext,
  info: GraphQLResolveInfo,
) => unknown;

/** The fields of one object type; for an interface or a union `__resolveType`; for an enum the values inside the server. */
export type OwnType<Parent> = Readonly<Record<string, OwnResolver<Parent> | { readonly resolve: OwnResolver<Parent> } | string | number>>;

/** Resolvers by type and field, without generated types. */
export type OwnResolvers = { readonly Customer?: OwnType<ResolverCustomer> } & {
  // biome-ignore lint/suspicious/noExplicitAny: without generated types the parents of a type's fields are not known
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
