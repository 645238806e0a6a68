import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Touchpoints } from '../capture/touchpoints.ts';
import { type CompiledProject, compileProject } from '../compile-project.ts';
import { identifierFormats, interactionServices } from '../compose-engine.ts';
import { readEnvironment } from '../config/environment.ts';
import { loadProject } from '../config/load-project.ts';
import type { InteractionServices } from '../journey/capture-interactions.ts';
import { LiveHub } from '../journey/live-hub.ts';
import type { Store } from '../model/ports.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { identityRulesOf, storePathOf } from '../store-settings.ts';
import { checkFile } from './import/check-file.ts';
import { Checkpoint, fingerprintOf, type Tally } from './import/checkpoint.ts';
import { columnOptions, type GivenColumns, givenDelimiter } from './import/column-options.ts';
import { type FileEvent, readIdentifyEvents } from './import/identify-events-file.ts';
import { type ImportParts, importFile } from './import/import-file.ts';
import { Progress } from './import/progress.ts';
import { REJECTED } from './import/record-file.ts';
import { RejectedFile } from './import/rejected-file.ts';
import { stopOnSignal } from './import/stop-on-signal.ts';
import { tellIdentifiers } from './import/tell-identifiers.ts';
import { interactionColumns, tellInteractions } from './import/tell-interactions.ts';
import { readToldRecords, type TellingOptions, type ToldRecord } from './import/told-records.ts';

export type ImportKind = 'interactions' | 'identifiers';

export interface ImportOptions extends GivenColumns {
  readonly config: string;
  /** The folder of the checkpoint and of rejected lines; the file's own when left out. */
  readonly state?: string;
}

const GO_ON = 'To go on from there, give the same command again.';

/** What is imported, from where. */
interface Task {
  readonly kind: ImportKind;
  readonly file: string;
  readonly telling: TellingOptions;
  readonly state: string;
}

/**
 * Imports a file, or what an earlier run has left of it. Resolves when every line is stored, was stored before, or is
 * among the rejected ones.
 * @throws Error when it could not go on, or was told to stop; the same call goes on from there.
 */
export async function importRecords(kind: ImportKind, file: string, options: ImportOptions): Promise<void> {
  const telling = { columns: columnOptions(file, options), delimiter: givenDelimiter(options.delimiter) };
  const task: Task = { kind, file, telling, state: options.state ?? dirname(file) };
  const size = checkFile('import', file);
  const project = compileProject(await loadProject(options.config));
  const storePath = storePathOf(project.config, project.directory);
  const environment = readEnvironment(process.env, storePath);
  const store = new SqliteStore(storePath, identityRulesOf(project.config), project.traits);
  try {
    const services = servicesOf(project, store, await identifierFormats(project.config, environment, store));
    const checkpoint = openCheckpoint(task, await store.keepSetting('import_store', randomUUID()));
    const rejected = new RejectedFile(pathOf(task, REJECTED), checkpoint.tally.rejectedBytes);
    const progress = new Progress(process.stderr, size, checkpoint.tally.lines, performance.now.bind(performance));
    await run(task, { checkpoint, rejected, progress }, services, store);
  } finally {
    await store.close();
  }
}

type RunParts = Pick<ImportParts<unknown>, 'checkpoint' | 'rejected' | 'progress'>;

async function run(task: Task, parts: RunParts, services: InteractionServices, store: Store): Promise<void> {
  const { kind, file, telling } = task;
  const { checkpoint, rejected, progress } = parts;
  const earlier = checkpoint.tally.lines;
  const startedAt = performance.now();
  const types = [...services.identifierTypes.keys()];
  const stopping = stopOnSignal();
  try {
    const stop = stopping.signal;
    const tally =
      kind === 'interactions'
        ? await importFile<ToldRecord>({
            ...parts,
            records: readToldRecords(file, interactionColumns(types), telling),
            recordOf: (record) => record,
            tell: tellInteractions(services),
            stop,
          })
        : await importFile<FileEvent>({
            ...parts,
            records: readIdentifyEvents(file, types, telling),
            recordOf: ({ record }) => record,
            tell: tellIdentifiers(store, services),
            stop,
          });
    if (stop.aborted) throw new Error(`import: told to stop, with ${tally.lines} lines done. ${GO_ON}`);
    checkpoint.remove();
    progress.end();
    process.stdout.write(summaryOf(task, tally, rejected.path, earlier, (performance.now() - startedAt) / 1000));
  } catch (error) {
    progress.end();
    if (checkpoint.tally.lines === 0) checkpoint.remove();
    else if (!stopping.signal.aborted)
      (error as Error).message = `import: could not go on after ${checkpoint.tally.lines} lines. ${GO_ON}\n${(error as Error).message}`;
    throw error;
  } finally {
    rejected.close();
    stopping.release();
  }
}

/** What interactions go through at the door, as far as it does not need a request. */
function servicesOf(
  { config }: CompiledProject,
  store: Store,
  identifierTypes: Awaited<ReturnType<typeof identifierFormats>>,
): InteractionServices {
  // Which viewers may tell of a touchpoint is about requests: this is the owner's own hand.
  const touchpoints = new Touchpoints(
    Object.fromEntries(Object.entries(config.touchpoints).map(([name, touchpoint]) => [name, { ...touchpoint, viewers: undefined }])),
  );
  return {
    ...interactionServices(config, identifierTypes, touchpoints),
    interactions: store,
    // Nobody listens: history is no news.
    live: new LiveHub(),
    now: () => new Date(),
    onInteractions: () => {},
  };
}

/** @param storeId one per store: what was told to another is not told to this one. */
function openCheckpoint(task: Task, storeId: string): Checkpoint {
  const { kind, file, telling, state } = task;
  mkdirSync(state, { recursive: true });
  const of = createHash('sha256').update(JSON.stringify([kind, telling, storeId, fingerprintOf(file)]));
  const path = pathOf(task, '.import.json');
  const checkpoint = new Checkpoint(path, of.digest('hex'));
  const { lines, rejectedBytes } = checkpoint.tally;
  if (checkpoint.wasOfAnother) {
    say(`${path} is of another file, other options or another store: from the beginning. What is stored already is recognised.`);
  } else if (!RejectedFile.has(pathOf(task, REJECTED), rejectedBytes)) {
    say(`${pathOf(task, REJECTED)} has not all that was rejected: from the beginning. What is stored already is recognised.`);
    checkpoint.forget();
  } else if (lines > 0) say(`going on after ${lines} lines`);
  try {
    checkpoint.save(checkpoint.tally);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`import: expected a folder that can be written to, ${state} is none (${code}); name another with --state DIR`);
  }
  return checkpoint;
}

function pathOf({ state, file }: Task, ending: string): string {
  return join(state, basename(file) + ending);
}

function summaryOf({ kind, file }: Task, tally: Tally, rejectedPath: string, earlier: number, seconds: number): string {
  const { lines, accepted, duplicates, rejected } = tally;
  const told = kind === 'interactions' ? 'duplicates' : 'told nothing new';
  const before = earlier === 0 ? '' : ` (${earlier} of them in an earlier run)`;
  const where = rejected === 0 ? '' : `, to be found in ${rejectedPath}`;
  const rate = Math.round((lines - earlier) / Math.max(seconds, 0.001));
  return [
    `${file}: ${lines} ${kind}${before}`,
    `  accepted    ${accepted}`,
    `  ${told}  ${duplicates}`,
    `  rejected    ${rejected}${where}`,
    `  ${seconds.toFixed(1)} s, ${rate} per second\n`,
  ].join('\n');
}

function say(text: string): void {
  process.stderr.write(`import: ${text}\n`);
}
