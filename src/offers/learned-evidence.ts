import type { OfferEvidence } from '../model/offer.ts';
import type { OfferStore } from '../model/ports.ts';

/** By placement, then by offer. */
type Evidence = Map<string, Map<string, OfferEvidence>>;

/** Milliseconds after which evidence is read again: other processes learn, too. */
const MAX_AGE = 1_000;
const NONE: ReadonlyMap<string, OfferEvidence> = new Map();

/** What was learned of all offers, as this process read it last. */
export class LearnedEvidence {
  readonly #store: Pick<OfferStore, 'findEvidence'>;
  readonly #now: () => Date;
  #read: { readonly at: number; readonly evidence: Promise<Evidence> } | null = null;

  constructor(store: Pick<OfferStore, 'findEvidence'>, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /** What is known of the offers of a placement, by their names. Many calls share one read. */
  async of(placement: string): Promise<ReadonlyMap<string, OfferEvidence>> {
    const now = this.#now().getTime();
    if (this.#read === null || Math.abs(now - this.#read.at) >= MAX_AGE) this.#read = { at: now, evidence: this.#readAgain() };
    return (await this.#read.evidence).get(placement) ?? NONE;
  }

  /** What this process has learned itself: its next decision knows it, and nothing is read for it. */
  learn(evidence: OfferEvidence): void {
    // Who reads meanwhile waits for the same promise, and goes on after this. A failed read is done again.
    this.#read?.evidence.then(
      (known) => add(known, evidence),
      () => undefined,
    );
  }

  async #readAgain(): Promise<Evidence> {
    try {
      const byPlacement: Evidence = new Map();
      for (const each of await this.#store.findEvidence()) add(byPlacement, each);
      return byPlacement;
    } catch (error) {
      this.#read = null;
      throw error;
    }
  }
}

function add(known: Evidence, evidence: OfferEvidence): void {
  const ofPlacement = known.get(evidence.placement) ?? new Map<string, OfferEvidence>();
  known.set(evidence.placement, ofPlacement.set(evidence.offer, evidence));
}
