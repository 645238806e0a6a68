import { hash } from 'node:crypto';
import type { DataAdapter } from '../adapters/data-adapter.ts';
import { defineAdapter } from '../adapters/define-adapter.ts';
import type { CustomerId } from '../model/customer.ts';
import type { TraitStore } from '../model/ports.ts';
import type { Trait } from '../model/trait.ts';
import { JOURNEY } from './field-binding.ts';

/** The argument of a call to the source `journey`: which traits. It is short, because questions of a request are compared by it. */
export interface JourneyArguments extends Readonly<Record<string, unknown>> {
  readonly traits: string;
}

/** @returns the argument for these traits, the same for the same names. */
export function journeyArguments(names: readonly string[]): JourneyArguments {
  return { traits: hash('sha256', JSON.stringify(names.toSorted()), 'base64url') };
}

/**
 * The built-in source `journey`: a record for each customer, with the traits that rules read of their interactions. Its argument says
 * which traits (`JourneyArguments`), so that each set of rules reads its own.
 * @param traitSets the traits of each set of rules.
 */
export function journeyAdapter(store: TraitStore, traitSets: readonly (readonly Trait[])[], now: () => Date): DataAdapter {
  const byArgument = new Map(traitSets.map((traits) => [journeyArguments(traits.map(({ name }) => name)).traits, traits]));
  return defineAdapter(
    {
      policy: { breaker: false, retries: 0, maxBatch: 1_000 },
      load: async (ids, { args }) => {
        const traits = byArgument.get((args as JourneyArguments).traits);
        if (traits === undefined) throw new TypeError('expected the traits of a set of rules, received others');
        return store.findTraits(ids as readonly CustomerId[], traits, now());
      },
    },
    JOURNEY,
  );
}
