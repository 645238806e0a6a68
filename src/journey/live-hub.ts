import type { CustomerId } from '../model/customer.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents, LiveFollowing } from '../model/ports.ts';

type Listener = (event: LiveEvent) => void;

/**
 * Live events within one process. Listeners are found by the ids that they follow, so an event costs as much as it has
 * listeners, however many others there are.
 */
export class LiveHub implements LiveEvents {
  readonly #ofAll = new Set<Listener>();
  readonly #byId = new Map<CustomerId, Set<Following>>();
  readonly #ofGaps = new Set<(since: Date) => void>();

  publish(event: LiveEvent): void {
    if (event.kind === 'customer') {
      for (const other of event.others) for (const following of this.#byId.get(other) ?? []) following.add(event.customerId);
    }
    for (const listener of this.#ofAll) listener(event);
    for (const { listener } of this.#byId.get(event.customerId) ?? []) listener(event);
  }

  subscribe(listener: Listener): () => void {
    this.#ofAll.add(listener);
    return () => void this.#ofAll.delete(listener);
  }

  follow(customer: CustomerId, listener: Listener): LiveFollowing {
    return new Following(this.#byId, customer, listener);
  }

  onGap(listener: (since: Date) => void): () => void {
    this.#ofGaps.add(listener);
    return () => void this.#ofGaps.delete(listener);
  }

  /** Says that events from elsewhere may have been lost since this time. */
  reportGap(since: Date): void {
    for (const listener of this.#ofGaps) listener(since);
  }

  async close(): Promise<void> {
    this.#ofGaps.clear();
    this.#ofAll.clear();
    this.#byId.clear();
  }
}

/** A listener under every id that its customer may have. */
class Following implements LiveFollowing {
  readonly listener: Listener;
  readonly #byId: Map<CustomerId, Set<Following>>;
  readonly #first: CustomerId;
  /** Further ids. Most customers keep the one that they had, and a set of one id would be most of what a listener takes. */
  #others: Set<CustomerId> | undefined;
  #isOver = false;

  constructor(byId: Map<CustomerId, Set<Following>>, first: CustomerId, listener: Listener) {
    this.listener = listener;
    this.#byId = byId;
    this.#first = first;
    this.#addTo(first);
  }

  get size(): number {
    return 1 + (this.#others?.size ?? 0);
  }

  add(id: CustomerId): void {
    if (this.#isOver || id === this.#first || this.#others?.has(id)) return;
    this.#others ??= new Set();
    this.#others.add(id);
    this.#addTo(id);
  }

  end(): void {
    this.#isOver = true;
    for (const id of [this.#first, ...(this.#others ?? [])]) {
      const followings = this.#byId.get(id);
      followings?.delete(this);
      if (followings?.size === 0) this.#byId.delete(id);
    }
  }

  #addTo(id: CustomerId): void {
    const followings = this.#byId.get(id);
    if (followings === undefined) this.#byId.set(id, new Set([this]));
    else followings.add(this);
  }
}
