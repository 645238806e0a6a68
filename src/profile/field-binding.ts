/** Where a bound field's key comes from: the customer's identifier of a type, the parent's own field, or the customer's id. */
export type BindingKey =
  | { readonly kind: 'identifier'; readonly type: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'customerId' };

/** One `@from`: the source, how it is asked, and where in its record the value stands. */
export interface SourceBinding {
  readonly source: string;
  /** The source answers a list per key. */
  readonly many: boolean;
  /** The source makes the pages of a connection itself. */
  readonly pages: boolean;
  readonly key: BindingKey;
  /** The identifier type by whose normalisation keys compare with records: null for the source's own `key`, `PLAIN_KEYS` for none. */
  readonly keyType: string | null;
  /** Into the record; null: the whole record. */
  readonly path: readonly string[] | null;
  /** Into the record: when it was changed. With one, all sources are asked and the newest value counts. */
  readonly newestBy: readonly string[] | null;
  /** Of a connection's nodes: the field that is unique in the list, by which cursors find a node again. Null: none. */
  readonly cursor: string | null;
}

/** What a field's GraphQL type makes of a record: a value out of it, itself, a list, or a page of a list. */
export type FieldShape = 'leaf' | 'object' | 'list' | 'connection';

/** A field that sources answer. */
export interface FieldBinding {
  /** For messages: `Customer.orders`. */
  readonly name: string;
  readonly shape: FieldShape;
  /** In the order in which they are asked; the first non-null answer counts, unless one has `newestBy`. */
  readonly sources: readonly SourceBinding[];
}

/** The name of the built-in source of attributes captured at touchpoints. */
export const CAPTURED = 'captured';
/** The name of the built-in source of what is computed from interactions. */
export const COMPUTED = 'computed';
/** The name of the built-in source of the counts that rules read with `journey.count` and `journey.last`. No field is bound to it. */
export const JOURNEY = 'journey';
/** Sources that are the gateway's own memory, and no back ends. */
export const BUILT_IN_SOURCES: ReadonlySet<string> = new Set([CAPTURED, COMPUTED, JOURNEY]);
