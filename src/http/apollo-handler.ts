import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../graphql/request-context.ts';
import { searchOf } from './operation-request.ts';

type Variables = Readonly<Record<string, unknown>>;

/**
 * Answers requests by Apollo Server. Written here because its integration for Fastify builds an URL of the header `host`,
 * and fails on one that is none.
 * @returns two handlers. `answer` runs an operation, which was checked before. Its `variables` are those to run with, in
 * place of the request's: checked, with all their digits. `page` answers with the page for browsers, whatever was asked.
 */
export function apolloHandler(
  apollo: ApolloServer<RequestContext>,
  openContext: (request: FastifyRequest, reply: FastifyReply) => RequestContext,
) {
  const send = async (httpGraphQLRequest: HTTPGraphQLRequest, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const context = async () => openContext(request, reply);
    const { headers, body, status } = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context });
    for (const [name, value] of headers) reply.header(name, value);
    // Only @defer and @stream are answered in pieces, and the schema has neither.
    if (body.kind !== 'complete') throw new Error('expected a complete answer from Apollo Server, received one in pieces');
    return reply.status(status ?? 200).send(body.string);
  };
  return {
    answer: (request: FastifyRequest, reply: FastifyReply, variables?: Variables): Promise<FastifyReply> => {
      const body = variables === undefined ? request.body : { ...(request.body as object), variables };
      const { method, url } = request;
      return send({ body, method, headers: headersOf(request), search: searchWith(searchOf(url), variables) }, request, reply);
    },
    // Asked for in our words: what Apollo Server does not take for a wish for the page, it would run unchecked.
    page: (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      send({ body: undefined, method: 'GET', headers: new HeaderMap([['accept', 'text/html']]), search: '' }, request, reply),
  };
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

function searchWith(search: string, variables: Variables | undefined): string {
  const parameters = new URLSearchParams(search);
  if (variables === undefined || !parameters.has('variables')) return search;
  parameters.set('variables', JSON.stringify(variables));
  return `?${parameters}`;
}
