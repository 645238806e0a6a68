import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './open-database.ts';

/** A request to the thread: to copy the log of writes into the store's file once, or to end. */
export type CheckpointRequest = 'checkpoint' | 'close';
/** How far it came; null for a checkpoint that failed, or that another one stood in the way of. */
export type CheckpointReply = LogState | null;

/** The log of writes (WAL), in pages. */
export interface LogState {
  readonly pages: number;
  /** Of those, how many are in the store's file as well. */
  readonly copied: number;
}

if (parentPort) serve(parentPort, workerData as { readonly path: string });

/** Copies beside the writer, which goes on writing meanwhile. */
function serve(port: NonNullable<typeof parentPort>, { path }: { readonly path: string }): void {
  const database = openDatabase(path);
  const checkpoint = database.prepare('pragma wal_checkpoint(passive)');
  port.on('message', (request: CheckpointRequest) => {
    if (request === 'close') {
      database.close();
      port.close();
      return;
    }
    let reply: CheckpointReply = null;
    try {
      const { busy, log, checkpointed } = checkpoint.get() as { busy: number; log: number; checkpointed: number };
      if (busy === 0) reply = { pages: log, copied: checkpointed };
    } catch {
      // A full disk, for example: the writer asks again.
    }
    port.postMessage(reply);
  });
}
