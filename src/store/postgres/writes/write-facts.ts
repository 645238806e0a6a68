import type { CustomerId } from '../../../model/customer.ts';
import type { CustomerRow, Facts } from '../../plan/facts.ts';

/** What writes ask of the identity graph as the transaction found it (facts/identity-facts.ts). */
export interface WriteFacts extends Pick<Facts, 'customer' | 'ownersOf' | 'identifiersOf' | 'retiredCookie' | 'replacedBy'> {
  /** Every other id that resolves to a root. */
  aliases(root: CustomerId): readonly Pick<CustomerRow, 'id' | 'createdAt' | 'erasedAt'>[];
}
