import type { DataAdapter } from '../adapters/data-adapter.ts';
import { defineAdapter } from '../adapters/define-adapter.ts';
import type { CustomerId } from '../model/customer.ts';
import type { AttributeStore } from '../model/ports.ts';

/** The built-in source `captured`: a record per customer, with the latest value of each attribute. */
export function capturedAdapter(store: AttributeStore): DataAdapter {
  return defineAdapter(
    {
      load: async (ids) => {
        const attributes = await store.findAttributes(ids as readonly CustomerId[]);
        return attributes.map((known) => Object.fromEntries(known.map(({ name, value }) => [name, value])));
      },
    },
    'captured',
  );
}
