import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../model/errors.ts';
import type { RequestReaders } from './capturable-request.ts';

/**
 * Requires that a page of the gateway or of a touchpoint sends the request. Browsers send cookies also with the requests of a
 * foreign page, and some requests without a CORS preflight (simple requests, WebSocket).
 * @throws GatewayError FORBIDDEN for a page of an origin that is neither the gateway's nor a touchpoint's.
 */
export function requireOwnPage(request: IncomingMessage, { touchpoints, forwarding }: RequestReaders): void {
  const { origin } = request.headers;
  if (origin === undefined || touchpoints.origins.includes(origin) || forwarding.isOwnOrigin(origin, request)) return;
  throw new GatewayError(
    'FORBIDDEN',
    `expected a page of a touchpoint's origins, received one of ${origin.slice(0, 100)}; add it to touchpoints.NAME.origins`,
  );
}
