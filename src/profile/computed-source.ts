import type { DataAdapter } from '../adapters/data-adapter.ts';
import { defineAdapter } from '../adapters/define-adapter.ts';
import type { CustomerId } from '../model/customer.ts';
import type { TraitStore } from '../model/ports.ts';
import type { Trait } from '../model/trait.ts';
import { COMPUTED } from './field-binding.ts';

/** The built-in source `computed`: a record per customer, with the value of each trait that is asked for. */
export function computedAdapter(store: TraitStore, traits: readonly Trait[], now: () => Date): DataAdapter {
  return defineAdapter(
    {
      policy: { breaker: false, retries: 0, maxBatch: 1_000 },
      selectsFields: true,
      load: async (ids, { fields }) => {
        const needed = fields === null ? traits : traits.filter(({ name }) => fields.includes(name));
        return store.findTraits(ids as readonly CustomerId[], needed, now());
      },
    },
    COMPUTED,
  );
}
