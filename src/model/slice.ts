/** Where in a stored list to read. */
export interface Slice<Place> {
  readonly limit: number;
  /** Begins after this place; null begins with the first. */
  readonly after: Place | null;
  /** Ends before this place; null ends with the last. */
  readonly before: Place | null;
  /** Of all between, the last ones, the very last first. */
  readonly fromEnd: boolean;
}
