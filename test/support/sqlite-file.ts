import { DatabaseSync } from 'node:sqlite';
import { BUSY_TIMEOUT_MS } from '../../src/store/sqlite/open-database.ts';

/**
 * Opens an SQLite file beside its other users. Every test opens files here: a gateway may still write to its store after
 * it has answered (work of its own, checkpoints), and by default a statement fails at once while another connection writes.
 */
export function openSqliteFile(path: string, options: { readonly readOnly?: boolean } = {}): DatabaseSync {
  return new DatabaseSync(path, { ...options, timeout: BUSY_TIMEOUT_MS });
}
