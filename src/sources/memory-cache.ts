import { LRUCache } from 'lru-cache';
import { entries } from '../batching/entries.ts';
import type { AnswerCache, CachedAnswer } from './answer-cache.ts';

interface Item extends CachedAnswer {
  readonly key: string;
  readonly id: string;
}

/** Keeps answers in this process. The source sees to it that calls under way at an invalidation are not kept. */
export class MemoryCache implements AnswerCache {
  readonly #items: LRUCache<string, Item>;
  readonly #idsByKey = new Map<string, Set<string>>();

  /** @param lifetime milliseconds after which an answer is dropped. */
  constructor(maxEntries: number, lifetime: number) {
    this.#items = new LRUCache({ ...entries(maxEntries), ttl: Math.max(1, lifetime), dispose: (item) => this.#removeId(item) });
  }

  get(key: string, scope: string): CachedAnswer | null {
    return this.#items.get(idOf(key, scope)) ?? null;
  }

  set(key: string, scope: string, answer: CachedAnswer): void {
    const id = idOf(key, scope);
    this.#items.set(id, { ...answer, key, id });
    const ids = this.#idsByKey.get(key);
    if (ids) ids.add(id);
    else this.#idsByKey.set(key, new Set([id]));
  }

  async invalidate(key: string): Promise<void> {
    for (const id of [...(this.#idsByKey.get(key) ?? [])]) this.#items.delete(id);
  }

  clear(): void {
    this.#items.clear();
  }

  #removeId({ key, id }: Item): void {
    const ids = this.#idsByKey.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsByKey.delete(key);
  }
}

function idOf(key: string, scope: string): string {
  return `${scope}\n${key}`;
}
