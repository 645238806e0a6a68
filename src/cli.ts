#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { packageVersion } from './commands/own-package.ts';
import { VIEWER_ROLES, type ViewerRole } from './model/viewer.ts';

const NAME = 'customer-profile-gateway';

/** What a program that runs a command line adds to it. */
export interface CommandAdditions {
  /** For `start` and `dev`: the URL of a module whose export `ownRoutes` adds routes to the gateway (`GatewayOverrides`). */
  readonly routes?: string;
}

/** Runs one command line. Resolves with the exit code when the command is done; for `start`, when serving has ended. */
export async function runCommand(argv: readonly string[], additions: CommandAdditions = {}): Promise<number> {
  endQuietlyWithoutReader();
  const { program, exitCode } = createProgram(additions);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Help and version end with this error as well. Commander has printed the text.
    if (error instanceof CommanderError) return error.exitCode;
    // The messages of expected errors are enough; a stack is shown with DEBUG only.
    process.stderr.write(
      `${(error as Error).name === 'ProjectError' || process.env.DEBUG === undefined ? (error as Error).message : (error as Error).stack}\n`,
    );
    return 1;
  }
  return exitCode();
}

/** The exit code that shells use for a program that SIGPIPE ended: 128 + 13. */
const ENDED_BY_SIGPIPE = 141;

/** Node.js ignores SIGPIPE, so without this `check | head` would end with a stack. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(ENDED_BY_SIGPIPE);
    throw error;
  });
}

/**
 * Reads a command line without running it.
 * @returns null if it can run; otherwise the exit code, after help or a mistake was printed.
 */
export async function checkCommandLine(argv: readonly string[]): Promise<number | null> {
  const { program } = createProgram();
  for (const command of program.commands) command.action(() => {});
  try {
    await program.parseAsync(argv, { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    throw error;
  }
}

/** All commands and their options. @returns the program, and the exit code of the command that ran. */
export function createProgram({ routes }: CommandAdditions = {}): { readonly program: Command; readonly exitCode: () => number } {
  let exitCode = 0;
  // Commands are loaded when they are run, so that printing help loads no server.
  const program = new Command(NAME)
    .description('A GraphQL customer-profile gateway.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    // Commands inherit both. The caller of `runCommand` ends the process.
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneSentence(text)) });
  const command = (name: string, description: string) =>
    program.command(name).description(description).option('--config <file>', 'the configuration file', 'gateway.config.ts');
  const serving = (name: string, description: string) =>
    command(name, description)
      .addOption(portOption())
      .option('--host <h>', 'the address to listen on; localhost by default, 0.0.0.0 in production');

  serving('start', 'serve').action(async (options) => (await import('./commands/start.ts')).start({ ...options, routes }));
  serving('dev', 'serve, and start again when the configuration, the schema or a data source changes').action(async (options) =>
    (await import('./commands/dev.ts')).dev({ ...options, routes }),
  );
  command('check', 'check configuration and schema, and ask the database, Redis and every back end whether it is there')
    .option('--identifier <type=value>', 'show what each back end answers for this customer')
    .action(async (options) => {
      exitCode = (await (await import('./commands/check.ts')).check(options)) ? 0 : 1;
    });
  command('schema', 'print the public SDL').action(async ({ config }) => (await import('./commands/schema.ts')).schema(config));
  command('token', 'print a development token')
    .addOption(new Option('--role <role>', 'whose token: a role, or several').argParser(collectRoles).makeOptionMandatory())
    .requiredOption('--subject <subject>', 'the sub claim: who the viewer is')
    .option('--expires <duration>', 'how long it is good', '8h')
    .action(async (options) => (await import('./commands/token.ts')).token(options));
  command(
    'simulate <file>',
    'run identify events (NDJSON or CSV) through the configured rules, in memory, and print the customers they give',
  )
    .option('--explain <id>', 'print one customer only: an id that was printed, or type=value')
    .option('--dot', 'print a graph for Graphviz instead')
    .action(async (file, options) => {
      exitCode = (await (await import('./commands/simulate.ts')).simulate(file, options)) ? 0 : 1;
    });
  command('offers', 'run customers of a file (NDJSON) through the offers, without a store, and print who would get what')
    .argument('<what>', 'simulate', parseOffersKind)
    .argument('<file>', 'one customer on each line: fields, attributes, interactions')
    .option('--against <folder>', 'print also what changes with the offers of this folder')
    .option('--placement <name>', 'only this placement')
    .option('--at <time>', 'the time of the decisions; now when left out')
    .action(async (_what, file, options) => {
      exitCode = (await (await import('./commands/offers-simulate.ts')).simulateOffers(file, options)) ? 0 : 1;
    });
  const importing = command('import', 'store interactions or identifiers from a file (NDJSON or CSV)')
    .argument('<kind>', 'interactions or identifiers', parseImportKind)
    .argument('<file>', 'given again after an interruption, it goes on from there')
    .option('--map <column=field>', 'CSV: what a column is, for example CustomerID=crmId; several times', collect)
    .option('--set <field=value>', 'CSV: what every row has, for example type=purchase; several times', collect)
    .option('--number <field>', 'CSV: a field whose text is a number, for example properties.quantity; several times', collect)
    .option('--boolean <field>', 'CSV: a field whose text is true or false, for example properties.gift; several times', collect)
    .option('--decimal-comma', 'CSV: numbers are written 12,5')
    .option('--no-decimal-comma', 'CSV: numbers are written 12.5; either way in a file with semicolons when neither is said')
    .option('--date-format <format>', 'CSV: how dates are written, for example dd/mm/yyyy; ISO when left out')
    .option('--ignore-other-columns', 'CSV: leave out columns that are no field')
    .option(
      '--delimiter <character>',
      'CSV: what stands between cells, \\t for a tab; a comma when left out, or what a first line such as sep=; says',
    )
    .option('--state <dir>', 'where the checkpoint and the rejected lines are kept; beside the file when left out');
  importing.action(async (kind, file, options) => (await import('./commands/import.ts')).importRecords(kind, file, options));
  command(
    'migrate',
    'make the tables of the store, or bring them to this version, and end: for a role that may, where that of `start` may not',
  ).action(async (options) => (await import('./commands/migrate.ts')).migrate(options));
  command('backup <file>', 'copy the store into a new file, also while the gateway runs').action(async (file, options) =>
    (await import('./commands/backup.ts')).backup(file, options),
  );
  program
    .command('migrate-store')
    .description('copy a SQLite store into an empty PostgreSQL database; given again, copy what has changed since')
    .requiredOption('--from <url>', 'the SQLite store, for example sqlite:.data/gateway.db')
    .requiredOption('--to <url>', 'the database, for example postgres://user:password@host:5432/database')
    .option('--final', 'the last run: the SQLite store takes no writes from now on')
    .action(async (options) => {
      exitCode = await (await import('./commands/migrate-store.ts')).migrateStore(options);
    });
  program
    .command('init <dir>')
    .description('write a new project into an empty folder')
    .action(async (directory) => (await import('./commands/init.ts')).init(directory));
  program
    .command('version')
    .description('print the version')
    .action(() => void process.stdout.write(`${packageVersion()}\n`));
  return { program, exitCode: () => exitCode };
}

/** Commander writes `error: …` and a suggestion on a line of its own. */
function oneSentence(text: string): string {
  const sentence = text
    .trim()
    .replace(/^error: /, '')
    .replace(/^missing required argument '.*'$/, '$&; --help lists the arguments');
  return `${NAME}: ${sentence.replace('. expected ', ': expected ').replace(/\n\((Did you mean .*\?)\)/, '. $1')}\n`;
}

/** An empty PORT counts as not set: shells and container platforms set it that way. */
function portOption(): Option {
  const option = new Option('--port <n>', 'the port to listen on; the variable PORT when left out').argParser(parsePort).default(4000);
  return process.env.PORT ? option.env('PORT') : option;
}

function parseImportKind(text: string): 'interactions' | 'identifiers' {
  if (text === 'interactions' || text === 'identifiers') return text;
  throw new InvalidArgumentError('expected interactions or identifiers');
}

function parseOffersKind(text: string): 'simulate' {
  if (text === 'simulate') return text;
  throw new InvalidArgumentError('expected simulate');
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

/** Roles with commas between; also the option several times. */
function collectRoles(text: string, earlier: readonly ViewerRole[] = []): ViewerRole[] {
  const roles = text.split(',').map((word) => {
    const role = VIEWER_ROLES.find((each) => each === word.trim());
    if (role === undefined) throw new InvalidArgumentError(`expected roles out of ${VIEWER_ROLES.join(', ')}`);
    return role;
  });
  return [...earlier, ...roles];
}

function parsePort(text: string): number {
  const port = Number(text);
  // Number() also reads '', ' ', '0x50' and '1e3'.
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('expected a number from 0 to 65535');
  return port;
}

const script = process.argv[1];
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url))
  process.exitCode = await runCommand(process.argv.slice(2));
