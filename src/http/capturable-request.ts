import type { FastifyRequest } from 'fastify';
import type { CapturableRequest } from '../capture/capture-request.ts';
import type { Viewer } from '../model/viewer.ts';

/** How requests are matched to touchpoints. */
export interface TouchpointMatch {
  readonly name: string;
  readonly origins: readonly string[];
  readonly viewers: readonly string[] | undefined;
}

const LOCALHOST = new Set(['localhost', '127.0.0.1', '[::1]']);

/** What capture reads, taken from an HTTP request. */
export function toCapturable(request: FastifyRequest, viewer: Viewer, touchpoints: readonly TouchpointMatch[]): CapturableRequest {
  const headers = singleHeaders(request);
  const at = request.url.indexOf('?');
  return {
    headers,
    query: new URLSearchParams(at === -1 ? '' : request.url.slice(at)),
    pageUrl: headers.referer,
    touchpoint: touchpointOf(headers, viewer, touchpoints),
    secure: !LOCALHOST.has(request.hostname),
    viewer,
  };
}

/** By the `x-touchpoint` header, or else by the page's origin; null where none fits or the viewer may not use it. */
function touchpointOf(headers: CapturableRequest['headers'], viewer: Viewer, touchpoints: readonly TouchpointMatch[]): string | null {
  const named = headers['x-touchpoint'];
  const origin = headers.origin ?? originOf(headers.referer);
  const match = touchpoints.find(({ name, origins }) =>
    named === undefined ? origin !== undefined && origins.includes(origin) : name === named,
  );
  if (match === undefined || (match.viewers !== undefined && !match.viewers.includes(viewer.role))) return null;
  return match.name;
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}

/** Node joins repeated headers, except for a few that it lists; of those the first counts. */
function singleHeaders(request: FastifyRequest): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = Array.isArray(value) ? value[0] : value;
  return headers;
}
