import { UnsentKey } from './adapter-failure.ts';
import type { KeyAnswer } from './data-adapter.ts';

/**
 * Loads the keys that are not refused. A refused one has its error in its place, and no call is made for it.
 * @param refusalOf why a key can't be asked for; null when it can.
 */
export function loadUnlessRefused(
  keys: readonly string[],
  refusalOf: (key: string) => UnsentKey | null,
  load: (keys: readonly string[]) => Promise<readonly KeyAnswer[]>,
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
  load: (keys: readonly string[]) => Promise<readonly KeyAnswer[]>,
): Promise<readonly KeyAnswer[]> {
  const others = keys.filter((_, index) => !refusals.has(index));
  const answers = others.length === 0 ? [] : await load(others);
  let next = 0;
  return keys.map((_, index) => refusals.get(index) ?? answers[next++]);
}

/**
 * The refusal of half a character (a lone surrogate): UTF-8 has no form for it, so in most protocols it arrives as U+FFFD,
 * and two keys would be one.
 */
export function refuseHalfCharacters(key: string): UnsentKey | null {
  if (key.isWellFormed()) return null;
  return new UnsentKey('expected whole Unicode characters in a key, received half of one');
}
