import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The header with the id by which a request is found in the log. Every answer has it. */
export const REQUEST_ID = 'x-request-id';

/** Ids that a client or a proxy may give to its request: they stand in log lines and headers. */
const WELL_FORMED = /^[\x21-\x7e]{1,128}$/;

/**
 * The id of a request: its own `x-request-id`, or a new one, which is added to the request's headers. So every later call
 * returns the same id, and adapters can forward it.
 */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[REQUEST_ID];
  if (typeof given === 'string' && WELL_FORMED.test(given)) return given;
  const id = randomUUID();
  headers[REQUEST_ID] = id;
  return id;
}
