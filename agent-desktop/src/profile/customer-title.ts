import type { CustomerIdentifier, OpenCustomer } from '../customer/customer-model.ts';

type Identified = Pick<OpenCustomer, 'identifiers' | 'layout'>;

/** The identifiers of the strongest type first, in the order of the configuration. */
export function identifiersByStrength({ identifiers, layout }: Identified): readonly CustomerIdentifier[] {
  const rank = (type: string) => {
    const index = layout.identifiers.findIndex((known) => known.type === type);
    return index === -1 ? layout.identifiers.length : index;
  };
  return (identifiers ?? []).toSorted((a, b) => rank(a.type) - rank(b.type));
}

/** The identifier by which people call the customer. */
export const strongestIdentifier = (customer: Identified): CustomerIdentifier | null => identifiersByStrength(customer)[0] ?? null;

/** True for somebody of whom no identifier names a person: a browser or a device. */
export function isVisitor({ identifiers, layout }: Identified): boolean {
  const isPerson = (type: string) => layout.identifiers.some((known) => known.type === type && known.class === 'person');
  return identifiers !== null && identifiers.length > 0 && !identifiers.some(({ type }) => isPerson(type));
}
