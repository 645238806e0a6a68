import { GatewayError } from '../../model/errors.ts';

/** Seconds after which a refused client should try again. Subscriptions end when people close pages, so there is no exact time. */
const RETRY_AFTER = 30;

/** Counts the operations that each client has under way on WebSockets and event streams: mostly subscriptions, which last. */
export class ClientOperations {
  /** Operations that one client may have under way. */
  readonly max: number;
  readonly #underWay = new Map<string, number>();

  constructor(max: number) {
    this.max = max;
  }

  /** @param client as `OperationContexts.clientOf` names it. @returns false when it has too many already; otherwise call `end` later. */
  begin(client: string): boolean {
    const underWay = this.#underWay.get(client) ?? 0;
    if (underWay >= this.max) return false;
    this.#underWay.set(client, underWay + 1);
    return true;
  }

  end(client: string): void {
    const left = (this.#underWay.get(client) ?? 0) - 1;
    if (left > 0) this.#underWay.set(client, left);
    else this.#underWay.delete(client);
  }
}

/** The error of an operation that is one too many. @param max operations. */
export function tooManyOperations(max: number): GatewayError {
  const message = `expected at most ${max} operations of one client at a time on WebSockets and event streams: end one, or try again later`;
  return new GatewayError('RATE_LIMITED', message, { limit: 'subscriptions', allowed: max, retryAfter: RETRY_AFTER });
}
