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
/** Customers that may wait at the same time, about 100 bytes each. Further ones are left out until their next change. */
const MAX_WAITING = 100_000;
/** Milliseconds for which closing goes on evaluating. A process manager kills a process that takes longer than ten seconds to end. */
const MAX_DRAIN = 3_000;

export interface AudienceWatchOptions {
  readonly store: Pick<OfferStore, 'saveAudiences'>;
  readonly states: StoredStates;
  readonly rules: RuleSet;
  /** Names of the audiences that are watched: rules of the set that read only what is stored. */
  readonly audiences: readonly string[];
  readonly now: () => Date;
  /**
   * True where rules may read this customer; if left out, true for all, because no consent is stored today. A customer for whom it
   * is false leaves every audience.
   */
  readonly mayBeRead?: (id: CustomerId) => boolean;
  /** Receives an error of the store. The customers whom it concerns are evaluated at their next change. */
  readonly onError: (error: unknown) => void;
  /** Receives how many customers were left out: more than `maxWaiting` waited, or closing took too long. */
  readonly onLeftOut: (count: number) => void;
  readonly maxWaiting?: number;
}

/**
 * Keeps the stored memberships of audiences up to date. A customer is evaluated shortly after something of them was stored: an
 * interaction, an attribute, a merge, a split. The passing of time is no change, so a customer leaves
 * `journey.count("purchase", "90d") > 0` at the first change after 90 days. No request waits for an evaluation.
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

  /** How many changed customers are not evaluated yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Notes the customers that an event changed. To be called with events of this process only: each process evaluates its own. */
  noteChange(event: LiveEvent): void {
    // A replaced cookie has no customer. An interaction is followed by an event of the kind `customer`.
    if (event.kind !== 'customer' || this.#isClosed) return;
    this.#note(event.customerId);
    if (event.isIdentity) for (const id of event.others) this.#note(id);
    if (this.#waiting.size > 0 && this.#timer === null && this.#running === null) this.#begin();
  }

  /** Evaluates the waiting customers, for at most `MAX_DRAIN`. Later changes are not noted. */
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
        // Customers may have been noted after the last group was taken.
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
    const failures: unknown[] = [];
    const saving: Promise<unknown>[] = [];
    for (const [index, state] of found.entries()) {
      const id = group[index] as CustomerId;
      const verdictOf = rules.over({ ...state, mayBeRead: mayBeRead(id) });
      const memberships = new Map(audiences.flatMap((name) => membershipOf(name, verdictOf(name))));
      // Each failure is received at once: it may come before the last customer is evaluated.
      if (memberships.size > 0) saving.push(store.saveAudiences(id, memberships, at).catch((error) => failures.push(error)));
      await yieldWhenLong();
    }
    // Waits for all writes before it reports a failure, so that none goes on after `close`.
    await Promise.all(saving);
    if (failures.length > 0) throw failures[0];
  }

  #reportLeftOut(): void {
    if (this.#leftOut > 0) this.#options.onLeftOut(this.#leftOut);
    this.#leftOut = 0;
  }
}

/** Empty for UNKNOWN: a source failed, so the stored membership stays as it is. */
function membershipOf(name: string, { kind }: Verdict): [string, boolean][] {
  return kind === 'UNKNOWN' ? [] : [[name, kind === 'TRUE']];
}

/** Wraps live events so that the watch notes what this process publishes. Events of other processes are not noted. */
export function notedBy(watch: AudienceWatch, live: LiveEvents): LiveEvents {
  return {
    publish: (event) => {
      live.publish(event);
      watch.noteChange(event);
    },
    subscribe: (listener) => live.subscribe(listener),
    follow: (customer, listener) => live.follow(customer, listener),
    onGap: (listener) => live.onGap(listener),
    close: () => live.close(),
  };
}
