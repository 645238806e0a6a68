import { fileAdapter } from 'customer-profile-gateway';

/** The product catalogue, a CSV export. Keyed by the stock code that an order's line has. */
export default fileAdapter({
  path: process.env.CATALOG_PATH ?? '.data/demo/products.csv',
  match: 'sku',
  types: { price: 'number' },
  // It is held in memory: one look-up serves any number of products.
  policy: { maxBatch: 10_000 },
});
