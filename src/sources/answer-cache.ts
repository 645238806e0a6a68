import type { RecordFields } from './record-fields.ts';
import type { FetchedRecord } from './source-calls.ts';

/** A kept answer. */
export interface CachedAnswer extends FetchedRecord {
  /** The fields it was fetched with; null for all. */
  readonly fields: RecordFields;
}

/**
 * Answers of one source, by key and by what else they were asked with (`scope`). A cache that can't be reached is
 * empty; only `invalidate` rejects then, because somebody relies on it.
 */
export interface AnswerCache {
  /** What is kept; at once where it is kept in this process. */
  get(key: string, scope: string): CachedAnswer | null | Promise<CachedAnswer | null>;
  /** Keeps an answer for as long as the policy may use it. */
  set(key: string, scope: string, answer: CachedAnswer): void | Promise<void>;
  /** Forgets all that is known of a key, also what a call that is under way now will bring. */
  invalidate(key: string): Promise<void>;
}
