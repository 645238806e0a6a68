import { attempt } from './storage.ts';

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/#FNV-param */
const FNV_PRIME = 16777619;

/**
 * How the keys of records begin that were made under a login, the same for all tokens of a person: a renewed token has the same `sub`
 * (RFC 7519, section 4.1.2), and one without stands for itself. Nothing is verified here: the gateway does that.
 *
 * The key names nobody: it holds a digest. That is made at once, since the page may be gone a moment later, and on insecure pages as
 * well: `crypto.subtle` does neither. Two people of one browser have the same with a probability of 1 to 4 billion.
 * @param prefix of all records; goes into the digest, so that it is another one for every gateway
 * @param token undefined where nobody is logged in
 */
export function prefixOf(prefix: string, token: string | undefined): string {
  const person =
    attempt(() => JSON.stringify(JSON.parse(atob((token as string).replace(/-/g, '+').replace(/_/g, '/').split('.')[1] as string)).sub)) ||
    token;
  let digest = 0;
  for (const character of prefix + person) digest = Math.imul(digest ^ (character.codePointAt(0) as number), FNV_PRIME);
  return `${prefix + digest}#`;
}
