import type { CustomerId } from './customer.ts';
import type { StoredInteraction } from './interaction.ts';

/** A change that subscribers are sent at once. */
export type LiveEvent =
  | { readonly kind: 'interaction'; readonly customerId: CustomerId; readonly interaction: StoredInteraction }
  | {
      readonly kind: 'customer';
      readonly customerId: CustomerId;
      /** Customers who became this one, or lost an identifier to it. */
      readonly others: readonly CustomerId[];
      /** True when the identity graph changed, so that subscribers' access must be re-checked; false for attribute changes. */
      readonly isIdentity: boolean;
    }
  /** An issued cookie was replaced. `customerId` is the id that the old value is shown with; no customer has it. */
  | { readonly kind: 'cookie'; readonly customerId: CustomerId };
