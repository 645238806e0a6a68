import { LRUCache } from 'lru-cache';

/** What of a document may be thrown away. */
export interface Kept {
  /** Fields that are compiled of it. They grow while it is kept. */
  readonly fields: number;
}

export interface KeptDocumentsOptions {
  /** Characters of the documents' texts. Parsed, a document takes up to a hundred times its text. */
  readonly characters: number;
  /** Compiled fields, each about a third of a kilobyte. */
  readonly fields: number;
}

/** Documents by their text, parsed and compiled. What was not used for longest goes first. */
export class KeptDocuments<Entry extends Kept> {
  readonly #documents: LRUCache<string, Entry>;
  readonly #maxFields: number;
  #fields = 0;

  constructor({ characters, fields }: KeptDocumentsOptions) {
    this.#maxFields = fields;
    this.#documents = new LRUCache<string, Entry>({
      maxSize: characters,
      sizeCalculation: (_, text) => Math.max(1, text.length),
      dispose: (entry) => {
        this.#fields -= entry.fields;
      },
    });
  }

  get(text: string): Entry | undefined {
    return this.#documents.get(text);
  }

  set(text: string, entry: Entry): void {
    this.#documents.set(text, entry);
  }

  /** True for this entry; another one may have been kept for its text meanwhile. */
  holds(text: string, entry: Entry): boolean {
    return this.#documents.peek(text) === entry;
  }

  /** Says that an entry which is kept has so many fields more. Whole documents go to make room for them. */
  added(fields: number): void {
    this.#fields += fields;
    while (this.#fields > this.#maxFields) if (this.#documents.pop() === undefined) return;
  }
}
