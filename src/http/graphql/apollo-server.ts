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
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { answerOperation, isRefused, jsonOf } from '../../graphql/execution/answer.ts';
import type { RequestContext } from '../../graphql/request-context.ts';
import type { HeldBytes } from '../connections/held-bytes.ts';
import { sendText } from '../connections/long-answer.ts';
import { refusalAnswer, sendAnswer } from '../http-answer.ts';
import type { AnswerType } from '../media-type.ts';
import { sandboxHeaders } from '../pages/sandbox-headers.ts';

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
        load: async () => ({ executor: ({ context }) => textOf(context as Prepared) }),
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

  /**
   * Answers the request whose operation has this context. The request is made anew of the document that runs, because a client
   * may have sent only its id. Variables are left out: they are coerced already, and Apollo would read them again.
   */
  async answer(operation: RequestContext, type: AnswerType, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { method } = request;
    const { document, operation: chosen } = operation.operation;
    const sent = { query: document.loc?.source.body ?? '', ...(chosen.name && { operationName: chosen.name.value }) };
    const parts = method === 'GET' ? { body: undefined, search: `?${new URLSearchParams(sent)}` } : { body: sent, search: '' };
    const outcome: Prepared['outcome'] = { refusal: null };
    const answer = await this.#ask({ ...parts, method, headers: headersOf(request) }, { operation, outcome });
    return outcome.refusal === null ? send(answer, reply, this.#held) : sendAnswer(refusalAnswer(outcome.refusal, type), reply);
  }

  /** Answers with the page for browsers. The request is made anew, because Apollo would run an operation in its address. */
  async page(reply: FastifyReply): Promise<FastifyReply> {
    const answer = await this.#ask({ body: undefined, method: 'GET', headers: new HeaderMap([['accept', 'text/html']]), search: '' }, null);
    return send(answer, reply.headers(sandboxHeaders(answer.text)), this.#held);
  }

  /** Replaces Apollo's integration for Fastify, which makes a URL of the header `host` and fails on an invalid one. */
  async #ask(httpGraphQLRequest: HTTPGraphQLRequest, prepared: Prepared | null): Promise<Answered> {
    const context = async () => prepared as Prepared;
    const { headers, body, status } = await this.#apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context });
    // Only @defer and @stream are answered in pieces, and the schema has neither.
    if (body.kind !== 'complete') throw new Error('expected a complete answer from Apollo Server, received one in pieces');
    return { headers, status, text: body.string };
  }
}

interface Answered {
  readonly headers: HeaderMap;
  readonly status: number | undefined;
  readonly text: string;
}

function send({ headers, status, text }: Answered, reply: FastifyReply, held: HeldBytes): FastifyReply {
  for (const [name, value] of headers) reply.header(name, value);
  return sendText(text, reply.status(status ?? 200), held);
}

/** Apollo's context. It is copied by Apollo, and a copy of a `RequestContext` would not have its private fields. */
interface Prepared {
  readonly operation: RequestContext;
  /** Why the operation was ended while it ran; null for one that is answered. */
  readonly outcome: { refusal: readonly GraphQLError[] | null };
}

/** The answer as its JSON text. Apollo would write it by other rules than the other transports. */
async function textOf(prepared: Prepared): Promise<{ readonly extensions: { readonly text: string } }> {
  const { operation: context, outcome } = prepared;
  const answer = await new Promise<ExecutionResult>((resolve) => answerOperation(context, resolve));
  // It has another status, and Apollo has its own rules for that.
  if (isRefused(answer)) outcome.refusal = answer.errors;
  return { extensions: { text: `${jsonOf(answer, context)}\n` } };
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
