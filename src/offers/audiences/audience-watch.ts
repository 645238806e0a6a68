import { inLaterTurn, yieldWhenLong } from '../../batching/event-loop.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { LiveEvent } from '../../model/live-event.ts';
import type { LiveEvents, OfferStore } from '../../model/ports.ts';
import type { RuleSet, Verdict } from '../rules/rule-set.ts';
import type { StoredStates } from './stored-states.ts';

/** Milliseconds between a change and its evaluation: several changes of one customer in this time cost one evaluation. */
const DELAY = 250;
/** Customers that are read and evaluated together. */
const GROUP = 100;
/** Customers that wait at most; about 100 bytes each. An import of more in one go leaves some out. */
const MAX_WAITING = 100_000;
/** Milliseconds that closing waits for customers who wait. A process manager kills a process that takes longer than ten seconds. */
const MAX_DRAIN = 3_000;

export interface AudienceWatchOptions {
  readonly store: Pick<OfferStore, 'saveAudiences'>;
  readonly states: StoredStates;
  readonly rules: RuleSet;
  /** Names of the audiences that are watched: rules of the set that read only what is stored. */
  readonly audiences: readonly string[];
  readonly now: () => Date;
  /**
   * True where rules may read this customer. No consent is stored today, so it is true for all. A store that keeps consents
   * answers it; then a customer who denied personalisation leaves every audience.
   */
  readonly mayBeRead?: (id: CustomerId) => boolean;
  /** Receives an error of the store; the customers of that group are evaluated at their next change. */
  readonly onError: (error: unknown) => void;
  /** Receives how many customers were left out, because more than `maxWaiting` waited, or because closing took too long. */
  readonly onLeftOut: (count: number) => void;
  readonly maxWaiting?: number;
}

/**
 * Keeps who is part of which audience up to date. A customer is evaluated shortly after something was stored of them: an
 * interaction, an attribute, a merge, a split. The passing of time is no change, so a customer leaves
 * `journey.count("purchase", "90d") > 0` at the first change after 90 days. Nobody waits for it: a change is only noted.
 */
export class AudienceWatch {
  readonly #options: AudienceWatchOptions;
  readonly #maxWaiting: number;
  #waiting = new Set<CustomerId>();
  #timer: NodeJS.Timeout | null = null;
  /** The evaluation that runs now; null without one. */
  #running: Promise<void> | null = null;
  #isClosed = false;
  /** Milliseconds of `performance.now()` after which no further group is evaluated. */
  #until = Number.POSITIVE_INFINITY;
  #leftOut = 0;

  constructor(options: AudienceWatchOptions) {
    this.#options = options;
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING;
  }

  /** Customers who were changed and are not evaluated yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Notes whom an event changed. To be called with events of this process only: each process evaluates what it wrote. */
  noteChange(event: LiveEvent): void {
    // No customer has the id of a replaced cookie. An interaction is followed by an event of its customer.
    if (event.kind !== 'customer' || this.#isClosed) return;
    this.#note(event.customerId);
    if (event.isIdentity) for (const id of event.others) this.#note(id);
    if (this.#waiting.size > 0 && this.#timer === null && this.#running === null) this.#begin();
  }

  /** Evaluates who waits, for at most `MAX_DRAIN`. Later changes are not noted. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#until = performance.now() + MAX_DRAIN;
    await (this.#running ?? this.#evaluateAll());
    this.#leftOut += this.#waiting.size;
    this.#waiting.clear();
    this.#reportLeftOut();
  }

  #note(id: CustomerId): void {
    if (this.#waiting.size < this.#maxWaiting || this.#waiting.has(id)) this.#waiting.add(id);
    else this.#leftOut++;
  }

  #begin(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#evaluateAll().finally(() => {
        this.#running = null;
        // Noted after the last group was taken.
        if (this.#waiting.size > 0 && !this.#isClosed) this.#begin();
      });
    }, DELAY).unref();
  }

  /** One group after the other, with turns of the event loop between them. */
  async #evaluateAll(): Promise<void> {
    while (this.#waiting.size > 0 && performance.now() < this.#until) {
      const group = [...this.#waiting.values().take(GROUP)];
      for (const id of group) this.#waiting.delete(id);
      try {
        await this.#evaluate(group);
      } catch (error) {
        this.#options.onError(error);
      }
      await new Promise<void>(inLaterTurn);
    }
    this.#reportLeftOut();
  }

  async #evaluate(group: readonly CustomerId[]): Promise<void> {
    const { store, states, rules, audiences, now, mayBeRead = () => true } = this.#options;
    const at = now();
    const found = await states.of(group, at);
    const saving: Promise<unknown>[] = [];
    for (const [index, state] of found.entries()) {
      const id = group[index] as CustomerId;
      const verdictOf = rules.over({ ...state, mayBeRead: mayBeRead(id) });
      const memberships = new Map(audiences.flatMap((name) => membershipOf(name, verdictOf(name))));
      if (memberships.size > 0) saving.push(store.saveAudiences(id, memberships, at));
      await yieldWhenLong();
    }
    // All of them, before the first failure is reported: no write goes on after `close`.
    const failed = (await Promise.allSettled(saving)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  }

  #reportLeftOut(): void {
    if (this.#leftOut > 0) this.#options.onLeftOut(this.#leftOut);
    this.#leftOut = 0;
  }
}

/** Nothing where the rule has no answer because a value could not be read: what was known stays. */
function membershipOf(name: string, { kind }: Verdict): [string, boolean][] {
  return kind === 'UNKNOWN' ? [] : [[name, kind === 'TRUE']];
}

/** The same live events, with what this process publishes noted by the watch as well; what other processes publish is not. */
export function notedBy(watch: AudienceWatch, live: LiveEvents): LiveEvents {
  return {
    publish: (event) => {
      live.publish(event);
      watch.noteChange(event);
    },
    subscribe: (listener) => live.subscribe(listener),
    follow: (customer, listener) => live.follow(customer, listener),
    close: () => live.close(),
  };
}
