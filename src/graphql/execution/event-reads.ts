import type { ExecutionResult } from 'graphql';
import type { CaptureSession } from '../../capture/capture-session.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { LiveEvent } from '../../model/live-event.ts';
import type { RequestContext } from '../request-context.ts';

interface SharedAnswer {
  holders: number;
  promise: Promise<ExecutionResult> | undefined;
}

/**
 * What the subscriptions of one session read for one event. Nothing of it was read before the event was published, and nothing
 * is shared with another session, because another one may have other rights.
 */
export class EventReads {
  /** Runs no operation itself: the contexts that answer the event use its customers and its sources. */
  readonly context: RequestContext;
  readonly #shared = new Map<string, Promise<unknown>>();
  readonly #answers = new Map<string, SharedAnswer>();
  readonly #onEnd: () => void;

  /** @param onEnd called when no subscription has this event to answer any more. */
  constructor(context: RequestContext, onEnd: () => void) {
    this.context = context;
    this.#onEnd = onEnd;
  }

  /** Reads something once for all subscriptions of the session. @param key what is read. */
  once<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    let value = this.#shared.get(key) as Promise<Value> | undefined;
    if (value === undefined) {
      value = read();
      this.#shared.set(key, value);
    }
    return value;
  }

  /** True when both ids are of one customer. */
  isSame(a: CustomerId, b: CustomerId): Promise<boolean> {
    return this.once(`${a} ${b}`, () => this.context.graph.isSame(a, b));
  }

  /**
   * Announces a subscription that will answer the event. To be called as soon as it has it: then equal operations run once.
   * @param key of the operation and its variables: two subscriptions of one session with equal keys get the same answer.
   */
  hold(key: string): EventHold {
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = { holders: 0, promise: undefined };
      this.#answers.set(key, answer);
    }
    answer.holders++;
    return new EventHold(this, answer, () => this.#release(key, answer));
  }

  #release(key: string, answer: SharedAnswer): void {
    if (--answer.holders > 0) return;
    this.#answers.delete(key);
    if (this.#answers.size > 0) return;
    this.context.profile.sources.abandon();
    this.#onEnd();
  }
}

/** An event while one subscription answers it. */
export class EventHold {
  readonly reads: EventReads;
  readonly #answer: SharedAnswer;
  readonly #onRelease: () => void;
  #isReleased = false;

  constructor(reads: EventReads, answer: SharedAnswer, onRelease: () => void) {
    this.reads = reads;
    this.#answer = answer;
    this.#onRelease = onRelease;
  }

  /** The answer of the operation, run once for all equal ones that hold the event. */
  answer(run: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    this.#answer.promise ??= run();
    return this.#answer.promise;
  }

  /** The subscription has its answer, or needs none any more. */
  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#onRelease();
  }
}

/** The events that are being answered now, by session. */
export class AnsweredEvents {
  readonly #bySession = new WeakMap<CaptureSession, Map<LiveEvent, EventReads>>();

  /**
   * @param context of the subscription.
   * @param since the newest event that is answered: only subscriptions with the same one share what they read.
   */
  hold(context: RequestContext, since: LiveEvent, key: string): EventHold {
    const session = context.captured;
    const ofSession = this.#bySession.get(session) ?? new Map<LiveEvent, EventReads>();
    this.#bySession.set(session, ofSession);
    let reads = ofSession.get(since);
    if (reads === undefined) {
      reads = new EventReads(context.renewed(), () => {
        ofSession.delete(since);
        if (ofSession.size === 0) this.#bySession.delete(session);
      });
      ofSession.set(since, reads);
    }
    return reads.hold(key);
  }
}
