import { setTimeout as sleep } from 'node:timers/promises';
import type { Trait } from '../../../model/trait.ts';
import { DEFAULT_RETENTION, type Retention } from '../../plan/forget-offers.ts';
import type { Connections } from '../connections.ts';
import { releaseExpired } from '../offers/release-expired.ts';
import { type Forget, forgetByTime, forgetCapSpans } from './forget.ts';
import { forgetExposures } from './forget-exposures.ts';
import { declareCounters, dropUnwanted } from './trait-counters.ts';
import { TraitRecount } from './trait-recount.ts';

/** Milliseconds between two turns, on average. Each process has turns of its own; what another has deleted is not there any more. */
const TURN_EVERY = 5 * 60_000;
/** Milliseconds between two parts of one kind of rows, so that a turn with much to delete takes little of the database. */
const PAUSE = 20;

export interface JanitorOptions {
  /** What this process answers: their counters stay. Left out, no counters are touched. */
  readonly traits?: readonly Trait[] | undefined;
  readonly retention?: Retention | undefined;
  /** Milliseconds. */
  readonly now?: () => number;
  /** Gets a line when a turn fails. The next one tries again. */
  readonly report?: (message: string) => void;
}

/**
 * Deletes from time to time what has become too old: remembered events and erased interactions, used tokens, expired confirmations,
 * decisions and what came of them. In SQLite, the writes delete it as they come; here, each would ask all nodes of a cluster.
 */
export class Janitor {
  readonly #database: Pick<Connections, 'inTransaction' | 'shared'>;
  readonly #traits: readonly Trait[] | undefined;
  readonly #kinds: readonly Forget[];
  readonly #now: () => number;
  readonly #report: (message: string) => void;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @param secret the store's own. */
  constructor(
    database: Pick<Connections, 'inTransaction' | 'shared'>,
    secret: string,
    { traits, retention = DEFAULT_RETENTION, now = Date.now, report = () => {} }: JanitorOptions = {},
  ) {
    this.#database = database;
    this.#traits = traits;
    this.#kinds = [...forgetByTime(retention), forgetExposures(secret), forgetCapSpans, releaseExpired(secret)];
    this.#now = now;
    this.#report = report;
  }

  start(): void {
    this.#running = this.#takeTurns();
  }

  /** One turn: deletes everything that is old, in small parts. */
  async turn(): Promise<void> {
    const { signal } = this.#stopping;
    for (const forget of this.#kinds) {
      while (!signal.aborted && (await forget(this.#database, this.#now()))) await this.#pause(PAUSE);
    }
    if (this.#traits === undefined || signal.aborted) return;
    await declareCounters(this.#database, this.#traits, this.#now());
    await dropUnwanted(this.#database, this.#now());
    await new TraitRecount(this.#database).finish(signal);
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #takeTurns(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#pause(TURN_EVERY * (0.5 + Math.random()));
      if (this.#stopping.signal.aborted) return;
      try {
        await this.turn();
      } catch (error) {
        this.#report(`what is too old could not be deleted yet: ${(error as Error).message}`);
      }
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => {});
  }
}
