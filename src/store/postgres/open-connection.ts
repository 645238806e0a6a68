import type { Socket } from 'node:net';
import pg from 'pg';
import { arrayLiteral } from './array-literal.ts';
import { ConnectionLost, failureToConnect, isOfAbortedTransaction } from './errors.ts';
import type { Host } from './hosts.ts';
import type { Connection, Parameter, Result, Row, Statement } from './statement.ts';

/** Whether statements are prepared under names. A pooler that gives each transaction another connection keeps none. */
export interface PreparedNames {
  areKept: boolean;
}

/** Milliseconds without any answer after which a server that owes one is taken for lost. */
const SILENCE = 10_000;

/** A connection to one server. It keeps the process alive only while an answer is awaited. */
export class OpenConnection implements Connection {
  readonly #client: pg.Client;
  readonly #names: PreparedNames;
  #pending = 0;
  #isCorked = false;
  #isLost = false;
  /** What failed last, without what failed for that only. */
  #failure: Error | null = null;
  /** By `performance.now()`. */
  #lastProgress = 0;
  #watch: NodeJS.Timeout | null = null;
  #silence = SILENCE;

  private constructor(client: pg.Client, names: PreparedNames) {
    this.#client = client;
    this.#names = names;
    client.on('error', () => this.#lose());
    client.on('end', () => this.#lose());
    socketOf(client).unref();
  }

  /**
   * Connects to the first server that accepts and takes writes.
   * @throws what the last one said; `ConnectionLost` where it could not be reached or is a standby.
   */
  static async open(hosts: readonly Host[], names: PreparedNames): Promise<OpenConnection> {
    let last: unknown;
    for (const { name, config } of hosts) {
      try {
        return await connect(name, config, (client) => new OpenConnection(client, names));
      } catch (error) {
        // A server that refuses for good says more than one that can't be reached.
        if (last === undefined || last instanceof ConnectionLost) last = error;
      }
    }
    throw last;
  }

  /** Statements that were sent and are not answered. */
  get pending(): number {
    return this.#pending;
  }

  /** True once the connection can't be used any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  run({ prepared: { name, text }, values }: Statement): Promise<Result> {
    return this.#query({ text, values: values.map(textOf), ...(this.#names.areKept && { name }) });
  }

  /** Runs statements without parameters, with semicolons between. */
  execute(text: string): Promise<Result> {
    return this.#query({ text });
  }

  /** Waits for an answer for as long as it takes: for statements that create or count. */
  waitLong(): void {
    this.#silence = Number.POSITIVE_INFINITY;
  }

  /** Says goodbye once everything is answered. */
  async end(): Promise<void> {
    // Nothing is awaited from the server any more, and the end of a command must not come before that of its connection.
    socketOf(this.#client).ref();
    await this.#client.end();
  }

  /** Closes the socket: what runs is given up. */
  destroy(): void {
    this.#lose();
    socketOf(this.#client).destroy();
  }

  #query(query: pg.QueryConfig): Promise<Result> {
    this.#cork();
    this.#begin();
    return new Promise((resolve, reject) => {
      this.#client.query(query, (error: Error | null, result: pg.QueryResult<Row> | pg.QueryResult<Row>[]) => {
        this.#settle();
        if (error) reject(this.#reasonOf(error));
        else resolve(toResult(result));
      });
    });
  }

  /**
   * Of statements that were sent together, those behind one that fails fail, too: because their transaction is aborted. Who waits
   * for several gets any of their errors, and by the first one it is decided whether the transaction is repeated.
   */
  #reasonOf(error: Error): Error {
    if (this.#isLost || !('severity' in error)) return new ConnectionLost(error);
    if (!isOfAbortedTransaction(error) || this.#failure === null) this.#failure = error;
    return this.#failure;
  }

  /** What one turn of the event loop asks for crosses over as one write. */
  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    const socket = socketOf(this.#client);
    socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      socket.uncork();
    });
  }

  #begin(): void {
    if (this.#pending++ > 0) return;
    this.#lastProgress = performance.now();
    socketOf(this.#client).ref();
    if (this.#watch === null) this.#watchFor(this.#silence);
  }

  #settle(): void {
    this.#lastProgress = performance.now();
    if (--this.#pending === 0 && !this.#isLost) socketOf(this.#client).unref();
  }

  /** One timer runs for a while and looks then; starting one for each statement would cost more. */
  #watchFor(milliseconds: number): void {
    if (milliseconds === Number.POSITIVE_INFINITY) return;
    this.#watch = setTimeout(() => {
      this.#watch = null;
      if (this.#pending === 0) return;
      const rest = this.#silence - (performance.now() - this.#lastProgress);
      if (rest <= 0) this.destroy();
      else this.#watchFor(rest);
    }, milliseconds);
    this.#watch.unref();
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    if (this.#watch !== null) clearTimeout(this.#watch);
  }
}

const IS_READ_ONLY = 'show transaction_read_only';

/**
 * Every statement finds what it needs by an index, whatever its parameters. So one plan serves all of its runs: planning takes longer
 * than running a look-up does. It must not be the plan of a time when the table was empty, which reads all of it; and no
 * statement is worth compiling.
 */
const PLANNING = ['plan_cache_mode = force_generic_plan', 'enable_seqscan = off', 'jit = off'];

async function connect<Made>(name: string, config: pg.ClientConfig, make: (client: pg.Client) => Made): Promise<Made> {
  const client = new pg.Client({ ...config, pipeline: true });
  // Until it is connected, an error is also the one that `connect` throws.
  const ignore = () => {};
  client.on('error', ignore);
  try {
    await client.connect();
    const [{ rows }] = await Promise.all([
      client.query<{ transaction_read_only: string }>(IS_READ_ONLY),
      // A database that only speaks PostgreSQL's protocol plans in its own way.
      ...PLANNING.map((setting) => client.query(`set ${setting}`).catch(ignore)),
    ]);
    const [row] = rows;
    if (row?.transaction_read_only === 'on')
      throw new ConnectionLost(new Error(`${name} takes no writes, as a standby does: name the server that takes them`));
  } catch (error) {
    socketOf(client).destroy();
    throw failureToConnect(error as Error);
  }
  const made = make(client);
  client.off('error', ignore);
  return made;
}

function toResult(result: pg.QueryResult<Row> | pg.QueryResult<Row>[]): Result {
  const last = Array.isArray(result) ? (result.at(-1) as pg.QueryResult<Row>) : result;
  return { rows: last.rows, count: last.rowCount ?? 0 };
}

/** The driver has no way of its own to send several statements as one write, or to give up at once. */
function socketOf(client: pg.Client): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}

function textOf(value: Parameter): unknown {
  return Array.isArray(value) ? arrayLiteral(value) : value;
}
