import type { Catalogue, CatalogueEntry } from '../demo/catalogue.ts';

/** A product that the shop shows with a drawing. Its name and price are the catalogue's. */
interface Shown {
  readonly sku: string;
  readonly path: string;
  readonly drawing: string;
  /** Classes of the paper behind the drawing. */
  readonly paper: string;
  readonly department: Department;
  readonly words: string;
  /** Used while the catalogue does not answer. */
  readonly name: string;
}

export const DEPARTMENTS = {
  table: 'For the table',
  window: 'For the window',
  warm: 'For cold evenings',
  house: 'For the house',
} as const;
export type Department = keyof typeof DEPARTMENTS;

export interface Product extends Omit<Shown, 'department'> {
  /** GBP; null while the catalogue does not answer. */
  readonly price: number | null;
  readonly department: Department | null;
}

// biome-ignore format: a table
const SHOWN: readonly Shown[] = [
  { sku: '85123A', path: '/light-holder', drawing: 'd-tlight', paper: 'p1 spots', department: 'window', name: 'White hanging heart T-light holder', words: 'A wooden heart within a heart, and a small light in the middle. It hangs from a ribbon, in a window or on a branch.' },
  { sku: '22423', path: '/cake-stand', drawing: 'd-cakestand', paper: 'p2 gingham', department: 'table', name: 'Regency cakestand 3 tier', words: 'Three floors of painted roses: scones below, sponge in the middle and one brave cupcake on top. Comes apart for the cupboard.' },
  { sku: '22727', path: '/alarm-clock', drawing: 'd-clock', paper: 'p3 ticking', department: 'house', name: 'Alarm clock bakelike red', words: 'Two bells, one hammer, no mercy. Winds up at the back and needs no battery.' },
  { sku: '84029G', path: '/flag-bottle', drawing: 'd-bottle', paper: 'p5 spots', department: 'warm', name: 'Knitted Union flag hot water bottle', words: 'A hot water bottle in a knitted coat. The coat comes off, and goes into the wash at 30 degrees.' },
  { sku: '71053', path: '/lantern', drawing: 'd-lantern', paper: 'p4 ticking', department: 'window', name: 'White metal lantern', words: 'Tall enough for a real candle, heavy enough for a garden wall. The door closes with a small hook.' },
  { sku: '84406B', path: '/coat-hanger', drawing: 'd-hanger', paper: 'p3 spots', department: 'house', name: 'Cream cupid hearts coat hanger', words: 'For the one coat that is worth it. Painted by hand, with a heart that hangs below.' },
  { sku: '85099B', path: '/jumbo-bag', drawing: 'd-bag', paper: 'p1 gingham', department: 'house', name: 'Jumbo bag red retrospot', words: 'Holds the laundry, a picnic for six, or everything else on this page. Folds up to the size of a book.' },
  { sku: '48138', path: '/doormat', drawing: 'd-doormat', paper: 'p2 ticking', department: 'house', name: 'Doormat Union flag', words: 'Coir on rubber, with a fringe. It does not slip, and takes a good deal of mud.' },
  { sku: '22752', path: '/nesting-boxes', drawing: 'd-babushka', paper: 'p5 ticking', department: 'table', name: 'Set 7 babushka nesting boxes', words: 'Seven boxes, each inside the next. The smallest one holds a single button.' },
  { sku: '84879', path: '/bird', drawing: 'd-bird', paper: 'p2 spots', department: 'window', name: 'Assorted colour bird ornament', words: 'It sits on a shelf or hangs by a thread. Blue, yellow or rose: we choose, and it is always the right one.' },
  { sku: '22866', path: '/hand-warmer', drawing: 'd-scotty', paper: 'p4 gingham', department: 'warm', name: 'Hand warmer Scotty dog design', words: 'Click the small disc inside, and it is warm for an hour. Boil it for five minutes to use it again.' },
  { sku: '22910', path: '/paper-chain', drawing: 'd-chain', paper: 'p1 ticking', department: 'window', name: 'Paper chain kit vintage Christmas', words: 'Two hundred strips in five colours. It goes twice around the kitchen, with glue on every end.' },
  { sku: '84029E', path: '/heart-bottle', drawing: 'd-hottie', paper: 'p3 spots', department: 'warm', name: 'Red woolly hottie white heart', words: 'A hot water bottle in red wool with a white heart. For feet, backs and other cold parts.' },
  { sku: '22111', path: '/scottie-bottle', drawing: 'd-scottie-bottle', paper: 'p2 gingham', department: 'warm', name: 'Scottie dog hot water bottle', words: 'A hot water bottle with a small black dog on it, who does not bark and does not shed.' },
];

/** How many stand in the window. */
const IN_WINDOW = 12;
/** Results of a search. */
const MOST_FOUND = 24;
/** Characters of a search that are read. */
const MAX_QUERY = 60;

/** The shop's products: those with a drawing, and everything else that the catalogue has. */
export class Products {
  readonly #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** False while the catalogue does not answer: there are no prices then. */
  get hasPrices(): boolean {
    return this.#catalogue.read() !== null;
  }

  /** Every product with a drawing, in the order of the window. */
  shown(): Product[] {
    const entries = this.#catalogue.read();
    return SHOWN.map((each) => withEntry(each, entries?.get(each.sku)));
  }

  inWindow(): Product[] {
    return this.shown().slice(0, IN_WINDOW);
  }

  /** @param path `/cake-stand`, or `/thing/21730` for one without a drawing. */
  at(path: string): Product | null {
    const shown = this.shown().find((each) => each.path === path);
    if (shown !== undefined) return shown;
    const sku = /^\/thing\/(\d{5}[A-Za-z]{0,2})$/.exec(path)?.[1];
    return sku === undefined ? null : (this.bySku(sku) ?? null);
  }

  bySku(sku: string): Product | undefined {
    const shown = this.shown().find((each) => each.sku === sku);
    if (shown !== undefined) return shown;
    const entry = this.#catalogue.read()?.get(sku);
    return entry && withoutDrawing(entry);
  }

  /** Those whose name has every word, the ones with a drawing first. */
  find(query: string): Product[] {
    const words = query.slice(0, MAX_QUERY).toLowerCase().split(/\s+/).filter(Boolean).map(singular);
    if (words.length === 0) return this.shown();
    const matches = ({ name }: { readonly name: string }) => words.every((word) => name.toLowerCase().includes(word));
    const shown = this.shown().filter(matches);
    const skus = new Set(SHOWN.map(({ sku }) => sku));
    const others = [...(this.#catalogue.read()?.values() ?? [])].filter((entry) => !skus.has(entry.sku) && matches(entry));
    return [...shown, ...others.map(withoutDrawing)].slice(0, MOST_FOUND);
  }

  inDepartment(department: Department): Product[] {
    return this.shown().filter((each) => each.department === department);
  }

  /** Four others, those of the same department first. */
  beside(product: Product): Product[] {
    const others = this.shown().filter(({ sku }) => sku !== product.sku);
    return others.toSorted((a, b) => Number(b.department === product.department) - Number(a.department === product.department)).slice(0, 4);
  }
}

/** People look for lanterns, and the catalogue has a lantern. */
const singular = (word: string): string => (word.length > 3 ? word.replace(/s$/, '') : word);

const withEntry = (shown: Shown, entry: CatalogueEntry | undefined): Product => ({
  ...shown,
  name: entry?.name ?? shown.name,
  price: entry?.price ?? null,
});

const PAPERS = ['p1 gingham', 'p2 ticking', 'p3 spots', 'p4 gingham', 'p5 ticking'];

function withoutDrawing({ sku, name, price }: CatalogueEntry): Product {
  const paper = PAPERS[Number(sku.slice(0, 5)) % PAPERS.length] as string;
  return {
    sku,
    name,
    price,
    path: `/thing/${sku}`,
    drawing: 'i-parcel',
    paper,
    department: null,
    words: 'From the back of the shop, where nobody has drawn it yet.',
  };
}
