import { type DocumentNode, type FieldDefinitionNode, type ObjectTypeDefinitionNode, parse } from 'graphql';
import type { FieldShape } from '../../profile/field-binding.ts';

/** The owner's annotations. They are read at start and never leave the server. */
export const FROM = 'from';
export const ACCESS = 'access';
export const COMPUTED_BY = 'computed';
export const COST = 'cost';
export const LIST_SIZE = 'listSize';
export const ANNOTATIONS: readonly string[] = [FROM, COMPUTED_BY, ACCESS, COST, LIST_SIZE];

export const DIRECTIVES = parse(`
  directive @from(source: String!, path: String, key: String, newestBy: String, cursor: String) repeatable on FIELD_DEFINITION
  directive @computed(
    of: String!, count: Boolean, sum: String, last: String, first: String, uniques: String, window: String
  ) on FIELD_DEFINITION
  directive @access(min: Assurance, roles: [ViewerRole!]) on FIELD_DEFINITION
  directive @cost(weight: String!) on FIELD_DEFINITION
  directive @listSize(assumed: Int, assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  enum ViewerRole { CUSTOMER AGENT SERVICE ADMIN }
`);

/** Types that both the gateway and the owner give fields to. */
export const SHARED_TYPES: ReadonlySet<string> = new Set(['Customer', 'Query', 'Mutation']);

/** For the owner's schema: only the gateway has events. */
export const NO_SUBSCRIPTIONS = 'expected nothing of Subscription: subscriptions are served for the events of the gateway only';

/** A mistake in what the owner wrote. */
export interface SchemaProblem {
  /** File, line and column: `schema.graphql:12:3`. */
  readonly where: string;
  readonly message: string;
}

/** Reports a mistake at the position of a node of the document. */
export type Report = (node: { readonly loc?: DocumentNode['loc'] }, message: string) => void;

/** What the schema's check needs to know of a data source. */
export interface KnownSource {
  readonly key: string | undefined;
  readonly many: boolean;
  readonly pages: boolean;
  /** Names of its records' fields; undefined where they are not known. */
  readonly fields: readonly string[] | undefined;
}

/** What the owner's schema may refer to. */
export interface SchemaVocabulary {
  readonly sources: ReadonlyMap<string, KnownSource>;
  /** Sources whose file exists but is broken: nothing can be checked about fields bound to them. */
  readonly brokenSources: ReadonlySet<string>;
  /** Null when the configuration is too broken to say. */
  readonly identifierTypes: ReadonlySet<string> | null;
  /** Of those, the ones whose values are not kept in clear. */
  readonly hashedTypes: ReadonlySet<string>;
  readonly resolvers: ResolversModule | null;
}

/** What the owner's `resolvers.ts` exports. */
export interface ResolversModule {
  /** As messages show it. */
  readonly file: string;
  readonly text: string;
  /** Undefined for a module that can't be loaded, which is reported: nothing can be checked about fields without a source. */
  readonly exported: unknown;
}

/** A field of an object type that the owner wrote. */
export interface Field {
  readonly parent: ObjectTypeDefinitionNode;
  readonly node: FieldDefinitionNode;
  /** `Customer.orders` */
  readonly name: string;
  readonly shape: FieldShape;
}

/** @returns the names of a path such as `contact.email`, or null for a text that is no path. */
export function parsePath(text: string): readonly string[] | null {
  return /^[^.\s]+(\.[^.\s]+)*$/.test(text) ? text.split('.') : null;
}
