import { Cancellation } from './cancellation.ts';
import type { Deadline, Deadlines } from './deadlines.ts';
import { Deferred, type Eventual } from './eventual.ts';
import type { Slots } from './slots.ts';
import { soon } from './soon.ts';

/** How long a key waits for company at most, in milliseconds, while a slot is free. */
const LINGER = 1;
/** By how much more keys are waited for after each call during which others came: reluctantly first, then soon as many as come. */
const [FIRST_GROWTH, GROWTH] = [0.1, 0.25];
/** A crowd of which nobody came was none. */
const SMALL_CROWD = 2.5;

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

class Call<Value, Need> {
  /** By key, those whose answer is of use to others who ask for the same. */
  readonly entries: Map<string, Entry<Value, Need>>;
  readonly cancellation = new Cancellation();
  /** Keys for which somebody waits. */
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
 * Gathers keys that are asked for at about the same time, by whomever, into one call. It works like Nagle's
 * algorithm (RFC 896), bounded: with a call under way a batch leaves when that is back, when it is full, or after a
 * millisecond; without a free slot, when there is one. With nothing under way it leaves at once, in the same turn of the
 * event loop, unless keys have come so thick of late that a millisecond brings company: then it leaves with as many as
 * usually come. So light load waits for nobody, and heavy load fills its batches.
 */
export class Batcher<Value, Need> {
  readonly #options: BatcherOptions<Value, Need>;
  // A map of its own for each call, which goes with it. In one map that is filled and emptied for ever, the tables that it
  // outgrew keep what was in them from the collection of young garbage (docs/adr/0013).
  #queue = new Map<string, Entry<Value, Need>>();
  readonly #calls: Call<Value, Need>[] = [];
  #turn: NodeJS.Immediate | undefined;
  /** Whether a flush comes as soon as the code that runs now, and the promises it settled, are through. */
  #isFlushing = false;
  /** Keys in the last batch. */
  #lastSize = 0;
  #linger: NodeJS.Timeout | undefined;
  /** How many keys it pays to wait for when nothing is under way; 1 where keys come one by one. */
  #crowd = 1;

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
    else if (this.#calls.length === 0 && this.#queue.size >= Math.floor(this.#crowd)) this.#scheduleNow();
    else this.#linger ??= setTimeout(this.#lingered, LINGER);
  }

  /** The crowd has not come: next time a smaller one is waited for, and none where nobody came at all. */
  readonly #lingered = (): void => {
    const came = this.#queue.size;
    if (this.#calls.length === 0 && came < this.#crowd) {
      this.#crowd = came <= 1 && this.#crowd < SMALL_CROWD ? 1 : this.#crowd + (came - this.#crowd) / 4;
    }
    this.#flush();
  };

  /**
   * While keys come one by one, nobody would be waited for to the end of the turn: as DataLoader does it, a batch is then
   * what is asked for by code that runs without a break.
   */
  #scheduleNow(): void {
    if (this.#turn !== undefined || this.#isFlushing) return;
    if (this.#lastSize > 1) {
      this.#turn = setImmediate(this.#flush);
      return;
    }
    this.#isFlushing = true;
    soon(this.#flush);
  }

  readonly #flush = (): void => {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    if (this.#linger !== undefined) clearTimeout(this.#linger);
    this.#turn = undefined;
    this.#linger = undefined;
    this.#isFlushing = false;
    const { slots } = this.#options;
    while (this.#queue.size > 0) {
      if (!slots.tryTake()) {
        slots.whenFree(this.#flush);
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
    const { needs, slots, joinCalls, onIdle } = this.#options;
    const entries = [...batch.values()];
    const call = new Call(batch);
    let need = (entries[0] as Entry<Value, Need>).need;
    for (const entry of entries) if (entry.need !== need) need = needs.merge(need, entry.need);
    for (const entry of entries) {
      entry.call = call;
      entry.need = need;
      // An earlier call that has not all that is needed may come back later: its answer is the older one.
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
      slots.release();
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

  /** The last call is back: who lingers leaves now. */
  #rest(onIdle: (() => void) | undefined): void {
    if (this.#queue.size > 0) {
      // Keys that came while a call was under way came by themselves, and not because of its answer.
      const growth = this.#crowd < SMALL_CROWD ? FIRST_GROWTH : GROWTH;
      this.#crowd = Math.min(this.#crowd + growth, this.#options.maxBatch);
      this.#flush();
    } else onIdle?.();
  }

  #abandon(entry: Entry<Value, Need>): void {
    this.#giveUp(entry, 'nobody waits');
    if (this.#calls.length === 0 && this.#queue.size === 0) this.#options.onIdle?.();
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
    entry.deadline = undefined;
    if (entry.call === null) this.#queue.delete(entry.key);
  }
}
