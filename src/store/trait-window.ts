import { addTotals, counterOf, EMPTY_TOTALS, type Totals, type TraitCounter, totalsOf, valueOfTotals } from '../journey/trait-counter.ts';
import type { Trait } from '../model/trait.ts';
import { type InteractionRow, toInteraction } from './rows.ts';

/** What has to be read of a trait's counter for the trait's value at one time. */
export interface TraitWindow {
  readonly counter: TraitCounter;
  /** The window's beginning, in milliseconds. */
  readonly since: number;
  /** The first stretch that lies in the window as a whole: it counts by its tally, and so do all later ones. */
  readonly firstStretch: number;
  /**
   * The end, in milliseconds, of the stretch inside of which the window begins: what happened from `since` until then is
   * looked at one by one. Null where the counter's only stretch never ends.
   */
  readonly partUntil: number | null;
}

/** @param at milliseconds. */
export function traitWindow(trait: Trait, at: number): TraitWindow {
  const counter = counterOf(trait);
  const since = trait.window === null ? Number.MIN_SAFE_INTEGER : at - trait.window;
  if (counter.stretch === null) return { counter, since, firstStretch: 0, partUntil: null };
  const firstStretch = Math.ceil(since / counter.stretch);
  return { counter, since, firstStretch, partUntil: firstStretch * counter.stretch };
}

/**
 * @param tallies of the window's whole stretches, as JSON, in the order of the ids that they lie under.
 * @param part the interactions of the stretch inside of which the window begins, in the same order.
 */
export function traitValue(trait: Trait, { counter }: TraitWindow, tallies: readonly string[], part: Iterable<InteractionRow>): unknown {
  let sum = tallies.map((text) => JSON.parse(text) as Totals).reduce(addTotals, EMPTY_TOTALS);
  for (const row of part) {
    const tally = totalsOf(toInteraction(row), counter.path);
    if (tally !== null) sum = addTotals(sum, tally);
  }
  return valueOfTotals(trait, sum);
}
