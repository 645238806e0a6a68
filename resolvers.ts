import { defineResolvers } from 'customer-profile-gateway';
import type { Resolvers } from './generated/resolver-types.ts';

/** Points at which the next tier begins, lowest first. */
const TIERS = [300, 1_000];

/** Code for what no source has. `npm run codegen` makes its types from the schema. */
export default defineResolvers<Resolvers>({
  Customer: {
    pointsToNextTier: async (customer) => {
      const loyalty = await customer.read('loyalty');
      if (loyalty === null) return null;
      // Redis has numbers as texts.
      const points = Number(loyalty.points);
      const next = TIERS.find((tier) => points < tier);
      return next === undefined ? 0 : next - points;
    },
  },
  Query: {
    product: (_, { sku }, { loaders }) => loaders.catalog.load(sku),
  },
});
