import { createSourceEventStream, type ExecutionResult, GraphQLError } from 'graphql';
import { Fifo } from '../../batching/fifo.ts';
import type { EventStream, WatchedEvent } from '../../journey/customer-watch.ts';
import { MissedEvents } from '../../journey/waiting-events.ts';
import { isTrusted, viewerKey } from '../../model/viewer.ts';
import type { RequestContext } from '../request-context.ts';
import { answerOf, answerOperation } from './answer.ts';
import type { EventHold, EventReads } from './event-reads.ts';
import { IdleOperation } from './idle-operation.ts';

/**
 * Milliseconds by which `gap.since` is earlier than the gap: the journey is read by the times at which interactions happened, and
 * these are received somewhat later; clocks of replicas differ. What a client has already, it knows by its id.
 */
const GAP_MARGIN = 60_000;

const OVER = { done: true, value: undefined } as const;

/**
 * Begins the subscription of a context. Each of its events is answered with a context of its own, so nothing is
 * remembered from one event to the next.
 * @returns the answers, or the one answer where the subscription could not begin. An event that can't be read ends the
 * answers with an error.
 */
export async function answerSubscription(context: RequestContext): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const ready = context.operation;
  const { schema, document, operation, given: variableValues } = ready;
  const operationName = operation.name?.value;
  const stream = await createSourceEventStream({ schema, document, operationName, variableValues, contextValue: context });
  if (!(Symbol.asyncIterator in stream)) return answerOf(stream, context);
  const owner = await ownerOf(context);
  const idle = new IdleOperation(ready, context.viewer);
  context.becomeIdle(idle);
  return new SubscriptionAnswers(context, stream[Symbol.asyncIterator]() as EventStream<EventReads>, owner, idle.key);
}

/** Who takes turns with others: a trusted viewer, or the customer, however many connections they have. */
async function ownerOf(context: RequestContext): Promise<string> {
  const { viewer } = context;
  return (isTrusted(viewer) ? viewerKey(viewer) : null) ?? `customer ${(await context.customer())?.id}`;
}

/** Not a generator: one that waits for its next event could not be ended from outside. */
class SubscriptionAnswers implements AsyncIterableIterator<ExecutionResult> {
  readonly #context: RequestContext;
  readonly #events: EventStream<EventReads>;
  readonly #owner: string;
  readonly #key: string;
  /** Events may have been lost since then, and the client does not know yet. */
  #gap: Date | null = null;
  /** The event that is being answered. */
  #hold: EventHold | undefined;
  #isOver = false;
  /** Events before the next one of `#events`. */
  readonly #missed = new Fifo<WatchedEvent<EventReads>>();

  constructor(context: RequestContext, events: EventStream<EventReads>, owner: string, key: string) {
    this.#context = context;
    this.#events = events;
    this.#owner = owner;
    this.#key = key;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    try {
      while (!this.#isOver) {
        const { done, value: event } = await this.#next();
        if (done || this.#isOver) return OVER;
        this.#miss(event.gap);
        const answer = await this.#answer(event);
        if (answer === 'over') await this.#end();
        else if (answer !== 'nothing' && !this.#isOver) return { done: false, value: this.#withGap(answer) };
      }
      return OVER;
    } catch (error) {
      await this.#end();
      if (error instanceof MissedEvents) this.#miss(error.since);
      const located = new GraphQLError((error as Error).message, { originalError: error as Error });
      return { done: false, value: this.#withGap(answerOf({ errors: [located] }, this.#context)) };
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.#end();
    return OVER;
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.#end();
    throw error;
  }

  #miss(since: Date | null): void {
    if (since !== null && (this.#gap === null || since < this.#gap)) this.#gap = since;
  }

  /** Says once, with an answer, since when events may have been lost. A copy: equal subscriptions may share the answer. */
  #withGap(answer: ExecutionResult): ExecutionResult {
    const gap = this.#gap;
    if (gap === null) return answer;
    this.#gap = null;
    const since = new Date(gap.getTime() - GAP_MARGIN).toISOString();
    return { ...answer, extensions: { ...answer.extensions, gap: { since } } };
  }

  /** What was missed before an event comes first. */
  async #next(): Promise<IteratorResult<WatchedEvent<EventReads>, undefined>> {
    const waiting = this.#missed.shift();
    return waiting === undefined ? this.#events.next() : { done: false, value: waiting };
  }

  async #answer(event: WatchedEvent<EventReads>): Promise<ExecutionResult | 'nothing' | 'over'> {
    const { answeredEvents, eventTurns } = this.#context.engine;
    // Before the turn, so that equal subscriptions know of each other before one of them has its answer.
    const hold = answeredEvents.hold(this.#context, event.since, this.#key);
    this.#hold = hold;
    try {
      return await eventTurns.run(this.#owner, () => this.#judgeAndAnswer(event, hold));
    } finally {
      hold.release();
      this.#hold = undefined;
    }
  }

  async #judgeAndAnswer(watched: WatchedEvent<EventReads>, hold: EventHold): Promise<ExecutionResult | 'nothing' | 'over'> {
    if (this.#isOver) return 'over';
    const { reads } = hold;
    const verdict = await watched.judge(reads);
    if (verdict === 'over') return verdict;
    const missed = await watched.missed(reads);
    if (missed.length > 0) {
      for (const each of missed) this.#missed.push(each);
      if (verdict === 'send') this.#missed.push({ ...watched, gap: null, missed: async () => [] });
      return 'nothing';
    }
    if (verdict === 'nothing') return verdict;
    const { event } = watched;
    return hold.answer(() => new Promise((resolve) => answerOperation(this.#context.renewed(reads.context), resolve, event)));
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#context.profile.sources.abandon();
    this.#hold?.release();
    await this.#events.return?.();
  }
}
