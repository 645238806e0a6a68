import { GatewayError } from '../../model/errors.ts';
import { KeyCounts } from './key-counts.ts';

/** Seconds after which a refused client should try again. Subscriptions end when people close pages, so there is no exact time. */
const RETRY_AFTER = 30;

/**
 * Counts the operations that each client has under way on WebSockets and event streams: mostly subscriptions, which last. The
 * keys are clients as `OperationContexts.clientOf` names them.
 */
export class ClientOperations extends KeyCounts {}

/** The error of an operation that is one too many. @param max operations. */
export function tooManyOperations(max: number): GatewayError {
  const message = `expected at most ${max} operations of one client at a time on WebSockets and event streams: end one, or try again later`;
  return new GatewayError('RATE_LIMITED', message, { limit: 'subscriptions', allowed: max, retryAfter: RETRY_AFTER });
}
