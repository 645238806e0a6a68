import { isIdentifierHash } from '../capture/identifier-hash.ts';
import { type IdentifierFormat, type NormalizedIdentifier, normalizeIdentifier } from '../capture/normalize.ts';
import { GatewayError } from '../model/errors.ts';
import type { Identifier } from '../model/identifier.ts';

/** What identifiers mean to this gateway. */
export interface IdentifierVocabulary {
  /** By identifier type, strongest first. */
  readonly identifierTypes: ReadonlyMap<string, IdentifierFormat>;
  readonly blockedValues: ReadonlySet<string>;
}

/**
 * Identifiers that a trusted viewer asks for, normalised, in the order given. Of a hashed type the hash is taken as
 * well: it is what an answer shows of the identifier.
 * @throws GatewayError BAD_USER_INPUT for a type that is not configured.
 */
export function parseIdentifiers(
  { identifierTypes, blockedValues }: IdentifierVocabulary,
  given: readonly Identifier[],
): NormalizedIdentifier[] {
  return given.map(({ type, value }) => {
    const format = identifierTypes.get(type);
    if (format?.hash && isIdentifierHash(value)) return { ok: true, identifier: { type, value } };
    if (format !== undefined) return normalizeIdentifier(type, value, format, blockedValues);
    const known = [...identifierTypes.keys()].join(', ');
    throw new GatewayError('BAD_USER_INPUT', `identifier type: expected one of ${known}, received ${JSON.stringify(type)}`);
  });
}
