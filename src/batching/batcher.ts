import { Cancellation } from './cancellation.ts';
import type { Deadline, Deadlines } from './deadlines.ts';
import { Deferred, type Eventual } from './eventual.ts';
import type { Slots } from './slots.ts';

/** How long a key waits for company at most, in milliseconds, while a slot is free. */
const LINGER = 1;

/** Why a call was aborted for which nobody waits any more. */
export const NOBODY_WAITS = Symbol('nobody waits');

/** Asked for with a key beside the key itself, for example which fields of a record. */
export interface Needs<Need> {
  /** Whether an answer to the one need has what the other asks. */
  covers(have: Need, need: Need): boolean;
  merge(one: Need, other: Need): Need;
}

/** For keys that are asked for in one way only. */
export const NO_NEEDS: Needs<undefined> = { covers: () => true, merge: () => undefined };

export interface BatcherOptions<Value, Need> {
  /** Keys in one call at most. */
  readonly maxBatch: number;
  /** Shared by all that may not call at the same time without limit. */
  readonly slots: Slots;
  readonly needs: Needs<Need>;
  /** By when a key must have its answer, waiting included; never when left out. */
  readonly deadlines?: Deadlines;
  /**
   * Whether who asks for a key that is under way gets that call's answer. Without it every answer was read after
   * it was asked for.
   */
  readonly joinCalls: boolean;
  /**
   * Answers distinct keys, one entry each, in their order. It must settle when it is cancelled: no answer is waited for
   * any more then.
   */
  call(keys: readonly string[], need: Need, cancellation: Cancellation): Promise<readonly (Value | Error)[]>;
  /** The error of a key that gets no answer: its deadline passed, in a call or before there was a slot, or nobody waits for it. */
  giveUp?(key: string, why: 'late' | 'no slot' | 'nobody waits'): Error;
  /** Hears each answer once, however many wait for it, unless the key was forgotten or sent again in between. */
  onAnswer?(key: string, value: Value, need: Need): void;
  /** Nothing waits and nothing is under way. */
  onIdle?(): void;
}

/** A place in a batch. */
export interface Ticket<Value> {
  readonly answer: Eventual<Value>;
  /** Says, once, that the answer is of no interest any more. The others who wait for it don't notice. */
  leave(): void;
}

interface Call {
  /** Keys for which somebody waits. */
  open: number;
  readonly cancellation: Cancellation;
}

class Entry<Value, Need> extends Deferred<Value> {
  readonly key: string;
  need: Need;
  waiting = 0;
  call: Call | null = null;
  deadline: Deadline | undefined;
  isForgotten = false;

  constructor(key: string, need: Need) {
    super();
    this.key = key;
    this.need = need;
  }
}

/**
 * Gathers keys that are asked for at about the same time, by whomever, into one call. It works like Nagle's
 * algorithm (RFC 896), bounded: with nothing under way a batch leaves in the same turn of the event loop; with a
 * call under way, when that is back, when the batch is full, or after a millisecond; without a free slot, when there
 * is one. So light load waits for nobody, and heavy load fills its batches.
 */
export class Batcher<Value, Need> {
  readonly #options: BatcherOptions<Value, Need>;
  readonly #queue = new Map<string, Entry<Value, Need>>();
  readonly #called = new Map<string, Entry<Value, Need>>();
  #calls = 0;
  #turn: NodeJS.Immediate | undefined;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: BatcherOptions<Value, Need>) {
    this.#options = options;
  }

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

  /** Whoever asks for this key from now on gets an answer that was read from now on. */
  forget(key: string): void {
    const entry = this.#called.get(key);
    if (entry === undefined) return;
    entry.isForgotten = true;
    this.#called.delete(key);
  }

  #join(key: string, need: Need): Entry<Value, Need> | undefined {
    const { needs } = this.#options;
    const called = this.#called.get(key);
    if (called && needs.covers(called.need, need)) return called;
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
    else if (this.#calls === 0) this.#turn ??= setImmediate(this.#flush);
    else this.#linger ??= setTimeout(this.#flush, LINGER);
  }

  readonly #flush = (): void => {
    clearImmediate(this.#turn);
    clearTimeout(this.#linger);
    this.#turn = undefined;
    this.#linger = undefined;
    const { slots } = this.#options;
    while (this.#queue.size > 0) {
      if (!slots.tryTake()) {
        slots.whenFree(this.#flush);
        return;
      }
      void this.#send([...this.#queue.values().take(this.#options.maxBatch)]);
    }
  };

  async #send(entries: readonly Entry<Value, Need>[]): Promise<void> {
    const { needs, slots, joinCalls, onIdle } = this.#options;
    const call: Call = { open: entries.length, cancellation: new Cancellation() };
    const keys: string[] = [];
    let need = (entries[0] as Entry<Value, Need>).need;
    for (const entry of entries) {
      keys.push(entry.key);
      if (entry.need !== need) need = needs.merge(need, entry.need);
    }
    for (const entry of entries) {
      this.#queue.delete(entry.key);
      entry.call = call;
      entry.need = need;
      if (!joinCalls) continue;
      // An earlier call that has not all that is needed may come back later: its answer is the older one.
      this.forget(entry.key);
      this.#called.set(entry.key, entry);
    }
    this.#calls++;
    try {
      const answers = await this.#options.call(keys, need, call.cancellation);
      for (let index = 0; index < entries.length; index++) this.#answer(entries[index] as Entry<Value, Need>, answers[index] as Value | Error);
    } catch (error) {
      for (const entry of entries) this.#reject(entry, error);
    } finally {
      this.#calls--;
      slots.release();
      if (this.#calls === 0) this.#rest(onIdle);
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

  /** The last call is back: who lingers leaves now. */
  #rest(onIdle: (() => void) | undefined): void {
    if (this.#queue.size > 0) this.#flush();
    else onIdle?.();
  }

  #abandon(entry: Entry<Value, Need>): void {
    this.#giveUp(entry, 'nobody waits');
    if (this.#calls === 0 && this.#queue.size === 0) this.#options.onIdle?.();
  }

  #giveUp(entry: Entry<Value, Need>, why: 'late' | 'no slot' | 'nobody waits'): void {
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
    if (this.#queue.get(entry.key) === entry) this.#queue.delete(entry.key);
    if (this.#called.get(entry.key) === entry) this.#called.delete(entry.key);
  }
}
