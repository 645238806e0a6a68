import type { CustomerId } from './customer.ts';
import type { StoredInteraction } from './interaction.ts';

/** Something that whoever looks at a customer wants to know at once. */
export type LiveEvent =
  | { readonly kind: 'interaction'; readonly customerId: CustomerId; readonly interaction: StoredInteraction }
  | {
      readonly kind: 'customer';
      readonly customerId: CustomerId;
      /** Customers who became this one, or lost an identifier to it. */
      readonly others: readonly CustomerId[];
      /** Whether it may have become another's who somebody is. */
      readonly isIdentity: boolean;
    }
  /** An issued cookie was replaced. `customerId` is the id that the old value is shown with; no customer has it. */
  | { readonly kind: 'cookie'; readonly customerId: CustomerId };
