import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Cell } from './cells.ts';
import { HttpConnection } from './http-connection.ts';
import { random } from './random.ts';
import { CUSTOMERS, expectedAnswer, REQUEST_BODY } from './work.ts';

/** The results of a round of load. Times are in milliseconds. */
export interface Answers {
  readonly answered: number;
  /** Requests that were due. In an open loop, more than were answered when the contestant could not keep up. */
  readonly offered: number;
  readonly duration: number;
  /** Latencies, sorted. Measured from the time a request was sent; in an open loop, from the time it was due (no coordinated omission). */
  readonly latencies: Float64Array;
}

/** Connections of an open loop at most. */
const OPEN_CONNECTIONS = 256;
const EXPECTED = Array.from({ length: CUSTOMERS + 1 }, (_, n) => Buffer.from(expectedAnswer(n)));
const HEAD = `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\naccept: application/json\r\n`;
const REQUESTS = EXPECTED.map((_, n) =>
  Buffer.from(`${HEAD}cookie: customer_id=${n}\r\ncontent-length: ${Buffer.byteLength(REQUEST_BODY)}\r\n\r\n${REQUEST_BODY}`),
);
const clock = () => Number(process.hrtime.bigint()) / 1e6;

interface Asked {
  readonly customer: number;
  readonly due: number;
}

export interface RoundOptions {
  readonly port: number;
  readonly cell: Cell;
  readonly seed: number;
  readonly customers?: number;
}

/** Load on one contestant. Use: open, run once, close. The first wrong answer ends it. */
export class LoadRound {
  readonly #cell: Cell;
  readonly #customers: number;
  readonly #random: () => number;
  readonly #connections: HttpConnection[];
  readonly #asked = new Map<HttpConnection, Asked>();
  readonly #failed: Promise<never>;
  #latencies: number[] = [];
  #next: (connection: HttpConnection) => void = () => {};

  /** @param customers how many different customers ask. */
  constructor({ port, cell, seed, customers = CUSTOMERS }: RoundOptions) {
    this.#cell = cell;
    this.#customers = customers;
    this.#random = random(seed);
    const { promise, reject } = Promise.withResolvers<never>();
    this.#failed = promise;
    this.#connections = Array.from(
      { length: cell.loop === 'closed' ? cell.load : OPEN_CONNECTIONS },
      () => new HttpConnection(port, (connection, status, body) => this.#check(connection, status, body), reject),
    );
  }

  /** Opens all connections, with one request on each, so that none is opened while time is measured. @throws Error for a wrong answer. */
  warm(): Promise<void> {
    return this.#untilAllRest(() => {
      for (const connection of this.#connections) this.#ask(connection, clock());
    });
  }

  /** @param seconds how long requests are sent. Waits for all answers. @throws Error for a wrong answer. */
  async run(seconds: number): Promise<Answers> {
    this.#latencies = [];
    const offered = this.#cell.loop === 'closed' ? await this.#closedLoop(seconds) : await this.#openLoop(seconds);
    const latencies = Float64Array.from(this.#latencies).sort();
    return { answered: latencies.length, offered: offered.requests ?? latencies.length, duration: offered.duration, latencies };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  async #closedLoop(seconds: number) {
    const begun = clock();
    const end = begun + seconds * 1_000;
    await this.#untilAllRest((rest) => {
      this.#next = (connection) => {
        const now = clock();
        if (now < end) this.#ask(connection, now);
        else rest();
      };
      for (const connection of this.#connections) this.#ask(connection, clock());
    });
    return { requests: null, duration: clock() - begun };
  }

  async #openLoop(seconds: number) {
    const begun = clock() + 50;
    const arrivals = poissonArrivals(this.#random, begun, this.#cell.load, seconds);
    const pacer = new Worker(new URL('./pacer-thread.ts', import.meta.url), { workerData: { arrivals } });
    const idle = [...this.#connections];
    const late: number[] = [];
    this.#next = (connection) => {
      const due = late.shift();
      if (due === undefined) idle.push(connection);
      else this.#ask(connection, due);
    };
    pacer.on('message', (index: number) => {
      const connection = idle.shift();
      const due = arrivals[index] as number;
      if (connection === undefined) late.push(due);
      else this.#ask(connection, due);
    });
    await Promise.race([once(pacer, 'exit'), this.#failed]);
    // A contestant that is so far behind will not catch up: requests that were not sent yet count as unanswered.
    late.length = 0;
    await this.#untilAllRest((rest) => {
      this.#next = rest;
    });
    return { requests: arrivals.length, duration: clock() - begun };
  }

  #ask(connection: HttpConnection, due: number): void {
    const customer = 1 + Math.floor(this.#random() * this.#customers);
    this.#asked.set(connection, { customer, due });
    connection.send(REQUESTS[customer] as Buffer);
  }

  #check(connection: HttpConnection, status: number, body: Buffer): void {
    const { customer, due } = this.#asked.get(connection) as Asked;
    this.#asked.delete(connection);
    this.#latencies.push(clock() - due);
    const expected = EXPECTED[customer] as Buffer;
    // Apollo ends its answers with a line feed. Nothing else may differ.
    const length = body.at(-1) === 0x0a ? body.length - 1 : body.length;
    if (status !== 200 || length !== expected.length || expected.compare(body, 0, length) !== 0)
      throw new Error(`customer ${customer}: expected 200 ${expected}, received ${status} ${body}`);
    this.#next(connection);
  }

  /** Resolves when no request is under way any more. @param begin receives the function to call when that may be so. */
  #untilAllRest(begin: (rest: () => void) => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const rest = () => {
      if (this.#asked.size === 0) resolve();
    };
    this.#next = rest;
    begin(rest);
    rest();
    return Promise.race([promise, this.#failed]);
  }
}

/** @returns the times at which requests are due, at exponential distances. */
export function poissonArrivals(next: () => number, begun: number, perSecond: number, seconds: number): Float64Array {
  const arrivals: number[] = [];
  for (let due = begun; due < begun + seconds * 1_000; due += (-Math.log(1 - next()) * 1_000) / perSecond) arrivals.push(due);
  return Float64Array.from(arrivals);
}
