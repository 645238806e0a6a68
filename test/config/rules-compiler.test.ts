import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/gateway.ts';

const source = (path: string) => pathToFileURL(resolve('src', path)).href;

/** Compiles the project of a folder in a process of its own, and prints whether cel-js was loaded. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  let isLoaded = false;
  registerHooks({ load: (url, context, next) => {
    isLoaded ||= url.includes('cel-js');
    return next(url, context);
  } });
  const { loadProject } = await import('${source('config/load-project.ts')}');
  const { compileProject } = await import('${source('wiring/compile-project.ts')}');
  await compileProject(await loadProject(process.argv[1]));
  process.stdout.write(String(isLoaded));
`;

it.each([
  ['', 'false'],
  [`audiences: { loyal: 'attributes.points > 9' },`, 'true'],
])('a project loads the compiler of rules only when it has rules: with { %s }: %s', (rules, expected) => {
  const directory = temporaryDirectory();
  const file = join(directory, 'gateway.config.ts');
  const identifiers = `identifiers: { crmId: { class: 'person', unique: true } }`;
  writeFileSync(
    file,
    `import { defineGateway } from 'customer-profile-gateway';
     export default defineGateway({ ${identifiers}, touchpoints: { web: { channel: 'WEB' } }, ${rules} store: 'sqlite:gateway.db' });`,
  );
  writeFileSync(join(directory, 'schema.graphql'), 'type Customer { size: String @from(source: "captured") }');
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', PROGRAM, file], { encoding: 'utf8' });
  expect(stdout, stderr).toBe(expected);
});
