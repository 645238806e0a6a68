import ipaddr from 'ipaddr.js';
import { type Evidence, isProvenEvidence } from '../../model/evidence.ts';

/** Groups of 16 bits that name an IPv6 network: a provider gives a household or a server at least 64 bits (RFC 6177). */
const NETWORK_GROUPS = 4;

/** The text under which a client address is counted: an IPv4 address, or the network of 64 bits of an IPv6 address. */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  // An IPv4 address in the form of IPv6 (::ffff:192.0.2.1) is the IPv4 address.
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return (parsed as ipaddr.IPv6).parts
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(':');
}

/**
 * The texts under which the identifiers of a request are counted. Claimed ones count only without a proven one, as for the
 * customer: anybody can claim an identifier, and must not use up what its owner may ask.
 */
export function identifierKeys(present: readonly Evidence[]): string[] {
  const proven = present.filter(isProvenEvidence);
  return (proven.length > 0 ? proven : present).map(({ type, value }) => JSON.stringify([proven.length > 0, type, value]));
}
