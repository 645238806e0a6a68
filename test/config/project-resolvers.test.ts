import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const PROJECT = {
  'gateway.config.ts': "export default { identifiers: { crmId: { class: 'person', unique: true } } };\n",
  'schema.graphql': 'type Customer { label: String }\nextend type Query { now(at: Moment): Moment }\nscalar Moment\n',
};

function write(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'lib'));
  for (const [name, text] of Object.entries({ ...PROJECT, ...files })) writeFileSync(join(directory, name), text);
  return directory;
}

/** What `check` prints of a project. */
async function check(files: Readonly<Record<string, string>>): Promise<{ code: number | null; text: string }> {
  const { code, stdout, stderr } = await new Command(CLI, ['check', '--config', join(write(files), 'gateway.config.ts')]).ended();
  return { code, text: stdout + stderr };
}

it('are found beside the configuration, with the gateway and graphql that are running, wherever the project lies', async () => {
  const { code, text } = await check({
    'resolvers.ts': `import { defineResolvers } from 'customer-profile-gateway';
import { GraphQLScalarType } from 'graphql';
import { label } from './lib/label.ts';
export default defineResolvers({
  Customer: { label },
  Query: { now: () => new Date() },
  Moment: new GraphQLScalarType({ name: 'Moment', serialize: (value) => (value as Date).toISOString() }),
});
`,
    'lib/label.ts': "export const label = () => 'x';\n",
  });
  expect([code, text]).toEqual([0, expect.stringContaining('configuration and schema are right')]);
});

it('are another file where the configuration says so, and have no other way to be missing', async () => {
  const config = PROJECT['gateway.config.ts'].replace('} };', "}, resolvers: 'lib/own.ts' };");
  const own = "export default { Customer: { label: () => 'x' }, Query: { now: () => null } };\n";
  expect(await check({ 'gateway.config.ts': config, 'lib/own.ts': own, 'resolvers.ts': 'this is no code' })).toMatchObject({ code: 0 });
  expect((await check({ 'gateway.config.ts': config })).text).toMatch(/lib\/own\.ts: expected a file here, found none/);
  expect((await check({ 'gateway.config.ts': config.replace("'lib/own.ts'", '7') })).text).toMatch(
    /gateway\.config\.ts:\d+:\d+: resolvers: .*string.*received 7/,
  );
});

it('say the line of each mistake; of fields without a source nothing is said when they can not be loaded', async () => {
  const { code, text } = await check({
    'resolvers.ts': `export default {
  Customer: {
    lable: () => '',
    label: 'x',
  },
  Query: { now() {}, customer() {} },
};
`,
  });
  expect(code).toBe(1);
  for (const expected of [
    /resolvers\.ts:3:5: Customer\.lable: expected a field that the schema has \(label\), found none of this name/,
    /resolvers\.ts:4:5: Customer\.label: expected a function, received string/,
    /resolvers\.ts:6:22: Query\.customer: expected a field of yours, this one is the gateway's own/,
    /schema\.graphql:1:17: Customer\.label: expected @from/,
  ])
    expect(text).toMatch(expected);

  const broken = await check({ 'resolvers.ts': "\nimport { a } from './lib/none.ts';\nexport default { a };\n" });
  expect(broken.text).toMatch(
    /^1 problem; nothing was started\n {2}\S*resolvers\.ts:2:19: expected a module, found none: '\.\/lib\/none\.ts'\n$/,
  );
  expect((await check({ 'resolvers.ts': 'export default [];\n' })).text).toMatch(
    /resolvers\.ts: expected export default of defineResolvers\(\{\.\.\.\}\), received a list/,
  );
});
