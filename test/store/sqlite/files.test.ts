import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rulesWith } from '../../identity/histories.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { openTestStore } from '../../support/open-store.ts';
import { SQLITE } from '../../support/stores.ts';

it("the store's files, and the folder made for them, are their owner's only", async () => {
  const directory = join(temporaryDirectory(), 'data');
  const store = await openTestStore({ kind: SQLITE, directory, rules: rulesWith('reassign-latest') });
  await store.commit({ identifiers: [{ type: 'crmId', value: '1' }], occurredAt: new Date(1), source: 'test', eventId: null });
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const modes = readdirSync(directory).map((name) => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)]);
  expect(modes).toEqual([
    ['graph.db', '600'],
    ['graph.db-shm', '600'],
    ['graph.db-wal', '600'],
  ]);
});
