import type { CustomerIdentifier, OpenCustomer } from '../customer/customer-model.ts';

/** The identifier by which people call the customer: of the strongest type, in the order of the configuration. */
export function strongestIdentifier({ identifiers, layout }: Pick<OpenCustomer, 'identifiers' | 'layout'>): CustomerIdentifier | null {
  const rank = (type: string) => {
    const index = layout.identifiers.findIndex((known) => known.type === type);
    return index === -1 ? layout.identifiers.length : index;
  };
  return (identifiers ?? []).toSorted((a, b) => rank(a.type) - rank(b.type))[0] ?? null;
}

/** True for somebody of whom no identifier names a person: a browser or a device. */
export function isVisitor({ identifiers, layout }: Pick<OpenCustomer, 'identifiers' | 'layout'>): boolean {
  const isPerson = (type: string) => layout.identifiers.some((known) => known.type === type && known.class === 'person');
  return identifiers !== null && identifiers.length > 0 && !identifiers.some(({ type }) => isPerson(type));
}
