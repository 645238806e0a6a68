import type { DataAdapter } from '../adapters/data-adapter.ts';
import { normalizeIdentifier } from '../capture/normalize.ts';
import { environmentWarnings } from '../config/environment.ts';
import { loadProject } from '../config/load-project.ts';
import { type CompiledProject, compileProject } from '../wiring/compile-project.ts';
import { AskedSources } from './asked-sources.ts';
import { checkShared } from './check-shared.ts';
import { checkStore } from './check-store.ts';
import { completeProfile } from './complete-profile.ts';
import { offerReads } from './offers/offer-reads.ts';
import { showError } from './terminal-text.ts';

export interface CheckOptions {
  readonly config: string;
  /** `crmId=17850`: shows the answer of each adapter that is keyed by this type. */
  readonly identifier?: string;
}

/**
 * Checks configuration and schema, and whether the store's server, Redis and every back end can be reached. With an identifier, asks each
 * back end for that customer's record, and checks that the fields can be answered from it.
 * @returns true if there is no problem.
 * @throws ProjectError with all problems of the project's files.
 */
export async function check({ config, identifier }: CheckOptions): Promise<boolean> {
  const project = await compileProject(await loadProject(config));
  const given = identifier === undefined ? null : parseIdentifier(project, identifier);
  process.stdout.write(`${config}: configuration and schema are right\n`);
  if (project.documents) process.stdout.write(`  trusted documents: ${project.documents.length}, all valid and within the limits\n`);
  for (const line of project.offers ? offerReads(project.offers) : []) process.stdout.write(`  ${line}\n`);
  for (const { where, message } of [...project.warnings, ...environmentWarnings(process.env, project.config)])
    process.stdout.write(`  warning: ${where}: ${message}\n`);
  try {
    const isStoreRight = await checkStore(project);
    const isSharedRight = await checkShared(project);
    return (await checkSources(project, given)) && isStoreRight && isSharedRight;
  } finally {
    await Promise.allSettled([...project.dataSources.values()].map((adapter) => adapter.close?.()));
  }
}

/** Prints a report for each source. @returns true if there is no problem. */
async function checkSources(project: CompiledProject, given: { type: string; value: string } | null): Promise<boolean> {
  const asked = new AskedSources(project);
  const reports = await Promise.all([...project.dataSources.keys()].map((name) => checkSource(project, asked, name, given)));
  const problems = given === null ? null : await completeProfile(project, { reader: asked.reader, given });
  for (const { name, ok, text } of reports) {
    process.stdout.write(text);
    for (const line of problems?.linesOf(name, ok) ?? []) process.stdout.write(`    ${line}\n`);
  }
  for (const line of problems?.linesOf(null, true) ?? []) process.stdout.write(`  ${line}\n`);
  return reports.every(({ name, ok }) => ok && !problems?.hasErrors(name)) && !problems?.hasErrors(null);
}

interface SourceReport {
  readonly name: string;
  readonly ok: boolean;
  /** Lines for the terminal. */
  readonly text: string;
}

async function checkSource(
  { dataSources, keyTypes }: CompiledProject,
  asked: AskedSources,
  name: string,
  given: { type: string; value: string } | null,
): Promise<SourceReport> {
  const adapter = dataSources.get(name) as DataAdapter;
  const started = performance.now();
  const took = () => `${Math.round(performance.now() - started)} ms`;
  try {
    await adapter.probe?.(AbortSignal.timeout(adapter.policy.timeout));
  } catch (error) {
    return { name, ok: false, text: `  ${name} (${adapter.kind}): cannot be reached, ${took()}: ${showError(error)}\n` };
  }
  const types = keyTypes.get(name) ?? new Set<string>();
  if (given === null || !types.has(given.type)) {
    const reached = adapter.probe ? `reached, ${took()}` : 'has no probe';
    const by = types.size > 0 ? `by ${[...types].join(', ')}` : 'by the key of a field';
    const notAsked = given === null ? '' : `; not asked, since it is asked ${by}`;
    return { name, ok: true, text: `  ${name} (${adapter.kind}): ${reached}${notAsked}\n` };
  }
  const { ok, summary, lines } = await asked.ask(name, given);
  return {
    name,
    ok,
    text: `  ${name} (${adapter.kind}): ${summary}\n${lines.map((line) => `    ${line.replaceAll('\n', '\n    ')}\n`).join('')}`,
  };
}

function parseIdentifier({ config }: CompiledProject, text: string): { type: string; value: string } {
  const [type = '', ...rest] = text.split('=');
  const format = config.identifiers.get(type);
  const known = [...config.identifiers.keys()].join(', ');
  if (format === undefined || rest.length === 0)
    throw new Error(`--identifier: expected TYPE=VALUE with a type of ${known}; received ${JSON.stringify(text)}`);
  if (format.isHashed)
    throw new Error(`--identifier: expected a type that is kept in clear, ${type} has hash: true and no back end is asked by it`);
  const normalized = normalizeIdentifier(type, rest.join('='), format, config.blocked);
  if (!normalized.ok)
    throw new Error(
      `--identifier: expected a usable value of ${type}, received ${JSON.stringify(rest.join('='))} (${normalized.reason}: ${normalized.message})`,
    );
  return normalized.identifier;
}
