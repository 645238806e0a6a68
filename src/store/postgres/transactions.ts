import type { ChangedIdentities } from '../../model/identity.ts';
import type { GraphDraft } from '../plan/graph-draft.ts';
import type { InteractionFacts } from '../plan/interaction-facts.ts';
import type { OfferFacts } from '../plan/offer-facts.ts';
import { runPlan } from '../plan/run-plan.ts';
import type { Connections } from './connections.ts';
import { endsConnection, isDeadlock } from './errors.ts';
import { IdentityFacts } from './facts/identity-facts.ts';
import { PostgresInteractionFacts } from './facts/interaction-facts.ts';
import { FreshIds } from './fresh-ids.ts';
import { Gathering } from './gathering.ts';
import { Locks } from './locks.ts';
import { PostgresOfferFacts } from './offers/offer-facts.ts';
import { runTransaction } from './run-transaction.ts';
import { type Settlement, Settlements } from './settlements.ts';
import { compileWrites } from './writes/compile-writes.ts';

/** What plans read beside the graph. */
export interface PlanFacts {
  readonly interactions: InteractionFacts;
  readonly offers: OfferFacts;
}

/** Decides over a draft. It is called several times for one transaction, so it must have no effects but its result and its writes. */
export type Decide<Result> = (draft: GraphDraft, facts: PlanFacts) => Result;

interface ExpectedFacts {
  readonly identity: IdentityFacts;
  readonly interactions: PostgresInteractionFacts;
}

/** Asks for what a plan is likely to ask, so that its first run knows it. Called twice: what is known after the first time says what to ask then. */
export type Expect = (facts: ExpectedFacts) => void;

/** Runs plans, each in a transaction of its own. */
export class Transactions {
  readonly #connections: Connections;
  readonly #secret: string;
  readonly #onChanged: (changed: ChangedIdentities) => void;
  readonly #settlements = new Settlements();

  /** @param secret the store's own. @param onChanged is called with what a transaction changes of identities, before it is answered. */
  constructor(connections: Connections, secret: string, onChanged: (changed: ChangedIdentities) => void = () => {}) {
    this.#connections = connections;
    this.#secret = secret;
    this.#onChanged = onChanged;
  }

  /**
   * Decides, and writes what was decided. Conflicts and lost connections repeat the whole transaction, beginning with the locks that
   * the failed attempt came to need. When the answer of a commit was lost, the repetition finds out whether it was made, and then
   * answers what the first attempt decided.
   * @param expect asks for what the plan is likely to ask. @throws StoreUnavailable when that takes too long.
   */
  async run<Result>(decide: Decide<Result>, expect: Expect | null = null): Promise<Result> {
    const settlement = this.#settlements.take<Result>();
    const changes = new Changes();
    try {
      return await this.#repeat(decide, expect, settlement, changes);
    } finally {
      // Also of attempts that failed: the answer of one may have been lost after it was committed.
      for (const changed of changes.ofAttempts) this.#onChanged(changed);
      this.#settlements.giveBack(settlement);
    }
  }

  #repeat<Result>(decide: Decide<Result>, expect: Expect | null, settlement: Settlement<Result>, changes: Changes): Promise<Result> {
    let before: { locks: Locks; wasDeadlock: boolean } | null = null;
    return this.#connections.repeats.run(() =>
      this.#connections.exclusive(async (connection) => {
        const locks = new Locks(this.#secret, before, this.#connections.isCluster);
        before = { locks, wasDeadlock: false };
        const gathering = new Gathering();
        const options = expect === null ? { settlement } : { settlement, first: () => expect(this.#factsOver(gathering, locks)) };
        changes.begin();
        try {
          return await runTransaction(connection, gathering, locks, this.#attempts(gathering, locks, decide, changes), options);
        } catch (error) {
          before = { locks, wasDeadlock: isDeadlock(error) };
          if (endsConnection(error)) settlement.doubt();
          throw error;
        }
      }),
    );
  }

  /** @returns runs the plan once; each run has the same time and the same fresh ids, so that each asks for the same. */
  #attempts<Result>(gathering: Gathering, locks: Locks, decide: Decide<Result>, changes: Changes) {
    const now = Date.now();
    const fresh = new FreshIds();
    return () => {
      const { identity, interactions } = this.#factsOver(gathering, locks);
      const offers = new PostgresOfferFacts(gathering);
      const decideOver = (draft: GraphDraft) => decide(draft, { interactions, offers });
      const { result, writes, changed } = runPlan(identity, () => now, fresh.ofRun(), decideOver);
      changes.note(changed);
      return { result, statements: compileWrites(writes, identity, gathering, locks) };
    };
  }

  #factsOver(gathering: Gathering, locks: Locks): ExpectedFacts {
    const identity = new IdentityFacts(gathering, locks, this.#secret, this.#connections.isCluster);
    return { identity, interactions: new PostgresInteractionFacts(gathering, identity) };
  }
}

/** What the attempts of one transaction change of identities: of each attempt, what the last run of its plan decided. */
class Changes {
  readonly ofAttempts: ChangedIdentities[] = [];
  #isNew = true;

  /** A new attempt begins. */
  begin(): void {
    this.#isNew = true;
  }

  note(changed: ChangedIdentities): void {
    if (!this.#isNew) this.ofAttempts.pop();
    this.#isNew = false;
    this.ofAttempts.push(changed);
  }
}
