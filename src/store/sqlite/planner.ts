import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { ChangedIdentities } from '../../model/identity.ts';
import type { GraphDraft } from '../plan/graph-draft.ts';
import { runPlan } from '../plan/run-plan.ts';
import { writesApplier } from './apply-writes.ts';
import { SqliteFacts } from './facts.ts';
import { IdentityReads } from './identity-reads.ts';

/** Runs plans on a database, each to be called inside a transaction. */
export class Planner {
  readonly facts: SqliteFacts;
  readonly #now: () => number;
  readonly #apply;
  readonly #onChanged: (changed: ChangedIdentities) => void;

  /** @param now milliseconds. @param onChanged called with what each plan changes of identities, when it is written. */
  constructor(database: DatabaseSync, now: () => number, onChanged: (changed: ChangedIdentities) => void = () => {}) {
    this.facts = new SqliteFacts(database, new IdentityReads(database));
    this.#now = now;
    this.#apply = writesApplier(database);
    this.#onChanged = onChanged;
  }

  /** Decides, and writes what was decided. */
  run<Result>(decide: (draft: GraphDraft) => Result): Result {
    const { result, writes, changed } = runPlan(this.facts, this.#now, randomUUID, decide);
    this.#apply(writes);
    this.#onChanged(changed);
    return result;
  }
}
