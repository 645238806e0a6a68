import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const SCRIPT = 'scripts/ensure-installed.mjs';
const LOCK = '.installing';

/**
 * Installs until the file `go` is there, and says when it begins and ends in `npm.log`. As npm does, it removes what is installed first.
 * With the file `fail` it ends with 7.
 */
const FAKE_NPM = `import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
appendFileSync('npm.log', 'begins\\n');
rmSync('node_modules', { recursive: true, force: true });
process.stderr.write('npm runs\\n');
while (!existsSync('go')) await new Promise((done) => setTimeout(done, 10));
if (existsSync('fail')) process.exit(7);
mkdirSync('node_modules');
writeFileSync('node_modules/.package-lock.json', '{}');
appendFileSync('npm.log', 'ends\\n');
`;

/** A fresh clone as far as the script knows. */
function freshClone() {
  const directory = temporaryDirectory();
  const write = (name: string, text = '') => writeFileSync(join(directory, name), text);
  write('package-lock.json', '{}');
  write('npm.mjs', FAKE_NPM);
  const variables = { npm_execpath: join(directory, 'npm.mjs') };
  return { directory, write, begin: () => new Command(SCRIPT, [], { directory, variables }) };
}

const log = (directory: string) => readFileSync(join(directory, 'npm.log'), 'utf8').trim().split('\n');

/** The id of a process that has ended. */
const deadProcess = () => spawnSync(process.execPath, ['-e', '']).pid;

it('of two commands in a fresh clone one installs, and the other one says that it waits', async () => {
  const { directory, write, begin } = freshClone();
  const first = begin();
  await first.complains(/npm runs/);
  const second = begin();
  await second.complains(/Waiting for another command \(process \d+\)/);
  write('go');
  expect(await first.ended()).toMatchObject({ code: 0 });
  expect(await second.ended()).toMatchObject({ code: 0 });
  expect(log(directory)).toEqual(['begins', 'ends']);
  expect(existsSync(join(directory, LOCK))).toBe(false);
});

it('of many commands that begin together one installs', async () => {
  const { directory, write, begin } = freshClone();
  write('go');
  const all = await Promise.all(Array.from({ length: 6 }, () => begin().ended()));
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(log(directory)).toEqual(['begins', 'ends']);
});

it('installs where an earlier command was killed while it installed', async () => {
  const { directory, write, begin } = freshClone();
  write('go');
  mkdirSync(join(directory, LOCK));
  write(join(LOCK, `${deadProcess()}`));
  expect(await begin().ended()).toMatchObject({ code: 0 });
  // A folder without an owner is what a kill between two steps leaves.
  mkdirSync(join(directory, LOCK));
  write('package-lock.json', '{ }');
  utimesSync(join(directory, 'package-lock.json'), new Date(), new Date(Date.now() + 1000));
  expect(await begin().ended()).toMatchObject({ code: 0 });
  expect(log(directory)).toEqual(['begins', 'ends', 'begins', 'ends']);
  expect(readdirSync(directory).filter((name) => name.startsWith(LOCK))).toEqual([]);
});

it('waits for an npm whose own command was killed', async () => {
  const { directory, write, begin } = freshClone();
  const first = begin();
  await first.complains(/npm runs/);
  first.signal('SIGKILL');
  const second = begin();
  await second.complains(/Waiting for another command/);
  write('go');
  expect(await second.ended()).toMatchObject({ code: 0 });
  expect(log(directory)).toEqual(['begins', 'ends']);
});

it('fails as npm fails, and leaves nothing in the way of the next one, which tries again', async () => {
  const { directory, write, begin } = freshClone();
  write('go');
  write('fail');
  expect((await begin().ended()).code).toBe(7);
  expect(existsSync(join(directory, LOCK))).toBe(false);
});
