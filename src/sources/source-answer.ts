import type { DataRecord } from '../adapters/data-adapter.ts';
import type { Needs } from '../batching/batcher.ts';
import type { SourceErrorCode } from '../model/errors.ts';

/** What a source has for one key: a record; a list of them for a source with `many`; null for nothing. */
export type SourceRecord = DataRecord | readonly DataRecord[] | null;

/** An answer for one key, as it was fetched. */
export interface FetchedRecord {
  readonly record: SourceRecord;
  readonly fetchedAt: Date;
}

/** An answer for one key, and how it was obtained. */
export interface SourceAnswer extends FetchedRecord {
  /** True for an answer out of the cache that is older than the policy's `ttl`. */
  readonly isStale: boolean;
  /** Why a stale answer was given, where the source failed. */
  readonly errorCode: SourceErrorCode | null;
}

/** Names of a record's fields; null for all of them. */
export type RecordFields = ReadonlySet<string> | null;

/** A call for several requests asks for the fields of all of them. */
export const RECORD_FIELDS: Needs<RecordFields> = {
  covers: (have, need) => have === null || (need?.isSubsetOf(have) ?? false),
  merge: (one, other) => {
    if (one === null || other === null) return null;
    return one === other ? one : one.union(other);
  },
};
