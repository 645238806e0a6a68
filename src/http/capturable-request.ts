import type { FastifyRequest } from 'fastify';
import type { CapturableRequest } from '../capture/capture-request.ts';
import type { Touchpoints } from '../capture/touchpoints.ts';
import type { Viewer } from '../model/viewer.ts';

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
  const headers = { ...singleHeaders(request), ...said };
  const at = request.url.indexOf('?');
  const touchpoint = touchpoints.ofRequest(headers, viewer);
  return {
    headers,
    query: new URLSearchParams(at === -1 ? '' : request.url.slice(at)),
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
function singleHeaders(request: FastifyRequest): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value[0] : value;
  return headers;
}
