import { addTotals, counterOf, EMPTY_TOTALS, type Totals, type TraitCounter, totalsOf, valueOfTotals } from '../journey/trait-counter.ts';
import type { Trait } from '../model/trait.ts';
import { type InteractionRow, toInteraction } from './rows.ts';

/** What has to be read of a trait's counter for the trait's value at one time. */
export interface TraitWindow {
  readonly counter: TraitCounter;
  /** The window's beginning, in milliseconds. */
  readonly since: number;
  /** The number of the first span that is completely in the window. It and all later spans are answered from their totals. */
  readonly firstStretch: number;
  /**
   * The end, in milliseconds, of the span in which the window begins: interactions from `since` until then are read one by
   * one. Null if the counter's only span never ends.
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
 * @param totals of the spans that are completely in the window, as JSON, in the order of their customer ids.
 * @param part the interactions of the span in which the window begins, in the same order.
 */
export function traitValue(trait: Trait, { counter }: TraitWindow, totals: readonly string[], part: Iterable<InteractionRow>): unknown {
  let sum = totals.map((text) => JSON.parse(text) as Totals).reduce(addTotals, EMPTY_TOTALS);
  for (const row of part) {
    const added = totalsOf(toInteraction(row), counter.path);
    if (added !== null) sum = addTotals(sum, added);
  }
  return valueOfTotals(trait, sum);
}
