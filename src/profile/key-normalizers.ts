import type { KeyNormalizer } from '../adapters/data-adapter.ts';
import { type IdentifierFormat, normalizeIdentifier } from '../capture/normalize.ts';

/** By identifier type: how a back end's spelling of a value becomes the one that the gateway asks by. */
export type KeyNormalizers = ReadonlyMap<string, KeyNormalizer>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @param blocked values that are no identifiers, lower-case. */
export function keyNormalizers(
  types: Iterable<readonly [string, Omit<IdentifierFormat, 'hash'>]>,
  blocked: ReadonlySet<string>,
): KeyNormalizers {
  return new Map([...types].map(([type, format]) => [type, (value: string) => normalized(type, value, format, blocked)]));
}

function normalized(
  type: string,
  value: string,
  { normalize, region, keyBytes }: Omit<IdentifierFormat, 'hash'>,
  blocked: ReadonlySet<string>,
): string | null {
  try {
    const result = normalizeIdentifier(type, value, { normalize, region, keyBytes }, blocked);
    if (!result.ok) return null;
    const form = result.identifier.value;
    // Hexadecimal digits of a UUID mean the same in both cases, and databases write them small (RFC 9562, section 4).
    return normalize === undefined && UUID.test(form) ? form.toLowerCase() : form;
  } catch {
    // An owner's function that does not expect what a back end says.
    return null;
  }
}
