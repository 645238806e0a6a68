import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../model/errors.ts';
import type { RequestReaders } from './capturable-request.ts';

/**
 * Browsers send cookies along with what a foreign page asks for, and some of it without asking the gateway first
 * (CORS' simple requests, WebSocket). So a page must be one of ours.
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
