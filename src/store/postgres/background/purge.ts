import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomerId } from '../../../model/customer.ts';
import type { Connections } from '../connections.ts';
import { prepared } from '../statement.ts';
import { deleteErased } from './erased-customer.ts';
import { scrubErased } from './erased-identifier.ts';

/** Milliseconds between two looks for what another process left, on average. */
const LOOK_EVERY = 30_000;
/** Milliseconds until an erasure is looked at again on which another process works. The pause doubles each time. */
const PAUSE = { first: 10, longest: 500 };

const COLUMNS = 'erasure, customer_id, id_key, after_occurred_at, after_id';
// Where another process works on one, the next is taken. A database without `skip locked` would wait, and find it done.
const NEXT = prepared(`select ${COLUMNS} from purge order by erasure, customer_id, id_key limit 1 for update skip locked`);
const NEXT_OF = prepared(`select ${COLUMNS} from purge where erasure = $1 order by customer_id, id_key limit 1 for update skip locked`);
const IS_PENDING = prepared('select 1 from purge where erasure = $1 limit 1');
const ONE = 'where erasure = $1 and customer_id = $2 and id_key = $3';
const DONE = prepared(`delete from purge ${ONE}`);
const GO_ON_AFTER = prepared(`update purge set after_occurred_at = $4, after_id = $5 ${ONE}`);

interface TaskRow {
  readonly erasure: string;
  readonly customer_id: CustomerId;
  /** Empty where everything under the customer's id is to be deleted. */
  readonly id_key: string;
  readonly after_occurred_at: number | null;
  readonly after_id: string | null;
}

export interface PurgeOptions {
  /** Milliseconds. */
  readonly now?: () => number;
  /** Gets a line when the work on what was left fails. It is tried again. */
  readonly report?: (message: string) => void;
}

/**
 * Deletes what was erased, after the erasure itself has made it unreadable. The work stands in the table `purge`, and is done in
 * short transactions beside other writes, by any process: by the one whose caller waits for the erasure, and by any that finds what
 * a process left that ended. Each transaction locks the row that it works on, so several work on different rows.
 *
 * PostgreSQL keeps the deleted rows' bytes until it has vacuumed the table and used the space again, and longer in its write-ahead
 * log, its standbys and in backups.
 */
export class Purge {
  readonly #connections: Pick<Connections, 'inTransaction' | 'shared'>;
  readonly #secret: string;
  readonly #now: () => number;
  readonly #report: (message: string) => void;
  readonly #stopping = new AbortController();
  /** All that runs. */
  readonly #running = new Set<Promise<unknown>>();

  /** @param secret the store's own. */
  constructor(
    connections: Pick<Connections, 'inTransaction' | 'shared'>,
    secret: string,
    { now = Date.now, report = () => {} }: PurgeOptions = {},
  ) {
    this.#connections = connections;
    this.#secret = secret;
    this.#now = now;
    this.#report = report;
  }

  /** Deletes what other processes left, now and from time to time. */
  start(): void {
    void this.#track(this.#lookAgainAndAgain());
  }

  /**
   * @param erasure what the plan of the erasure returned (`StartedErasure.pending`).
   * @returns when everything that it ordered is deleted, by any process. @throws Error when the store is closed before.
   */
  wait(erasure: string): Promise<void> {
    return this.#track(this.#finish(erasure));
  }

  /** Does what is left, of any erasure. @returns when nothing is left that no other process works on. */
  async workOff(): Promise<void> {
    while (!this.#stopping.signal.aborted && (await this.#slice(null)));
  }

  /** Resolves when nothing runs any more. What is not deleted by now is deleted by another process, or after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#running);
  }

  async #finish(erasure: string): Promise<void> {
    for (let pause = PAUSE.first; ; ) {
      if (this.#stopping.signal.aborted) {
        throw new Error('the store is closed: what was erased is unreadable, and is deleted by the next gateway that runs');
      }
      if (await this.#slice(erasure)) {
        pause = PAUSE.first;
        continue;
      }
      const { rows } = await this.#connections.shared.run({ prepared: IS_PENDING, values: [erasure] });
      if (rows.length === 0) return;
      await this.#pause(pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, PAUSE.longest);
    }
  }

  async #lookAgainAndAgain(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.workOff();
      } catch (error) {
        this.#report(`what was erased could not be deleted yet: ${(error as Error).message}`);
      }
      await this.#pause(LOOK_EVERY * (0.5 + Math.random()));
    }
  }

  /** One transaction. @param erasure null for any. @returns false when there is nothing that no other process works on. */
  #slice(erasure: string | null): Promise<boolean> {
    return this.#connections.inTransaction(async (connection) => {
      const next = erasure === null ? { prepared: NEXT, values: [] } : { prepared: NEXT_OF, values: [erasure] };
      const [task] = (await connection.run(next)).rows as unknown as TaskRow[];
      if (task === undefined) return false;
      const key = [task.erasure, task.customer_id, task.id_key] as const;
      if (task.id_key === '') {
        const isLeft = await deleteErased(connection, this.#secret, task.customer_id, this.#now());
        if (!isLeft) await connection.run({ prepared: DONE, values: key });
        return true;
      }
      const { after_occurred_at: occurredAt, after_id: id } = task;
      const { after, isDone } = await scrubErased(connection, this.#secret, {
        ...{ key: task.id_key, customerId: task.customer_id },
        after: occurredAt === null || id === null ? null : { occurredAt, id },
      });
      if (isDone) await connection.run({ prepared: DONE, values: key });
      else if (after !== null) await connection.run({ prepared: GO_ON_AFTER, values: [...key, after.occurredAt, after.id] });
      return true;
    });
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => {});
  }

  #track<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    const done = () => this.#running.delete(work);
    work.then(done, done);
    return work;
  }
}
