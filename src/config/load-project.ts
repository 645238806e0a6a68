import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DataAdapter } from '../adapters/data-adapter.ts';
import { isDataAdapter } from '../adapters/define-adapter.ts';
import { type ErrorPlace, placeOfError } from './error-place.ts';
import { FailedImports } from './failed-imports.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { parseConfig } from './parse-config.ts';
import type { Problem } from './problem.ts';
import { MODULE_EXTENSIONS, type ProjectPart } from './project-part.ts';

/** What an owner wrote, as far as it could be read; what could not is in `problems`. */
export interface Project {
  /** The folder of the configuration file; relative paths in it start here. */
  readonly directory: string;
  /** The configuration file, as it is shown in messages. */
  readonly configFile: string;
  readonly config: GatewayConfig | null;
  readonly schema: SchemaSource | null;
  readonly dataSources: ReadonlyMap<string, DataAdapter>;
  /** Names of files that are there but hold no usable adapter: not unknown, only broken. */
  readonly brokenDataSources: ReadonlySet<string>;
  /** Null without a file of resolvers. */
  readonly resolvers: ResolversModule | null;
  readonly problems: readonly Problem[];
}

export interface SchemaSource {
  /** As it is shown in messages. */
  readonly file: string;
  readonly text: string;
}

/** What `resolvers.ts` exports. */
export interface ResolversModule {
  /** As it is shown in messages. */
  readonly file: string;
  readonly text: string;
  /** Its default export; undefined where it can't be loaded, which is reported. */
  readonly exported: unknown;
}

/** What reading a project's modules needs. */
interface Reading {
  /** A path as messages show it. */
  readonly shown: (path: string) => string;
  readonly report: (problem: Problem) => void;
  readonly imports: FailedImports;
}

const PACKAGE = 'customer-profile-gateway';
/** The folder of this package's own modules. */
const OWN = fileURLToPath(new URL('..', import.meta.url));

/**
 * Reads the configuration file, and the schema, the data adapters and the resolvers beside it. Rejects only when the disk fails, or the file is a folder or not named.
 * @param onPart learns what the project is made of, also of what could not be read. Modules are reported when they are loaded first.
 */
export async function loadProject(configFile: string, onPart?: (part: ProjectPart) => void): Promise<Project> {
  expectFile(configFile);
  resolveToThisCopy();
  const imports = new FailedImports();
  const hooks = [imports.hooks, ...(onPart ? [reportImports(onPart)] : [])];
  try {
    return await readProject(configFile, imports, onPart);
  } finally {
    for (const hook of hooks) hook.deregister();
  }
}

/** @throws Error for a folder and for an empty text, as a variable that is not set leaves one: nothing beside it can be looked for. */
function expectFile(configFile: string): void {
  if (configFile.trim() === '') throw new Error('--config: expected a file, received an empty text');
  if (!statSync(configFile, { throwIfNoEntry: false })?.isDirectory()) return;
  const within = join(configFile, 'gateway.config.ts');
  const advice = existsSync(within) ? `; is it ${within}?` : '';
  throw new Error(`--config: expected a file, received the folder ${configFile}${advice}`);
}

async function readProject(
  configFile: string,
  imports: FailedImports,
  onPart: ((part: ProjectPart) => void) | undefined,
): Promise<Project> {
  const file = resolve(configFile);
  const directory = dirname(file);
  const shown = (path: string) => relative(process.cwd(), path) || path;
  const problems: Problem[] = [];
  const report = (problem: Problem) => problems.push(problem);
  const reading: Reading = { shown, report, imports };

  const input = await importDefault(file, reading);
  const config = input === undefined ? null : parseConfig(shown(file), input, report);
  const { schema: schemaFile, dataSources: folder, resolvers: named } = (input ?? {}) as Readonly<Record<string, unknown>>;
  const schemaPath = resolve(directory, typeof schemaFile === 'string' ? schemaFile : 'schema.graphql');
  const sourcesPath = resolve(directory, typeof folder === 'string' ? folder : 'datasources');
  const resolversPath = resolve(directory, typeof named === 'string' ? named : 'resolvers.ts');
  for (const path of [file, schemaPath, resolversPath]) onPart?.({ path, isFolder: false });
  onPart?.({ path: sourcesPath, isFolder: true });
  const schema = readSchema(schemaPath, shown, report);
  const sources = await importDataSources(sourcesPath, directory, reading);
  const resolvers = typeof named === 'string' || existsSync(resolversPath) ? await importResolvers(resolversPath, reading) : null;
  return { directory, configFile: shown(file), config, schema, ...sources, resolvers, problems };
}

/** @param directory of the configuration file. */
async function importDataSources(folder: string, directory: string, reading: Reading) {
  const { shown, report } = reading;
  const dataSources = new Map<string, DataAdapter>();
  const brokenDataSources = new Set<string>();
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  for (const name of files.filter((entry) => MODULE_EXTENSIONS.includes(extname(entry)))) {
    const file = join(folder, name);
    const source = basename(name, extname(name));
    const adapter = await importDefault(file, reading);
    if (isDataAdapter(adapter)) {
      dataSources.set(source, inFolder(adapter, directory));
      continue;
    }
    brokenDataSources.add(source);
    if (adapter !== undefined) {
      report({
        where: shown(file),
        message: `expected export default of an adapter such as httpAdapter({...}), received ${typeof adapter}`,
      });
    }
  }
  return { dataSources, brokenDataSources };
}

async function importResolvers(file: string, reading: Reading): Promise<ResolversModule> {
  const exported = await importDefault(file, reading);
  return { file: reading.shown(file), text: existsSync(file) ? readFileSync(file, 'utf8') : '', exported };
}

/** The adapter with its relative paths starting at this folder. */
function inFolder(adapter: DataAdapter, folder: string): DataAdapter {
  const fields = adapter.startIn?.(folder);
  return fields === undefined ? adapter : { ...adapter, fields };
}

/** @returns the module's default export, or undefined with the problem reported. */
async function importDefault(file: string, { shown, report, imports }: Reading): Promise<unknown> {
  const where = shown(file);
  if (!existsSync(file)) {
    report({
      where,
      message: 'expected a file here, found none; name another with --config, or make a project with: customer-profile-gateway init DIR',
    });
    return undefined;
  }
  try {
    const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default?: unknown };
    if (module.default === undefined) report({ where, message: 'expected an export default, found none' });
    return module.default;
  } catch (error) {
    const missing = imports.of(error);
    if (missing !== null) {
      report({ where: placeText(missing.place, shown), message: missing.message });
      return undefined;
    }
    const place = placeOfError(error, OWN);
    const at = place === null ? where : placeText(place, shown);
    const kind = error instanceof SyntaxError ? 'syntax error: ' : '';
    report({ where: at, message: kind + (error instanceof Error ? error.message : String(error)) });
    return undefined;
  }
}

function placeText({ file, line, column }: ErrorPlace, shown: (path: string) => string): string {
  return [shown(file), line, ...(column === null ? [] : [column])].join(':');
}

function readSchema(file: string, shown: (path: string) => string, report: (problem: Problem) => void): SchemaSource | null {
  if (existsSync(file)) return { file: shown(file), text: readFileSync(file, 'utf8') };
  report({
    where: shown(file),
    message: 'expected the profile schema here, found no file; name another with schema: in the configuration',
  });
  return null;
}

let packagesResolved = false;

/**
 * A project imports this package by its name, wherever the project lies, and may import graphql. Both are the copies that are
 * running: graphql-js refuses the types of another copy of itself.
 */
function resolveToThisCopy(): void {
  if (packagesResolved) return;
  packagesResolved = true;
  const self = import.meta.url;
  const door = new URL(self.endsWith('.ts') ? '../index.ts' : '../index.js', self).href;
  const graphql = pathToFileURL(createRequire(self).resolve('graphql')).href;
  registerHooks({
    resolve: (specifier, { parentURL, ...context }, next) => {
      if (specifier === PACKAGE) return { url: door, shortCircuit: true };
      if (specifier === 'graphql' && isOwners(parentURL)) return { url: graphql, format: 'commonjs', shortCircuit: true };
      return next(specifier, { ...context, parentURL });
    },
  });
}

/** True for a module of the project, false for one of this package or of another. */
function isOwners(url: string | undefined): boolean {
  const own = new URL('..', import.meta.url).href;
  return url?.startsWith('file:') === true && !url.startsWith(own) && !url.includes('/node_modules/');
}

/** Reports what modules of the project import by a path, found or not; this package's own modules and other packages' are left out. */
function reportImports(onPart: (part: ProjectPart) => void) {
  return registerHooks({
    resolve: (specifier, context, next) => {
      const { parentURL = '' } = context;
      if (isOwners(parentURL) && /^\.{0,2}\//.test(specifier))
        onPart({ path: fileURLToPath(new URL(specifier, parentURL)), isFolder: false });
      return next(specifier, context);
    },
  });
}
