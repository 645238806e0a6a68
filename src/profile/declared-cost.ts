/** What the owner says with `@cost` and `@listSize` about a field, before an operation is counted. */
export interface DeclaredCost {
  /** What one call of the field counts, in place of 1 (0 for a plain property). Null: not declared. */
  readonly weight: number | null;
  /** Items of its list, when the operation does not say how many it wants. Null: not declared. */
  readonly assumed: number | null;
  /** Arguments that say how many items are wanted: a number, or a list with one entry for each item. Null: not declared. */
  readonly slicingArguments: readonly string[] | null;
  /** Lists of the answered object whose size this is. Null: not declared. */
  readonly sizedFields: readonly string[] | null;
}
