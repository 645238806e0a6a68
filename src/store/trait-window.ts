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
 * @param partOf the interactions from the window's beginning until a time in milliseconds, in the same order. It is called only
 * where the window begins inside of a span in which something was counted.
 */
export function traitValue(
  trait: Trait,
  { counter, firstSpan, firstWhole }: TraitWindow,
  spans: readonly StoredSpan[],
  partOf: (until: number) => Iterable<InteractionRow>,
): unknown {
  let sum = EMPTY_TOTALS;
  let hasPart = false;
  for (const { span, totals } of spans) {
    if (span >= firstWhole) sum = addTotals(sum, JSON.parse(totals) as Totals);
    else hasPart ||= span === firstSpan;
  }
  if (hasPart && counter.stretch !== null) {
    for (const row of partOf(firstWhole * counter.stretch)) {
      const added = totalsOf(toInteraction(row), counter.path);
      if (added !== null) sum = addTotals(sum, added);
    }
  }
  return valueOfTotals(trait, sum);
}
