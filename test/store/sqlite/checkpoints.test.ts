import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Checkpoints } from '../../../src/store/sqlite/checkpoints.ts';
import { openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { PATIENTLY } from '../../support/waiting.ts';

/** A database whose log can be copied, and what the log holds. @param copied what the thread opens, if it is not the database. */
function open(copied?: string) {
  const path = join(temporaryDirectory(), 'log.db');
  const database = openDatabase(path);
  database.exec('create table filler (content blob)');
  const checkpoints = new Checkpoints(database, copied ?? path);
  onTestFinished(async () => {
    await checkpoints.close();
    database.close();
  });
  const insert = database.prepare('insert into filler values (zeroblob(?))');
  const write = (pages: number) => {
    insert.run(pages * 4_096);
    checkpoints.copy();
  };
  return { path, write, log: () => logOf(database) };
}

function logOf(database: DatabaseSync) {
  const { log, checkpointed } = database.prepare('pragma wal_checkpoint(noop)').get() as { log: number; checkpointed: number };
  return { pages: log, left: log - checkpointed };
}

/** Opens a read transaction, so that the log can't be copied. @returns a function that ends it. */
function reading(path: string): () => void {
  const reader = openDatabase(path);
  reader.exec('begin');
  reader.prepare('select count(*) from filler').get();
  return () => {
    reader.close();
  };
}

describe('the log of writes', () => {
  it('is copied by the writer while it is short, and begins anew', () => {
    const { write, log } = open();
    for (let n = 0; n < 10; n++) {
      write(700);
      expect(log().left).toBeLessThan(1_000);
      expect(log().pages).toBeLessThan(2_500);
    }
  });

  it('that grew while somebody read is copied beside the writer, and begins anew', async () => {
    const { path, write, log } = open();
    const end = reading(path);
    for (let n = 0; n < 10; n++) write(700);
    expect(log().left).toBeGreaterThan(4_000);
    end();
    await vi.waitFor(() => {
      write(1);
      expect(log().pages).toBeLessThan(100);
    }, PATIENTLY);
  });

  it('that grew while somebody read is copied by no write, and a thread that fails does not keep it from being closed', () => {
    // A thread that copied it could do so before this test looks. A folder can't be opened, so this one ends as it starts.
    const { path, write, log } = open(temporaryDirectory());
    const end = reading(path);
    for (let n = 0; n < 10; n++) write(700);
    end();
    // As one would at a thousand pages.
    write(1);
    expect(log().left).toBeGreaterThan(4_000);
  });
});
