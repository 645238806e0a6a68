import { table } from './offer-counts.ts';
import type { GivenOffers, SimulatedCustomer } from './simulated-offers.ts';

/** Lines of the file that are named as examples for a placement. */
const MAX_EXAMPLES = 10;

interface PlacementChanges {
  /** Customers who get other offers, or the same ones in another order. */
  changed: number;
  readonly gained: Map<string, number>;
  readonly lost: Map<string, number>;
  readonly examples: string[];
}

/** Counts what changes for customers when another folder replaces the project's offers. */
export class OfferChanges {
  readonly #placements: ReadonlyMap<string, PlacementChanges>;

  constructor(placements: ReadonlySet<string>) {
    this.#placements = new Map(
      [...placements].map((name) => [name, { changed: 0, gained: new Map(), lost: new Map(), examples: [] as string[] }]),
    );
  }

  /** @param line of the customer in the file. */
  add(line: number, before: SimulatedCustomer, after: SimulatedCustomer): void {
    for (const [name, changes] of this.#placements) {
      const [old, next] = [before, after].map(({ placements }) => placements.get(name)) as [GivenOffers, GivenOffers];
      if (shown(old) === shown(next)) continue;
      changes.changed++;
      addAll(changes.gained, namesBeside(next, old));
      addAll(changes.lost, namesBeside(old, next));
      if (changes.examples.length < MAX_EXAMPLES) changes.examples.push(`line ${line}: ${shown(old)} → ${shown(next)}`);
    }
  }

  print(folder: string): string {
    return [...this.#placements]
      .map(([name, { changed, gained, lost, examples }]) => {
        const title = `\n${name}, with ${folder}: ${changed === 0 ? 'nothing changes' : `${changed} get something else`}\n`;
        if (changed === 0) return title;
        const names = [...new Set([...gained.keys(), ...lost.keys()])].sort();
        const rows = names.map((each) => [each, `${gained.get(each) ?? 0}`, `${lost.get(each) ?? 0}`]);
        const counts = rows.length === 0 ? '' : table(['', 'get it now', 'lose it'], rows);
        return `${title}${counts}${examples.map((example) => `  ${example}\n`).join('')}`;
      })
      .join('');
  }
}

function shown({ names, isFallback }: GivenOffers): string {
  if (names.length === 0) return 'nothing';
  return isFallback ? `fallback ${names.join(', ')}` : names.join(', ');
}

/** Names of the offers that only `one` has. A fallback counts as no offer. */
function namesBeside(one: GivenOffers, other: GivenOffers): string[] {
  const others = new Set(other.isFallback ? [] : other.names);
  return one.isFallback ? [] : one.names.filter((name) => !others.has(name));
}

function addAll(counts: Map<string, number>, names: readonly string[]): void {
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
}
