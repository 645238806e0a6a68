import { Fifo } from '../batching/fifo.ts';
import type { CustomerId } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { SlowQueue, WaitingBound } from './waiting-bound.ts';

/** Events that wait for one subscriber, at most. */
const MAX_WAITING = 1_000;
const ADVICE = 'read what was missed from the journey, and subscribe again';

/** An event that was published to a subscriber. */
export interface Arrival {
  readonly event: LiveEvent;
  /** The newest event that this one stands for. What was read before it was published may be out of date. */
  since: LiveEvent;
  /** When it arrived. */
  readonly at: Date;
  /** Events may have been lost before this one: a time before the first of them. Null where none were. */
  readonly gap: Date | null;
}

/** The error of a subscription that ends because it fell behind. */
export class MissedEvents extends GatewayError {
  /** A time before the first event that its subscriber did not get. */
  readonly since: Date;

  constructor(message: string, since: Date) {
    super('OVERLOADED', message);
    this.since = since;
  }
}

/** The events that wait for one subscriber. */
export class WaitingEvents implements AsyncIterator<Arrival, undefined>, SlowQueue {
  readonly #bound: WaitingBound;
  readonly #onEnd: () => void;
  readonly #arrivals = new Fifo<Arrival>();
  /** By customer: the newest change that waits. */
  #changes: Map<CustomerId, Arrival> | undefined;
  #reader: PromiseWithResolvers<IteratorResult<Arrival, undefined>> | null = null;
  #failure: GatewayError | null = null;
  #isOver = false;
  /** Events may have been lost since then, and the reader does not know yet. */
  #gap: Date | null = null;
  readonly #now: () => Date;

  /** @param onEnd called once, when nothing can be pushed any more. */
  constructor(bound: WaitingBound, now: () => Date, onEnd: () => void) {
    this.#now = now;
    this.#bound = bound;
    this.#onEnd = onEnd;
  }

  /**
   * Adds an event. A change of attributes is added to a change of the same customer that waits already, because that one will be
   * answered with what the customer is then. When `MAX_WAITING` events wait, the reader gets OVERLOADED instead of them, with the
   * time since when it has missed events.
   */
  push(event: LiveEvent): void {
    if (this.#isOver) return;
    const earlier = event.kind === 'customer' && !event.isIdentity ? this.#changes?.get(event.customerId) : undefined;
    if (earlier !== undefined) earlier.since = event;
    else if (this.#reader !== null) {
      this.#reader.resolve({ done: false, value: { event, since: event, at: this.#now(), gap: this.#takeGap() } });
      this.#reader = null;
    } else if (this.#arrivals.size < MAX_WAITING) this.#add({ event, since: event, at: this.#now(), gap: null });
    else this.#fail(`more than ${MAX_WAITING} events waited for this subscriber: ${ADVICE}`);
  }

  /** Events may have been lost since this time: the next one that is read says so. */
  miss(since: Date): void {
    if (this.#gap === null || since < this.#gap) this.#gap = since;
  }

  giveUp(): void {
    this.#fail(`too many events waited for all subscribers, and this one was the slowest: ${ADVICE}`);
  }

  /** For a customer whose identifiers moved too often to be followed. */
  loseTrack(): void {
    this.#fail(`the customer was merged too often during this subscription: ${ADVICE}`);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reader?.resolve({ done: true, value: undefined });
    this.#reader = null;
    this.#onEnd();
  }

  /** For one reader at a time. @throws GatewayError OVERLOADED once; then the iterator is done. */
  async next(): Promise<IteratorResult<Arrival, undefined>> {
    const arrival = this.#take();
    if (arrival !== undefined) return { done: false, value: this.#gap === null ? arrival : { ...arrival, gap: this.#takeGap() } };
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
    if (this.#isOver) return { done: true, value: undefined };
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }

  async return(): Promise<IteratorResult<Arrival, undefined>> {
    this.#failure = null;
    this.#drop();
    this.end();
    return { done: true, value: undefined };
  }

  #add(arrival: Arrival): void {
    const { event } = arrival;
    this.#arrivals.push(arrival);
    if (event.kind === 'customer') {
      this.#changes ??= new Map();
      this.#changes.set(event.customerId, arrival);
    }
    this.#bound.added(this, event);
  }

  #take(): Arrival | undefined {
    const arrival = this.#arrivals.shift();
    if (arrival === undefined) return undefined;
    const { event } = arrival;
    if (event.kind === 'customer' && this.#changes?.get(event.customerId) === arrival) this.#changes.delete(event.customerId);
    this.#bound.removed(event);
    if (this.#arrivals.size === 0) this.#bound.emptied(this);
    return arrival;
  }

  #takeGap(): Date | null {
    const gap = this.#gap;
    this.#gap = null;
    return gap;
  }

  /** Also for a queue that ended with events in it, which the reader would have got. */
  #fail(message: string): void {
    const first = this.#take();
    this.miss(first?.at ?? this.#now());
    const failure = new MissedEvents(message, this.#takeGap() as Date);
    this.#drop();
    if (this.#reader === null) this.#failure = failure;
    else this.#reader.reject(failure);
    this.#reader = null;
    this.end();
  }

  #drop(): void {
    while (this.#take() !== undefined);
  }
}
