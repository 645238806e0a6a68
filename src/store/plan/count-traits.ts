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

/** The key of the stored totals of one span. */
export interface TotalsKey {
  /** The id under which its interactions lie. */
  readonly customerId: CustomerId;
  readonly counterId: number;
  /** The number of the span, from `spanOf`. */
  readonly bucket: number;
}

/**
 * What some interactions add to the counters of computed traits. The totals of a span are read once, even if many
 * interactions change them, and are written once, at the end.
 */
export class TraitCounts {
  readonly #storedTotals: (key: TotalsKey) => Totals | null;
  readonly #totals = new Map<string, { readonly key: TotalsKey; totals: Totals }>();
  readonly #values = new Map<string, Extract<TraitWrite, { kind: 'see-trait-value' }>>();

  /** @param storedTotals reads the totals from the store; null if there are none. */
  constructor(storedTotals: (key: TotalsKey) => Totals | null) {
    this.#storedTotals = storedTotals;
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
    const totals = totalsOf(interaction, counter.path);
    if (totals !== null) this.#add({ customerId, counterId, bucket: spanOf(counter, at) }, totals);
  }

  writes(): TraitWrite[] {
    const totals = [...this.#totals.values()].map((each) => ({ kind: 'save-totals' as const, ...each }));
    return [...totals, ...this.#values.values()];
  }

  #add(key: TotalsKey, totals: Totals): void {
    const name = `${key.customerId} ${key.counterId} ${key.bucket}`;
    const known = this.#totals.get(name);
    if (known === undefined) this.#totals.set(name, { key, totals: addTotals(this.#storedTotals(key) ?? EMPTY_TOTALS, totals) });
    else known.totals = addTotals(known.totals, totals);
  }
}

function isBehind(marker: InteractionKey, customerId: CustomerId, { id, occurredAt }: Interaction): boolean {
  const order = compareTexts(customerId, marker.customerId) || occurredAt.getTime() - marker.occurredAt || compareTexts(id, marker.id);
  return order > 0;
}
