import type { CustomerId } from '../model/customer.ts';
import type { StoredInteraction } from '../model/interaction.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents } from '../model/ports.ts';
import { BoundedQueue } from './bounded-queue.ts';

/** Events that may wait for one subscriber. */
const MAX_WAITING = 1_000;

/** Whom a subscriber watches. */
export interface WatchedCustomer {
  /** Who it is now. */
  readonly id: CustomerId;
  /**
   * Whether who it is must be found out anew for each event: what takes somebody's right away may happen in another
   * process, which tells nobody.
   */
  readonly isRechecked: boolean;
  /** Who it is by now; null when the subscriber may not watch them any more. */
  refresh(): Promise<CustomerId | null>;
  isSame(a: CustomerId, b: CustomerId): Promise<boolean>;
}

/** Something that graphql-js can read events from, and whoever reads can end. */
export type EventStream<Item> = AsyncIterableIterator<Item, undefined, undefined>;

/** The subscriptions of this process. */
export class CustomerWatch {
  readonly #live: LiveEvents;
  readonly #onCount: (open: number) => void;
  readonly #open = new Set<BoundedQueue<LiveEvent>>();
  #isClosed = false;

  /** @param onCount hears how many are open, whenever that changes. */
  constructor(live: LiveEvents, onCount: (open: number) => void) {
    this.#live = live;
    this.#onCount = onCount;
  }

  /** Each interaction once it is stored. @param customer null for everybody's. */
  interactions(customer: WatchedCustomer | null): EventStream<StoredInteraction> {
    return this.#stream(customer, (event) => (event.kind === 'interaction' ? event.interaction : null));
  }

  /** Each customer who changed, by their id of today; several changes that wait are one. @param customer null for everybody. */
  changes(customer: WatchedCustomer | null): EventStream<CustomerId> {
    return this.#stream(customer, (event) => (event.kind === 'customer' ? event.customerId : null));
  }

  /** Ends every subscription, and each that begins from now on. */
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
    // Not a generator: one that waits for its next event could not be ended from outside.
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

/** Follows one customer through what happens to who they are. */
class Scope {
  readonly #customer: WatchedCustomer;
  #id: CustomerId;
  /** Whoever the customer may have become; whether they did is found out when the event is read. */
  readonly #concerned: Set<CustomerId>;

  constructor(customer: WatchedCustomer) {
    this.#customer = customer;
    this.#id = customer.id;
    this.#concerned = new Set([customer.id]);
  }

  /** Decided at once, in the order of events. */
  concerns(event: LiveEvent): boolean {
    if (event.kind === 'customer' && event.others.some((id) => this.#concerned.has(id))) this.#concerned.add(event.customerId);
    return this.#concerned.has(event.customerId);
  }

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
