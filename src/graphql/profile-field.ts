import type { GraphQLFieldResolver } from 'graphql';
import type { AccessRule } from '../profile/access.ts';
import type { FieldBinding } from '../profile/field-binding.ts';
import type { NeededFields } from './execution/needed-fields.ts';
import type { OwnResolvers } from './own-resolvers/own-resolvers.ts';

/** What the owner wrote about a field, as both ways to execute it read it. */
export interface ProfileField {
  /** For messages: `Customer.orders`. */
  readonly name: string;
  /** Who may see it; null for a field of a record without a rule of its own. */
  readonly rule: AccessRule | null;
  /** Where its value comes from; undefined for a property of the record it stands in. */
  readonly binding: FieldBinding | undefined;
  readonly needed: NeededFields;
  /** Reads the property of what the owner's code answered, in place of a record. */
  readonly ownProperty: OwnResolvers['readProperty'];
}

const PROFILE_FIELD = Symbol('profile field');

/** Marks a resolver as the one of such a field. */
export function resolverOf<Resolver extends object>(field: ProfileField, resolver: Resolver): Resolver {
  return Object.assign(resolver, { [PROFILE_FIELD]: field });
}

/** The field whose resolver this is; undefined for any other resolver. */
export function profileFieldOf(resolver: GraphQLFieldResolver<unknown, unknown>): ProfileField | undefined {
  return (resolver as { [PROFILE_FIELD]?: ProfileField })[PROFILE_FIELD];
}
