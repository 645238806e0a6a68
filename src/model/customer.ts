/** A customer's stable id. It resolves for ever, also after the customer was merged into another. */
export type CustomerId = string & { readonly brand: 'CustomerId' };

const CUSTOMER_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns the text as an id, or null when no customer can have it. */
export function parseCustomerId(text: string): CustomerId | null {
  return CUSTOMER_ID.test(text) ? (text as CustomerId) : null;
}
