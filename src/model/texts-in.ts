import { LongNumber } from './exact-json.ts';

/** A GraphQL name: the name of a property in a program, and so no identifier of a customer. */
const NAME = /^[_A-Za-z]\w*$/;

/**
 * All texts and numbers in a JSON value, as texts. They are hidden in the log, because each may be an identifier of a customer.
 * Includes keys of objects that are no names, because an e-mail address or a number may be a key. A value that is no JSON,
 * such as a stream, counts as empty. There is no recursion, so any depth is possible.
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
