import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CapturableRequest } from '../../capture/capture.ts';
import type { GatewayError } from '../../model/errors.ts';
import type { Door } from '../../model/rate.ts';
import type { Checked, RateLimits } from './rate-limits.ts';
import type { Shedding } from './shedding.ts';

/** Says whether the gateway takes a request, for every door and transport: by its load, and by the rates of the configuration. */
export class RequestLimits {
  readonly #shedding: Shedding | null;
  readonly #rates: RateLimits | null;

  /** Each is null where the configuration turns it off. */
  constructor(shedding: Shedding | null, rates: RateLimits | null) {
    this.#shedding = shedding;
    this.#rates = rates;
  }

  /** To be asked once for each request or operation, before its body is read. */
  onArrival(door: Door, request: IncomingMessage): Checked {
    return this.#shedding?.refusal(door) ?? this.#rates?.ofAddress(door, request);
  }

  /** To be asked once the viewer is known, before an operation is read or anything is stored. */
  ofSender(door: Door, request: CapturableRequest): Checked {
    return this.#rates?.ofSender(door, request);
  }

  /** As `ofSender`. @throws GatewayError RATE_LIMITED for a request beyond its rates. */
  async requireSender(door: Door, request: CapturableRequest): Promise<void> {
    const refused = await this.ofSender(door, request);
    if (refused !== undefined) throw refused;
  }

  /** To be asked for an operation, once it is known what it does. */
  ofOperation(kind: string | null): GatewayError | undefined {
    return kind === 'mutation' ? this.#shedding?.mutationRefusal() : undefined;
  }

  /**
   * A hook of the framework that refuses requests before their body is read.
   * @param refuse sends the refusal in the form of the door.
   */
  hook(door: Door, refuse: (error: GatewayError, reply: FastifyReply) => unknown) {
    return async ({ raw, ws }: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      // Of a WebSocket the operations are counted, not its opening.
      const refused = ws ? this.#shedding?.refusal(door) : await this.onArrival(door, raw);
      return refused === undefined ? undefined : refuse(refused, reply);
    };
  }
}
