import type { KeyAnswer } from './data-adapter.ts';

type LoadKeys = (keys: readonly string[]) => Promise<readonly KeyAnswer[]>;

/**
 * Loads keys that go in a list with commas between. Many back ends decode a URL before they split it: to them the key `a,b`
 * is two, and the row of `a` comes once more. So keys with a comma go in a call of their own, which is no other key's.
 * @throws what the call of the other keys throws; a failure of the second call is that of its keys.
 */
export async function loadCommasApart(keys: readonly string[], load: LoadKeys): Promise<readonly KeyAnswer[]> {
  const apart = keys.filter(hasComma);
  if (apart.length === 0 || apart.length === keys.length) return load(keys);
  const others = keys.filter((key) => !hasComma(key));
  const [first, second] = await Promise.allSettled([load(others), load(apart)]);
  if (first.status === 'rejected') throw first.reason;
  const answers = [...first.value, ...(second.status === 'fulfilled' ? second.value : apart.map(() => second.reason as Error))];
  const byKey = new Map([...others, ...apart].map((key, index) => [key, answers[index]]));
  return keys.map((key) => byKey.get(key));
}

function hasComma(key: string): boolean {
  return key.includes(',');
}
