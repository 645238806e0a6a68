import { attempt } from './storage.ts';

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/#FNV-param */
const FNV_PRIME = 16777619;

/**
 * The prefix of the storage keys of records that were made under a login. It is the same for all tokens of a person, because a renewed
 * token has the same `sub` (RFC 7519, section 4.1.2). A token without `sub` has a prefix of its own. The gateway verifies tokens, not this.
 *
 * The prefix holds a digest, so it does not name the person. `crypto.subtle` is asynchronous and missing on insecure pages; the digest is
 * needed at once, since the page may be left. Two people of one browser have the same digest with a probability of 1 in 4 billion.
 * @param prefix of all records. It is part of the digest, so that the digest differs between gateways
 * @param token undefined without a login
 */
export function prefixOf(prefix: string, token: string | undefined): string {
  const person =
    attempt(() => JSON.stringify(JSON.parse(atob((token as string).replace(/-/g, '+').replace(/_/g, '/').split('.')[1] as string)).sub)) ||
    token;
  let digest = 0;
  for (const character of prefix + person) digest = Math.imul(digest ^ (character.codePointAt(0) as number), FNV_PRIME);
  return `${prefix + digest}#`;
}
