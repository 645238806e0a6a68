import type { Connection } from './statement.ts';

/** One kind of question about rows, which is answered for many keys at once. */
export interface Lookup<Answer> {
  /** Of no other lookup. */
  readonly name: string;
  /** The answer for a key without rows. A plan also goes on with it while the true one is not known. */
  readonly absent: Answer;
  /**
   * @param keys distinct, at least one. @returns the answers; a key without rows may be left out. All statements are to be run in
   * the same turn of the event loop.
   */
  load(connection: Connection, keys: readonly string[]): Promise<ReadonlyMap<string, Answer>>;
}

/**
 * Rounds after which a plan that still asks is at fault: each needs what the ones before it answered. Nearly all plans need three;
 * the longest go through what was done again and again, such as the ids that were given away for one identifier, halving them.
 */
const MOST_ROUNDS = 100;

/**
 * What a plan has asked a store behind a socket, and the answers. A plan is synchronous, so a question whose answer is not known is
 * noted, and the plan goes on with the answer for nothing (`Lookup.absent`): so one run of the plan notes nearly all that it needs
 * at that moment. Then everything noted is asked for in one round trip, and the plan runs again from the start. What it decided over
 * answers that were not known is dropped.
 */
export class Gathering {
  readonly #known = new Map<Lookup<unknown>, Map<string, unknown>>();
  readonly #missing = new Map<Lookup<unknown>, Set<string>>();
  /**
   * What the last run has asked: one that went on with wrong answers may have asked for what nobody needs. Null once answers were
   * forgotten: that seldom happens twice, and noting each question takes a tenth of a plan's time.
   */
  #asked: Map<Lookup<unknown>, Set<string>> | null = new Map();
  #rounds = 0;

  /** @returns the answer; `lookup.absent` where it is not known, and then `isComplete` is false. */
  ask<Answer>(lookup: Lookup<Answer>, key: string): Answer {
    // A plan that goes on with an answer that is not known may have nothing to ask by, whatever its types say.
    if (typeof key !== 'string') return lookup.absent;
    if (this.#asked !== null) note(this.#asked, lookup, key);
    const known = this.#known.get(lookup);
    if (known?.has(key)) return known.get(key) as Answer;
    note(this.#missing, lookup, key);
    return lookup.absent;
  }

  /** Whether an answer is known, without asking for it. */
  knows(lookup: Lookup<unknown>, key: string): boolean {
    return this.#known.get(lookup)?.has(key) ?? false;
  }

  /** False when something was asked whose answer is not known yet: then what was decided is worth nothing. */
  get isComplete(): boolean {
    return this.#missing.size === 0;
  }

  /**
   * Runs a plan over what is known. @returns null where it could not be run to its end, because it went on with answers that are
   * not known yet. @throws what it throws when all answers were known.
   */
  decide<Decided>(plan: () => Decided): Decided | null {
    if (this.#asked !== null) this.#asked = new Map();
    try {
      return plan();
    } catch (error) {
      if (this.isComplete) throw error;
      return null;
    }
  }

  /**
   * Forgets all answers; the next `load` asks for those again that the last run needed. After new locks: what was read before may
   * have changed.
   */
  askAgain(): void {
    if (this.#asked !== null) {
      this.#missing.clear();
      for (const [lookup, keys] of this.#asked) this.#missing.set(lookup, keys);
      this.#asked = null;
    } else for (const [lookup, answers] of this.#known) for (const key of answers.keys()) note(this.#missing, lookup, key);
    this.#known.clear();
  }

  /** Asks for everything that was noted, in one round trip. */
  async load(connection: Connection): Promise<void> {
    if (++this.#rounds > MOST_ROUNDS) throw new Error(`a plan of the store still asks after ${MOST_ROUNDS} rounds`);
    const asked = [...this.#missing].map(([lookup, keys]) => ({ lookup, keys: [...keys] }));
    this.#missing.clear();
    const answers = await Promise.all(asked.map(({ lookup, keys }) => lookup.load(connection, keys)));
    for (const [index, { lookup, keys }] of asked.entries()) {
      const known = this.#known.get(lookup) ?? new Map<string, unknown>();
      for (const key of keys) known.set(key, answers[index]?.has(key) ? answers[index].get(key) : lookup.absent);
      this.#known.set(lookup, known);
    }
  }
}

function note(questions: Map<Lookup<unknown>, Set<string>>, lookup: Lookup<unknown>, key: string): void {
  const keys = questions.get(lookup);
  if (keys === undefined) questions.set(lookup, new Set([key]));
  else keys.add(key);
}
