import type { CustomerId } from '../../src/model/customer.ts';
import type { LiveEvent } from '../../src/model/live-event.ts';

interface World {
  readonly lost: ReadonlySet<CustomerId>;
  rootOf(customer: CustomerId): CustomerId;
}

/**
 * The plainest rule for subscriptions: every subscriber looks at every event. A change waits once for each customer, unless the
 * subscriber waited for it.
 */
export class EveryListener {
  readonly #world: World;
  readonly #subscribers: Subscriber[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  begin(kind: LiveEvent['kind'], customer: CustomerId | null, isRechecked: boolean): void {
    this.#subscribers.push(new Subscriber(this.#world, kind, customer, isRechecked));
  }

  publish(event: LiveEvent): void {
    for (const subscriber of this.#subscribers) subscriber.receive(event);
  }

  read(index: number): void {
    this.#subscribers[index]?.read();
  }

  end(index: number): void {
    this.#subscribers[index]?.end();
  }

  results(): { readonly sent: readonly LiveEvent[]; readonly isOver: boolean }[] {
    return this.#subscribers.map(({ sent, isOver }) => ({ sent, isOver }));
  }
}

class Subscriber {
  readonly sent: LiveEvent[] = [];
  isOver = false;
  readonly #world: World;
  readonly #kind: LiveEvent['kind'];
  readonly #customer: CustomerId | null;
  readonly #isRechecked: boolean;
  readonly #concerned: Set<CustomerId> | null;
  #id: CustomerId | null;
  #taken: LiveEvent | null = null;
  #isWaiting = false;
  #queue: LiveEvent[] = [];

  constructor(world: World, kind: LiveEvent['kind'], customer: CustomerId | null, isRechecked: boolean) {
    this.#world = world;
    this.#kind = kind;
    this.#customer = customer;
    this.#isRechecked = isRechecked;
    this.#id = customer === null ? null : world.rootOf(customer);
    this.#concerned = this.#id === null ? null : new Set([this.#id]);
  }

  receive(event: LiveEvent): void {
    if (this.isOver || !this.#isWanted(event)) return;
    const isPlainChange = event.kind === 'customer' && !event.isIdentity;
    if (isPlainChange && this.#kind !== 'customer') return;
    if (isPlainChange && this.#queue.some((waiting) => waiting.kind === 'customer' && waiting.customerId === event.customerId)) return;
    if (this.#isWaiting) {
      this.#taken = event;
      this.#isWaiting = false;
    } else this.#queue.push(event);
  }

  read(): void {
    while (!this.isOver) {
      const event = this.#taken ?? this.#queue.shift();
      this.#taken = null;
      if (event === undefined) {
        this.#isWaiting = true;
        return;
      }
      this.#judge(event);
    }
  }

  end(): void {
    this.isOver = true;
  }

  #isWanted(event: LiveEvent): boolean {
    if (this.#concerned === null) return event.kind === this.#kind;
    if (event.kind === 'customer' && event.others.some((other) => this.#concerned?.has(other))) this.#concerned.add(event.customerId);
    return this.#concerned.has(event.customerId);
  }

  #judge(event: LiveEvent): void {
    if (this.#customer !== null) {
      if (this.#isRechecked || (event.kind === 'customer' && event.isIdentity)) {
        if (this.#world.lost.has(this.#customer)) {
          this.end();
          return;
        }
        this.#id = this.#world.rootOf(this.#customer);
        this.#concerned?.add(this.#id);
      }
      if (this.#world.rootOf(event.customerId) !== this.#world.rootOf(this.#id as CustomerId)) return;
    }
    if (event.kind === this.#kind) this.sent.push(event);
  }
}
