import { Cancellation } from './cancellation.ts';
import type { Deadline, Deadlines } from './deadlines.ts';
import { afterMicrotasks } from './event-loop.ts';
import { Deferred, type Eventual } from './eventual.ts';
import { ExpectedSize } from './expected-size.ts';
import type { Semaphore } from './semaphore.ts';

/** How long a key waits for others at most, in milliseconds, while a slot is free. */
const LINGER = 1;

/** The reason of a cancellation: no request waits for the call's answer any more. */
export const NOBODY_WAITS = Symbol('nobody waits');

/** Compares what is asked for beside the key, for example which fields of a record. */
export interface Needs<Need> {
  /** Whether an answer to the one need satisfies the other. */
  covers(have: Need, need: Need): boolean;
  /** The need that covers both. */
  merge(one: Need, other: Need): Need;
}

/** For keys with nothing beside them. */
export const NO_NEEDS: Needs<undefined> = { covers: () => true, merge: () => undefined };

/** Why a key gets no answer: its deadline passed during a call or before a slot was free, or no request waits for it. */
export type GiveUpReason = 'late' | 'no slot' | 'nobody waits';

export interface BatcherOptions<Value, Need> {
  /** Keys in one call at most. */
  readonly maxBatch: number;
  /** Limits the calls at the same time; batchers of the same back end share it. Each call takes one slot. */
  readonly semaphore: Semaphore;
  readonly needs: Needs<Need>;
  /** By when a key must have its answer, waiting included. Without it there is no deadline. */
  readonly deadlines?: Deadlines;
  /** True: a request for a key that is being fetched gets that call's answer. False: every answer is read after it was asked for. */
  readonly joinCalls: boolean;
  /** Answers distinct keys, one entry each, in their order. It must settle when it is cancelled. */
  call(keys: readonly string[], need: Need, cancellation: Cancellation): Promise<readonly (Value | Error)[]>;
  /** The error of a key that gets no answer. */
  giveUp?(key: string, why: GiveUpReason): Error;
  /** Receives each answer once, however many requests wait for it, unless the key was forgotten or sent again in between. */
  onAnswer?(key: string, value: Value, need: Need): void;
  /** No key waits and no call is under way. */
  onIdle?(): void;
}

/** One request for one key. */
export interface Ticket<Value> {
  readonly answer: Eventual<Value>;
  /** Gives the answer up for this request alone; others that wait for it get it. */
  leave(): void;
}

class Call<Value, Need> {
  /** By key, the entries whose answer later requests for the key may use. */
  readonly entries: Map<string, Entry<Value, Need>>;
  readonly cancellation = new Cancellation();
  /** Keys for which a request waits. */
  open: number;

  constructor(entries: Map<string, Entry<Value, Need>>) {
    this.entries = entries;
    this.open = entries.size;
  }
}

class Entry<Value, Need> extends Deferred<Value> {
  readonly key: string;
  need: Need;
  waiting = 0;
  call: Call<Value, Need> | null = null;
  deadline: Deadline | undefined;
  isForgotten = false;

  constructor(key: string, need: Need) {
    super();
    this.key = key;
    this.need = need;
  }
}

/**
 * Combines keys that any requests ask for at about the same time into one call. It works like Nagle's algorithm (RFC 896),
 * with a bound: while a call is under way, a batch is sent when that call ends, when the batch is full, or after a
 * millisecond; without a free slot, when one is free. While no call is under way a batch is sent in the same turn of the
 * event loop, unless keys have lately come so fast that more are expected within a millisecond: then it is sent when it has
 * the expected size. So under light load no key waits, and under heavy load batches are full.
 */
export class Batcher<Value, Need> {
  readonly #options: BatcherOptions<Value, Need>;
  // A new map for each call. In one map that is filled and emptied for ever, the tables that it outgrew keep their former
  // contents alive through the collection of young garbage (docs/adr/0013).
  #queue = new Map<string, Entry<Value, Need>>();
  readonly #calls: Call<Value, Need>[] = [];
  #turn: NodeJS.Immediate | undefined;
  /** Whether a flush is scheduled for the end of the running code and its microtasks. */
  #isFlushing = false;
  /** Keys in the last batch. */
  #lastSize = 0;
  #linger: NodeJS.Timeout | undefined;
  readonly #expected: ExpectedSize;

  constructor(options: BatcherOptions<Value, Need>) {
    this.#options = options;
    this.#expected = new ExpectedSize(options.maxBatch);
  }

  /** Asks for a key's value. */
  ask(key: string, need: Need): Ticket<Value> {
    const entry = this.#join(key, need) ?? this.#enqueue(key, need);
    entry.waiting++;
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      entry.waiting--;
      if (entry.waiting === 0 && !entry.isSettled) this.#abandon(entry);
    };
    return { answer: entry, leave };
  }

  /** Later requests for this key get an answer that is read from now on. */
  forget(key: string): void {
    for (const { entries } of this.#calls) {
      const entry = entries.get(key);
      if (entry === undefined) continue;
      entry.isForgotten = true;
      entries.delete(key);
    }
  }

  #join(key: string, need: Need): Entry<Value, Need> | undefined {
    const { needs, joinCalls } = this.#options;
    if (joinCalls) {
      for (const { entries } of this.#calls) {
        const called = entries.get(key);
        if (called && !called.isSettled && needs.covers(called.need, need)) return called;
      }
    }
    const queued = this.#queue.get(key);
    if (queued) queued.need = needs.merge(queued.need, need);
    return queued;
  }

  #enqueue(key: string, need: Need): Entry<Value, Need> {
    const entry = new Entry<Value, Need>(key, need);
    const { deadlines } = this.#options;
    entry.deadline = deadlines?.set(() => this.#giveUp(entry, entry.call === null ? 'no slot' : 'late'));
    this.#queue.set(key, entry);
    this.#schedule();
    return entry;
  }

  #schedule(): void {
    if (this.#queue.size >= this.#options.maxBatch) this.#flush();
    else if (this.#calls.length === 0 && this.#queue.size >= this.#expected.size) this.#scheduleNow();
    else this.#linger ??= setTimeout(this.#lingered, LINGER);
  }

  readonly #lingered = (): void => {
    if (this.#calls.length === 0) this.#expected.lower(this.#queue.size);
    this.#flush();
  };

  /** While keys come one by one there is no wait for the end of the turn: a batch is then, as in DataLoader, what synchronous code and its microtasks ask for. */
  #scheduleNow(): void {
    if (this.#turn !== undefined || this.#isFlushing) return;
    if (this.#lastSize > 1) {
      this.#turn = setImmediate(this.#flush);
      return;
    }
    this.#isFlushing = true;
    afterMicrotasks(this.#flush);
  }

  readonly #flush = (): void => {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    if (this.#linger !== undefined) clearTimeout(this.#linger);
    this.#turn = undefined;
    this.#linger = undefined;
    this.#isFlushing = false;
    const { semaphore } = this.#options;
    while (this.#queue.size > 0) {
      if (!semaphore.tryAcquire()) {
        semaphore.whenFree(this.#flush);
        return;
      }
      const batch = this.#takeBatch();
      this.#lastSize = batch.size;
      void this.#send(batch);
    }
  };

  #takeBatch(): Map<string, Entry<Value, Need>> {
    const { maxBatch } = this.#options;
    const queue = this.#queue;
    const isWhole = queue.size <= maxBatch;
    this.#queue = isWhole ? new Map() : new Map(queue.entries().drop(maxBatch));
    return isWhole ? queue : new Map(queue.entries().take(maxBatch));
  }

  async #send(batch: Map<string, Entry<Value, Need>>): Promise<void> {
    const { needs, semaphore, joinCalls, onIdle } = this.#options;
    const entries = [...batch.values()];
    const call = new Call(batch);
    let need = (entries[0] as Entry<Value, Need>).need;
    for (const entry of entries) if (entry.need !== need) need = needs.merge(need, entry.need);
    for (const entry of entries) {
      entry.call = call;
      entry.need = need;
      // An earlier call, without some of the fields, may end later than this one: its answer is older, and must not be kept.
      if (joinCalls && this.#calls.length > 0) this.forget(entry.key);
    }
    this.#calls.push(call);
    try {
      const answers = await this.#options.call([...batch.keys()], need, call.cancellation);
      for (let index = 0; index < entries.length; index++)
        this.#answer(entries[index] as Entry<Value, Need>, answers[index] as Value | Error);
    } catch (error) {
      for (const entry of entries) this.#reject(entry, error);
    } finally {
      this.#calls.splice(this.#calls.indexOf(call), 1);
      semaphore.release();
      if (this.#calls.length === 0) this.#rest(onIdle);
    }
  }

  #answer(entry: Entry<Value, Need>, answer: Value | Error): void {
    if (answer instanceof Error) {
      this.#reject(entry, answer);
      return;
    }
    if (entry.isSettled) return;
    if (!entry.isForgotten) this.#options.onAnswer?.(entry.key, answer, entry.need);
    this.#close(entry);
    entry.resolve(answer);
  }

  /** The last call has ended: waiting keys are sent now. */
  #rest(onIdle: (() => void) | undefined): void {
    if (this.#queue.size > 0) {
      // Keys that came during a call came independently of its answer, so more may come as fast.
      this.#expected.raise();
      this.#flush();
    } else onIdle?.();
  }

  #abandon(entry: Entry<Value, Need>): void {
    this.#giveUp(entry, 'nobody waits');
    if (this.#calls.length === 0 && this.#queue.size === 0) this.#options.onIdle?.();
  }

  #giveUp(entry: Entry<Value, Need>, why: GiveUpReason): void {
    const error = this.#options.giveUp?.(entry.key, why) ?? new Error(`given up: ${why}`);
    this.#reject(entry, error, why === 'nobody waits' ? NOBODY_WAITS : error);
  }

  #reject(entry: Entry<Value, Need>, error: unknown, reason: unknown = error): void {
    if (entry.isSettled) return;
    this.#close(entry);
    entry.reject(error);
    if (entry.call === null) return;
    entry.call.open--;
    if (entry.call.open === 0) entry.call.cancellation.cancel(reason);
  }

  #close(entry: Entry<Value, Need>): void {
    if (entry.deadline) this.#options.deadlines?.met(entry.deadline);
    entry.deadline = undefined;
    if (entry.call === null) this.#queue.delete(entry.key);
  }
}
