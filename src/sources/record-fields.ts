import type { Needs } from '../batching/batcher.ts';

/** Names of a record's fields; null for all of them. */
export type RecordFields = ReadonlySet<string> | null;

/** What a call for several has to ask for. */
export const RECORD_FIELDS: Needs<RecordFields> = {
  covers: (have, need) => have === null || (need?.isSubsetOf(have) ?? false),
  merge: (one, other) => {
    if (one === null || other === null) return null;
    return one === other ? one : one.union(other);
  },
};
