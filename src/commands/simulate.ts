import { statSync } from 'node:fs';
import { normalizeIdentifier } from '../capture/normalize.ts';
import { configWarnings } from '../config/config-warnings.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { loadProject } from '../config/load-project.ts';
import { ProjectError } from '../config/problem.ts';
import { explain } from '../identity/explain.ts';
import { parseCustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { IdentityDecision, StoredCustomer } from '../model/identity.ts';
import { openScratchGraph } from '../store/open-store.ts';
import type { ScratchGraph } from '../store/scratch-graph.ts';
import { EvidenceGraph } from './evidence-graph.ts';
import { checkFile } from './import/check-file.ts';
import { type FileEvent, readIdentifyEvents } from './import/identify-events-file.ts';
import { Notes, UNREADABLE } from './notes.ts';

export interface SimulateOptions {
  readonly config: string;
  /** Prints one customer only: an id that an earlier run printed, or `type=value`. */
  readonly explain?: string;
  /** Prints a graph for Graphviz instead. */
  readonly dot?: boolean;
}

/**
 * Applies the configured rules to a file of identify events, in memory, and prints the resulting customers.
 * @returns false if a line could not be read.
 * @throws ProjectError for a configuration with problems.
 */
export async function simulate(file: string, options: SimulateOptions): Promise<boolean> {
  const { config, configFile, problems } = await loadProject(options.config);
  // Schema and data sources are not used, so they may have problems.
  if (config === null) throw new ProjectError(problems.filter(({ where }) => where === configFile || where.startsWith(`${configFile}:`)));
  const found = statSync(file, { throwIfNoEntry: false });
  // A pipe can be read only once, so it is not checked before.
  if (found === undefined || found.isFile() || found.isDirectory()) checkFile('simulate', file);
  const graph = await openScratchGraph(config.identity);
  const evidence = new EvidenceGraph();
  const notes = new Notes();
  let events = 0;
  try {
    for await (const event of readIdentifyEvents(file, [...config.identifiers.keys()])) {
      events++;
      if (event.problem !== null) notes.add(UNREADABLE, `line ${event.line}: ${event.problem}`);
      else record(graph, evidence, notes, config, event, events);
    }
    const customers = options.explain === undefined ? graph.customers() : [find(graph, options.explain)];
    if (options.dot === true) process.stdout.write(evidence.toDot(customers));
    else {
      const shown = options.explain === undefined ? `${count(events, 'event')}, ${count(customers.length, 'customer')}\n` : '';
      process.stdout.write(shown + customers.map((customer) => describe(graph, customer)).join(''));
    }
  } finally {
    graph.close();
  }
  for (const { where, message } of configWarnings(configFile, config)) process.stderr.write(`warning: ${where}: ${message}\n`);
  process.stderr.write(notes.print());
  return !notes.has(UNREADABLE);
}

function record(
  graph: ScratchGraph,
  evidence: EvidenceGraph,
  notes: Notes,
  config: GatewayConfig,
  event: FileEvent & { readonly problem: null },
  sequence: number,
): void {
  const identifiers = usable(event, config, notes);
  if (identifiers.length === 0) return;
  // Without a time, the order of the file is the order of events.
  const occurredAt = event.occurredAt ?? new Date(sequence);
  const eventId = event.eventId ?? event.occurredAt?.toISOString() ?? null;
  const decision = graph.commit({ identifiers, occurredAt, source: event.source ?? `line ${event.line}`, eventId });
  evidence.add(identifiers);
  const conflict = conflictOf(decision);
  if (conflict !== null) notes.add('events in conflict', `line ${event.line}: ${conflict}`);
}

function usable(event: FileEvent & { readonly problem: null }, config: GatewayConfig, notes: Notes): Identifier[] {
  return event.identifiers.flatMap(({ type, value }) => {
    const format = config.identifiers.get(type);
    const result =
      format === undefined
        ? ({ ok: false, reason: 'UNKNOWN_TYPE', message: 'no such identifier type is configured' } as const)
        : normalizeIdentifier(type, value, format, config.blocked);
    if (result.ok) return [result.identifier];
    notes.add('values left out', `line ${event.line}: ${type} ${JSON.stringify(value)}: ${result.reason}, ${result.message}`);
    return [];
  });
}

function conflictOf(decision: IdentityDecision): string | null {
  if (decision.kind === 'refused') return `refused, because one customer can't have all the values of ${decision.type}`;
  const parts = [
    ...decision.moved.map((identifier) => `${called(identifier)} moved`),
    ...decision.cut.map((identifier) => `${called(identifier)} was cut`),
    ...decision.leftOut.map((identifier) => `${called(identifier)} was left where it is`),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

function find(graph: ScratchGraph, wanted: string): StoredCustomer {
  const [type = '', ...value] = wanted.split('=');
  const id = value.length > 0 ? graph.owner({ type, value: value.join('=') }) : parseCustomerId(wanted);
  const customer = id && graph.find(id);
  if (!customer)
    throw new Error(`--explain: expected a customer's id, or TYPE=VALUE as it is printed, of somebody in the file; nobody is ${wanted}`);
  return customer;
}

function describe(graph: ScratchGraph, { id, identifiers }: StoredCustomer): string {
  const width = Math.max(0, ...identifiers.map(({ type }) => type.length));
  const lines = [
    `\ncustomer ${id}`,
    ...identifiers.map(({ type, value, lastSeenAt }) => `  ${type.padEnd(width)}  ${value}  (last seen ${time(lastSeenAt)})`),
    '  because',
    ...graph.history(id).map((record) => `    ${time(record.occurredAt)}  ${explain(record, called)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function called(identifier: Identifier): string {
  return identifierKey(identifier).replace(':', ' ');
}

function time(date: Date): string {
  return date.getTime() < 1e9 ? `event ${date.getTime()}` : date.toISOString().replace('T', ' ').slice(0, 19);
}
