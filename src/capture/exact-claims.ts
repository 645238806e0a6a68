import { errors, type JWTPayload } from 'jose';
import { mayHoldLongNumber, parseExactJson } from '../model/exact-json.ts';

/** Claims that are times, and so always JavaScript numbers (RFC 7519, section 2, "NumericDate"). */
const TIMES = ['exp', 'nbf', 'iat'] as const;

/**
 * The claims of a verified token, with all digits of numbers: `JSON.parse` would make 9007199254740992 of the subject
 * 9007199254740993, who is another person.
 * @throws JWTInvalid for claims that are nested too deep.
 * @param token compact (RFC 7515, section 3.1), verified. @param payload its claims, as jose parsed them.
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
