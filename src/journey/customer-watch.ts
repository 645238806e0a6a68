import type { CustomerId } from '../model/customer.ts';
import type { JourneyRange, StoredInteraction } from '../model/interaction.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents, LiveFollowing } from '../model/ports.ts';
import { MissedInteractions, ReceivedInteractions } from './missed-interactions.ts';
import { WAITING_LIMITS, WaitingBound, type WaitingLimits } from './waiting-bound.ts';
import { type Arrival, WaitingEvents } from './waiting-events.ts';

/**
 * Ids that one subscriber follows, at most: each merge or moved identifier may add one. Far more than any customer has, so only
 * who makes them on purpose gets there; about 300 bytes each.
 */
const MAX_FOLLOWED = 1_000;

/** The customer whom a subscriber watches. @typeParam Reads what is read for an event; not older than the event. */
export interface WatchedCustomer<Reads> {
  /** Their id when the subscription began. */
  readonly id: CustomerId;
  /**
   * True when `refresh` must be called before each event, because another process may take the subscriber's access away
   * without an event.
   */
  readonly isRechecked: boolean;
  /** Their id now; null when the subscriber may not watch them any more. */
  refresh(reads: Reads): Promise<CustomerId | null>;
  /** True when both ids are of one customer now. */
  isSame(a: CustomerId, b: CustomerId, reads: Reads): Promise<boolean>;
  /** A part of their journey, by any id that they have or had. */
  journey(id: CustomerId, range: JourneyRange, reads: Reads): Promise<readonly StoredInteraction[]>;
}

type WatchedKind = 'interaction' | 'customer';

/** `over`: the subscriber may not watch the customer any more. `nothing`: the event is not for the subscriber. */
export type Verdict = 'send' | 'nothing' | 'over';

/** An event of a subscription, before it is known whether it is for the subscriber. */
export interface WatchedEvent<Reads> extends Arrival {
  /** To be called once for each event, in their order. */
  judge(reads: Reads): Promise<Verdict>;
  /**
   * To be called after `judge`, unless that says `over`: the events of one customer that this process missed before this one, read
   * from the journey. Empty without a gap, and for a subscriber of all customers.
   */
  missed(reads: Reads): Promise<readonly WatchedEvent<Reads>[]>;
}

/** Events for graphql-js; the reader can end it by `return`. */
export type EventStream<Reads> = AsyncIterableIterator<WatchedEvent<Reads>, undefined, undefined>;

const NOTHING = async () => [];

interface WatchOptions {
  readonly limits?: WaitingLimits;
  readonly now?: () => Date;
}

/** The subscriptions of this process. */
export class CustomerWatch {
  readonly #live: LiveEvents;
  readonly #onCount: (open: number) => void;
  /** With what is to be done for a subscription when events may have been lost. */
  readonly #open = new Map<WaitingEvents, (since: Date) => void>();
  readonly #bound: WaitingBound;
  readonly #now: () => Date;
  readonly #received: ReceivedInteractions;
  #isClosed = false;

  /** @param onCount called with the number of open subscriptions, whenever it changes. */
  constructor(live: LiveEvents, onCount: (open: number) => void, { limits = WAITING_LIMITS, now = () => new Date() }: WatchOptions = {}) {
    this.#live = live;
    this.#onCount = onCount;
    this.#bound = new WaitingBound(limits);
    this.#now = now;
    this.#received = new ReceivedInteractions(live);
    live.onGap((since) => {
      for (const miss of [...this.#open.values()]) miss(since);
    });
  }

  /** Events that wait for subscribers. */
  get waiting(): number {
    return this.#bound.events;
  }

  /** Each interaction, after it is stored. @param customer null for all customers. */
  interactions<Reads>(customer: WatchedCustomer<Reads> | null): EventStream<Reads> {
    return this.#stream(customer, 'interaction');
  }

  /** Each change of a customer. Several waiting changes of attributes are sent as one. @param customer null for all customers. */
  changes<Reads>(customer: WatchedCustomer<Reads> | null): EventStream<Reads> {
    return this.#stream(customer, 'customer');
  }

  /** Ends every subscription; one that begins later ends at once. */
  close(): void {
    this.#isClosed = true;
    for (const waiting of [...this.#open.keys()]) waiting.end();
  }

  #stream<Reads>(customer: WatchedCustomer<Reads> | null, kind: WatchedKind): EventStream<Reads> {
    const scope = customer === null ? null : new Scope(customer, this.#live, new MissedInteractions(this.#received, this.#now()));
    const waiting = new WaitingEvents(this.#bound, this.#now, () => {
      stop();
      this.#open.delete(waiting);
      this.#onCount(this.#open.size);
    });
    const stop = scope?.begin(kind, waiting) ?? this.#live.subscribe((event) => event.kind === kind && waiting.push(event));
    this.#open.set(waiting, (since) => {
      waiting.miss(since);
      scope?.recheck(waiting);
    });
    if (this.#isClosed) waiting.end();
    this.#onCount(this.#open.size);
    // Not a generator: a generator that awaits its next event cannot be ended from outside.
    const stream: EventStream<Reads> = {
      [Symbol.asyncIterator]: () => stream,
      next: async () => {
        const { done, value: arrival } = await waiting.next();
        if (done) return { done, value: undefined };
        const judge = async (reads: Reads): Promise<Verdict> => {
          const verdict = (await scope?.judge(arrival.event, reads)) ?? 'send';
          return verdict === 'send' && arrival.event.kind !== kind ? 'nothing' : verdict;
        };
        const { gap } = arrival;
        const missed = async (reads: Reads) => (gap === null || kind === 'customer' ? [] : ((await scope?.missed(gap, reads)) ?? []));
        return { done: false, value: { ...arrival, judge, missed } };
      },
      return: () => waiting.return() as Promise<IteratorReturnResult<undefined>>,
    };
    return stream;
  }
}

/** Follows one customer through merges, splits and moved identifiers. */
class Scope<Reads> {
  readonly #customer: WatchedCustomer<Reads>;
  readonly #live: LiveEvents;
  readonly #missed: MissedInteractions;
  #id: CustomerId;
  /** The ids that the customer may have now. `judge` checks it when the event is read. */
  #following: LiveFollowing | undefined;

  constructor(customer: WatchedCustomer<Reads>, live: LiveEvents, missed: MissedInteractions) {
    this.#customer = customer;
    this.#live = live;
    this.#missed = missed;
    this.#id = customer.id;
  }

  /** Changes of identity are needed by every subscriber, because they may end its access. @returns a function that stops following. */
  begin(kind: WatchedKind, waiting: WaitingEvents): () => void {
    const following = this.#live.follow(this.#customer.id, (event) => {
      if (following.size > MAX_FOLLOWED) waiting.loseTrack();
      else if (event.kind === kind || (event.kind === 'customer' && event.isIdentity)) waiting.push(event);
    });
    this.#following = following;
    return () => following.end();
  }

  /**
   * Has the subscriber look at their customer as after a change of identity: one may be among the lost events, and then later events
   * are published under an id that is not followed yet, or are another customer's.
   */
  recheck(waiting: WaitingEvents): void {
    waiting.push({ kind: 'customer', customerId: this.#id, others: [], isIdentity: true });
  }

  async missed(gap: Date, reads: Reads): Promise<WatchedEvent<Reads>[]> {
    const found = await this.#customer.journey(this.#id, MissedInteractions.range(gap), reads);
    return this.#missed.among(found, gap).map((interaction) => {
      const event: LiveEvent = { kind: 'interaction', customerId: this.#id, interaction };
      return {
        event,
        since: event,
        at: interaction.recordedAt,
        gap: null,
        judge: (later) => this.#judgeAccess(event, later),
        missed: NOTHING,
      };
    });
  }

  async judge(event: LiveEvent, reads: Reads): Promise<Verdict> {
    const verdict = await this.#judgeAccess(event, reads);
    return verdict === 'send' && event.kind === 'interaction' && this.#missed.wasSent(event.interaction) ? 'nothing' : verdict;
  }

  async #judgeAccess(event: LiveEvent, reads: Reads): Promise<Verdict> {
    if (this.#customer.isRechecked || (event.kind === 'customer' && event.isIdentity)) {
      const now = await this.#customer.refresh(reads);
      if (now === null) return 'over';
      this.#id = now;
      this.#following?.add(now);
    }
    const isTheirs = event.customerId === this.#id || (await this.#customer.isSame(event.customerId, this.#id, reads));
    return isTheirs ? 'send' : 'nothing';
  }
}
