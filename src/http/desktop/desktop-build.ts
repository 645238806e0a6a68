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
  '.json': 'application/json; charset=utf-8',
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
}

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

  /** A file that the build wrote; null for any other name. Only names in the list of the folder are read, so no path leads out of it. */
  asset(name: string): Asset | null {
    return this.#written?.assets.get(name) ?? this.#newest()?.assets.get(name) ?? null;
  }

  #newest(): Written | null {
    const index = join(this.#folder, 'index.html');
    const at = statSync(index, { throwIfNoEntry: false })?.mtimeMs;
    if (at === undefined) this.#written = null;
    else if (at !== this.#written?.at)
      this.#written = { at, page: readFileSync(index, 'utf8'), assets: assetsOf(join(this.#folder, 'assets')) };
    return this.#written;
  }
}

function assetsOf(folder: string): ReadonlyMap<string, Asset> {
  const names = statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder);
  const served = names.filter((name) => extname(name) in TYPES);
  return new Map(served.map((name) => [name, { type: TYPES[extname(name)] as string, content: contentOf(join(folder, name)) }]));
}

function contentOf(file: string): StaticContent {
  const compressed = (coding: Compression) => readFile(`${file}.${EXTENSIONS[coding]}`).catch(() => null);
  return new StaticContent(async () => ({ body: await readFile(file), headers: {}, compressed }));
}
