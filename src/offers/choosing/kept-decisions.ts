import { LRUCache } from 'lru-cache';
import { entries } from '../../batching/entries.ts';
import type { DecisionToKeep, KeptDecision } from '../../model/offer.ts';
import type { OfferStore } from '../../model/ports.ts';

/** Writes of decisions that may be pending while no request waits for them. Beyond this number, each request waits for its own. */
const MAX_WAITING = 1_000;
/** Ids of decisions that are known to be stored. A customer who asks again within the hour has the same id. */
const REMEMBERED = 10_000;

/** Stores decisions. A request waits for the store only where its answer depends on it: for reservations and sticky placements. */
export class KeptDecisions {
  readonly #store: Pick<OfferStore, 'keepDecision'>;
  readonly #onLost: (error: unknown) => void;
  readonly #known = new LRUCache<string, true>(entries(REMEMBERED));
  #waiting = 0;

  /** @param onLost called with the error when a decision could not be stored and no request waits for it. */
  constructor(store: Pick<OfferStore, 'keepDecision'>, onLost: (error: unknown) => void) {
    this.#store = store;
    this.#onLost = onLost;
  }

  /** @returns the outcome; null where the answer does not depend on it: nothing is stored, or the write is not waited for. */
  keep(toKeep: DecisionToKeep): Promise<KeptDecision> | null {
    const { decision, reserve, mayStore } = toKeep;
    if (reserve.length > 0) return this.#store.keepDecision(toKeep);
    if (!mayStore || this.#known.has(decision.id)) return null;
    const kept = this.#store.keepDecision(toKeep);
    if (decision.stickyUntil !== null) return kept;
    this.#known.set(decision.id, true);
    const isAwaited = this.#waiting >= MAX_WAITING;
    if (!isAwaited) this.#waiting++;
    const settled = kept.catch((error: unknown) => {
      this.#known.delete(decision.id);
      if (!isAwaited) this.#onLost(error);
    });
    if (isAwaited) return kept;
    settled.finally(() => this.#waiting--);
    return null;
  }
}
