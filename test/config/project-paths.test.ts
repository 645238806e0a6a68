import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';

it("paths of adapters start at the configuration file's folder, wherever the command is called", async () => {
  const project = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  mkdirSync(join(project, 'datasources'));
  mkdirSync(join(project, 'data'));
  const write = (name: string, text: string, folder = project) => writeFileSync(join(folder, name), text);
  write('gateway.config.ts', "export default { identifiers: { crmId: { class: 'person', unique: true } } };\n");
  write(
    'schema.graphql',
    'type Customer { name: String @from(source: "people") city: String @from(source: "towns") plan: String @from(source: "plans") }\n',
  );
  const source = (name: string, text: string) =>
    write(`datasources/${name}.ts`, `import { fileAdapter, sqlAdapter } from 'customer-profile-gateway';\nexport default ${text};\n`);
  source('people', "fileAdapter({ path: 'data/people.csv', key: 'crmId', match: 'id' })");
  source('towns', "fileAdapter({ path: './data/towns.json', key: 'crmId', match: 'id' })");
  source(
    'plans',
    "sqlAdapter({ url: 'sqlite:data/plans.db', key: 'crmId', match: 'id', query: 'select id, plan from plan where id in ($keys)' })",
  );
  write('data/people.csv', 'id,name\n1,Ada\n');
  write('data/towns.json', '[{"id":"1","city":"Leeds"}]');
  const database = openSqliteFile(join(project, 'data', 'plans.db'));
  database.exec("create table plan (id text, plan text); insert into plan values ('1', 'gold')");
  database.close();
  // Files of the same names with other columns, which must not be looked at.
  mkdirSync(join(elsewhere, 'data'));
  write('data/people.csv', 'id,other\n1,Wrong\n', elsewhere);

  const options = ['--config', join(project, 'gateway.config.ts'), '--identifier', 'crmId=1'];
  const { code, stdout, stderr } = await new Command(CLI, ['check', ...options], { directory: elsewhere }).ended();
  for (const value of ['Ada', 'Leeds', 'gold']) expect(stdout + stderr).toContain(value);
  expect(code).toBe(0);
});
