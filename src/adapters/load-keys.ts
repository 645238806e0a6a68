// Which keys of a batch are sent, and which of them in the same call.
import { UnsentKey } from './adapter-failure.ts';
import type { KeyAnswer } from './data-adapter.ts';

type LoadKeys = (keys: readonly string[]) => Promise<readonly KeyAnswer[]>;

/**
 * Loads the keys that are not refused. No call is made for a refused key, and its entry is the refusal.
 * @param refusalOf why a key can't be sent; null when it can.
 */
export function loadUnlessRefused(
  keys: readonly string[],
  refusalOf: (key: string) => UnsentKey | null,
  load: LoadKeys,
): Promise<readonly KeyAnswer[]> {
  let refusals: Map<number, UnsentKey> | undefined;
  for (let index = 0; index < keys.length; index++) {
    const refusal = refusalOf(keys[index] as string);
    if (refusal === null) continue;
    refusals ??= new Map();
    refusals.set(index, refusal);
  }
  return refusals === undefined ? load(keys) : loadOthers(keys, refusals, load);
}

async function loadOthers(
  keys: readonly string[],
  refusals: ReadonlyMap<number, UnsentKey>,
  load: LoadKeys,
): Promise<readonly KeyAnswer[]> {
  const others = keys.filter((_, index) => !refusals.has(index));
  const answers = others.length === 0 ? [] : await load(others);
  let next = 0;
  return keys.map((_, index) => refusals.get(index) ?? answers[next++]);
}

/**
 * Refuses half a character (a lone surrogate): UTF-8 has no form for it, so in most protocols it arrives as U+FFFD, and two
 * keys would become one.
 */
export function refuseHalfCharacters(key: string): UnsentKey | null {
  if (key.isWellFormed()) return null;
  return new UnsentKey('expected whole Unicode characters in a key, received half of one');
}

/**
 * Loads keys that are sent as a list with commas between. Many back ends decode a URL before they split it: to them the key
 * `a,b` is two keys, and the row of `a` comes once more. So keys with a comma go in a call of their own.
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
