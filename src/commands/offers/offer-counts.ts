import type { GivenOffers, SimulatedCustomer, SimulatedOffers } from './simulated-offers.ts';

interface PlacementCounts {
  /** How many customers get an offer first, and how many get it at all; by the offer's name. */
  readonly first: Map<string, number>;
  readonly any: Map<string, number>;
  fallback: number;
  nothing: number;
}

/** Counts how many customers would get which offer, and prints the counts. They say nothing about a single customer. */
export class OfferCounts {
  readonly #offers: SimulatedOffers;
  readonly #placements: ReadonlyMap<string, PlacementCounts>;
  readonly #audiences = new Map<string, number>();

  /** @param placements their names. */
  constructor(offers: SimulatedOffers, placements: ReadonlySet<string>) {
    this.#offers = offers;
    this.#placements = new Map([...placements].map((name) => [name, { first: new Map(), any: new Map(), fallback: 0, nothing: 0 }]));
  }

  add({ placements, audiences }: SimulatedCustomer): void {
    for (const [name, counts] of this.#placements) addTo(counts, placements.get(name) as GivenOffers);
    for (const name of audiences) addOne(this.#audiences, name);
  }

  /** A table for each placement, then one of audiences. */
  print(): string {
    return [...[...this.#placements].map((entry) => this.#printPlacement(...entry)), this.#printAudiences()].join('');
  }

  #printPlacement(name: string, { first, any, fallback, nothing }: PlacementCounts): string {
    const found = this.#offers.placements.find(({ placement }) => placement.name === name);
    const rows = (found?.offers ?? []).map((offer) => [offer.name, `${first.get(offer.name) ?? 0}`, `${any.get(offer.name) ?? 0}`]);
    // The offer that most customers get is the first row; names order those of equal numbers.
    rows.sort((a, b) => Number(b[1]) - Number(a[1]) || Number(b[2]) - Number(a[2]) || ((a[0] as string) < (b[0] as string) ? -1 : 1));
    const without = found?.fallback ? [[`fallback: ${found.fallback.name}`, `${fallback}`, '']] : [];
    return `\n${table([name, 'first', 'at all'], [...rows, ...without, ['nothing', `${nothing}`, '']])}`;
  }

  #printAudiences(): string {
    const rows = this.#offers.audiences.map((name) => [name, `${this.#audiences.get(name) ?? 0}`]);
    return rows.length === 0 ? '' : `\n${table(['audience', 'customers'], rows)}`;
  }
}

function addTo(counts: PlacementCounts, { names, isFallback }: GivenOffers): void {
  if (names.length === 0) counts.nothing++;
  else if (isFallback) counts.fallback++;
  else {
    addOne(counts.first, names[0] as string);
    for (const name of names) addOne(counts.any, name);
  }
}

function addOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The lines of a table: the first column aligned to the left, numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => (cells[column] ?? '').length)));
  return lines
    .map((cells, row) => {
      const indent = row === 0 ? '' : '  ';
      const [name = '', ...numbers] = cells;
      const padded = numbers.map((number, index) => number.padStart(widths[index + 1] as number));
      return `${`${indent}${name.padEnd((widths[0] as number) + 2 - indent.length)}  ${padded.join('  ')}`.trimEnd()}\n`;
    })
    .join('');
}
