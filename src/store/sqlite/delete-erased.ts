import type { DatabaseSync } from 'node:sqlite';
import type { Checkpoints } from './checkpoints.ts';
import { BUSY_TIMEOUT_MS } from './open-database.ts';
import { Purge } from './purge.ts';

/** Milliseconds of work in one transaction; what is written meanwhile waits for so long, and for the disk. */
const SLICE_MS = 10;
/** Between two slices, so another process's writer, which polls for the lock, gets it. */
const PAUSE_MS = 10;
/** Until something that failed, or that a reader stood in the way of, is tried again. */
const RETRY_MS = 1_000;

/**
 * Bytes of a store that is rewritten as a whole after an erasure: a fraction of a second, in which writes wait. SQLite
 * overwrites what is deleted, but not the copies that the splitting of a page may have left in its unused bytes.
 */
const REWRITTEN_UP_TO = 16 * 1024 * 1024;

/** An erasure that somebody waits for. */
interface Waiting {
  done(): void;
  fail(error: unknown): void;
}

/** Deletes on the writer's thread what was erased, in slices between other writes; also what a process before this one left. */
export class DeleteErased {
  readonly #database: DatabaseSync;
  readonly #checkpoints: Checkpoints;
  readonly #purge: Purge;
  readonly #waiting = new Map<string, Waiting>();
  #timer: NodeJS.Timeout | null = null;
  /** Whether the log of writes (WAL) may hold what was deleted. */
  #logIsStale = true;
  /** Whether unused bytes of the file may hold copies of what was deleted. */
  #mayHaveCopies = false;
  #isStopping = false;

  constructor(database: DatabaseSync, checkpoints: Checkpoints) {
    this.#database = database;
    this.#checkpoints = checkpoints;
    this.#purge = new Purge(database);
  }

  /** Begins, or goes on, with whatever there is to delete. */
  start(): void {
    this.#schedule(0);
  }

  /** @param erasure what `Erasure.erase` returned. */
  wait(erasure: string, waiting: Waiting): void {
    this.#waiting.set(erasure, waiting);
    this.#schedule(0);
  }

  /** What is not deleted by now is deleted after the store is opened again. */
  stop(): void {
    this.#isStopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const { fail } of this.#waiting.values()) {
      fail(new Error('the store is closed: what was erased is unreadable, and is deleted once the store is opened again'));
    }
    this.#waiting.clear();
    this.#cleanFiles();
  }

  #schedule(milliseconds: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), milliseconds);
    this.#timer.unref();
  }

  #run(): void {
    this.#timer = null;
    try {
      const isLeft = this.#purge.hasWork();
      if (isLeft) this.#slice();
      else this.#cleanFiles();
      for (const [erasure, { done }] of this.#waiting) {
        if (this.#purge.isPending(erasure)) continue;
        this.#cleanFiles();
        if (this.#checkpoints.isCopying) continue;
        this.#waiting.delete(erasure);
        done();
      }
      if (isLeft || this.#checkpoints.isCopying) this.#schedule(PAUSE_MS);
      else if (this.#logIsStale || this.#mayHaveCopies) this.#schedule(RETRY_MS);
    } catch (error) {
      for (const { fail } of this.#waiting.values()) fail(error);
      this.#waiting.clear();
      this.#schedule(RETRY_MS);
    }
  }

  #slice(): void {
    this.#logIsStale = true;
    this.#mayHaveCopies = true;
    this.#database.exec('begin immediate');
    try {
      this.#purge.slice(SLICE_MS);
      this.#database.exec('commit');
      this.#checkpoints.copy();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback');
      throw error;
    }
  }

  /** It waits for nobody: what a reader or another process's write stands in the way of is done later. */
  #cleanFiles(): void {
    this.#database.exec('pragma busy_timeout = 0');
    try {
      if (this.#mayHaveCopies && !this.#purge.hasWork()) this.#rewrite();
      if (this.#logIsStale && !this.#leavesLog()) this.#emptyLog();
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SQLITE_ERROR') throw error;
    } finally {
      this.#database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }

  #rewrite(): void {
    const { bytes } = this.#database
      .prepare('select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()')
      .get() as { bytes: number };
    if (bytes <= REWRITTEN_UP_TO) this.#database.exec('vacuum');
    this.#mayHaveCopies = false;
  }

  /** A long log is copied beside the writes first; emptied at once, it would keep them waiting. */
  #leavesLog(): boolean {
    this.#checkpoints.copy();
    return !this.#isStopping && (this.#checkpoints.isCopying || this.#checkpoints.isLong);
  }

  /** Deleted values are in the log of writes, too, until it is emptied, which has to wait for who reads from it. */
  #emptyLog(): void {
    const { busy } = this.#database.prepare('pragma wal_checkpoint(truncate)').get() as { busy: number };
    this.#logIsStale = busy !== 0;
  }
}
