import { setTimeout as pause } from 'node:timers/promises';
import { rejectWhenAborted } from '../../batching/cancellation.ts';

/** Milliseconds from when the server was asked to stop a statement until its connection is closed, if the statement has not ended. */
const GRACE = 100;

/** A connection of a pool, taken for one statement. */
export interface TakenConnection<Rows> {
  run(): Promise<Rows>;
  /** Asks the server to stop the statement, over a connection of its own. Settles when the server has done so, or the signal aborts. */
  interrupt(signal: AbortSignal): Promise<void>;
  /** True for the error with which a statement ends that was stopped. */
  isInterrupted(error: unknown): boolean;
  /** Gives the connection back to the pool. */
  release(): void;
  /** Closes the connection; the pool opens another when it needs one. */
  close(): void;
}

/**
 * Runs one statement. Rejects at once when the signal aborts, and stops the statement on the server: a server notices only
 * late, if ever, that the client of a running statement is gone, so searches that nobody waits for would pile up in it.
 * @param patience how long the server has to take the request to stop, in milliseconds. Until then the connection is still
 * one of those that the pool may have.
 */
export async function runUntilAborted<Rows>(taken: TakenConnection<Rows>, signal: AbortSignal, patience: number): Promise<Rows> {
  if (signal.aborted) {
    // The wait for the connection was too long.
    taken.release();
    throw signal.reason;
  }
  let isAborted = false;
  const abort = rejectWhenAborted(signal, () => {
    isAborted = true;
  });
  const running = taken.run();
  running.catch(() => {});
  try {
    return await Promise.race([running, abort.promise]);
  } finally {
    abort.stop();
    if (isAborted) void stop(taken, running, patience);
    else taken.release();
  }
}

/**
 * The connection stays open until the server has the request: PgBouncer knows by it which statement is meant. It is used
 * again only after the statement ended by the request; otherwise a late request could stop the next statement.
 */
async function stop<Rows>(taken: TakenConnection<Rows>, running: Promise<Rows>, patience: number): Promise<void> {
  const interrupted = running.then(
    () => false,
    (error) => taken.isInterrupted(error),
  );
  try {
    await taken.interrupt(AbortSignal.timeout(patience));
    if (await Promise.race([interrupted, pause(GRACE, false, { ref: false })])) taken.release();
    else taken.close();
  } catch {
    taken.close();
  }
}
