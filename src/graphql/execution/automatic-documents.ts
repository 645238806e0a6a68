import { LRUCache } from 'lru-cache';

/** Characters of the texts that are kept, for each of the two maps below. */
const KEPT_TEXT = 1_000_000;
/** Characters of one text. A longer one is sent again each time, so that no document fills a map by itself. */
const MAX_TEXT = 50_000;

/**
 * Texts that clients have registered under their hash (Apollo's automatic persisted queries), in this process only: after a miss
 * a client sends the text again. A text that was asked for by its hash is kept apart from those that were only sent, so a client
 * that registers new texts all the time removes none that others use.
 */
export class AutomaticDocuments {
  readonly #sent = textsByHash();
  readonly #used = textsByHash();

  find(hash: string): string | undefined {
    const used = this.#used.get(hash);
    if (used !== undefined) return used;
    const sent = this.#sent.get(hash);
    if (sent === undefined) return undefined;
    this.#sent.delete(hash);
    this.#used.set(hash, sent);
    return sent;
  }

  /** True for a text that is kept under this hash. It still counts as not asked for. */
  has(hash: string, text: string): boolean {
    return (this.#used.peek(hash) ?? this.#sent.peek(hash)) === text;
  }

  /** @param hash of this text; to be checked before. */
  keep(hash: string, text: string): void {
    if (!this.#used.has(hash)) this.#sent.set(hash, text);
  }
}

function textsByHash(): LRUCache<string, string> {
  return new LRUCache<string, string>({ maxSize: KEPT_TEXT, maxEntrySize: MAX_TEXT, sizeCalculation: ({ length }) => length });
}
