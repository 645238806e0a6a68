import type { FastifyRequest } from 'fastify';
import type { CapturableRequest } from '../capture/capture-request.ts';
import type { Touchpoints } from '../capture/touchpoints.ts';
import type { Viewer } from '../model/viewer.ts';

/** Read only. */
const NO_QUERY = new URLSearchParams();
const LOCALHOST = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * What capture reads, taken from an HTTP request.
 * @param said in place of headers, with their names in lower case.
 * @throws GatewayError for an `x-touchpoint` that is none, or not for this viewer.
 */
export function toCapturable(
  request: FastifyRequest,
  viewer: Viewer,
  touchpoints: Touchpoints,
  said: Readonly<Record<string, string>>,
): CapturableRequest {
  const own = singleHeaders(request);
  const headers = isEmpty(said) ? own : { ...own, ...said };
  const at = request.url.indexOf('?');
  const touchpoint = touchpoints.ofRequest(headers, viewer);
  return {
    headers,
    query: at === -1 ? NO_QUERY : new URLSearchParams(request.url.slice(at)),
    pageUrl: headers.referer,
    touchpoint,
    audience: touchpoint,
    startsVisitors: !request.ws,
    redeemsHandoffs: true,
    secure: !LOCALHOST.has(request.hostname) && !request.hostname.endsWith('.localhost'),
    viewer,
  };
}

/** Node joins repeated headers, except for a few that it lists; of those the first counts. */
function singleHeaders({ headers }: FastifyRequest): Readonly<Record<string, string | undefined>> {
  for (const name in headers) if (Array.isArray(headers[name])) return firstOfEach(headers);
  return headers as Record<string, string | undefined>;
}

function firstOfEach(headers: FastifyRequest['headers']): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
}

function isEmpty(said: Readonly<Record<string, string>>): boolean {
  for (const _ in said) return false;
  return true;
}
