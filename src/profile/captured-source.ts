import type { DataAdapter } from '../adapters/data-adapter.ts';
import { defineAdapter } from '../adapters/define-adapter.ts';
import type { CustomerId } from '../model/customer.ts';
import type { AttributeStore } from '../model/ports.ts';

/** The built-in source `captured`: a record per customer, with the latest value of each attribute. */
export function capturedAdapter(store: AttributeStore): DataAdapter {
  return defineAdapter(
    {
      // It reads the gateway's own store: there is nothing to spare, and nothing that a second try would change.
      policy: { breaker: false, retries: 0, maxBatch: 1_000 },
      load: async (ids) => {
        const attributes = await store.findAttributes(ids as readonly CustomerId[]);
        return attributes.map((known) => Object.fromEntries(known.map(({ name, value }) => [name, value])));
      },
    },
    'captured',
  );
}
