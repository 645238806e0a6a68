import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { CheckpointReply, CheckpointRequest, LogState } from './checkpoint-thread.ts';

/** Pages of the log (4 KiB each) from which on they are copied into the store's file; SQLite's default. */
const COPIED_FROM = 1_000;
/** Pages that the writer copies itself, in some ten milliseconds. Copying more would keep writes waiting. */
const COPIED_BY_WRITER = 4_000;
/** Milliseconds until a reader is expected to have gone who stood in the way. */
const RETRY_MS = 1_000;

/**
 * Copies what was written from the log (WAL) into the store's file, from the writer's thread. SQLite would copy the whole
 * log within one commit, however long it has grown while somebody read: hundreds of megabytes, during which all writes
 * wait. Here a long log is copied by a thread of its own, and the writer copies only what was written meanwhile.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #state;
  readonly #copy;
  #thread: Worker | null = null;
  #isCopying = false;
  #notBefore = 0;

  constructor(database: DatabaseSync, path: string) {
    this.#path = path;
    database.exec('pragma wal_autocheckpoint = 0');
    // It only looks (https://sqlite.org/pragma.html#pragma_wal_checkpoint).
    this.#state = database.prepare('pragma wal_checkpoint(noop)');
    this.#copy = database.prepare('pragma wal_checkpoint(passive)');
  }

  /** True when the log is too long to be copied by the writer. */
  get isLong(): boolean {
    return this.#uncopied() > COPIED_BY_WRITER;
  }

  /** True while the thread copies. */
  get isCopying(): boolean {
    return this.#isCopying;
  }

  /** To be called after each transaction, whose outcome does not depend on it. */
  copy(): void {
    if (this.#isCopying) return;
    try {
      const pages = this.#uncopied();
      if (pages < COPIED_FROM) return;
      if (pages <= COPIED_BY_WRITER) this.#copy.get();
      else if (performance.now() >= this.#notBefore) this.#begin();
    } catch (error) {
      passOver(error);
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread === null) return;
    thread.ref();
    // `once` of node:events would fail with the thread, which has ended then as well.
    const exited = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage('close' satisfies CheckpointRequest);
    await exited;
  }

  #uncopied(): number {
    const { log, checkpointed } = this.#state.get() as { log: number; checkpointed: number };
    return log - checkpointed;
  }

  #begin(): void {
    this.#isCopying = true;
    this.#thread ??= this.#start();
    this.#thread.postMessage('checkpoint' satisfies CheckpointRequest);
  }

  #start(): Worker {
    const self = import.meta.url;
    const script = new URL(self.endsWith('.ts') ? './checkpoint-thread.ts' : './checkpoint-thread.js', self);
    const thread = new Worker(script, { workerData: { path: this.#path } });
    thread.unref();
    thread.on('message', (reply: CheckpointReply) => this.#end(reply));
    // The next long log starts another one.
    thread.on('error', () => {});
    thread.on('exit', () => {
      this.#thread = null;
      this.#end(null);
    });
    return thread;
  }

  #end(reply: LogState | null): void {
    this.#isCopying = false;
    if (reply === null || reply.copied < reply.pages) this.#notBefore = performance.now() + RETRY_MS;
    else this.#copyRest();
  }

  /** However long it is, so that the log begins anew: under steady writing it would grow for ever otherwise. */
  #copyRest(): void {
    try {
      this.#copy.get();
    } catch (error) {
      passOver(error);
    }
  }
}

/** What could not be copied, since the disk is full or another process is copying, is copied after a later transaction. */
function passOver(error: unknown): void {
  if ((error as { code?: string }).code !== 'ERR_SQLITE_ERROR') throw error;
}
