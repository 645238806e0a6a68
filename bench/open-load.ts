import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { HttpConnection } from './http/http-connection.ts';
import { poissonArrivals } from './http/load-round.ts';
import { random } from './http/random.ts';

/** An answered request. Times are in milliseconds. */
export interface Answered {
  /** When it was due, since the load began. */
  readonly due: number;
  /** From the time when it was due, so that a wait for a connection counts. */
  readonly latency: number;
  /** 0 when the connection broke. */
  readonly status: number;
}

/** Connections that are opened at the same time. */
const AT_ONCE = 20;

const clock = () => Number(process.hrtime.bigint()) / 1e6;

/** Sends one request again and again, in an open or a closed loop, over kept connections. */
export class OpenLoad {
  readonly #port: number;
  readonly #request: Buffer;
  readonly #most: number;
  readonly #connections = new Set<HttpConnection>();
  readonly #idle: HttpConnection[] = [];
  readonly #due = new Map<HttpConnection, number>();
  readonly #late: number[] = [];
  #answers: Answered[] = [];
  #begun = 0;
  #onRest = () => {};
  #onAnswer = () => {};

  /** @param most connections at most. They are opened when they are needed, and kept. */
  constructor(port: number, request: Buffer, most: number) {
    this.#port = port;
    this.#request = request;
    this.#most = most;
  }

  /** Keeps `connections` busy for a time. @returns answers for each second. */
  async closedLoop(connections: number, seconds: number): Promise<number> {
    this.#start();
    const end = clock() + seconds * 1_000;
    this.#onAnswer = () => {
      if (clock() < end) this.#send(clock());
    };
    for (let sent = 0; sent < connections; sent++) this.#send(clock());
    await this.#rest();
    this.#onAnswer = () => {};
    return (this.#answers.length * 1_000) / (clock() - this.#begun);
  }

  /** Sends requests at random times, whether answers are there or not. @returns all answers, when the last one is there. */
  async openLoop(perSecond: number, seconds: number, seed: number): Promise<readonly Answered[]> {
    this.#start();
    const arrivals = poissonArrivals(random(seed), this.#begun, perSecond, seconds);
    const pacer = new Worker(new URL('./http/pacer-thread.ts', import.meta.url), { workerData: { arrivals } });
    pacer.on('message', (index: number) => this.#send(arrivals[index] as number));
    await once(pacer, 'exit');
    await this.#rest();
    return this.#answers;
  }

  /** Opens all connections, so that no request waits for one to be accepted. @returns when each has had an answer. */
  async connect(): Promise<void> {
    this.#start();
    while (this.#connections.size < this.#most) {
      const connection = this.#open() as HttpConnection;
      this.#due.set(connection, clock());
      connection.send(this.#request);
      // A few at a time: a server accepts one connection in each turn of its event loop.
      if (this.#connections.size % AT_ONCE === 0) await this.#rest();
    }
    await this.#rest();
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #start(): void {
    this.#answers = [];
    this.#begun = clock();
  }

  #send(due: number): void {
    const connection = this.#idle.pop() ?? this.#open();
    if (connection === undefined) {
      this.#late.push(due);
      return;
    }
    this.#due.set(connection, due);
    connection.send(this.#request);
  }

  #open(): HttpConnection | undefined {
    if (this.#connections.size === this.#most) return undefined;
    const connection: HttpConnection = new HttpConnection(
      this.#port,
      (answered, status) => this.#take(answered, status),
      () => this.#drop(connection),
    );
    this.#connections.add(connection);
    return connection;
  }

  #take(connection: HttpConnection, status: number): void {
    this.#idle.push(connection);
    this.#answered(connection, status);
  }

  /** A broken connection: its request counts as answered by nothing. */
  #drop(connection: HttpConnection): void {
    connection.close();
    if (!this.#connections.delete(connection)) return;
    const idle = this.#idle.indexOf(connection);
    if (idle >= 0) this.#idle.splice(idle, 1);
    else this.#answered(connection, 0);
  }

  #answered(connection: HttpConnection, status: number): void {
    const due = this.#due.get(connection) as number;
    this.#due.delete(connection);
    this.#answers.push({ due: due - this.#begun, latency: clock() - due, status });
    const late = this.#late.shift();
    if (late !== undefined) this.#send(late);
    this.#onAnswer();
    if (this.#due.size === 0) this.#onRest();
  }

  #rest(): Promise<void> {
    if (this.#due.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onRest = resolve;
    });
  }
}
