import type { FetchedRecord, RecordFields } from './source-answer.ts';

/** A kept answer. */
export interface CachedAnswer extends FetchedRecord {
  /** The fields it was fetched with; null for all. */
  readonly fields: RecordFields;
}

/**
 * Kept answers of one source, by key and scope (`SourceScope.id`). While a shared cache can't be reached, this process keeps its own;
 * only `invalidate` rejects then, because its caller must know that old answers may be left.
 */
export interface AnswerCache {
  /** The kept answer; not a promise where it is kept in this process. */
  get(key: string, scope: string): CachedAnswer | null | Promise<CachedAnswer | null>;
  /** Keeps an answer for as long as the policy may use it. */
  set(key: string, scope: string, answer: CachedAnswer): void | Promise<void>;
  /** Removes all answers of a key. The answer of a call that is under way now is not kept either. */
  invalidate(key: string): Promise<void>;
}
