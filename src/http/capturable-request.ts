import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { CapturableRequest } from '../capture/capture.ts';
import type { Touchpoints } from '../capture/touchpoints.ts';
import type { Viewer } from '../model/viewer.ts';
import type { Forwarding } from './forwarding.ts';
import type { SocketHeaders } from './sockets/socket-headers.ts';

/** Shared, so never changed. */
const NO_QUERY = new URLSearchParams();

export interface RequestReaders {
  readonly touchpoints: Touchpoints;
  readonly forwarding: Forwarding;
}

/**
 * What capture reads, taken from an HTTP request.
 * @param sent what the client of a WebSocket sent in place of headers; undefined for any other request.
 * @throws GatewayError for an `x-touchpoint` that is unknown, or not for this viewer.
 */
export function toCapturable(
  request: IncomingMessage,
  viewer: Viewer,
  { touchpoints, forwarding }: RequestReaders,
  sent?: SocketHeaders,
): CapturableRequest {
  const own = singleHeaders(request.headers);
  const headers = sent === undefined ? own : { ...own, ...sent };
  const at = request.url?.indexOf('?') ?? -1;
  const touchpoint = touchpoints.ofRequest(headers, viewer);
  const isPlainLocalhost = forwarding.isPlainLocalhost(request);
  return {
    headers,
    query: at === -1 ? NO_QUERY : new URLSearchParams(request.url?.slice(at)),
    pageUrl: headers.referer,
    touchpoint,
    audience: touchpoint,
    setsCookies: sent === undefined,
    startsVisitors: sent === undefined && touchpoints.startsVisitors(touchpoint),
    redeemsHandoffs: true,
    secure: forwarding.isSecure(isPlainLocalhost),
    isPlainLocalhost,
    viewer,
  };
}

/** Node joins repeated headers, except for a few that it lists; of those the first counts. */
function singleHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string | undefined>> {
  for (const name in headers) if (Array.isArray(headers[name])) return firstOfEach(headers);
  return headers as Record<string, string | undefined>;
}

function firstOfEach(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
}
