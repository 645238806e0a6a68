import type { ChangedIdentities } from '../../model/identity.ts';
import { IdentityChangeLog } from './changed-identities.ts';
import type { Facts } from './facts.ts';
import { GraphDraft } from './graph-draft.ts';
import type { StoreWrite } from './writes.ts';

/** What a plan decided, and what is to be written for it. */
export interface Planned<Result> {
  readonly result: Result;
  readonly writes: readonly StoreWrite[];
  /** Whose look-ups answer something else once that is written. */
  readonly changed: ChangedIdentities;
}

/**
 * Decides something over the store's facts, without changing anything.
 * @param now milliseconds. @param freshId a random UUID each time.
 * @param decide gets a draft of its own, and may read from it what it wrote to it.
 */
export function runPlan<Result>(
  facts: Facts,
  now: () => number,
  freshId: () => string,
  decide: (draft: GraphDraft) => Result,
): Planned<Result> {
  const draft = new GraphDraft(facts, now, freshId);
  const result = decide(draft);
  const writes = draft.finish();
  const log = new IdentityChangeLog();
  if (writes.length > 0) log.add(writes, draft.changedOwners);
  return { result, writes, changed: log.changed };
}
