import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadProject } from '../config/load-project.ts';
import { readTimeInUtc } from '../model/read-time.ts';
import { type CompiledProject, compileProject } from '../wiring/compile-project.ts';
import { checkFile } from './import/check-file.ts';
import { Progress } from './import/progress.ts';
import { Notes, UNREADABLE } from './notes.ts';
import { type CustomerLine, readCustomerLines } from './offers/customer-lines.ts';
import { OfferChanges } from './offers/offer-changes.ts';
import { OfferCounts } from './offers/offer-counts.ts';
import { type SimulatedCustomer, SimulatedOffers } from './offers/simulated-offers.ts';

export interface OffersSimulateOptions {
  readonly config: string;
  /** Another folder of offers: also prints what changes when it replaces the project's. */
  readonly against?: string;
  /** Only this placement; all when left out. */
  readonly placement?: string;
  /** The time of the decisions; now when left out. Without an offset it is UTC. */
  readonly at?: string;
}

const COMMAND = 'offers simulate';
const UNKNOWN = 'customers with a value that does not fit its type, so that a rule has no answer';

/**
 * Decides for each customer of a file what they would get, and prints for each placement how many customers get which offer. It
 * knows rules, dates, channels, exclusions and the order of ranking: the file has no earlier decisions and responses.
 * @returns false if a line could not be read.
 * @throws ProjectError for a project with problems; Error for an option with an unknown name or value.
 */
export async function simulateOffers(file: string, options: OffersSimulateOptions): Promise<boolean> {
  const at = timeOf(options.at);
  const projects = [await compiled(options.config)];
  try {
    if (options.against !== undefined) projects.push(await compiled(options.config, folderOf(options.against)));
    const [before, after] = projects.map((project) => new SimulatedOffers(project)) as [SimulatedOffers, SimulatedOffers?];
    const placements = placementsOf(before, options.placement);
    const size = sizeOf(file);
    const touchpoints = new Set(Object.keys((projects[0] as CompiledProject).config.touchpoints));
    const lines = readCustomerLines(file, { fields: before.fields, touchpoints });
    const simulation = new Simulation(before, after, placements, at);
    await simulation.run(withProgress(lines, size));
    process.stdout.write(simulation.print(options.against ?? null));
    process.stderr.write(simulation.notes.print());
    return !simulation.notes.has(UNREADABLE);
  } finally {
    await Promise.allSettled(projects.flatMap(({ dataSources }) => [...dataSources.values()].map((adapter) => adapter.close?.())));
  }
}

class Simulation {
  readonly notes = new Notes();
  readonly #before: SimulatedOffers;
  readonly #after: SimulatedOffers | undefined;
  readonly #at: Date;
  readonly #counts: OfferCounts;
  readonly #changes: OfferChanges;
  #customers = 0;

  constructor(before: SimulatedOffers, after: SimulatedOffers | undefined, placements: ReadonlySet<string>, at: Date) {
    this.#before = before;
    this.#after = after;
    this.#at = at;
    this.#counts = new OfferCounts(before, placements);
    this.#changes = new OfferChanges(placements);
  }

  async run(lines: AsyncIterable<CustomerLine>): Promise<void> {
    for await (const each of lines) {
      if (each.problem !== null) {
        this.notes.add(UNREADABLE, `line ${each.line}: ${each.problem}`);
        continue;
      }
      this.#customers++;
      const decided = this.#before.decideFor(each.customer, this.#at);
      this.#noteUnknown(each.line, decided);
      this.#counts.add(decided);
      if (this.#after !== undefined) this.#changes.add(each.line, decided, this.#after.decideFor(each.customer, this.#at));
    }
  }

  print(against: string | null): string {
    const title = `${this.#customers} customer${this.#customers === 1 ? '' : 's'}, at ${this.#at.toISOString()}\n`;
    return `${title}${this.#counts.print()}${against === null ? '' : this.#changes.print(against)}`;
  }

  #noteUnknown(line: number, { unknownTerms }: SimulatedCustomer): void {
    if (unknownTerms.length > 0) this.notes.add(UNKNOWN, `line ${line}: ${unknownTerms.join(', ')}`);
  }
}

/** @param offers the folder of offers; the project's own when left out. */
async function compiled(config: string, offers?: string): Promise<CompiledProject> {
  return compileProject(await loadProject(config, undefined, offers));
}

function folderOf(given: string): string {
  const found = statSync(given, { throwIfNoEntry: false });
  if (found?.isDirectory()) return resolve(given);
  throw new Error(
    `--against: expected a folder of offers, received ${given}, which ${found === undefined ? 'does not exist' : 'is a file'}`,
  );
}

function placementsOf(offers: SimulatedOffers, wanted: string | undefined): Set<string> {
  const names = offers.placements.map(({ placement }) => placement.name);
  if (wanted === undefined) return new Set(names);
  if (names.includes(wanted)) return new Set([wanted]);
  throw new Error(`--placement: expected one of ${names.join(', ')}; received ${JSON.stringify(wanted)}`);
}

function timeOf(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const time = readTimeInUtc(text);
  if (time !== null) return time;
  throw new Error(`--at: expected a date or time such as 2026-01-31T12:00:00Z, received ${JSON.stringify(text)}`);
}

/** Bytes; null for a pipe, which can be read only once, so it can't be checked first. */
function sizeOf(file: string): number | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined || found.isFile() || found.isDirectory() ? checkFile(COMMAND, file) : null;
}

/** Shows progress on a terminal. @param size in bytes; null where it is unknown: then nothing is shown. */
async function* withProgress(lines: AsyncIterable<CustomerLine>, size: number | null): AsyncGenerator<CustomerLine> {
  const progress = size === null || !process.stderr.isTTY ? null : new Progress(process.stderr, size, 0, () => performance.now());
  let read = 0;
  for await (const line of lines) {
    yield line;
    progress?.show(++read, line.end);
  }
  progress?.end();
}
