import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ReaderData, ReadReply, ReadRequest } from './reader-thread.ts';

interface Waiting {
  readonly request: ReadRequest;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * Long reads, answered by a thread of their own, one after the other. The thread starts with the first of them. Should it
 * end, the read that it had fails, and the next one starts another thread.
 */
export class LongReads {
  readonly #data: ReaderData;
  readonly #queue: Waiting[] = [];
  #running: Waiting | null = null;
  #thread: Worker | null = null;
  #isClosed = false;

  constructor(data: ReaderData) {
    this.#data = data;
  }

  read(name: ReadRequest['name'], args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ request: { name, args }, resolve, reject });
      this.#next();
    });
  }

  /** What is still waiting fails. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#next();
    const thread = this.#thread;
    if (thread === null) return;
    thread.ref();
    const exited = once(thread, 'exit');
    thread.postMessage('close');
    await exited;
  }

  #next(): void {
    if (this.#isClosed) {
      for (const { reject } of this.#queue.splice(0)) reject(new Error('the store is closed'));
    }
    const next = this.#running === null ? this.#queue.shift() : undefined;
    if (next === undefined) return;
    this.#running = next;
    try {
      this.#thread ??= this.#start();
      // A read that was begun keeps the process alive until it is answered; the thread alone does not.
      this.#thread.ref();
      this.#thread.postMessage(next.request);
    } catch (error) {
      this.#settle({ error });
    }
  }

  #start(): Worker {
    const self = import.meta.url;
    const script = new URL(self.endsWith('.ts') ? './reader-thread.ts' : './reader-thread.js', self);
    const thread = new Worker(script, { workerData: this.#data });
    let failure: unknown = new Error('the thread that reads the store has ended');
    thread.on('message', (reply: ReadReply) => this.#settle(reply));
    thread.on('error', (error) => {
      failure = error;
    });
    thread.on('exit', () => {
      this.#thread = null;
      this.#settle({ error: failure });
    });
    return thread;
  }

  #settle({ result, error }: ReadReply): void {
    const settled = this.#running;
    this.#running = null;
    this.#thread?.unref();
    if (error === undefined) settled?.resolve(result);
    else settled?.reject(error);
    this.#next();
  }
}
