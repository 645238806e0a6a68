import { LongNumber } from './exact-json.ts';

/** A GraphQL name: what a program calls a property, and no identifier of a person. */
const NAME = /^[_A-Za-z]\w*$/;

/**
 * Every text and every number in a JSON value, as texts: what of a request must not be in the log, because any of it may
 * be somebody's identifier. Of objects also the keys that are no names: an e-mail address or a number may be a key.
 * Anything that is no JSON, such as a stream, counts as empty. Works without recursion, so no depth is too large.
 */
export function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') texts.push(next);
    else if (typeof next === 'number' || typeof next === 'bigint') texts.push(String(next));
    else if (next instanceof LongNumber) texts.push(next.digits);
    else if (Array.isArray(next)) for (const item of next) open.push(item);
    else if (isPlain(next)) {
      for (const [key, inner] of Object.entries(next)) {
        if (!NAME.test(key)) texts.push(key);
        open.push(inner);
      }
    }
  }
  return texts;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
