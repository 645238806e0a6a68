import { describe, expect, it } from 'vitest';
import { Locks } from '../../../src/store/postgres/locks.ts';
import { BEGIN, type Connection, prepared, ROLLBACK } from '../../../src/store/postgres/statement.ts';
import { emptyStore, HAS_DATABASE, SECRET } from './background-store.ts';

/** Takes the lock of an identifier in a transaction. */
async function lock(connection: Connection, locks: Locks, identifier: string): Promise<void> {
  await connection.run({ prepared: BEGIN, values: [] });
  locks.name('identifier', identifier);
  await locks.take(connection);
}

/** @param wasDeadlock whether it was ended because of a deadlock each time. @returns the locks of a third attempt. */
function thirdAttempt(wasDeadlock: boolean): Locks {
  const second = new Locks(SECRET, { locks: new Locks(SECRET), wasDeadlock });
  return new Locks(SECRET, { locks: second, wasDeadlock });
}

describe.skipIf(!HAS_DATABASE)('locks', () => {
  it('are taken in turn by transactions that were twice in a deadlock, and by no others', async () => {
    const store = await emptyStore();
    const connections = store.connect();
    const end = { prepared: ROLLBACK, values: [] };
    const done: string[] = [];
    let second: Promise<unknown> = Promise.resolve();
    await connections.exclusive(async (connection) => {
      await lock(connection, thirdAttempt(true), 'a');
      for (const locks of [new Locks(SECRET), thirdAttempt(false)]) {
        await connections.exclusive(async (other) => {
          await lock(other, locks, 'b');
          await other.run(end);
        });
      }
      const started = Promise.withResolvers<number>();
      second = connections.exclusive(async (other) => {
        const { rows } = await other.run({ prepared: prepared('select pg_backend_pid() as pid'), values: [] });
        started.resolve(rows[0]?.pid as number);
        await lock(other, thirdAttempt(true), 'c');
        done.push('second');
        await other.run(end);
      });
      const pid = await started.promise;
      await expect.poll(() => store.rows(`select 1 from pg_locks where pid = ${pid} and not granted`)).toHaveLength(1);
      done.push('first');
      await connection.run(end);
    });
    await second;
    expect(done).toEqual(['first', 'second']);
  });
});
