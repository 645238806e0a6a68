import { addTotals, EMPTY_TOTALS, seenIn, totalsOf, valueOfTotals } from '../../journey/trait-counter.ts';
import type { Interaction } from '../../model/interaction.ts';
import type { Trait } from '../../model/trait.ts';

/**
 * The values of traits over interactions in memory, by name: what the store answers from its counters.
 * @param at what happened later does not count.
 */
export function traitValues(traits: readonly Trait[], interactions: readonly Interaction[], at: Date): Record<string, unknown> {
  return Object.fromEntries(traits.map((trait) => [trait.name, traitValue(trait, interactions, at.getTime())]));
}

function traitValue(trait: Trait, interactions: readonly Interaction[], at: number): unknown {
  const since = trait.window === null ? Number.NEGATIVE_INFINITY : at - trait.window;
  const counted = interactions.filter(({ type, occurredAt }) => {
    const time = occurredAt.getTime();
    return type === trait.of && time >= since && time <= at;
  });
  if (trait.compute === 'uniques') {
    const values = counted.map((each) => seenIn(each, trait.path)).filter((value) => value !== undefined);
    return new Set(values.map((value) => JSON.stringify(value))).size;
  }
  const totals = counted.map((each) => totalsOf(each, trait.path)).filter((each) => each !== null);
  return valueOfTotals(trait, totals.reduce(addTotals, EMPTY_TOTALS));
}
