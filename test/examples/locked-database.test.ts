import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { LockedDatabase } from '../../examples/demo/back-ends/locked-database.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';

function locked(file: string): LockedDatabase {
  const database = new LockedDatabase({ name: 'crm', how: 'SQLite file', file, own: undefined });
  onTestFinished(() => database.close());
  return database;
}

it('stops a SQLite file for its readers, and gives it back', async () => {
  const file = join(temporaryDirectory(), 'crm.db');
  const made = openSqliteFile(file);
  made.exec('create table customer (customer_id text)');
  made.close();
  const database = locked(file);
  await database.stop();
  await expect(database.probe()).rejects.toThrow(/locked/);
  await database.start();
  await expect(database.probe()).resolves.toBeUndefined();
});

it('says so when the file cannot be stopped', async () => {
  const database = locked(join(temporaryDirectory(), 'nowhere', 'crm.db'));
  await expect(database.stop()).rejects.toThrow("crm: its file can't be locked");
});
