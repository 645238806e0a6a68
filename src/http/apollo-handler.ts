import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../graphql/request-context.ts';

type Variables = Readonly<Record<string, unknown>>;

/**
 * Answers requests by Apollo Server. Written here because its integration for Fastify builds an URL of the header `host`,
 * and fails on one that is none.
 * @returns a handler. Its `variables` are those to run with, in place of the request's: checked, with all their digits.
 */
export function apolloHandler(
  apollo: ApolloServer<RequestContext>,
  openContext: (request: FastifyRequest, reply: FastifyReply) => RequestContext,
) {
  return async (request: FastifyRequest, reply: FastifyReply, variables?: Variables): Promise<FastifyReply> => {
    const { headers, body, status } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        body: variables === undefined ? request.body : { ...(request.body as object), variables },
        method: request.method,
        headers: headersOf(request),
        search: searchOf(request.url, variables),
      },
      context: async () => openContext(request, reply),
    });
    for (const [name, value] of headers) reply.header(name, value);
    // Only @defer and @stream are answered in pieces, and the schema has neither.
    if (body.kind !== 'complete') throw new Error('expected a complete answer from Apollo Server, received one in pieces');
    return reply.status(status ?? 200).send(body.string);
  };
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

function searchOf(url: string, variables: Variables | undefined): string {
  const at = url.indexOf('?');
  if (at === -1) return '';
  const parameters = new URLSearchParams(url.slice(at));
  if (variables === undefined || !parameters.has('variables')) return url.slice(at);
  parameters.set('variables', JSON.stringify(variables));
  return `?${parameters}`;
}
