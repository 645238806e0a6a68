import type { JWTPayload } from 'jose';
import { mayHoldLongNumber, parseExactJson } from '../model/exact-json.ts';

/** Claims that are times: JavaScript numbers, whatever digits they have (RFC 7519, section 2, "NumericDate"). */
const TIMES = ['exp', 'nbf', 'iat'] as const;

/**
 * A verified token's claims with the digits that its issuer wrote: a subject of 9007199254740993 is another person than
 * 9007199254740992, which is what `JSON.parse` makes of it.
 * @param token compact (RFC 7515, section 3.1), verified. @param payload what was parsed of it.
 */
export function exactClaims(token: string, payload: JWTPayload): Readonly<Record<string, unknown>> {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  if (!mayHoldLongNumber(text)) return payload;
  const claims = parseExactJson(text) as Record<string, unknown>;
  for (const name of TIMES) if (Object.hasOwn(payload, name)) claims[name] = payload[name];
  return claims;
}
