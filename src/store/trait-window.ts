import { addTotals, counterOf, EMPTY_TOTALS, type Totals, type TraitCounter, totalsOf, valueOfTotals } from '../journey/trait-counter.ts';
import type { Trait } from '../model/trait.ts';
import { type InteractionRow, toInteraction } from './rows.ts';

/** What has to be read of a trait's counter for the trait's value at one time. */
export interface TraitWindow {
  readonly counter: TraitCounter;
  /** The window's beginning, in milliseconds. */
  readonly since: number;
  /** The number of the first span of which something is in the window. */
  readonly firstSpan: number;
  /** The number of the first span that is completely in the window. It and all later spans are answered from their totals. */
  readonly firstWhole: number;
}

/** What was counted in one span. */
export interface StoredSpan {
  /** Its number. */
  readonly span: number;
  /** JSON. */
  readonly totals: string;
}

/** @param at milliseconds. */
export function traitWindow(trait: Trait, at: number): TraitWindow {
  const counter = counterOf(trait);
  const since = trait.window === null ? Number.MIN_SAFE_INTEGER : at - trait.window;
  if (counter.stretch === null) return { counter, since, firstSpan: 0, firstWhole: 0 };
  return { counter, since, firstSpan: Math.floor(since / counter.stretch), firstWhole: Math.ceil(since / counter.stretch) };
}

/**
 * @param spans from `firstSpan` on, in the order of their customer ids; earlier ones are left out.
 * @param part of the interactions in the part of the window that `partUntil` names; empty where it names none.
 */
export function traitValue(trait: Trait, { firstWhole }: TraitWindow, spans: readonly StoredSpan[], part: Totals): unknown {
  let sum = EMPTY_TOTALS;
  for (const { span, totals } of spans) if (span >= firstWhole) sum = addTotals(sum, JSON.parse(totals) as Totals);
  return valueOfTotals(trait, addTotals(sum, part));
}

/**
 * Where the window begins inside of a span in which something was counted, the interactions from the window's beginning to that
 * span's end have to be read. @returns that end, in milliseconds; null where no interaction has to be read.
 */
export function partUntil({ counter, firstSpan, firstWhole }: TraitWindow, spans: readonly StoredSpan[]): number | null {
  if (counter.stretch === null || firstSpan === firstWhole) return null;
  return spans.some(({ span }) => span === firstSpan) ? firstWhole * counter.stretch : null;
}

/** @param rows in the order of their customer ids. @returns the totals with those of the rows. */
export function addRows(totals: Totals, rows: Iterable<InteractionRow>, { path }: TraitCounter): Totals {
  let sum = totals;
  for (const row of rows) {
    const added = totalsOf(toInteraction(row), path);
    if (added !== null) sum = addTotals(sum, added);
  }
  return sum;
}
