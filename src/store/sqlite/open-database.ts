import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../../files/make-folder.ts';

/**
 * How long a statement waits for another process's write before it fails. Long enough for one that counts a new trait
 * over a few million interactions; reads wait for nobody.
 */
export const BUSY_TIMEOUT_MS = 60_000;

/**
 * Opens the file as the gateway needs it: readers never wait for the writer (WAL), what is committed survives a power cut,
 * and what is deleted is overwritten. A file that is new can be read by its owner only, as can a folder made for it.
 */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') createPrivately(path);
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; pragma temp_store = memory; pragma secure_delete = on',
  );
  return database;
}

/** Copies a store as it is at one moment, also while it is used. @param copy a file that is empty. */
export function copyDatabase(path: string, copy: string): void {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.prepare('vacuum into ?').run(copy);
  } finally {
    database.close();
  }
}

/**
 * The file holds personal data. SQLite gives its other files (`-wal`, `-shm`) the same mode. A file that is there is not opened:
 * closing it would end the locks that other threads of this process have on it (POSIX), and other processes would take it for unused.
 */
function createPrivately(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), 0o700);
  closeSync(openSync(path, 'a', 0o600));
}

/** Settings that are random keys of the store's own, made with it: what identities and claims are hashed with. */
const KEYS = ['identity_key', 'claimed_id_key'];

/**
 * Brings the schema to this version. Several processes may start together: the first migrates, the others wait.
 * @throws Error when a newer gateway has been here.
 */
export function migrate(database: DatabaseSync): void {
  const folder = new URL('./migrations/', import.meta.url);
  const migrations = readdirSync(folder).sort();
  database.exec('begin immediate');
  try {
    const version = (database.prepare('pragma user_version').get() as { user_version: number }).user_version;
    if (version > migrations.length) {
      throw new Error(`the store has schema version ${version}, this gateway knows ${migrations.length}: start the newer gateway`);
    }
    for (const name of migrations.slice(version)) database.exec(readFileSync(new URL(name, folder), 'utf8'));
    database.exec(`pragma user_version = ${migrations.length}`);
    const insert = database.prepare('insert or ignore into setting (name, value) values (?, ?)');
    for (const name of KEYS) insert.run(name, randomBytes(32).toString('base64url'));
    database.exec('commit');
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}
