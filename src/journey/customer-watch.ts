import type { CustomerId } from '../model/customer.ts';
import type { StoredInteraction } from '../model/interaction.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents } from '../model/ports.ts';
import { BoundedQueue } from './bounded-queue.ts';

/** Events that wait for one subscriber, at most. */
const MAX_WAITING = 1_000;

/** The customer whom a subscriber watches. */
export interface WatchedCustomer {
  /** Their id when the subscription began. */
  readonly id: CustomerId;
  /**
   * True when `refresh` must be called before each event, because another process may take the subscriber's access away
   * without an event.
   */
  readonly isRechecked: boolean;
  /** Their id now; null when the subscriber may not watch them any more. */
  refresh(): Promise<CustomerId | null>;
  /** True when both ids are of one customer now. */
  isSame(a: CustomerId, b: CustomerId): Promise<boolean>;
}

/** Events for graphql-js; the reader can end it by `return`. */
export type EventStream<Item> = AsyncIterableIterator<Item, undefined, undefined>;

/** The subscriptions of this process. */
export class CustomerWatch {
  readonly #live: LiveEvents;
  readonly #onCount: (open: number) => void;
  readonly #open = new Set<BoundedQueue<LiveEvent>>();
  #isClosed = false;

  /** @param onCount called with the number of open subscriptions, whenever it changes. */
  constructor(live: LiveEvents, onCount: (open: number) => void) {
    this.#live = live;
    this.#onCount = onCount;
  }

  /** Each interaction, after it is stored. @param customer null for all customers. */
  interactions(customer: WatchedCustomer | null): EventStream<StoredInteraction> {
    return this.#stream(customer, (event) => (event.kind === 'interaction' ? event.interaction : null));
  }

  /** The id of each customer who changed. Several waiting changes of attributes are sent as one. @param customer null for all customers. */
  changes(customer: WatchedCustomer | null): EventStream<CustomerId> {
    return this.#stream(customer, (event) => (event.kind === 'customer' ? event.customerId : null));
  }

  /** Ends every subscription; one that begins later ends at once. */
  close(): void {
    this.#isClosed = true;
    for (const queue of [...this.#open]) queue.end();
  }

  #stream<Item extends object | string>(customer: WatchedCustomer | null, itemOf: (event: LiveEvent) => Item | null): EventStream<Item> {
    const scope = customer === null ? null : new Scope(customer);
    const isWanted = (event: LiveEvent) => scope?.concerns(event) ?? itemOf(event) !== null;
    const queue = new BoundedQueue<LiveEvent>(MAX_WAITING, () => {
      unsubscribe();
      this.#open.delete(queue);
      this.#onCount(this.#open.size);
    });
    const unsubscribe = this.#live.subscribe((event) => {
      const isPlainChange = event.kind === 'customer' && !event.isIdentity;
      if (!isWanted(event) || (itemOf(event) === null && isPlainChange)) return;
      if (isPlainChange && queue.some((waiting) => waiting.kind === 'customer' && waiting.customerId === event.customerId)) return;
      queue.push(event);
    });
    this.#open.add(queue);
    if (this.#isClosed) queue.end();
    this.#onCount(this.#open.size);
    // Not a generator: a generator that awaits its next event cannot be ended from outside.
    const stream: EventStream<Item> = {
      [Symbol.asyncIterator]: () => stream,
      next: async () => {
        for (;;) {
          const { done, value: event } = await queue.next();
          if (done) return { done: true, value: undefined };
          const verdict = (await scope?.judge(event)) ?? 'theirs';
          if (verdict === 'over') return queue.return() as Promise<IteratorReturnResult<undefined>>;
          const item = verdict === 'theirs' ? itemOf(event) : null;
          if (item !== null) return { done: false, value: item };
        }
      },
      return: () => queue.return() as Promise<IteratorReturnResult<undefined>>,
    };
    return stream;
  }
}

/** Follows one customer through merges, splits and moved identifiers. */
class Scope {
  readonly #customer: WatchedCustomer;
  #id: CustomerId;
  /** Ids that the customer may have now. `judge` checks it when the event is read. */
  readonly #concerned: Set<CustomerId>;

  constructor(customer: WatchedCustomer) {
    this.#customer = customer;
    this.#id = customer.id;
    this.#concerned = new Set([customer.id]);
  }

  /** True when an event may be of the customer. Synchronous, so that events are seen in their order. */
  concerns(event: LiveEvent): boolean {
    if (event.kind === 'customer' && event.others.some((id) => this.#concerned.has(id))) this.#concerned.add(event.customerId);
    return this.#concerned.has(event.customerId);
  }

  /** `over`: the subscriber may not watch the customer any more. */
  async judge(event: LiveEvent): Promise<'theirs' | 'not theirs' | 'over'> {
    if (this.#customer.isRechecked || (event.kind === 'customer' && event.isIdentity)) {
      const now = await this.#customer.refresh();
      if (now === null) return 'over';
      this.#id = now;
      this.#concerned.add(now);
    }
    const isTheirs = event.customerId === this.#id || (await this.#customer.isSame(event.customerId, this.#id));
    return isTheirs ? 'theirs' : 'not theirs';
  }
}
