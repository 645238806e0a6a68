import { ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { answerOperation, jsonOf } from '../graphql/execution/answer.ts';
import type { RequestContext } from '../graphql/request-context.ts';
import type { HeldBytes } from './held-bytes.ts';
import { isLong, longAnswer } from './long-answer.ts';
import { searchOf } from './operation-request.ts';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  /** Whether a browser gets Apollo Sandbox. */
  readonly ide: boolean;
  readonly held: HeldBytes;
}

/**
 * Apollo Server for requests whose operation is prepared already: it answers GraphQL over HTTP, and browsers with
 * its page. Our executor runs the operation, through the option that Apollo has for its own gateway, so Apollo neither
 * validates again nor keeps documents.
 */
export class ApolloDoor {
  readonly #apollo: ApolloServer<Prepared>;
  readonly #held: HeldBytes;

  constructor({ schema, ide, held }: ApolloOptions) {
    this.#held = held;
    this.#apollo = new ApolloServer<Prepared>({
      gateway: {
        load: async () => ({ executor: ({ context }) => textOf((context as Prepared).operation) }),
        onSchemaLoadOrUpdate: (report) => {
          report({ apiSchema: schema, coreSupergraphSdl: '' });
          return () => {};
        },
        stop: async () => {},
      },
      // `start` handles signals. Apollo's handler would end the process before the store is closed.
      stopOnTerminationSignals: false,
      csrfPrevention: true,
      includeStacktraceInErrorResponses: false,
      persistedQueries: false,
      stringifyResult: (result) => (typeof result.extensions?.text === 'string' ? result.extensions.text : `${JSON.stringify(result)}\n`),
      // `Operations` has validated it, and keeps what is worth keeping.
      dangerouslyDisableValidation: true,
      documentStore: null,
      plugins: [
        // It wraps every field to compute cache hints, which for personal data are always "private".
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        // Otherwise environment variables could make Apollo send data to its cloud.
        ApolloServerPluginUsageReportingDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ide
          ? ApolloServerPluginLandingPageLocalDefault({
              embed: { initialState: { pollForSchemaUpdates: false } },
              includeCookies: true,
              footer: false,
            })
          : ApolloServerPluginLandingPageDisabled(),
      ],
    });
  }

  start(): Promise<void> {
    return this.#apollo.start();
  }

  stop(): Promise<void> {
    return this.#apollo.stop();
  }

  /** Answers the request whose operation has this context. */
  answer(operation: RequestContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { method, url, body } = request;
    const parameters = new URLSearchParams(searchOf(url));
    // Both are checked already, and `null` means that there are none (GraphQL over HTTP, 6.2). Apollo refuses it in an address.
    for (const name of ['variables', 'extensions']) parameters.delete(name);
    return this.#send({ body, method, headers: headersOf(request), search: `?${parameters}` }, { operation }, reply);
  }

  /** Answers with the page for browsers. The request is made anew, because Apollo would run an operation in its address. */
  page(reply: FastifyReply): Promise<FastifyReply> {
    return this.#send({ body: undefined, method: 'GET', headers: new HeaderMap([['accept', 'text/html']]), search: '' }, null, reply);
  }

  /** Replaces Apollo's integration for Fastify, which makes a URL of the header `host` and fails on an invalid one. */
  async #send(httpGraphQLRequest: HTTPGraphQLRequest, prepared: Prepared | null, reply: FastifyReply): Promise<FastifyReply> {
    const context = async () => prepared as Prepared;
    const { headers, body, status } = await this.#apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context });
    for (const [name, value] of headers) reply.header(name, value);
    // Only @defer and @stream are answered in pieces, and the schema has neither.
    if (body.kind !== 'complete') throw new Error('expected a complete answer from Apollo Server, received one in pieces');
    reply.status(status ?? 200);
    if (!isLong(body.string)) return reply.send(body.string);
    const length = Buffer.byteLength(body.string);
    return reply.header('content-length', length).send(longAnswer(body.string, length, reply.raw, this.#held));
  }
}

/** Apollo's context. It is copied by Apollo, and a copy of a `RequestContext` would not have its private fields. */
interface Prepared {
  readonly operation: RequestContext;
}

/** The answer as its JSON text. Apollo would write it by other rules than the other transports. */
async function textOf(context: RequestContext): Promise<{ readonly extensions: { readonly text: string } }> {
  const answer = await new Promise<ExecutionResult>((resolve) => answerOperation(context, resolve));
  return { extensions: { text: `${jsonOf(answer, context)}\n` } };
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
