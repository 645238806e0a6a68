import type { OfferEvidence } from '../../model/offer.ts';
import type { OfferStore } from '../../model/ports.ts';

/** By placement, then by offer. */
type Evidence = Map<string, Map<string, OfferEvidence>>;

/** Milliseconds after which evidence is read again, because other processes store responses, too. */
const MAX_AGE = 1_000;
const NONE: ReadonlyMap<string, OfferEvidence> = new Map();

/** The evidence of all offers, as this process read it last. */
export class LearnedEvidence {
  readonly #store: Pick<OfferStore, 'findEvidence'>;
  readonly #now: () => Date;
  #read: { readonly at: number; readonly evidence: Promise<Evidence> } | null = null;

  constructor(store: Pick<OfferStore, 'findEvidence'>, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  /** The evidence of a placement's offers, by their names. Many calls share one read. */
  async of(placement: string): Promise<ReadonlyMap<string, OfferEvidence>> {
    const now = this.#now().getTime();
    if (this.#read === null || Math.abs(now - this.#read.at) >= MAX_AGE) this.#read = { at: now, evidence: this.#readAgain() };
    return (await this.#read.evidence).get(placement) ?? NONE;
  }

  /** Adds evidence that this process has stored, so that its next decision knows it without a read. */
  learn(evidence: OfferEvidence): void {
    // Callers of `of` wait for the same promise, after this one. A failed read is repeated there.
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
