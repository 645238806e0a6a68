import { addTotals, EMPTY_TOTALS, seenIn, spanOf, type Totals, type TraitCounter, totalsOf } from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Interaction } from '../../model/interaction.ts';
import { compareTexts } from '../merge-pages.ts';
import type { InteractionKey } from './interaction-facts.ts';
import type { TraitWrite } from './writes.ts';

/** A counter under its number in the store. */
export interface NumberedCounter {
  readonly id: number;
  readonly counter: TraitCounter;
}

/** A counter as the transaction found it. */
export interface StoredCounter extends NumberedCounter {
  /** How far a recount has counted what was stored before the counter; null when all of it is counted. */
  readonly countedTo: InteractionKey | null;
}

/** Names one tally. */
export interface TallyKey {
  /** The id under which its interactions lie. */
  readonly customerId: CustomerId;
  readonly counterId: number;
  /** A stretch of time, as `spanOf` numbers them. */
  readonly bucket: number;
}

/**
 * What some interactions add to the counters of computed traits. A tally is read once, however many of them change it,
 * and is written once, at the end.
 */
export class TraitCounts {
  readonly #tallyOf: (key: TallyKey) => Totals | null;
  readonly #tallies = new Map<string, { readonly key: TallyKey; tally: Totals }>();
  readonly #values = new Map<string, Extract<TraitWrite, { kind: 'see-trait-value' }>>();

  /** @param tallyOf the tally that is stored; null where none is. */
  constructor(tallyOf: (key: TallyKey) => Totals | null) {
    this.#tallyOf = tallyOf;
  }

  /** Counts an interaction that is about to be stored. @param counters of its type. @param customerId the id that it is stored under. */
  count(counters: readonly StoredCounter[], customerId: CustomerId, interaction: Interaction): void {
    for (const counter of counters) {
      // What lies behind a recount's marker is counted when the recount comes to it.
      if (counter.countedTo === null || !isBehind(counter.countedTo, customerId, interaction)) this.add(counter, customerId, interaction);
    }
  }

  /** Counts an interaction, whatever a recount has counted. */
  add({ id: counterId, counter }: NumberedCounter, customerId: CustomerId, interaction: Interaction): void {
    const at = interaction.occurredAt.getTime();
    if (counter.kind === 'values') {
      const seen = seenIn(interaction, counter.path);
      if (seen === undefined) return;
      const value = JSON.stringify(seen);
      const key = `${customerId} ${counterId} ${value}`;
      const known = this.#values.get(key)?.at ?? at;
      this.#values.set(key, { kind: 'see-trait-value', customerId, counterId, value, at: Math.max(at, known) });
      return;
    }
    const tally = totalsOf(interaction, counter.path);
    if (tally !== null) this.#addTally({ customerId, counterId, bucket: spanOf(counter, at) }, tally);
  }

  writes(): TraitWrite[] {
    const tallies = [...this.#tallies.values()].map(({ key, tally }) => ({ kind: 'save-tally' as const, key, tally }));
    return [...tallies, ...this.#values.values()];
  }

  #addTally(key: TallyKey, tally: Totals): void {
    const name = `${key.customerId} ${key.counterId} ${key.bucket}`;
    const known = this.#tallies.get(name);
    if (known === undefined) this.#tallies.set(name, { key, tally: addTotals(this.#tallyOf(key) ?? EMPTY_TOTALS, tally) });
    else known.tally = addTotals(known.tally, tally);
  }
}

function isBehind(marker: InteractionKey, customerId: CustomerId, { id, occurredAt }: Interaction): boolean {
  const order = compareTexts(customerId, marker.customerId) || occurredAt.getTime() - marker.occurredAt || compareTexts(id, marker.id);
  return order > 0;
}
