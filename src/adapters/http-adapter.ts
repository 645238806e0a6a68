import { z } from 'zod';
import { AdapterFailure, UnsentKey } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter, KeyAnswer, LoadContext } from './data-adapter.ts';
import { commonOptionsSchema, completeAdapter, parseOptions, urlOption } from './define-adapter.ts';
import { PathTemplate } from './fill-path.ts';
import { expectSuccess, headersWith, JsonClient } from './http-client.ts';
import { loadCommasApart, loadUnlessRefused } from './load-keys.ts';
import { withMatch } from './match-field.ts';
import { matchOf, matchRows, ownRecord } from './match-rows.ts';
import { keysOfRows } from './search-keys.ts';
import { selectFrom } from './values.ts';

export interface HttpAdapterOptions extends CommonAdapterOptions {
  /** The back end's address: `https://orders.internal`. Its user and password, if any, are sent as basic authentication. */
  readonly baseUrl: string | undefined;
  /**
   * A path that answers many keys at once: `/orders?customerIds={keys}`. Keys are percent-encoded, with commas between. A
   * key that would still change the path (`..`) is refused for itself alone: SOURCE_INVALID, without a call.
   * Both kinds of path may hold `{fields}`, the record's fields that are needed, and `{args.NAME}`, an argument of the
   * GraphQL field (empty when it was not given); they are encoded in the same way.
   */
  readonly batch?: string;
  /** A path that answers one key: `/customers/{key}`, for a back end without a batch call. A 404 and a 410 mean "nothing there". */
  readonly one?: string;
  /** The record's field that holds the key, or a path with dots into it. With `one`, a record of another key is refused. */
  readonly match?: string;
  /** The path of the records in the answer, with dots: `data.items`. Left out: the answer itself. */
  readonly select?: string;
  /**
   * A path that finds keys by a text, for `findCustomers`: `/customers?q={text}&limit={first}`. Its answer is a list of keys, or
   * of records with the key at `match`. With `select`, the list is at this path in the answer; with `key`, the key is at this
   * path in a record.
   */
  readonly search?: string | HttpSearch;
  /** Headers of every call, for example an API key. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a back end finds keys by a text. */
export interface HttpSearch {
  readonly path: string;
  readonly select?: string;
  readonly key?: string;
}

const path = (placeholder: string) =>
  z
    .string()
    .startsWith('/', 'expected a path that begins with /')
    .includes(placeholder, { error: `expected ${placeholder} in the path` });

const searchSchema = z.union([
  path('{text}').transform((found): HttpSearch => ({ path: found })),
  z.strictObject({ path: path('{text}'), select: z.string().min(1).optional(), key: z.string().min(1).optional() }),
]);

export const optionsSchema = commonOptionsSchema
  .extend({
    baseUrl: urlOption(/^https?$/, 'an http(s) URL'),
    batch: path('{keys}').optional(),
    one: path('{key}').optional(),
    match: z.string().min(1).optional(),
    select: z.string().min(1).optional(),
    search: searchSchema.optional(),
    headers: z.record(z.string(), z.string()).default({}),
  })
  .refine(
    ({ search, match }) => search === undefined || (search.key ?? match) !== undefined,
    'expected match, or search: { path, key }, beside search: it names the field that holds a found key',
  )
  .refine(({ batch, one }) => (batch === undefined) !== (one === undefined), 'expected exactly one of batch and one')
  .refine(
    ({ batch, one, fields }) => fields !== undefined || !(batch ?? one)?.includes('{fields}'),
    'expected fields: [...] beside {fields}: they are asked for where an operation needs the whole record',
  );

/** "Not there" and "no longer there" (RFC 9110, sections 15.5.5 and 15.5.11). */
const [NOT_FOUND, GONE] = [404, 410];
/** Bytes that a sender may expect every server to take (RFC 9110, section 4.1). */
const MAX_URL_LENGTH = 8_000;

/** A back end that speaks JSON over HTTP. */
export function httpAdapter(options: HttpAdapterOptions): DataAdapter {
  const { baseUrl, batch, one, match, select, search, headers, policy, ...common } = parseOptions('httpAdapter', optionsSchema, options);
  const matching = { match: matchOf(match), many: common.many };
  const selectsFields = (batch ?? one)?.includes('{fields}') ?? false;
  const all = common.fields ?? [];
  const client = new JsonClient(baseUrl.replace(/\/$/, ''));
  const template = new PathTemplate(batch ?? (one as string));
  const own = { headers: headersWith(client, headers) };
  const send = (keys: readonly string[], context: LoadContext) => {
    const fields = selectsFields ? withMatch(context.fields ?? all, match) : all;
    const target = template.fill({ keys, fields, args: context.args });
    const length = baseUrl.length + target.length;
    if (length > MAX_URL_LENGTH) {
      // A back end or a proxy would close the connection, which looks as if it were down; any client can send such arguments.
      if (baseUrl.length + template.fill({ keys: [], fields, args: context.args }).length > MAX_URL_LENGTH) {
        throw new UnsentKey(`expected arguments that fit into a URL of ${MAX_URL_LENGTH} bytes, received longer ones`);
      }
      // Sent in pieces, before the back end refuses it.
      if (keys.length > 1) {
        const fit = Math.max(1, Math.floor((keys.length * MAX_URL_LENGTH) / length));
        throw new AdapterFailure('SOURCE_INVALID', `the URL is longer than ${MAX_URL_LENGTH} bytes`, undefined, { tooLarge: fit });
      }
    }
    return client.send(target, common.forward.length === 0 ? own : { headers: { ...own.headers, ...context.headers } }, context);
  };

  const loadBatch = (keys: readonly string[], context: LoadContext) =>
    send(keys, context).then((answer) => {
      const rows = answer.status === GONE ? null : selectFrom(expectSuccess(answer), select, { isList: true });
      return matchRows(keys, rows, { ...matching, context });
    });

  const loadOne = async (key: string, context: LoadContext): Promise<KeyAnswer> => {
    const answer = await send([key], context);
    if (answer.status === NOT_FOUND || answer.status === GONE) {
      context.onAbsent?.(key, answer.status);
      return null;
    }
    return ownRecord(key, selectFrom(expectSuccess(answer), select, { isList: common.many }), { ...matching, context });
  };

  const loadEach = async (keys: readonly string[], context: LoadContext) => {
    const answers = await Promise.allSettled(keys.map((key) => loadOne(key, context)));
    const [first] = answers;
    // The failure of a single key is the call's: the policy judges the back end's health by it.
    if (answers.length === 1 && first?.status === 'rejected') throw first.reason;
    return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : (answer.reason as Error)));
  };

  return completeAdapter('httpAdapter', {
    ...common,
    ...(search && { search: searcher(client, own.headers, search, search.key ?? (match as string)) }),
    selectsFields,
    // Without a batch call each key is a call of its own, and is counted, limited and repeated as one.
    policy: one === undefined ? policy : { ...policy, maxBatch: 1 },
    load: (keys, context) =>
      loadUnlessRefused(
        keys,
        (key) => template.refusal(key, context.args),
        (others) => (batch === undefined ? loadEach(others, context) : loadCommasApart(others, (some) => loadBatch(some, context))),
      ),
    probe: (signal) => client.probe('', signal),
    close: () => client.close(),
  });
}

/** @param key the path of the key in a found record. */
function searcher(
  client: JsonClient,
  headers: Record<string, string>,
  { path: template, select }: HttpSearch,
  key: string,
): NonNullable<DataAdapter['search']> {
  // A text is filled in like a key, so that it can't change the path either.
  const target = new PathTemplate(template.replaceAll('{text}', '{key}').replaceAll('{first}', '{args.first}'));
  return async (text, context) => {
    const args = { first: context.first };
    const refusal = target.refusal(text, args);
    if (refusal !== null) throw refusal;
    const answer = await client.send(
      target.fill({ keys: [text], fields: [], args }),
      { headers: { ...headers, ...context.headers } },
      context,
    );
    // A 404 is a failure here: a search that finds nobody is an empty list, and a wrong path must not look like one.
    return keysOfRows(selectFrom(expectSuccess(answer), select, { isList: true }), key);
  };
}
