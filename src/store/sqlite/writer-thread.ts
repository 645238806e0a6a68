import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { ChangedIdentities } from '../../model/identity.ts';
import { IdentityChangeLog } from '../plan/changed-identities.ts';
import type { StartedErasure } from '../plan/erase-customer.ts';
import type { Retention } from '../plan/forget-offers.ts';
import { Checkpoints } from './checkpoints.ts';
import { DeleteErased } from './delete-erased.ts';
import { IdentityCount, type IdentityReport } from './identity-version.ts';
import { openDatabase } from './open-database.ts';
import { type StoreWrites, storeWrites } from './store-writes.ts';

export interface WriteRequest {
  readonly sequence: number;
  readonly name: keyof StoreWrites;
  readonly args: readonly unknown[];
  /** Others go first. */
  readonly isPatient: boolean;
}
export interface WriteReply {
  readonly sequence: number;
  readonly result?: unknown;
  readonly error?: unknown;
}
/** Answers to writes, after their transaction. */
export interface WriteReplies {
  readonly replies: readonly WriteReply[];
  /** How many writes the transaction attempted; some of them may be answered later. 0 for answers without a transaction. */
  readonly attempted: number;
  /** Null where nothing was committed. */
  readonly report: IdentityReport | null;
}
export interface WriterData {
  readonly path: string;
  readonly rules: IdentityRules;
  readonly retention?: Retention | undefined;
}

if (parentPort) serve(parentPort, workerData as WriterData);

/** Milliseconds after which a transaction is committed in which somebody waits; and any transaction, since committing takes time too. */
const COMMITTED_AFTER = { withUrgent: 10, longest: 500 };

type Messages = readonly WriteRequest[] | 'close';

/**
 * Group commit: whatever arrived while the last transaction was being synced to disk shares the next one, so
 * under load many writes pay for one sync. Each has a savepoint of its own, and fails alone. Patient writes fill a
 * transaction only while nobody else waits: one who comes meanwhile waits for one of them, and for the commit.
 */
function serve(port: NonNullable<typeof parentPort>, { path, rules, retention }: WriterData): void {
  const database = openDatabase(path);
  const count = new IdentityCount(database);
  let changes = new IdentityChangeLog();
  const onChanged = (changed: ChangedIdentities) => changes.addAll(changed);
  const writes = storeWrites(database, rules, Date.now, retention, onChanged);
  const checkpoints = new Checkpoints(database, path);
  const deleting = new DeleteErased(database, checkpoints);
  let urgent: WriteRequest[] = [];
  const patient: WriteRequest[] = [];
  let isScheduled = false;
  let isClosing = false;
  deleting.start();

  port.on('message', (messages: Messages) => {
    receive(messages);
    schedule();
  });

  function receive(messages: Messages): void {
    if (messages === 'close') isClosing = true;
    else for (const request of messages) (request.isPatient ? patient : urgent).push(request);
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    isScheduled = false;
    if (urgent.length > 0 || patient.length > 0) transact();
    if (urgent.length > 0 || patient.length > 0) schedule();
    else if (isClosing) close();
  }

  function close(): void {
    port.removeAllListeners('message');
    deleting.stop();
    void checkpoints.close().then(() => {
      database.close();
      port.close();
    });
  }

  function transact(): void {
    const batch: WriteRequest[] = [];
    let replies: WriteReply[];
    let report: IdentityReport | null = null;
    changes = new IdentityChangeLog();
    try {
      database.exec('begin immediate');
      const from = count.now();
      replies = attemptAll(batch);
      const to = count.now();
      database.exec('commit');
      report = { from, to, changed: changes.changed };
    } catch (error) {
      if (database.isTransaction) database.exec('rollback');
      if (batch.length === 0) batch.push(...urgent.splice(0), ...patient.splice(0));
      replies = batch.map(({ sequence }) => ({ sequence, error }));
    }
    const answered = replies.flatMap((reply, index) => (batch[index]?.name === 'erase' ? answerErasure(reply) : [reply]));
    port.postMessage({ replies: answered, attempted: batch.length, report } satisfies WriteReplies);
    checkpoints.copy();
  }

  /** Attempts what waits, and what comes meanwhile. @param batch gets each, in the order of the replies. */
  function attemptAll(batch: WriteRequest[]): WriteReply[] {
    const replies: WriteReply[] = [];
    const take = (request: WriteRequest) => {
      batch.push(request);
      replies.push(attempt(request));
    };
    const began = performance.now();
    let [elapsed, isAwaited] = [0, false];
    for (;;) {
      const due = urgent;
      urgent = [];
      for (const request of due) take(request);
      isAwaited ||= due.length > 0;
      if (elapsed >= (isAwaited ? COMMITTED_AFTER.withUrgent : COMMITTED_AFTER.longest)) break;
      const next = patient.shift();
      if (next === undefined) break;
      take(next);
      for (let message = receiveMessageOnPort(port); message !== undefined; message = receiveMessageOnPort(port)) receive(message.message);
      elapsed = performance.now() - began;
    }
    return replies;
  }

  /** An erasure is answered when what it erased is deleted. @returns the answer, where that is now. */
  function answerErasure({ sequence, result, error }: WriteReply): WriteReply[] {
    if (error !== undefined) return [{ sequence, error }];
    const { isExpected, pending } = result as StartedErasure;
    if (pending === null) return [{ sequence, result: isExpected }];
    deleting.wait(pending, {
      done: () => answerLater({ sequence, result: isExpected }),
      fail: (error) => answerLater({ sequence, error }),
    });
    return [];
  }

  function answerLater(reply: WriteReply): void {
    port.postMessage({ replies: [reply], attempted: 0, report: null } satisfies WriteReplies);
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
