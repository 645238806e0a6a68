import type { Gathering } from './gathering.ts';
import type { Locks } from './locks.ts';
import type { Settlement } from './settlements.ts';
import { BEGIN, COMMIT, type Connection, prepared, ROLLBACK, type Statement } from './statement.ts';

/** Milliseconds for one lock: shorter than a caller waits at most, so that the repetition has its locks from the start. */
const LOCK_TIMEOUT = prepared('set local lock_timeout = 5000');

/** What a plan decided over what is gathered so far. */
export interface Attempt<Result> {
  readonly result: Result;
  /** What is to be written for it. */
  readonly statements: readonly Statement[];
}

export interface RunOptions<Result> {
  /** Says what became of the attempts before this one; null where nothing was attempted, and nothing is to be repeated. */
  readonly settlement?: Settlement<Result> | null;
  /**
   * Called twice before the plan runs: asks for what such a plan nearly always asks, the owners first. A plan that knows no owner
   * would ask for much that nobody needs, and each of its runs costs more.
   */
  readonly first?: () => unknown;
}

/**
 * One attempt of a transaction: runs the plan, asks for what it did not know, takes the locks that it turned out to need, and again,
 * until all that it decided over was read under all its locks; then writes and commits. An ordinary write needs two round trips
 * to load, of which the second locks, and one to write.
 * @param attempt runs the plan over `gathering` and notes the locks; called several times. What it throws counts only when all
 * answers were known.
 * @throws the database's error. The caller ends the transaction then, and repeats it as a whole where `isTransient` (retry.ts).
 */
export async function runTransaction<Result>(
  connection: Connection,
  gathering: Gathering,
  locks: Locks,
  attempt: () => Attempt<Result>,
  { settlement = null, first = attempt }: RunOptions<Result> = {},
): Promise<Result> {
  const begun = Promise.all([BEGIN, LOCK_TIMEOUT].map((statement) => connection.run({ prepared: statement, values: [] })));
  // The plan may throw before it is waited for.
  begun.catch(() => {});
  const pending: Promise<unknown>[] = [begun];
  // The first asks for the owners, the second for what is theirs.
  let warmUps = first === attempt ? 0 : 2;
  for (;;) {
    const run = warmUps-- > 0 ? first : attempt;
    const attempted = gathering.decide(run);
    const isReady = gathering.isComplete && locks.isComplete;
    if (isReady && run !== attempt) continue;
    if (isReady) {
      const { result, statements } = attempted as Attempt<Result>;
      const earlier = await settlement?.earlier(connection);
      if (earlier != null) {
        await connection.run({ prepared: ROLLBACK, values: [] });
        return earlier.result;
      }
      const marks = settlement === null ? [] : [settlement.mark(result)];
      const written = [...statements, ...marks].map((statement) => connection.run(statement));
      await Promise.all([...pending, ...written, locks.release(connection), connection.run({ prepared: COMMIT, values: [] })]);
      return result;
    }
    if (!locks.isComplete) {
      pending.push(locks.take(connection));
      gathering.askAgain();
    }
    pending.push(gathering.load(connection));
    await Promise.all(pending.splice(0));
  }
}
