import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DataAdapter } from '../adapters/data-adapter.ts';
import { isDataAdapter } from '../adapters/define-adapter.ts';
import { whereOfKey } from '../model/position-of-key.ts';
import type { OfferFile } from '../offers/definition/offer-file.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { FailedImports } from './import-errors.ts';
import { type FileReading, importDefault, kindOf } from './import-module.ts';
import { importOffers } from './import-offers.ts';
import { parseConfig } from './parse-config.ts';
import type { Problem } from './problem.ts';
import { isModule, type ProjectPart } from './project-part.ts';
import { type ManifestDocument, readManifest } from './read-manifest.ts';

/** The files that an owner wrote, as far as they could be read; everything else is in `problems`. */
export interface Project {
  /** The folder of the configuration file; relative paths in it start here. */
  readonly directory: string;
  /** The configuration file, as it is shown in messages. */
  readonly configFile: string;
  readonly config: GatewayConfig | null;
  /** The text of the configuration file, for positions in messages; empty where it could not be read. */
  readonly configText: string;
  readonly schema: SchemaSource | null;
  readonly dataSources: ReadonlyMap<string, DataAdapter>;
  /** Sources whose file exists but exports no usable adapter. A field of theirs is no second problem. */
  readonly brokenDataSources: ReadonlySet<string>;
  /** Null if the project has no file of resolvers. */
  readonly resolvers: ResolversModule | null;
  /** Trusted documents of the manifest, whose ids are right; none without a manifest. */
  readonly documents: readonly ManifestDocument[];
  /** The files in the folder of offers, sorted by name. */
  readonly offers: readonly OfferFile[];
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
  /** Its default export; undefined if it can't be loaded, which is reported. */
  readonly exported: unknown;
}

const PACKAGE = 'customer-profile-gateway';
/** The folder of this package's own modules. */
const OWN_URL = new URL('..', import.meta.url);

/**
 * Reads the configuration file, and the schema, the data adapters and the resolvers beside it. Mistakes in them are `problems`.
 * @param onPart receives every file and folder of the project, also those that could not be read. A module is reported only when
 *   this process loads it for the first time.
 * @param otherOffers a folder of offers to load in place of the project's own.
 * @throws Error if the file is a folder or its name is empty, or if the disk fails.
 */
export async function loadProject(configFile: string, onPart?: (part: ProjectPart) => void, otherOffers?: string): Promise<Project> {
  expectFile(configFile);
  resolveToThisCopy();
  const imports = new FailedImports();
  const hooks = [imports.hooks, ...(onPart ? [reportImports(onPart)] : [])];
  try {
    return await readProject(configFile, imports, onPart, otherOffers);
  } finally {
    for (const hook of hooks) hook.deregister();
  }
}

/** A path in the form in which messages show it. */
function shownPath(path: string): string {
  return relative(process.cwd(), path) || path;
}

/** @throws Error for a folder, and for an empty name (from a variable that is not set): there is no folder for the other files then. */
function expectFile(configFile: string): void {
  if (configFile.trim() === '') throw new Error('--config: expected a file, received an empty text');
  if (kindOf(configFile) !== 'folder') return;
  const within = join(configFile, 'gateway.config.ts');
  const advice = existsSync(within) ? `; is it ${within}?` : '';
  throw new Error(`--config: expected a file, received the folder ${configFile}${advice}`);
}

async function readProject(
  configFile: string,
  imports: FailedImports,
  onPart: ((part: ProjectPart) => void) | undefined,
  otherOffers: string | undefined,
): Promise<Project> {
  const file = resolve(configFile);
  const directory = dirname(file);
  const shown = shownPath;
  const problems: Problem[] = [];
  const report = (problem: Problem) => problems.push(problem);
  const reading: FileReading = { shown, report, imports };

  const input = await importDefault(file, reading, 'name another with --config, or make a project with: customer-profile-gateway init DIR');
  const configText = kindOf(file) === 'file' ? readFileSync(file, 'utf8') : '';
  const config = input === undefined ? null : parseConfig(shown(file), input, report, configText);
  const {
    schema: schemaFile,
    dataSources: folder,
    resolvers: named,
    offers: offersFolder,
  } = (input ?? {}) as Readonly<Record<string, unknown>>;
  const schemaPath = resolve(directory, typeof schemaFile === 'string' ? schemaFile : 'schema.graphql');
  const sourcesPath = resolve(directory, typeof folder === 'string' ? folder : 'datasources');
  const resolversPath = resolve(directory, typeof named === 'string' ? named : 'resolvers.ts');
  const offersPath = otherOffers ?? resolve(directory, typeof offersFolder === 'string' ? offersFolder : 'offers');
  for (const path of [file, schemaPath, resolversPath]) onPart?.({ path, isFolder: false });
  for (const path of [sourcesPath, offersPath]) onPart?.({ path, isFolder: true });
  const schema = readSchema(schemaPath, reading);
  const sources = await importDataSources(sourcesPath, directory, reading);
  const resolvers = typeof named === 'string' || kindOf(resolversPath) !== null ? await importResolvers(resolversPath, reading) : null;
  const documents = readDocuments(config, directory, reading, onPart);
  if (typeof offersFolder === 'string' && otherOffers === undefined && kindOf(offersPath) === null)
    report({
      where: whereOfKey(shown(file), configText, ['offers']),
      message: `expected a folder of offers, found none: ${shown(offersPath)}`,
    });
  const offers = await importOffers(offersPath, reading);
  return { directory, configFile: shown(file), config, configText, schema, ...sources, resolvers, documents, offers, problems };
}

/** @param directory where the manifest's relative path starts. */
function readDocuments(
  config: GatewayConfig | null,
  directory: string,
  { shown, report }: FileReading,
  onPart: ((part: ProjectPart) => void) | undefined,
): ManifestDocument[] {
  if (config?.documents.file === undefined) return [];
  const path = resolve(directory, config.documents.file);
  onPart?.({ path, isFolder: false });
  return readManifest(path, shown(path), report);
}

/** @param directory of the configuration file, where relative paths of adapters start. */
async function importDataSources(folder: string, directory: string, reading: FileReading) {
  const { shown, report } = reading;
  const dataSources = new Map<string, DataAdapter>();
  const brokenDataSources = new Set<string>();
  const kind = kindOf(folder);
  if (kind === 'file') report({ where: shown(folder), message: 'expected a folder of data adapters, received a file' });
  const files = kind === 'folder' ? readdirSync(folder).filter(isModule).sort() : [];
  for (const name of files) {
    const file = join(folder, name);
    const source = basename(name, extname(name));
    if (dataSources.has(source) || brokenDataSources.has(source)) {
      report({ where: shown(file), message: `expected one file for each data source, received another one for ${source}` });
      continue;
    }
    const adapter = await importDefault(file, reading, 'a data adapter is one file');
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

async function importResolvers(file: string, reading: FileReading): Promise<ResolversModule> {
  const exported = await importDefault(file, reading, 'name another with resolvers: in the configuration');
  return { file: reading.shown(file), text: kindOf(file) === 'file' ? readFileSync(file, 'utf8') : '', exported };
}

/** The adapter, with its relative paths resolved from this folder. */
function inFolder(adapter: DataAdapter, folder: string): DataAdapter {
  const fields = adapter.startIn?.(folder);
  return fields === undefined ? adapter : { ...adapter, fields };
}

function readSchema(file: string, { shown, report }: FileReading): SchemaSource | null {
  const kind = kindOf(file);
  if (kind === 'file') return { file: shown(file), text: readFileSync(file, 'utf8') };
  const found = kind === null ? 'no file' : 'a folder';
  report({
    where: shown(file),
    message: `expected the profile schema here, found ${found}; name another with schema: in the configuration`,
  });
  return null;
}

let packagesResolved = false;

/**
 * Makes a project's imports of this package and of graphql resolve to the copies that are running, wherever the project's folder
 * is: graphql-js refuses the types of another copy of itself.
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

/** True for a module of the project, false for one of this package or of another package. */
function isOwners(url: string | undefined): boolean {
  return url?.startsWith('file:') === true && !url.startsWith(OWN_URL.href) && !url.includes('/node_modules/');
}

/** Reports the files that modules of the project import by a path, whether they exist or not. Files of packages are not reported. */
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
