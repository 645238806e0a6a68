import { hash } from 'node:crypto';
import { isLongerThan } from '../../model/identifier.ts';

/** Bytes of UTF-8. An entry of an index of PostgreSQL has 2,700 at most, and values of properties are longer. */
const KEPT_WHOLE = 512;

/**
 * A value of which a trait counts how many differ, as it is kept: a long one as its hash, since nobody reads it.
 * @param json the value. @returns the same text, or one that is no JSON.
 */
export function keptTraitValue(json: string): string {
  return isLongerThan(json, KEPT_WHOLE) ? `sha256 ${hash('sha256', json, 'base64url')}` : json;
}
