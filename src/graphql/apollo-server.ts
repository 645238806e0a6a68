import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { GraphQLError, type GraphQLErrorExtensions, type GraphQLSchema } from 'graphql';
import { parseJsonWithLongNumbers } from '../model/exact-json.ts';
import { settleLongNumbers, TOO_DEEP } from './exact-variables.ts';
import { maskError, withTokenLimit } from './mask-error.ts';
import { checkOperationLimits, type OperationLimits } from './operation-limits.ts';
import type { RunnerOptions } from './operation-runner.ts';
import type { RequestContext } from './request-context.ts';

export interface ApolloOptions extends RunnerOptions {
  /** Whether a browser gets Apollo Sandbox. */
  readonly ide: boolean;
}

/** Apollo Server as this gateway runs it. The caller starts it. */
export function createApolloServer({ schema, limits, introspection, ide, logUnexpected }: ApolloOptions): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    // Ours to handle: Apollo's handler would end the process by the signal before the store is closed.
    stopOnTerminationSignals: false,
    schema,
    introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    parseOptions: { maxTokens: limits.tokens },
    // Masked with the request's id in the plugin below. What fails before there is a request is masked here.
    formatError: (formatted, error) => {
      if (formatted.extensions?.code !== 'INTERNAL_SERVER_ERROR' || error instanceof GraphQLError) return formatted;
      logUnexpected(error, null, []);
      return { message: 'Something unexpected went wrong', extensions: { code: 'INTERNAL' } };
    },
    plugins: [
      // It wraps every field to compute cache hints, which for personal data are always "private": half the time of a large answer.
      ApolloServerPluginCacheControlDisabled(),
      // So does this one, and it tells routers about the resolvers' errors before they are masked.
      ApolloServerPluginInlineTraceDisabled(),
      // Nothing leaves the owner's house because some environment variable is set.
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ide
        ? ApolloServerPluginLandingPageLocalDefault({
            embed: { initialState: { pollForSchemaUpdates: false } },
            includeCookies: true,
            footer: false,
          })
        : ApolloServerPluginLandingPageDisabled(),
      limitsPlugin(limits),
      exactVariablesPlugin(schema),
      maskingPlugin(logUnexpected),
      provenancePlugin(),
    ],
  });
}

/** Refuses what is beyond a limit before it is executed. Parsed tokens are limited by the parser. */
function limitsPlugin(limits: OperationLimits): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ document, request, operation }) => {
        // Apollo would execute it once, as if it were a query.
        if (operation?.operation === 'subscription') {
          const message = 'expected a subscription over WebSocket (graphql-transport-ws), or with accept: text/event-stream';
          throw new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
        }
        const refusal = checkOperationLimits(document, request.operationName ?? null, limits);
        if (refusal !== null) {
          const extensions: GraphQLErrorExtensions = { code: refusal.code, ...refusal.details, http: { status: 400 } };
          throw new GraphQLError(refusal.message, { originalError: refusal, extensions });
        }
      },
    }),
  };
}

/** Numbers in variables keep their digits where their type has them. */
function exactVariablesPlugin(schema: GraphQLSchema): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ request, operation }) => {
        if (!operation || !request.variables) return;
        // Of a POST the body was parsed here; Apollo itself parses the variables of a GET, and rounds.
        const { method, search = '' } = request.http ?? {};
        const text = method === 'GET' ? new URLSearchParams(search).get('variables') : null;
        const given = text === null ? request.variables : (parseJsonWithLongNumbers(text) as typeof request.variables);
        const settled = settleLongNumbers(schema, operation, given);
        if (settled === null) throw new GraphQLError(TOO_DEEP, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
        request.variables = { ...settled };
      },
    }),
  };
}

function maskingPlugin(logUnexpected: ApolloOptions['logUnexpected']): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue: { requestId, seenValues } }) => ({
      willSendResponse: async ({ response, errors, request }) => {
        const { body, http } = response;
        if (body.kind !== 'single' || errors === undefined || errors.length === 0) return;
        const masked = errors.map((error) =>
          withTokenLimit(maskError(error, requestId, (unexpected) => logUnexpected(unexpected, requestId, seenValues))),
        );
        body.singleResult = { ...body.singleResult, errors: masked };
        // GraphQL over HTTP, section 6.4: a request that fails before execution is 200 for the legacy media type.
        const early = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];
        const accept = request.http?.headers.get('accept') ?? '';
        const legacy = !accept.includes('application/graphql-response+json');
        if (legacy && http.status === 400 && masked.every(({ extensions }) => early.includes(String(extensions?.code)))) http.status = 200;
      },
    }),
  };
}

/** For a viewer who asked for it and may know: where each value came from. */
function provenancePlugin(): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue: { provenance } }) => ({
      willSendResponse: async ({ response: { body } }) => {
        if (provenance === undefined || body.kind !== 'single') return;
        body.singleResult = { ...body.singleResult, extensions: { ...body.singleResult.extensions, provenance } };
      },
    }),
  };
}
