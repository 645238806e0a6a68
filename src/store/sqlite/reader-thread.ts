import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './open-database.ts';
import { UNBOUNDED } from './read-bounds.ts';
import { type StoreReads, storeReads } from './store-reads.ts';

export interface ReadRequest {
  readonly name: keyof StoreReads;
  readonly args: readonly unknown[];
}
export interface ReadReply {
  readonly result?: unknown;
  readonly error?: unknown;
}
export interface ReaderData {
  readonly path: string;
}

if (parentPort) serve(parentPort, workerData as ReaderData);

/** Answers one read after the other, each from one moment of the store. */
function serve(port: NonNullable<typeof parentPort>, { path }: ReaderData): void {
  const database = openDatabase(path);
  const reads = storeReads(database, UNBOUNDED);
  port.on('message', (request: ReadRequest | 'close') => {
    if (request === 'close') {
      database.close();
      port.close();
    } else port.postMessage(answer(request));
  });

  function answer({ name, args }: ReadRequest): ReadReply {
    try {
      database.exec('begin');
      return { result: (reads[name] as (...args: readonly unknown[]) => unknown)(...args) };
    } catch (error) {
      return { error };
    } finally {
      if (database.isTransaction) database.exec('commit');
    }
  }
}
