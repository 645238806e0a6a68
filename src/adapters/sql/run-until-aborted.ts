import { setTimeout as pause } from 'node:timers/promises';
import { rejectWhenAborted } from '../../batching/cancellation.ts';

/** Milliseconds that a statement has to end after the server was asked to stop it. */
const GRACE = 100;
/**
 * The server ignores a request that comes between the messages that begin a statement, so it is repeated. After the last the
 * connection is closed: it may be dead, and the next call waits for one.
 */
const ATTEMPTS = 5;

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
 * again only if the first request ended the statement; otherwise a late request could stop the next statement.
 */
async function stop<Rows>(taken: TakenConnection<Rows>, running: Promise<Rows>, patience: number): Promise<void> {
  const ended = running.then(
    () => 'by itself',
    (error) => (taken.isInterrupted(error) ? 'by request' : 'by itself'),
  );
  try {
    const late = AbortSignal.timeout(patience);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      await taken.interrupt(late);
      const how = await Promise.race([ended, pause(GRACE, null, { ref: false })]);
      if (how === null) continue;
      if (how === 'by request' && attempt === 1) taken.release();
      else taken.close();
      return;
    }
  } catch {
    // The server can't be reached, or has no more connections: it can't be asked.
  }
  taken.close();
}
