/** The functions of computed traits over a customer's interactions of one type. */
export const TRAIT_FUNCTIONS = ['count', 'sum', 'last', 'first', 'uniques'] as const;
export type TraitFunction = (typeof TRAIT_FUNCTIONS)[number];

/** A field of `Customer` with `@computed`. */
export interface Trait {
  /** The field's name. */
  readonly name: string;
  /** The type of the interactions that count. */
  readonly of: string;
  readonly compute: TraitFunction;
  /** A path in the interaction (`occurredAt`, `touchpoint`, `pageUrl`) or in its properties; empty for `count`. */
  readonly path: readonly string[];
  /** Milliseconds before now; null for all time. */
  readonly window: number | null;
}
