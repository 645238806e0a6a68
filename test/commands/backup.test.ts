import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';
import { openTestStore } from '../support/open-store.ts';
import { SQLITE } from '../support/stores.ts';

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
  const store = await openTestStore({ kind: SQLITE, directory, name: 'gateway', rules: RULES });
  const evidence = (n: number) => ({
    identifiers: [{ type: 'crmId', value: `c${n}` }],
    occurredAt: new Date(1),
    source: 'test',
    eventId: null,
  });
  await store.commit(evidence(0));
  let isOver = false;
  const copying = run(['backup', 'copy.db'], directory).finally(() => {
    isOver = true;
  });
  for (let n = 1; !isOver; n++) await store.commit(evidence(n));
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
  await (await openTestStore({ kind: SQLITE, directory, name: 'gateway', rules: RULES })).close();
  writeFileSync(join(directory, 'copy.db'), 'mine');
  expect((await run(['backup', 'copy.db'], directory)).stderr).toBe(
    'backup: expected a file that does not exist yet, copy.db does: name another, or remove it\n',
  );
  expect((await run(['backup', 'no/folder/copy.db'], directory)).stderr).toBe(
    "backup: expected a file in a folder that can be written to, no/folder/copy.db.unfinished can't be made (ENOENT)\n",
  );
});
