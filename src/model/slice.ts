/** A part of a stored list. */
export interface Slice<Cursor> {
  readonly limit: number;
  /** The slice begins after it; null: with the first item. */
  readonly after: Cursor | null;
  /** The slice ends before it; null: with the last item. */
  readonly before: Cursor | null;
  /** True for the last items between both, the last one first. */
  readonly fromEnd: boolean;
}
