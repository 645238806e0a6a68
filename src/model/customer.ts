import type { Assurance } from './assurance.ts';
import type { LinkedIdentifier } from './identifier.ts';

/** A customer's stable id. It always resolves, also after the customer was merged into another. */
export type CustomerId = string & { readonly brand: 'CustomerId' };

const CUSTOMER_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns a hash's first 16 bytes in the form of a random UUID (version 4, RFC 9562), as customers and visitors have. */
export function uuidOf(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** @returns the id of a customer, made of a hash. */
export function customerIdOf(hash: Buffer): CustomerId {
  return uuidOf(hash) as CustomerId;
}

/** @returns the text as an id, or null when no customer can have it. */
export function parseCustomerId(text: string): CustomerId | null {
  return CUSTOMER_ID.test(text) ? (text as CustomerId) : null;
}

/** A customer, with the assurance of one request. */
export interface ResolvedCustomer {
  readonly id: CustomerId;
  readonly assurance: Assurance;
  /** Most recent evidence first within a type. */
  readonly identifiers: readonly LinkedIdentifier[];
  /** Null for a customer who is not stored yet. */
  readonly firstSeenAt: Date | null;
  readonly lastSeenAt: Date | null;
}

/** The key for a back end that is asked by this identifier type: the value that was seen last. Null without one. */
export function keyOfType(customer: ResolvedCustomer, type: string): string | null {
  return customer.identifiers.find((identifier) => identifier.type === type)?.value ?? null;
}
