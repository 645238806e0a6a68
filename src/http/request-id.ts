import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** By which a request is found in logs. Every answer has it. */
export const REQUEST_ID = 'x-request-id';

/** What a client or a proxy may call its request: it stands in log lines and headers. */
const WELL_FORMED = /^[\x21-\x7e]{1,128}$/;

/**
 * The id of a request: its own `x-request-id`, or a new one, which takes its place among the request's headers. So it is
 * the same whoever asks, and adapters can forward it.
 */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[REQUEST_ID];
  if (typeof given === 'string' && WELL_FORMED.test(given)) return given;
  const id = randomUUID();
  headers[REQUEST_ID] = id;
  return id;
}
