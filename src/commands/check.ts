import type { DataAdapter } from '../adapters/data-adapter.ts';
import { Source } from '../adapters/source.ts';
import { normalizeIdentifier } from '../capture/normalize.ts';
import { type CompiledProject, compileProject } from '../compile-project.ts';
import { loadProject } from '../config/load-project.ts';
import type { SourceError } from '../model/errors.ts';
import type { KeyNormalizers } from '../profile/key-normalizers.ts';

export interface CheckOptions {
  readonly config: string;
  /** `crmId=17850`: shows what each adapter that is keyed by this type answers. */
  readonly identifier?: string;
}

const UNREADABLE = 'records can not be read, and are left out. The first of them';
const FOREIGN = 'rows that came were asked for by no key: they are dropped. Check `match`, and whether the back end heeds the keys';

/**
 * Checks configuration and schema, and asks every back end whether it is there.
 * @returns true when everything is.
 * @throws ProjectError with everything that is wrong in what the owner wrote.
 */
export async function check({ config, identifier }: CheckOptions): Promise<boolean> {
  const project = compileProject(await loadProject(config));
  const given = identifier === undefined ? null : parseIdentifier(project, identifier);
  process.stdout.write(`${config}: configuration and schema are right\n`);
  for (const { where, message } of project.warnings) process.stdout.write(`  warning: ${where}: ${message}\n`);
  const results = await Promise.all(
    [...project.dataSources].map(([name, adapter]) => {
      const keyTypes = project.keyTypes.get(name) ?? new Set<string>();
      return checkSource(name, adapter, { keyTypes, keyNormalizers: project.keyNormalizers }, given);
    }),
  );
  for (const { report } of results) process.stdout.write(report);
  await Promise.allSettled([...project.dataSources.values()].map((adapter) => adapter.close?.()));
  return results.every(({ ok }) => ok);
}

async function checkSource(
  name: string,
  adapter: DataAdapter,
  { keyTypes, keyNormalizers }: { readonly keyTypes: ReadonlySet<string>; readonly keyNormalizers: KeyNormalizers },
  given: { type: string; value: string } | null,
): Promise<{ ok: boolean; report: string }> {
  let started = performance.now();
  const took = () => `${Math.round(performance.now() - started)} ms`;
  try {
    await adapter.probe?.(AbortSignal.timeout(adapter.timeout));
  } catch (error) {
    return { ok: false, report: `  ${name} (${adapter.kind}): cannot be reached, ${took()}: ${inWords(error)}\n` };
  }
  if (given === null || !keyTypes.has(given.type)) {
    const reached = adapter.probe ? `reached, ${took()}` : 'has no probe';
    const asked = keyTypes.size > 0 ? `by ${[...keyTypes].join(', ')}` : 'by the key of a field';
    const notAsked = given === null ? '' : `; not asked, since it is asked ${asked}`;
    return { ok: true, report: `  ${name} (${adapter.kind}): ${reached}${notAsked}\n` };
  }
  // The answer's own time, without the probe's.
  started = performance.now();
  const causes: unknown[] = [];
  const notes: string[] = [];
  const source = new Source(name, adapter, {
    keyNormalizers,
    observer: {
      onFailure: ({ cause }) => void causes.push(cause),
      onUnsent: (_, why) => void causes.push(why),
      onForeign: (_, records, came) => void notes.push(`    ${records}${came === undefined ? '' : ` of ${came}`} ${FOREIGN}\n`),
      onUnreadable: (_, records, problems) => void notes.push(`    ${records} ${UNREADABLE}: ${problems.join('; ')}\n`),
    },
  });
  try {
    const scope = source.scope({}, {}, given.type === adapter.key ? null : given.type);
    const { record } = await source.ask(given.value, scope).answer.promise();
    const shown = JSON.stringify(shortened(record), (_, value) => (typeof value === 'bigint' ? String(value) : value), 2).replaceAll(
      '\n',
      '\n    ',
    );
    return { ok: true, report: `  ${name} (${adapter.kind}): answered in ${took()}\n    ${shown}\n${notes.join('')}` };
  } catch (error) {
    const { code, message } = error as SourceError;
    return {
      ok: false,
      report: `  ${name} (${adapter.kind}): ${code}, ${took()}: ${causes.length === 0 ? message : inWords(causes[0])}\n${notes.join('')}`,
    };
  }
}

/** Records of a list that are shown. */
const MAX_SHOWN = 5;

function shortened(record: unknown): unknown {
  if (!Array.isArray(record) || record.length <= MAX_SHOWN) return record;
  return [...record.slice(0, MAX_SHOWN), `… and ${record.length - MAX_SHOWN} more`];
}

/** What an error says, with what caused it: a database's own words are for the terminal of who owns it. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const because = cause instanceof Error && !error.message.includes(cause.message) ? cause.message : '';
  return because === '' ? error.message : `${error.message}: ${because}`;
}

function parseIdentifier({ config }: CompiledProject, text: string): { type: string; value: string } {
  const [type = '', ...rest] = text.split('=');
  const format = Object.hasOwn(config.identifiers, type) ? config.identifiers[type] : undefined;
  const known = Object.keys(config.identifiers).join(', ');
  if (format === undefined) throw new Error(`--identifier: expected TYPE=VALUE with a type of ${known}; received ${JSON.stringify(text)}`);
  if (format.hash)
    throw new Error(`--identifier: expected a type that is kept in clear, ${type} has hash: true and no back end is asked by it`);
  const { normalize, region } = format;
  const { keyBytes } = config.limits;
  const normalized = normalizeIdentifier(type, rest.join('='), { normalize, region, keyBytes }, new Set(config.blocked));
  if (!normalized.ok)
    throw new Error(
      `--identifier: expected a usable value of ${type}, received ${JSON.stringify(rest.join('='))} (${normalized.reason}: ${normalized.message})`,
    );
  return normalized.identifier;
}
