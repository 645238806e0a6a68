import { errors, type JWTPayload } from 'jose';
import { mayHoldLongNumber, parseExactJson } from '../model/exact-json.ts';

/** Claims that are times: JavaScript numbers, whatever digits they have (RFC 7519, section 2, "NumericDate"). */
const TIMES = ['exp', 'nbf', 'iat'] as const;

/**
 * A verified token's claims with the digits that its issuer wrote: a subject of 9007199254740993 is another person than
 * 9007199254740992, which is what `JSON.parse` makes of it.
 * @throws JWTInvalid for claims that are nested too deep.
 * @param token compact (RFC 7515, section 3.1), verified. @param payload what was parsed of it.
 */
export function exactClaims(token: string, payload: JWTPayload): Readonly<Record<string, unknown>> {
  const text = new TextDecoder().decode(Buffer.from(token.split('.')[1] ?? '', 'base64url'));
  if (!mayHoldLongNumber(text)) return payload;
  const claims = parsed(text);
  for (const name of TIMES) if (Object.hasOwn(payload, name)) claims[name] = payload[name];
  return claims;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return parseExactJson(text) as Record<string, unknown>;
  } catch (cause) {
    throw new errors.JWTInvalid('expected claims with fewer levels of nesting', { cause });
  }
}
