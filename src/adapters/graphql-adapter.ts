import { Kind, parse } from 'graphql';
import { z } from 'zod';
import { AdapterFailure } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter } from './data-adapter.ts';
import { commonOptionsSchema, defineAdapter, parseOptions } from './define-adapter.ts';
import { failKeys } from './graphql-errors.ts';
import { ACCEPT_JSON, expectSuccess, JsonClient } from './http-client.ts';
import { matchOf, matchRows } from './match-rows.ts';
import { selectFrom } from './select-from.ts';

export interface GraphqlAdapterOptions extends CommonAdapterOptions {
  readonly url: string | undefined;
  /** A query with a variable `$keys`; the field's arguments go along as variables that the query declares. */
  readonly query: string;
  /** Where the records stand in `data`, with dots: `tickets`. */
  readonly select: string;
  /** The record's field that holds the key. */
  readonly match?: string;
  /** Headers of every call, for example an API key. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The names of a query's variables, or null for text that is no single query. */
function variablesOf(query: string): string[] | null {
  try {
    const [operation, ...others] = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return null;
    return operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
  } catch {
    return null;
  }
}

const optionsSchema = commonOptionsSchema.extend({
  url: z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' }),
  query: z.string().refine((query) => variablesOf(query)?.includes('keys') ?? false, 'expected one GraphQL query with a variable $keys'),
  select: z.string().min(1),
  match: z.string().min(1).optional(),
  headers: z.record(z.string(), z.string()).default({}),
});

/** A back end that speaks GraphQL. */
export function graphqlAdapter(options: GraphqlAdapterOptions): DataAdapter {
  const { url, query, select, match: field, headers, policy: _, ...common } = parseOptions('graphqlAdapter', optionsSchema, options);
  const match = matchOf(field);
  const client = new JsonClient(url);
  const declared = new Set(variablesOf(query));

  return defineAdapter(
    {
      ...common,
      policy: options.policy,
      load: async (keys, context) => {
        const args = Object.fromEntries(Object.entries(context.args).filter(([name]) => declared.has(name)));
        const answer = await client.send(
          '',
          {
            method: 'POST',
            headers: { ...ACCEPT_JSON, 'content-type': 'application/json', ...headers, ...context.headers },
            body: JSON.stringify({ query, variables: { ...args, keys } }),
          },
          context,
        );
        const { data, errors } = (expectSuccess(answer) ?? {}) as { data?: unknown; errors?: readonly unknown[] };
        const hasErrors = Array.isArray(errors) && errors.length > 0;
        if (data === null || data === undefined) {
          if (!hasErrors) throw new AdapterFailure('SOURCE_INVALID', 'expected data or errors in the answer, received neither');
          throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered ${errors.length} GraphQL error(s) and no data`);
        }
        const rows = selectFrom(data, select, { isList: true });
        if (rows === null && hasErrors)
          throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered null at ${select} and ${errors.length} GraphQL error(s)`);
        const answers = matchRows(keys, rows, { match, many: common.many, context });
        return hasErrors ? failKeys({ keys, answers, rows, errors, select, inOrder: match === undefined }) : answers;
      },
      probe: (signal) => client.probe('?query=%7B__typename%7D', signal),
      close: () => client.close(),
    },
    'graphqlAdapter',
  );
}
