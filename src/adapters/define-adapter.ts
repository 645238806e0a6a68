import { z } from 'zod';
import { explainIssue } from '../model/explain-issue.ts';
import type { DataAdapter, DataAdapterDefinition } from './data-adapter.ts';
import { readTimes } from './read-times.ts';
import { policySchema } from './source-policy.ts';
import { isTimeZone } from './time-zone.ts';

/** Marks a checked adapter, also for another copy of this package. */
const MADE_BY_DEFINE_ADAPTER = Symbol.for('customer-profile-gateway.adapter');

/**
 * Headers of a connection or a body (RFC 9110, sections 7.6.1 and 8). Passed on to a back end, they would break calls to it,
 * and any client can send them.
 */
const NOT_FORWARDABLE = new Set([
  ...['connection', 'proxy-connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'host', 'http2-settings'],
  ...['content-length', 'content-type', 'content-encoding', 'accept-encoding', 'range', 'if-range'],
]);
const isForwardable = (name: string) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && !NOT_FORWARDABLE.has(name);
const FORWARDABLE = `expected names of headers that are of the caller, such as authorization; not ${[...NOT_FORWARDABLE].join(', ')}`;

/** The options of every kind of adapter; each kind extends it with its own. */
export const commonOptionsSchema = z.strictObject({
  key: z.string().min(1).optional(),
  many: z.boolean().default(false),
  pages: z.boolean().default(false),
  fields: z.array(z.string().min(1)).optional(),
  forward: z.array(z.string().min(1).toLowerCase().refine(isForwardable, FORWARDABLE)).default([]),
  timeZone: z.string().refine(isTimeZone, "expected 'UTC', a zone such as 'Europe/Berlin' or an offset such as '+02:00'").optional(),
  instants: z.record(z.string().min(1), z.enum(['seconds', 'milliseconds'])).optional(),
  policy: policySchema.prefault({}),
});

/**
 * A URL of a back end. The value is never shown, since a URL may hold a password.
 * @param protocol without its colon. @param expected for the message: `an http(s) URL`.
 */
export function urlOption(protocol: RegExp, expected: string) {
  const url = z.url({ protocol });
  return secretOption((value) => url.safeParse(value).success && hasReadableCredentials(value as string), expected);
}

/** A text whose value is never shown. @param expected for the message: `an http(s) URL`. */
export function secretOption(isUsable: (value: unknown) => boolean, expected: string) {
  return z.custom<string>(isUsable, { error: ({ input }) => `expected ${expected}, received ${describeSecret(input)}` });
}

function describeSecret(input: unknown): string {
  if (input === undefined || input === '') return 'nothing; if it is read from a variable, that variable is not set';
  return typeof input === 'string' ? 'a text that is none' : typeof input;
}

/** User and password are percent-encoded in a URL (RFC 3986, section 3.2.1); a bare `%` can't be decoded. */
function hasReadableCredentials(url: string): boolean {
  const { username, password } = new URL(url);
  try {
    return decodeURIComponent(username + password) !== null;
  } catch {
    return false;
  }
}

const callable = <T>(signature: string) => z.custom<T>((value) => typeof value === 'function', `expected a function ${signature}`);

export const definitionSchema = commonOptionsSchema.extend({
  selectsFields: z.boolean().default(false),
  load: callable<DataAdapter['load']>('load(keys, { args, signal, headers })'),
  search: callable<NonNullable<DataAdapter['search']>>('search(text, { first, signal })').optional(),
  probe: callable<NonNullable<DataAdapter['probe']>>('probe(signal)').optional(),
  erase: callable<NonNullable<DataAdapter['erase']>>('erase(keys)').optional(),
  close: callable<NonNullable<DataAdapter['close']>>('close()').optional(),
  startIn: callable<NonNullable<DataAdapter['startIn']>>('startIn(folder)').optional(),
});

/**
 * Parses an adapter's options.
 * @throws TypeError that lists every option that is wrong: where, what was expected, what came.
 */
export function parseOptions<T>(kind: string, schema: z.ZodType<T>, options: unknown): T {
  const result = schema.safeParse(options, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues
    .flatMap((issue) => explainIssue(issue, { schema, noun: 'option', shows: 'input' }))
    .map(({ path, message }) => `  ${path.join('.') || 'options'}: ${message}`);
  throw new TypeError(`${kind}: ${problems.length} option(s) are wrong\n${problems.join('\n')}`);
}

/**
 * A data adapter from your own `load`: the one concept that every kind of adapter is made of.
 * @throws TypeError that lists every option that is wrong.
 */
export function defineAdapter(definition: DataAdapterDefinition, kind = 'defineAdapter'): DataAdapter {
  return completeAdapter(kind, parseOptions(kind, definitionSchema, definition));
}

type ParsedDefinition = z.output<typeof definitionSchema>;

/**
 * A data adapter from options that are parsed.
 * @throws TypeError for options that contradict each other.
 */
export function completeAdapter(
  kind: string,
  { timeZone, instants, selectsFields = false, ...rest }: Omit<ParsedDefinition, 'selectsFields'> & Partial<ParsedDefinition>,
): DataAdapter {
  if (rest.pages && rest.many) throw new TypeError(`${kind}: expected pages or many, received both: a page is one record, with edges`);
  const unknown = Object.keys(instants ?? {}).filter((path) => rest.fields?.includes(path.split('.')[0] as string) === false);
  if (unknown.length > 0)
    throw new TypeError(`${kind}: instants: expected fields of ${rest.fields?.join(', ')}; received ${unknown.join(', ')}`);
  const load = readTimes(rest.load, { timeZone, instants });
  return Object.freeze({ [MADE_BY_DEFINE_ADAPTER]: true, kind, selectsFields, ...rest, load } as DataAdapter);
}

/** True for what `defineAdapter` and the kinds of adapter return. */
export function isDataAdapter(value: unknown): value is DataAdapter {
  return typeof value === 'object' && value !== null && MADE_BY_DEFINE_ADAPTER in value;
}
