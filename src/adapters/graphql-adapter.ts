import { Kind, parse, type TypeNode } from 'graphql';
import { z } from 'zod';
import { AdapterFailure, UnsentKey } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter, KeyAnswer, LoadContext, SearchContext } from './data-adapter.ts';
import { commonOptionsSchema, completeAdapter, parseOptions, urlOption } from './define-adapter.ts';
import { failKeys } from './graphql-errors.ts';
import { expectSuccess, headersWith, JsonClient } from './http-client.ts';
import { loadUnlessRefused, refuseHalfCharacters } from './load-keys.ts';
import { matchOf, matchRows } from './match-rows.ts';
import { keysOfRows } from './search-keys.ts';
import { isEmptyObject, selectFrom } from './values.ts';

export interface GraphqlAdapterOptions extends CommonAdapterOptions {
  /** Its user and password, if any, are sent as basic authentication. */
  readonly url: string | undefined;
  /**
   * A query with a variable `$keys`; the field's arguments go along as variables that the query declares. Keys are sent
   * as strings, or as integers where the query says `$keys: [Int!]!`: a key that is no integer is refused for itself then.
   */
  readonly query: string;
  /** The path of the records in `data`, with dots: `tickets`. */
  readonly select: string;
  /** The record's field that holds the key. */
  readonly match?: string;
  /**
   * A query that finds keys by a text, for `findCustomers`. Its variables are `$text` and, if it has it, `$first`; `select` is the
   * path of the found keys or records in `data`, and `key` the path of the key in a record (`match` when left out).
   */
  readonly search?: GraphqlSearch;
  /** Headers of every call, for example an API key. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a back end finds keys by a text. */
export interface GraphqlSearch {
  readonly query: string;
  readonly select: string;
  readonly key?: string;
}

/** The named types of a query's variables (`Int` for `[Int!]!`), or null for text that is no single query. */
function variablesOf(query: string): ReadonlyMap<string, string> | null {
  try {
    const [operation, ...others] = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return null;
    return new Map(operation.variableDefinitions?.map(({ variable, type }) => [variable.name.value, namedType(type)]));
  } catch {
    return null;
  }
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** An answer's errors. The specification wants a list; any other value that is not empty is an error, too. */
function listOf(errors: unknown): readonly unknown[] {
  if (Array.isArray(errors)) return errors;
  return errors === undefined || errors === null || isEmptyObject(errors) ? [] : [errors];
}

/** An integer as JSON and GraphQL write it; `007` is another key than `7`. */
const INTEGER = /^(?:0|-?[1-9]\d{0,9})$/;

/** A GraphQL `Int` has 32 bits (specification, section 3.5.1). A larger one fails the whole query. */
function refuseUnlessInt(key: string): UnsentKey | null {
  if (INTEGER.test(key) && (Number(key) | 0) === Number(key)) return null;
  return new UnsentKey('expected a key that is an integer of 32 bits, since $keys is a list of Int; received another');
}

const searchSchema = z.strictObject({
  query: z.string().refine((query) => variablesOf(query)?.has('text') ?? false, 'expected one GraphQL query with a variable $text'),
  select: z.string().min(1),
  key: z.string().min(1).optional(),
});

export const optionsSchema = commonOptionsSchema.extend({
  url: urlOption(/^https?$/, 'an http(s) URL'),
  query: z.string().refine((query) => variablesOf(query)?.has('keys') ?? false, 'expected one GraphQL query with a variable $keys'),
  select: z.string().min(1),
  match: z.string().min(1).optional(),
  search: searchSchema.optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

/** A back end that speaks GraphQL. */
export function graphqlAdapter(options: GraphqlAdapterOptions): DataAdapter {
  const { url, query, select, match: field, search, headers, ...common } = parseOptions('graphqlAdapter', optionsSchema, options);
  const match = matchOf(field);
  const client = new JsonClient(url);
  const declared = variablesOf(query) ?? new Map<string, string>();
  const hasInts = declared.get('keys') === 'Int';
  const refusalOf = hasInts ? refuseUnlessInt : refuseHalfCharacters;
  const own = headersWith(client, { 'content-type': 'application/json', ...headers });

  /** @throws AdapterFailure for an answer without data. */
  const send = async (text: string, variables: object, context: Pick<LoadContext, 'headers' | 'signal' | 'maxAnswerBytes'>) => {
    const body = JSON.stringify({ query: text, variables });
    const answer = await client.send('', { method: 'POST', headers: { ...own, ...context.headers }, body }, context);
    const { data, errors: given } = (expectSuccess(answer) ?? {}) as { data?: unknown; errors?: unknown };
    const errors = listOf(given);
    if (data !== null && data !== undefined) return { data, errors };
    if (errors.length === 0) throw new AdapterFailure('SOURCE_INVALID', 'expected data or errors in the answer, received neither');
    throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered ${errors.length} GraphQL error(s) and no data`);
  };

  const find = async ({ query: text, select: path, key }: GraphqlSearch, value: string, context: SearchContext) => {
    const variables = { text: value, ...(variablesOf(text)?.has('first') && { first: context.first }) };
    const { data, errors } = await send(text, variables, context);
    // A list with errors beside it may lack customers.
    if (errors.length > 0) throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered ${errors.length} GraphQL error(s) to a search`);
    return keysOfRows(selectFrom(data, path, { isList: true }), key ?? field ?? '');
  };

  const loadOthers = async (keys: readonly string[], context: LoadContext): Promise<readonly KeyAnswer[]> => {
    const args = Object.fromEntries(Object.entries(context.args).filter(([name]) => declared.has(name)));
    const variables = { ...args, keys: hasInts ? keys.map(Number) : keys };
    const { data, errors } = await send(query, variables, context);
    const hasErrors = errors.length > 0;
    const rows = selectFrom(data, select, { isList: true });
    if (rows === null && hasErrors)
      throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered null at ${select} and ${errors.length} GraphQL error(s)`);
    const answers = await matchRows(keys, rows, { match, many: common.many, context });
    return hasErrors ? failKeys({ keys, answers, rows, errors, select, match }) : answers;
  };

  return completeAdapter('graphqlAdapter', {
    ...common,
    ...(search && { search: (text: string, context: SearchContext) => find(search, text, context) }),
    load: (keys, context) => loadUnlessRefused(keys, refusalOf, (others) => loadOthers(others, context)),
    probe: (signal) => client.probe('?query=%7B__typename%7D', signal),
    close: () => client.close(),
  });
}
