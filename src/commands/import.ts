import { createHash, randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { Touchpoints } from '../capture/touchpoints.ts';
import { readEnvironment } from '../config/environment.ts';
import { loadProject } from '../config/load-project.ts';
import { makeFolder } from '../files/make-folder.ts';
import { IdentityGraph } from '../identity/identity-graph.ts';
import type { InteractionServices } from '../journey/capture-interactions.ts';
import { LiveHub } from '../journey/live-hub.ts';
import type { Store } from '../model/ports.ts';
import type { IdentifyServices } from '../profile/identify.ts';
import { locateStore } from '../store/open-store.ts';
import { type CompiledProject, compileProject } from '../wiring/compile-project.ts';
import { identifierFormats, interactionServices } from '../wiring/compose-engine.ts';
import { storeOptionsOf } from '../wiring/store-options.ts';
import { checkFile } from './import/check-file.ts';
import { Checkpoint, fingerprintOf } from './import/checkpoint.ts';
import { columnOptions, type GivenColumns, givenDelimiter } from './import/column-options.ts';
import { readIdentifyEvents } from './import/identify-events-file.ts';
import { type ImportParts, importFile } from './import/import-file.ts';
import { Progress } from './import/progress.ts';
import { type ParsedRecord, type ParseOptions, REJECTED, readParsedRecords } from './import/record-file.ts';
import { recordIdentifiers } from './import/record-identifiers.ts';
import { interactionColumns, recordInteractions } from './import/record-interactions.ts';
import { RejectedFile, rejectionReasons } from './import/rejected-file.ts';
import { summaryOf } from './import/summary.ts';
import { stopOnSignal } from './stop-on-signal.ts';

export type ImportKind = 'interactions' | 'identifiers';

export interface ImportOptions extends GivenColumns {
  readonly config: string;
  /** The folder of the checkpoint and of the rejected lines. The file's own folder if not given. */
  readonly state?: string;
}

const GO_ON = 'To go on from there, give the same command again.';

/** The file to import, and how. */
interface Task {
  readonly kind: ImportKind;
  readonly file: string;
  /** The file's fingerprint before it is read. */
  readonly fingerprint: string;
  readonly parsing: ParseOptions;
  /** The folder of the checkpoint and of the rejected lines. */
  readonly state: string;
}

/**
 * Imports a file, or the rest of it after an earlier run. Resolves when every line is stored, was stored before, or is
 * rejected.
 * @throws Error when it could not continue, or a signal stopped it. The same call continues from there.
 */
export async function importRecords(kind: ImportKind, file: string, options: ImportOptions): Promise<void> {
  const parsing = { columns: columnOptions(file, options), delimiter: givenDelimiter(options.delimiter) };
  const size = checkFile('import', file);
  const task: Task = { kind, file, fingerprint: fingerprintOf(file), parsing, state: options.state ?? dirname(file) };
  const project = await compileProject(await loadProject(options.config));
  const location = locateStore(project.config.store, project.directory);
  const environment = readEnvironment(process.env, location.folder);
  const store = await location.open(storeOptionsOf(project));
  try {
    const services = servicesOf(project, store, await identifierFormats(project.config, environment, store));
    const checkpoint = openCheckpoint(task, await store.keepSetting('import_store', randomUUID()));
    const rejected = new RejectedFile(pathOf(task, REJECTED), checkpoint.counts.rejectedBytes);
    const progress = new Progress(process.stderr, size, checkpoint.counts.lines, performance.now.bind(performance));
    await run(task, { checkpoint, rejected, progress }, services);
  } finally {
    await store.close();
  }
}

type RunParts = Pick<ImportParts<ParsedRecord>, 'checkpoint' | 'rejected' | 'progress'>;

async function run(task: Task, parts: RunParts, services: ReturnType<typeof servicesOf>): Promise<void> {
  const { kind, file, fingerprint, parsing } = task;
  const { checkpoint, rejected, progress } = parts;
  const earlier = checkpoint.counts.lines;
  const startedAt = performance.now();
  const types = [...services.identifierTypes.keys()];
  const stopping = stopOnSignal();
  let isDone = false;
  try {
    const stop = stopping.signal;
    const counts =
      kind === 'interactions'
        ? await importFile({
            ...parts,
            records: readParsedRecords(file, interactionColumns(types), parsing),
            record: recordInteractions(services),
            stop,
          })
        : await importFile({
            ...parts,
            records: readIdentifyEvents(file, types, parsing),
            record: recordIdentifiers(services),
            stop,
          });
    if (stop.aborted) throw new Error(`import: stopped by a signal after ${counts.lines} lines. ${GO_ON}`);
    checkpoint.remove();
    progress.end();
    const seconds = (performance.now() - startedAt) / 1000;
    const reasons = counts.rejected === 0 ? [] : await rejectionReasons(rejected.path);
    process.stdout.write(summaryOf({ kind, file, counts, rejectedPath: rejected.path, reasons, earlier, seconds }));
    isDone = true;
    if (fingerprintOf(file) !== fingerprint) throw new Error(`import: ${file} changed while it was read: give the same command again`);
  } catch (error) {
    if (isDone) throw error;
    progress.end();
    if (checkpoint.counts.lines === 0) checkpoint.remove();
    else if (!stopping.signal.aborted)
      (error as Error).message = `import: could not go on after ${checkpoint.counts.lines} lines. ${GO_ON}\n${(error as Error).message}`;
    throw error;
  } finally {
    rejected.close();
    stopping.release();
  }
}

/** The services that check and store interactions of `POST /interactions`, without those that need a request. */
function servicesOf(
  { config }: CompiledProject,
  store: Store,
  identifierTypes: Awaited<ReturnType<typeof identifierFormats>>,
): InteractionServices & IdentifyServices {
  // `viewers` restricts who may send to a touchpoint. An import is made by the owner, so it does not apply.
  const touchpoints = new Touchpoints(
    Object.fromEntries(Object.entries(config.touchpoints).map(([name, touchpoint]) => [name, { ...touchpoint, viewers: undefined }])),
  );
  return {
    ...interactionServices(config, identifierTypes, touchpoints),
    graph: new IdentityGraph(store, () => new Date(), claimsNothing),
    interactions: store,
    // For agents, of whom an import has none.
    askableTypes: new Set(),
    // An import has no subscribers: it records the past.
    live: new LiveHub(),
    now: () => new Date(),
    onInteractions: () => {},
  };
}

/** An import has no request, and only requests have claimed identifiers. */
function claimsNothing(): never {
  throw new Error('expected no claimed identifier in an import');
}

/** @param storeId identifies the store: a checkpoint of another store is not used. */
function openCheckpoint(task: Task, storeId: string): Checkpoint {
  const { kind, fingerprint, parsing, state } = task;
  const of = createHash('sha256').update(JSON.stringify([kind, parsing, storeId, fingerprint]));
  const path = pathOf(task, '.import.json');
  const checkpoint = inWritableFolder(state, () => {
    makeFolder(state);
    return new Checkpoint(path, of.digest('hex'));
  });
  const { lines, rejectedBytes } = checkpoint.counts;
  if (checkpoint.wasOfAnother) {
    say(`${path} is of another file, other options or another store: from the beginning. What is stored already is recognised.`);
  } else if (!RejectedFile.has(pathOf(task, REJECTED), rejectedBytes)) {
    say(`${pathOf(task, REJECTED)} has not all that was rejected: from the beginning. What is stored already is recognised.`);
    checkpoint.forget();
  } else if (lines > 0) say(`going on after ${lines} lines`);
  inWritableFolder(state, () => checkpoint.save(checkpoint.counts));
  return checkpoint;
}

function inWritableFolder<Result>(state: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`import: expected a folder that can be written to, ${state} is none (${code}); name another with --state DIR`);
  }
}

function pathOf({ state, file }: Task, ending: string): string {
  return join(state, basename(file) + ending);
}

function say(text: string): void {
  process.stderr.write(`import: ${text}\n`);
}
