import { LRUCache } from 'lru-cache';
import type { DecisionToKeep, KeptDecision } from '../../model/offer.ts';
import type { OfferStore } from '../../model/ports.ts';

/** Decisions that are written without anybody waiting for them. Beyond, the request waits for its own. */
const MAX_WAITING = 1_000;
/** Ids of kept decisions that are remembered: a customer who comes again within the hour has the same one. */
const REMEMBERED = 10_000;

/** Keeps decisions. Only where an answer depends on what the store says is it waited for. */
export class KeptDecisions {
  readonly #store: Pick<OfferStore, 'keepDecision'>;
  readonly #onLost: (error: unknown) => void;
  readonly #known = new LRUCache<string, true>({ max: REMEMBERED });
  #waiting = 0;

  /** @param onLost called with the reason when a decision that nobody waits for can't be kept. */
  constructor(store: Pick<OfferStore, 'keepDecision'>, onLost: (error: unknown) => void) {
    this.#store = store;
    this.#onLost = onLost;
  }

  /** @returns the outcome; null where it does not matter: nothing is to be kept, or it is written later. */
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
