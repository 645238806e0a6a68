import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';

const RULES = {
  types: [{ name: 'crmId', class: 'person', unique: true, limit: 1, window: null }],
  conflict: 'reassign-latest',
  capacity: 50,
} as const;
const CONFIG = `export default {
  identifiers: { crmId: { class: 'person', unique: true } },
  touchpoints: { web: { channel: 'WEB' } },
  store: 'sqlite:gateway.db',
};`;

function project(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'gateway.config.ts'), CONFIG);
  writeFileSync(join(directory, 'schema.graphql'), 'type Customer { favouriteStore: String @from(source: "captured") }');
  return directory;
}
const run = (args: readonly string[], directory: string) => new Command(CLI, args, { directory }).ended();

it('backup copies the store while it is written to, and a gateway serves the copy', async () => {
  const directory = project();
  const store = new SqliteStore(join(directory, 'gateway.db'), RULES);
  onTestFinished(() => store.close());
  const told = (n: number) => ({
    identifiers: [{ type: 'crmId', value: `c${n}` }],
    occurredAt: new Date(1),
    source: 'test',
    eventId: null,
  });
  await store.commit(told(0));
  let isOver = false;
  const copying = run(['backup', 'copy.db'], directory).finally(() => {
    isOver = true;
  });
  for (let n = 1; !isOver; n++) await store.commit(told(n));
  expect(await copying).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('copy.db') });
  expect(statSync(join(directory, 'copy.db')).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory).filter((name) => name.includes('unfinished'))).toEqual([]);

  const { ask } = await testGateway({ directory, config: { store: 'sqlite:copy.db' } });
  const by = { i: { type: 'crmId', value: 'c0' } };
  const query = 'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { identifiers { value } } }';
  const { data } = await ask(query, { variables: by, role: 'AGENT' });
  expect(data.customerByIdentifier).toEqual({ identifiers: [{ value: 'c0' }] });
});

it('backup says what to do where there is no store, or the copy can not be made', async () => {
  const directory = project();
  expect(await run(['backup', 'copy.db'], directory)).toMatchObject({ code: 1, stderr: expect.stringContaining('expected a store at') });
  expect(existsSync(join(directory, 'gateway.db'))).toBe(false);
  await new SqliteStore(join(directory, 'gateway.db'), RULES).close();
  writeFileSync(join(directory, 'copy.db'), 'mine');
  expect((await run(['backup', 'copy.db'], directory)).stderr).toBe(
    'backup: expected a file that does not exist yet, copy.db does: name another, or remove it\n',
  );
  expect((await run(['backup', 'no/folder/copy.db'], directory)).stderr).toBe(
    "backup: expected a file in a folder that can be written to, no/folder/copy.db.unfinished can't be made (ENOENT)\n",
  );
});

it("the store's files, and the folder made for them, are their owner's only", async () => {
  const directory = join(temporaryDirectory(), 'data');
  const store = new SqliteStore(join(directory, 'gateway.db'), RULES);
  onTestFinished(() => store.close());
  await store.commit({ identifiers: [{ type: 'crmId', value: '1' }], occurredAt: new Date(1), source: 'test', eventId: null });
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const modes = readdirSync(directory).map((name) => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)]);
  expect(modes).toEqual([
    ['gateway.db', '600'],
    ['gateway.db-shm', '600'],
    ['gateway.db-wal', '600'],
  ]);
});
