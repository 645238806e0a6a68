import type { DataAdapter } from '../adapters/data-adapter.ts';
import { defineAdapter } from '../adapters/define-adapter.ts';
import type { CustomerId } from '../model/customer.ts';
import type { TraitStore } from '../model/ports.ts';
import type { Trait } from '../model/trait.ts';
import { JOURNEY } from './field-binding.ts';

/** The argument of a call to the source `journey`: names of traits. */
export interface JourneyArguments extends Readonly<Record<string, unknown>> {
  readonly traits: readonly string[];
}

/**
 * The built-in source `journey`: a record for each customer, with the traits that rules read of their interactions. Its argument names
 * the traits (`JourneyArguments`), so that each set of rules reads its own.
 * @param traits of all rules.
 */
export function journeyAdapter(store: TraitStore, traits: readonly Trait[], now: () => Date): DataAdapter {
  const byName = new Map(traits.map((trait) => [trait.name, trait]));
  return defineAdapter(
    {
      policy: { breaker: false, retries: 0, maxBatch: 1_000 },
      load: async (ids, { args }) => {
        const needed = (args as JourneyArguments).traits.flatMap((name) => byName.get(name) ?? []);
        return store.findTraits(ids as readonly CustomerId[], needed, now());
      },
    },
    JOURNEY,
  );
}
