import { readFileSync, statSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

export interface CatalogueEntry {
  readonly sku: string;
  /** As a sentence: the catalogue shouts. */
  readonly name: string;
  /** GBP. */
  readonly price: number;
}

const FILE = process.env.CATALOG_PATH ?? '.data/demo/products.csv';

/** Words that keep their capitals. */
const NAMES =
  /\b(christmas|union|jack|regency|scotty|scottie|london|paris|england|english|victorian|charlotte|poppy|french|t-light|dolly|noel|spaceboy)\b/g;

/** `REGENCY CAKESTAND 3 TIER` -> `Regency cakestand 3 tier` */
function asSentence(text: string): string {
  const small = text.toLowerCase().replace(/[.,\s]+$/, '');
  const named = small.replace(NAMES, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return named.charAt(0).toUpperCase() + named.slice(1);
}

/** Stock codes of goods begin with five digits; others are postage and the like. */
const GOODS = /^\d{5}/;

/**
 * The catalogue's file, read again when it has changed. The shop and the gateway read the same file, so that both are without prices
 * when it is stopped.
 */
export class Catalogue {
  #version = '';
  #entries: ReadonlyMap<string, CatalogueEntry> = new Map();

  /** @returns null while the file is not there. */
  read(): ReadonlyMap<string, CatalogueEntry> | null {
    const seen = statSync(FILE, { throwIfNoEntry: false });
    if (seen === undefined) return null;
    const version = `${seen.mtimeMs}:${seen.size}`;
    if (version !== this.#version) {
      this.#entries = new Map(readEntries().map((entry) => [entry.sku, entry]));
      this.#version = version;
    }
    return this.#entries;
  }

  /** What it last said, also while it is stopped: a name that was seen is not forgotten. */
  nameOf(sku: string): string | null {
    return (this.read() ?? this.#entries).get(sku)?.name ?? null;
  }
}

function readEntries(): CatalogueEntry[] {
  const rows: Record<string, string>[] = parse(readFileSync(FILE, 'utf8'), { columns: true });
  return rows
    .filter(({ sku = '', name = '', price }) => GOODS.test(sku) && name !== '' && Number(price) > 0)
    .map(({ sku = '', name = '', price }) => ({ sku, name: asSentence(name), price: Number(price) }));
}
