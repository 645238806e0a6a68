import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { ChangeToPreview, PreviewedChange } from '../../model/identity.ts';
import { previewChange } from '../plan/preview-change.ts';
import { openDatabase } from './open-database.ts';
import { SqlitePreviewFacts } from './preview-facts.ts';
import { UNBOUNDED } from './read-bounds.ts';
import { type StoreReads, storeReads } from './store-reads.ts';

/** Reads of the thread alone, which have no short form. */
export type LongStoreReads = ReturnType<typeof longStoreReads>;

export interface ReadRequest {
  readonly name: keyof StoreReads | keyof LongStoreReads;
  readonly args: readonly unknown[];
}
export interface ReadReply {
  readonly result?: unknown;
  readonly error?: unknown;
}
export interface ReaderData {
  readonly path: string;
  readonly rules: IdentityRules;
}

if (parentPort) serve(parentPort, workerData as ReaderData);

function longStoreReads(database: DatabaseSync, rules: IdentityRules) {
  const facts = new SqlitePreviewFacts(database);
  return {
    preview: (change: ChangeToPreview): PreviewedChange => previewChange(rules, facts, Date.now, randomUUID, change),
  };
}

/** Answers one read after the other, each from one moment of the store. */
function serve(port: NonNullable<typeof parentPort>, { path, rules }: ReaderData): void {
  const database = openDatabase(path);
  const reads = { ...storeReads(database, UNBOUNDED), ...longStoreReads(database, rules) };
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
