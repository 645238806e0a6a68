import { GatewayError } from '../model/errors.ts';

/** Items that wait for a slow reader, at most `max`. */
export class BoundedQueue<Item> implements AsyncIterator<Item, undefined> {
  readonly #max: number;
  readonly #onEnd: () => void;
  #items: Item[] = [];
  #waiting: PromiseWithResolvers<IteratorResult<Item, undefined>> | null = null;
  #failure: GatewayError | null = null;
  #isOver = false;

  /** @param onEnd called once, when the queue ends: then the producer can stop. */
  constructor(max: number, onEnd: () => void) {
    this.#max = max;
    this.#onEnd = onEnd;
  }

  /** Adds an item. When `max` items wait already, all are dropped, the queue ends, and the reader gets OVERLOADED. */
  push(item: Item): void {
    if (this.#isOver) return;
    if (this.#waiting !== null) {
      this.#waiting.resolve({ done: false, value: item });
      this.#waiting = null;
    } else if (this.#items.length < this.#max) this.#items.push(item);
    else {
      const advice = 'read what was missed from the journey, and subscribe again';
      this.#failure = new GatewayError('OVERLOADED', `more than ${this.#max} events waited for this subscriber: ${advice}`);
      this.end();
    }
  }

  /** True when a waiting item fulfils the condition. */
  some(isLike: (item: Item) => boolean): boolean {
    return this.#items.some(isLike);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#failure !== null) this.#items = [];
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = null;
    this.#onEnd();
  }

  /** For one reader at a time. @throws GatewayError OVERLOADED once; then the iterator is done. */
  async next(): Promise<IteratorResult<Item, undefined>> {
    const item = this.#items.shift();
    if (item !== undefined) return { done: false, value: item };
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
    if (this.#isOver) return { done: true, value: undefined };
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.#items = [];
    this.end();
    return { done: true, value: undefined };
  }
}
