import type { Ranked } from './standing.ts';

/**
 * Two offers that exclude each other are not in one decision, whichever names the other: the one that ranks higher stays. An offer
 * that is excluded excludes none.
 * @param ranked first to last.
 * @returns for each excluded offer, by name, the name of the offer that excludes it.
 */
export function exclusionsAmong(ranked: readonly Ranked[]): ReadonlyMap<string, string> {
  const excluded = new Map<string, string>();
  if (ranked.every(({ offer }) => offer.excludes.length === 0)) return excluded;
  const staying = new Set<string>();
  /** For each offer that a staying one lists in `excludes`: the name of the staying one. */
  const refusedBy = new Map<string, string>();
  for (const { offer } of ranked) {
    const other = refusedBy.get(offer.name) ?? offer.excludes.find((name) => staying.has(name));
    if (other !== undefined) {
      excluded.set(offer.name, other);
      continue;
    }
    staying.add(offer.name);
    for (const name of offer.excludes) if (!refusedBy.has(name)) refusedBy.set(name, offer.name);
  }
  return excluded;
}
