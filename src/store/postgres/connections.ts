import { Fifo } from '../../batching/fifo.ts';
import type { PostgresUrl } from '../../model/store-url.ts';
import { ConnectionLost, endsConnection, losesNames } from './errors.ts';
import { type Host, hostsOf } from './hosts.ts';
import { OpenConnection, type PreparedNames } from './open-connection.ts';
import { type RepeatOptions, Repeats } from './retry.ts';
import { BEGIN, COMMIT, type Connection, type Result, ROLLBACK, type Statement } from './statement.ts';

/** Connections that one gateway opens at most: shared ones for reads, and one for each transaction that runs. */
export const MOST_CONNECTIONS = { reads: 4, transactions: 8 };

/** Milliseconds after a failed attempt to connect within which the next one is answered with its error. */
const NOT_AGAIN_FOR = 100;

/** The connections of one store. Each is opened when it is first needed, and again after it was lost. */
export class Connections {
  /**
   * For statements that stand for themselves, reads above all: shared by all callers, who wait for nobody's transaction. Repeats
   * by itself what is transient, so a write here must be safe to repeat.
   */
  readonly shared: Connection;
  /** How what fails is repeated. */
  readonly repeats: Repeats;
  /** Whether the tables are distributed over several nodes. */
  readonly isCluster: boolean;
  readonly #hosts: readonly Host[];
  readonly #names: PreparedNames = { areKept: true };
  readonly #report: (message: string) => void;
  readonly #reads: Slot[];
  readonly #free: Slot[];
  readonly #waiting = new Fifo<(slot: Slot) => void>();
  #current: Slot | null = null;

  constructor(url: PostgresUrl, options: RepeatOptions = {}) {
    this.isCluster = url.isCitus;
    this.#hosts = hostsOf(url);
    this.#report = options.report ?? (() => {});
    this.repeats = new Repeats(options);
    const slots = (count: number) => Array.from({ length: count }, () => new Slot(this.#hosts, this.#names));
    this.#reads = slots(MOST_CONNECTIONS.reads);
    this.#free = slots(MOST_CONNECTIONS.transactions);
    this.shared = { run: (statement) => this.repeats.run(() => this.#runShared(statement)) };
  }

  /**
   * Runs something on a connection that nobody else uses meanwhile; waits while all are in use. When it throws, an open
   * transaction is rolled back. Nothing is repeated.
   */
  async exclusive<Result>(run: (connection: OpenConnection) => Promise<Result>): Promise<Result> {
    const slot = await this.#takeSlot();
    try {
      const connection = await slot.connection();
      try {
        return await run(connection);
      } catch (error) {
        this.#noteLostNames(error);
        if (endsConnection(error)) connection.destroy();
        else await connection.run({ prepared: ROLLBACK, values: [] }).catch(() => connection.destroy());
        throw error;
      }
    } finally {
      this.#giveBack(slot);
    }
  }

  /** A transaction (READ COMMITTED) around `run`, repeated as a whole where that helps. */
  inTransaction<Result>(run: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.repeats.run(() =>
      this.exclusive(async (connection) => {
        const begun = connection.run({ prepared: BEGIN, values: [] });
        begun.catch(() => {});
        const result = await run(connection);
        await Promise.all([begun, connection.run({ prepared: COMMIT, values: [] })]);
        return result;
      }),
    );
  }

  /** Ends all connections once what runs on them is answered. Nothing may be asked for afterwards. */
  async close(): Promise<void> {
    this.repeats.stop();
    await Promise.all([...this.#reads, ...this.#free].map((slot) => slot.end()));
  }

  async #runShared(statement: Statement): Promise<Result> {
    try {
      return await (await this.#readSlot().connection()).run(statement);
    } catch (error) {
      this.#noteLostNames(error);
      throw error;
    }
  }

  /** Statements of one turn of the event loop go the same way: they cross over as one write. */
  #readSlot(): Slot {
    if (this.#current === null) {
      this.#current = leastBusy(this.#reads);
      process.nextTick(() => {
        this.#current = null;
      });
    }
    return this.#current;
  }

  #takeSlot(): Promise<Slot> {
    // The one that was used last: its statements are prepared, and others are opened only when they are needed.
    const slot = this.#free.pop();
    if (slot !== undefined) return Promise.resolve(slot);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(slot);
    else next(slot);
  }

  #noteLostNames(error: unknown): void {
    if (!losesNames(error) || !this.#names.areKept) return;
    this.#names.areKept = false;
    this.#report('the database keeps no prepared statements, as behind a pooler of transactions: going on without them');
  }
}

/** @returns an open one without work; else one that is not open yet; else the one with the least work. */
function leastBusy(slots: readonly Slot[]): Slot {
  let best = slots[0] as Slot;
  for (const slot of slots) {
    if (slot.work < best.work) best = slot;
    if (best.work === 0) break;
  }
  return best;
}

/** One connection that is opened again when it was lost. */
class Slot {
  readonly #hosts: readonly Host[];
  readonly #names: PreparedNames;
  #open: OpenConnection | null = null;
  #opening: Promise<OpenConnection> | null = null;
  #failure: { readonly error: unknown; readonly at: number } | null = null;

  constructor(hosts: readonly Host[], names: PreparedNames) {
    this.#hosts = hosts;
    this.#names = names;
  }

  /** How many statements wait for an answer. Opening a connection counts as less than one that waits. */
  get work(): number {
    return this.#open === null || this.#open.isLost ? 0.5 : this.#open.pending;
  }

  connection(): Promise<OpenConnection> {
    if (this.#open !== null && !this.#open.isLost) return Promise.resolve(this.#open);
    if (this.#failure !== null && performance.now() - this.#failure.at < NOT_AGAIN_FOR) return Promise.reject(this.#failure.error);
    this.#opening ??= this.#connect();
    return this.#opening;
  }

  async end(): Promise<void> {
    await this.#opening?.catch(() => {});
    const open = this.#open;
    this.#open = null;
    if (open !== null && !open.isLost) await open.end();
  }

  async #connect(): Promise<OpenConnection> {
    try {
      this.#open = await OpenConnection.open(this.#hosts, this.#names);
      this.#failure = null;
      return this.#open;
    } catch (error) {
      if (error instanceof ConnectionLost) this.#failure = { error, at: performance.now() };
      throw error;
    } finally {
      this.#opening = null;
    }
  }
}
