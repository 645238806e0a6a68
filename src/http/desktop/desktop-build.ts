import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Compression, StaticContent } from '../pages/static-content.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
};

/** Of the files that the build compresses beside their plain form. */
const EXTENSIONS: Readonly<Record<Compression, string>> = { br: 'br', gzip: 'gz' };

/** A file of the build, whose name has a hash of what is in it. */
export interface Asset {
  readonly type: string;
  readonly content: StaticContent;
}

/** What one run of the build wrote. */
interface Written {
  /** Milliseconds: when the page was written, which is last. */
  readonly at: number;
  readonly page: string;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly element: Asset | null;
}

const PAGE = 'index.html';
/** The script of `<customer-profile>`; its name stays the same. */
const ELEMENT = 'customer-profile.js';

/** The built agent desktop in a folder. It is read again when it was built again, so a running gateway serves the newest. */
export class DesktopBuild {
  readonly #folder: string;
  #written: Written | null = null;

  /** @param folder has `index.html` and `assets/`; it need not exist yet. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The page; null where the desktop is not built. */
  page(): string | null {
    return this.#newest()?.page ?? null;
  }

  /** The script of `<customer-profile>`, which pages of embedders name; null where the build has none. */
  element(): Asset | null {
    return this.#newest()?.element ?? null;
  }

  /** A file that the build wrote; null for any other name. Only names in the list of the folder are read, so no path leads out of it. */
  asset(name: string): Asset | null {
    return this.#newest()?.assets.get(name) ?? null;
  }

  #newest(): Written | null {
    const at = statSync(join(this.#folder, PAGE), { throwIfNoEntry: false })?.mtimeMs;
    if (at === undefined) this.#written = null;
    else if (at !== this.#written?.at) this.#written = readBuild(this.#folder, at);
    return this.#written;
  }
}

function readBuild(folder: string, at: number): Written {
  return {
    at,
    page: readFileSync(join(folder, PAGE), 'utf8'),
    assets: assetsOf(join(folder, 'assets')),
    element: assetsOf(folder).get(ELEMENT) ?? null,
  };
}

function assetsOf(folder: string): ReadonlyMap<string, Asset> {
  const names = statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder);
  const served = names.filter((name) => Object.hasOwn(TYPES, extname(name)));
  return new Map(served.map((name) => [name, { type: TYPES[extname(name)] as string, content: contentOf(join(folder, name)) }]));
}

function contentOf(file: string): StaticContent {
  const compressed = (coding: Compression) => readFile(`${file}.${EXTENSIONS[coding]}`).catch(() => null);
  return new StaticContent(async () => ({ body: await readFile(file), headers: {}, compressed }));
}
