import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { GraphDraft } from '../plan/graph-draft.ts';
import { runPlan } from '../plan/run-plan.ts';
import { writesApplier } from './apply-writes.ts';
import { SqliteFacts } from './facts.ts';
import { IdentityReads } from './identity-reads.ts';

/** Runs plans on a database, each to be called inside a transaction. @param now milliseconds. */
export class Planner {
  readonly facts: SqliteFacts;
  readonly #now: () => number;
  readonly #apply;

  constructor(database: DatabaseSync, now: () => number) {
    this.facts = new SqliteFacts(database, new IdentityReads(database));
    this.#now = now;
    this.#apply = writesApplier(database);
  }

  /** Decides, and writes what was decided. */
  run<Result>(decide: (draft: GraphDraft) => Result): Result {
    const { result, writes } = runPlan(this.facts, this.#now, randomUUID, decide);
    this.#apply(writes);
    return result;
  }
}
