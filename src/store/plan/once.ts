/** @returns what is known under a key, read once. */
export function once<Key, Value>(known: Map<Key, Value>, key: Key, read: () => Value): Value {
  const before = known.get(key);
  if (before !== undefined || known.has(key)) return before as Value;
  const value = read();
  known.set(key, value);
  return value;
}
