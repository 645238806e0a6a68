/** Characters of a number, a boolean or null, about. */
const SHORT = 4;

/**
 * Characters of a value's JSON text, about: texts count with their length, so what JSON escapes counts less than it takes.
 * @param most at this size the rest is not looked at.
 */
export function textSizeOf(value: unknown, most = Number.POSITIVE_INFINITY): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return SHORT;
  let size = 2;
  // Not recursive: a value of an owner's scalar may be nested deeper than the stack holds. One that holds itself has no JSON.
  const open: object[] = [value];
  for (let at = open.pop(); at !== undefined && size < most && size < MOST; at = open.pop()) {
    const isList = Array.isArray(at);
    const names = isList ? null : Object.keys(at);
    const length = names?.length ?? (at as readonly unknown[]).length;
    for (let index = 0; index < length && size < most; index++) {
      const name = names?.[index];
      const each = name === undefined ? (at as readonly unknown[])[index] : (at as Record<string, unknown>)[name];
      size += name === undefined ? 1 : name.length + 4;
      if (typeof each === 'object' && each !== null) open.push(each);
      else size += typeof each === 'string' ? each.length + 2 : SHORT;
    }
  }
  return size;
}

/** Beyond this size no limit of a text is: a string of JavaScript is at most as long (V8's `kMaxLength`, 2^29 - 24). */
const MOST = 2 ** 29;
