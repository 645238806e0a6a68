import { parentPort, workerData } from 'node:worker_threads';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { StartedErasure } from '../plan/erase-customer.ts';
import { Checkpoints } from './checkpoints.ts';
import { DeleteErased } from './delete-erased.ts';
import { openDatabase } from './open-database.ts';
import { type StoreWrites, storeWrites } from './store-writes.ts';

export interface WriteRequest {
  readonly sequence: number;
  readonly name: keyof StoreWrites;
  readonly args: readonly unknown[];
}
export interface WriteReply {
  readonly sequence: number;
  readonly result?: unknown;
  readonly error?: unknown;
}
export interface WriterData {
  readonly path: string;
  readonly rules: IdentityRules;
}

if (parentPort) serve(parentPort, workerData as WriterData);

/**
 * Group commit: whatever arrived while the last transaction was being synced to disk shares the next one, so
 * under load many writes pay for one sync. Each has a savepoint of its own, and fails alone.
 */
function serve(port: NonNullable<typeof parentPort>, { path, rules }: WriterData): void {
  const database = openDatabase(path);
  const writes = storeWrites(database, rules, Date.now);
  const checkpoints = new Checkpoints(database, path);
  const deleting = new DeleteErased(database, checkpoints);
  let waiting: WriteRequest[] = [];
  deleting.start();

  port.on('message', (requests: readonly WriteRequest[] | 'close') => {
    if (requests === 'close') {
      flush();
      deleting.stop();
      void checkpoints.close().then(() => {
        database.close();
        port.close();
      });
      return;
    }
    if (waiting.length === 0) setImmediate(flush);
    waiting = waiting.concat(requests);
  });

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    let replies: WriteReply[];
    try {
      database.exec('begin immediate');
      replies = batch.map(attempt);
      database.exec('commit');
    } catch (error) {
      if (database.isTransaction) database.exec('rollback');
      replies = batch.map(({ sequence }) => ({ sequence, error }));
    }
    const answered = replies.flatMap((reply, index) => (batch[index]?.name === 'erase' ? answerErasure(reply) : [reply]));
    port.postMessage(answered);
    checkpoints.copy();
  }

  /** An erasure is answered when what it erased is deleted. @returns the answer, where that is now. */
  function answerErasure({ sequence, result, error }: WriteReply): WriteReply[] {
    if (error !== undefined) return [{ sequence, error }];
    const { isExpected, pending } = result as StartedErasure;
    if (pending === null) return [{ sequence, result: isExpected }];
    deleting.wait(pending, {
      done: () => port.postMessage([{ sequence, result: isExpected }] satisfies WriteReply[]),
      fail: (reason) => port.postMessage([{ sequence, error: reason }] satisfies WriteReply[]),
    });
    return [];
  }

  function attempt({ sequence, name, args }: WriteRequest): WriteReply {
    database.exec('savepoint one_write');
    try {
      const result = (writes[name] as (...args: readonly unknown[]) => unknown)(...args);
      database.exec('release one_write');
      return { sequence, result };
    } catch (error) {
      database.exec('rollback to one_write; release one_write');
      return { sequence, error };
    }
  }
}
