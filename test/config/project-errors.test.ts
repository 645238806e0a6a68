import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sqlAdapter } from '../../src/index.ts';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';

const CONFIG = "export default { identifiers: { crmId: { class: 'person', unique: true } } };\n";
const SCHEMA = 'type Customer { name: String @from(source: "crm") }\n';

const SQLITE = `import { sqlAdapter } from 'customer-profile-gateway';
export default sqlAdapter({ url: 'sqlite:crm.db', key: 'crmId', match: 'id', query: 'select id, name from persons where id in ($keys)' });
`;

/** What `check` prints of a project. @param files by their path. */
async function check(files: Readonly<Record<string, string>>, ...options: string[]): Promise<{ code: number | null; text: string }> {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'datasources'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const command = new Command(CLI, ['check', '--config', join(directory, 'gateway.config.ts'), ...options]);
  const { code, stdout, stderr } = await command.ended();
  return { code, text: stdout + stderr };
}

it('says the file, the line and what is wrong, of everything at once', async () => {
  const { code, text } = await check({
    'gateway.config.ts': "export default { identifiers: { crmId: { class: 'person', colour: 'red' } }, limits: { depht: 3 } };\n",
    'schema.graphql': 'type Customer {\n  name: String @from(source: "crm")\n  plan: String @from(source: "nowhere")\n}\n',
    'datasources/crm.ts':
      "import { httpAdapter } from 'customer-profile-gateway';\n\nexport default httpAdapter({ baseUrl: 'http://127.0.0.1:1', batsh: '/x', one: '/{key}' });\n",
    'datasources/broken.ts': 'export default {\n  a: 1,\n  b: }\n',
    'datasources/failing.ts': '\n\nexport default (undefined as any).something;\n',
    'datasources/helped.ts': "import '../helper.ts';\nexport default {};\n",
    'helper.ts': '\nthrow new Error("helper failed");\n',
  });
  expect(code).toBe(1);
  for (const expected of [
    /gateway\.config\.ts:1:59: identifiers\.crmId\.colour: expected no such option; there are class, unique, limit/,
    /gateway\.config\.ts:1:88: limits\.depht: expected no such option; there are depth, aliases/,
    /schema\.graphql:3:\d+: .*nowhere/,
    /datasources\/crm\.ts:3:16: httpAdapter: 1 option\(s\) are wrong\n {2}batsh: expected no such option; there are .*\bbatch\b/,
    /datasources\/broken\.ts:3:6: syntax error: /,
    /datasources\/failing\.ts:3:\d+: Cannot read properties of undefined/,
    /helper\.ts:2:7: helper failed/,
  ]) {
    expect(text).toMatch(expected);
  }
  expect(text).not.toMatch(/AdapterFailure|Unrecognized|Invalid input|ZodError/);
});

it('says where the configuration itself can not be parsed', async () => {
  const { code, text } = await check({ 'gateway.config.ts': `${CONFIG}const x = ;\n`, 'schema.graphql': SCHEMA });
  expect([code, text]).toEqual([1, expect.stringMatching(/gateway\.config\.ts:2:11: syntax error: /)]);
});

it('refuses a match that the query does not select', () => {
  const of = (query: string, match = 'id') => sqlAdapter({ url: 'sqlite:x.db', match, query });
  expect(() => of('select number, name from t where number in ($keys)')).toThrow(
    'sqlAdapter: match: expected one of the columns that the query selects (number, name), received id',
  );
  // The database says how such a column is called, or what a star is.
  for (const query of [
    'select ID, name from t where id in ($keys)',
    'select * from t where id in ($keys)',
    'select number as id from t where number in ($keys)',
  ]) {
    expect(() => of(query)).not.toThrow();
  }
});

it("shows the database's own words, no name of a class, and the beginning of a long list", async () => {
  const files = {
    'gateway.config.ts': CONFIG,
    'schema.graphql':
      'type Customer { name: String @from(source: "crm") orders: [Order!] @from(source: "orders") }\ntype Order { n: Int }\n',
    'datasources/crm.ts':
      "import { sqlAdapter } from 'customer-profile-gateway';\nexport default sqlAdapter({ url: 'sqlite:crm.db', key: 'crmId', match: 'id', query: 'select id, name from persons where id in ($keys)' });\n",
    'datasources/orders.ts':
      "import { defineAdapter } from 'customer-profile-gateway';\nexport default defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => Array.from({ length: 50 }, (_, n) => ({ n }))) });\n",
  };
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'datasources'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const database = openSqliteFile(join(directory, 'crm.db'));
  database.exec('create table person (id text, name text)');
  database.close();
  const command = new Command(CLI, ['check', '--config', join(directory, 'gateway.config.ts'), '--identifier', 'crmId=1']);
  const { code, stdout } = await command.ended();
  expect(code).toBe(1);
  expect(stdout).toMatch(/crm \(sqlAdapter\): cannot be reached, .*no such table: persons/);
  expect(stdout).toContain('… and 45 more');
  expect(stdout).not.toMatch(/AdapterFailure|"n": ?9\b/);
});

it('says in one sentence that the configuration is a folder, or not named', async () => {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, 'gateway.config.ts'), CONFIG);
  const checked = async (config: string) => (await new Command(CLI, ['check', '--config', config]).ended()).stderr.trim();
  expect(await checked(folder)).toMatch(/^[^\n]*--config: expected a file, received the folder .*; is it .*gateway\.config\.ts\?$/);
  expect(await checked('')).toMatch(/^[^\n]*--config: expected a file, received an empty text$/);
});

it('says what an identifier is made of, where a part is missing', async () => {
  const files = { 'gateway.config.ts': CONFIG, 'schema.graphql': SCHEMA, 'datasources/crm.ts': SQLITE };
  expect((await check(files, '--identifier', 'crmId')).text).toContain(
    '--identifier: expected TYPE=VALUE with a type of crmId; received "crmId"',
  );
});

it('says where a SQLite file was looked for', async () => {
  const { code, text } = await check({ 'gateway.config.ts': CONFIG, 'schema.graphql': SCHEMA, 'datasources/crm.ts': SQLITE });
  expect([code, text]).toEqual([1, expect.stringMatching(/cannot be reached, .*: the database file is not there: no file \/.*crm\.db/)]);
});

it('says the line of an import of what is not there', async () => {
  const { text } = await check({
    'gateway.config.ts': CONFIG,
    'schema.graphql': SCHEMA,
    'datasources/crm.ts': "// The CRM.\nimport { connect } from './conection.ts';\nexport default connect();\n",
    'datasources/shop.ts': "import '../shop-client.ts';\nexport default {};\n",
    'shop-client.ts': "\n\nimport shop from 'no-such-shop-sdk';\nexport default shop;\n",
  });
  expect(text).toMatch(/datasources\/crm\.ts:2:25: expected a module, found none: '\.\/conection\.ts'\n/);
  expect(text).toMatch(/shop-client\.ts:3:18: expected a package that is installed, found none: 'no-such-shop-sdk'/);
  expect(text).not.toContain('imported from');
});

it('names a secret that is too short once', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'datasources'));
  writeFileSync(join(directory, 'gateway.config.ts'), CONFIG);
  writeFileSync(join(directory, 'schema.graphql'), 'type Customer { name: String @from(source: "captured") }\n');
  const options = ['start', '--port', '0', '--config', join(directory, 'gateway.config.ts')];
  const { stderr } = await new Command(CLI, options, { variables: { GATEWAY_SECRET: 'short' } }).ended();
  expect(stderr.match(/GATEWAY_SECRET/g)).toHaveLength(1);
});
