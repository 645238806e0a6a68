import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli.ts';
import { CLI, Command } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const NAME = 'customer-profile-gateway';
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'datasources/*.md', 'examples/**/*.md', 'bench/*.md', 'scripts/**/*.md']).filter(
  (file) => file !== 'CHANGELOG.md',
);
/** Commands of npm that are no scripts. */
const OF_NPM = ['install', 'ci', 'exec', 'pack', 'publish'];

interface Written {
  readonly where: string;
  readonly words: readonly string[];
}

/** The words of each command, as a shell reads them. A pipe, and `$( )`, begin a new command. */
function commandsIn(text: string): string[][] {
  const inner = [...text.matchAll(/\$\(([^()]*)\)/g)].flatMap(([, command]) => commandsIn(command as string));
  const outer = text.replace(/\$\([^()]*\)/g, 'VALUE').replaceAll('\\\n', ' ');
  const commands: string[][] = [[]];
  for (const [word] of outer.matchAll(/\n|\|\|?|&&?|;|#[^\n]*|(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s'"|&;\\])+/g)) {
    if (/^(\n|\|\|?|&&?|;)$/.test(word)) commands.push([]);
    else if (!word.startsWith('#')) commands.at(-1)?.push(word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, '$1$2'));
  }
  return [...inner, ...commands.filter(({ length }) => length > 0).map(beforeRedirection)];
}

/** The command without the file that its output goes to. */
function beforeRedirection(words: readonly string[]): string[] {
  const at = words.indexOf('>');
  return words.slice(0, at === -1 ? words.length : at);
}

function writtenIn(where: string, document: string): Written[] {
  return [...document.matchAll(/^```(?:sh|bash|shell)\n([\s\S]*?)^```/gm)]
    .flatMap(([, block]) => commandsIn(block as string))
    .map((words) => ({ where, words }));
}

/** @returns the arguments of a call of the gateway's command, in each way to call it. */
function gatewayArguments(words: readonly string[]): readonly string[] | null {
  const line = words.filter((word) => word !== '--silent' && word !== '…');
  const afterDashes = line.slice(line.indexOf('--') + 1);
  if (line[0] === NAME) return line.slice(1);
  if (line[0] === 'npx' && line[1] === NAME) return line.slice(2);
  if (line[0] === 'npm' && line[1] === 'exec' && line[2] === NAME) return afterDashes;
  if (line[0] === 'npm' && line[1] === 'run' && line[2] === 'gateway') return afterDashes;
  if (line[0] === 'node' && line[1] === CLI) return line.slice(2);
  return null;
}

/** @returns what is wrong with the arguments, by the command's own definition; null when they are right. */
async function problemOf(args: readonly string[]): Promise<string | null> {
  const { program } = createProgram();
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
    if (command !== program) command.action(() => {});
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return null;
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? null : String(error);
  }
}

const scriptsOf = (directory: string) =>
  Object.keys((JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { scripts: object }).scripts);

describe('a command line in the documentation', () => {
  const written = DOCUMENTS.flatMap((file) => writtenIn(file, readFileSync(file, 'utf8')));
  const ours = written.flatMap(({ where, words }) => {
    const args = gatewayArguments(words);
    return args === null ? [] : [{ where, args }];
  });

  it('is a command of the gateway with options that it has', async () => {
    expect(ours.length).toBeGreaterThan(10);
    const table = /^\| command[\s\S]*?\n\n/m.exec(readFileSync('README.md', 'utf8'))?.[0] ?? '';
    const listed = table
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, line]) => line as string));
    expect(listed.length).toBeGreaterThan(5);
    const rows = listed.map((line) => ({ where: 'README.md, The command', args: line.replace(/\[|\]/g, '').split(' ') }));
    for (const { where, args } of [...ours, ...rows]) expect([where, args, await problemOf(args)]).toEqual([where, args, null]);
  });

  it('names a script or a file that exists', () => {
    const scripts = scriptsOf('.');
    for (const { where, words } of written) {
      const [program, ...args] = words.filter((word) => word !== '--silent');
      const name = args[0] === 'run' ? args[1] : args[0];
      // The reader's project has other scripts.
      if (program === 'npm' && !OF_NPM.includes(name as string) && !where.startsWith('scripts/package'))
        expect([where, scripts]).toEqual([where, expect.arrayContaining([name])]);
      if (program === 'node') expect([where, existsSync(name as string) || name]).toEqual([where, true]);
    }
  });

  it('sends valid JSON', () => {
    for (const { where, words } of written.filter(({ words }) => words[0] === 'curl')) {
      const body = words[words.indexOf('-d') + 1] as string;
      if (words.includes('content-type: application/json') && words.includes('-d')) expect(() => JSON.parse(body), where).not.toThrow();
      for (const url of words.filter((word) => word.startsWith('http'))) expect(() => new URL(url), where).not.toThrow();
    }
  });

  it('runs, if it needs no server and no file of the reader', async () => {
    const runnable = ours.filter(({ args }) => args[0] === 'simulate' && existsSync(args[1] as string));
    expect(runnable).not.toEqual([]);
    for (const { where, args } of runnable) expect([where, (await new Command(CLI, args).ended()).code]).toEqual([where, 0]);
    const tokens = ours.filter(({ args }) => args[0] === 'token');
    expect(tokens).not.toEqual([]);
    const store = `sqlite:${join(temporaryDirectory(), 'gateway.db')}`;
    for (const { args } of tokens.slice(0, 1))
      expect(await new Command(CLI, args, { variables: { DATABASE_URL: store } }).ended()).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^eyJ/),
      });
  });

  it('is right in the README of a new project as well', async () => {
    const directory = join(temporaryDirectory(), 'project');
    await new Command(CLI, ['init', directory]).ended();
    const readme = readFileSync(join(directory, 'README.md'), 'utf8');
    const scripts = scriptsOf(directory);
    const named = [...readme.matchAll(/(?:^|`|\$\()npm (?:run )?(?:--silent )?([a-z]+)/gm)].map(([, name]) => name as string);
    expect(named.length).toBeGreaterThan(4);
    for (const name of named) expect([...scripts, 'install', 'exec']).toContain(name);
    for (const { words } of writtenIn('README.md of init', readme)) {
      if (words[0] !== 'npm' || words[1] !== 'run') continue;
      const [script, ...args] = words.filter((word) => !['npm', 'run', '--silent', '--'].includes(word));
      expect([words, await problemOf([script as string, ...args])]).toEqual([words, null]);
    }
  });
});
