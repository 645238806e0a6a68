import type { Facts } from './facts.ts';
import { GraphDraft } from './graph-draft.ts';
import type { StoreWrite } from './writes.ts';

/** What a plan decided, and what is to be written for it. */
export interface Planned<Result> {
  readonly result: Result;
  readonly writes: readonly StoreWrite[];
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
  return { result, writes: draft.finish() };
}
