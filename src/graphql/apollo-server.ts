import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { GraphQLError } from 'graphql';
import { maskError, sourceFailuresAmong } from './execution/mask-error.ts';
import type { RunnerOptions } from './execution/operation-runner.ts';
import type { RequestContext } from './request-context.ts';

export interface ApolloOptions extends RunnerOptions {
  /** Whether a browser gets Apollo Sandbox. */
  readonly ide: boolean;
}

/** Apollo Server as this gateway runs it, for operations that `OperationRunner` has checked. The caller starts it. */
export function createApolloServer(options: ApolloOptions): ApolloServer<RequestContext> {
  const { schema, limits, introspection, hideSuggestions, ide, logUnexpected, logSourceFailures } = options;
  return new ApolloServer<RequestContext>({
    // Ours to handle: Apollo's handler would end the process by the signal before the store is closed.
    stopOnTerminationSignals: false,
    schema,
    introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    parseOptions: { maxTokens: limits.tokens },
    validationOptions: { hideSuggestions },
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
      maskingPlugin(logUnexpected, logSourceFailures),
      provenancePlugin(),
    ],
  });
}

function maskingPlugin(
  logUnexpected: ApolloOptions['logUnexpected'],
  logSourceFailures: ApolloOptions['logSourceFailures'],
): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ contextValue: { requestId, seenValues } }) => ({
      willSendResponse: async ({ response: { body }, errors }) => {
        if (body.kind !== 'single' || errors === undefined || errors.length === 0) return;
        logSourceFailures(requestId, sourceFailuresAmong(errors));
        const masked = errors.map((error) => maskError(error, requestId, (unexpected) => logUnexpected(unexpected, requestId, seenValues)));
        body.singleResult = { ...body.singleResult, errors: masked };
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
