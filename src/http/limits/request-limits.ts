import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CapturableRequest } from '../../capture/capture.ts';
import type { GatewayError } from '../../model/errors.ts';
import type { Door } from '../../model/rate.ts';
import type { Checked, RateLimits } from './rate-limits.ts';
import type { Shedding } from './shedding.ts';

const IS_UNDER_WAY = Symbol('whether the work of an answer is not done yet');

/** A property of the response: a map with responses as keys would make garbage collection expensive. */
type UnderWay = ServerResponse & { [IS_UNDER_WAY]?: boolean };

/** Says whether the gateway takes a request, for every door and transport: by its load, and by the rates of the configuration. */
export class RequestLimits {
  readonly #shedding: Shedding | null;
  readonly #rates: RateLimits | null;
  /** One function for all responses, so that a request allocates none. */
  readonly #onClose: (this: UnderWay) => void;

  /** Each is null where the configuration turns it off. */
  constructor(shedding: Shedding | null, rates: RateLimits | null) {
    this.#shedding = shedding;
    this.#rates = rates;
    const worked = (response: UnderWay) => this.worked(response);
    this.#onClose = function onClose() {
      worked(this);
    };
  }

  /** To be asked once for each request or operation, before its body is read. */
  onArrival(door: Door, request: IncomingMessage): Checked {
    const refused = this.#shedding?.refusal(door);
    if (refused instanceof Promise) return refused.then((late) => late ?? this.#rates?.ofAddress(door, request));
    return refused ?? this.#rates?.ofAddress(door, request);
  }

  /** To be called when a request was taken: it is under way until its response closes, or `worked` was called. */
  begun(response: UnderWay): void {
    // Of a client that went while its request waited, no further event comes.
    if (this.#shedding === null || response.destroyed) return;
    this.#shedding.begun();
    response[IS_UNDER_WAY] = true;
    response.on('close', this.#onClose);
  }

  /**
   * To be called when the rest of an answer depends on its client or on events, as that of a long text or an event stream
   * does: the request counts as answered.
   */
  worked(response: UnderWay): void {
    if (response[IS_UNDER_WAY] !== true) return;
    response[IS_UNDER_WAY] = false;
    this.#shedding?.ended();
  }

  /** An operation without a response of its own is under way. @returns to be called once when it was answered. */
  begunOperation(): () => void {
    this.#shedding?.begun();
    return () => this.#shedding?.ended();
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
      const refused = await (ws ? this.#shedding?.refusal(door) : this.onArrival(door, raw));
      if (refused !== undefined) return refuse(refused, reply);
      if (!ws) this.begun(reply.raw);
      return undefined;
    };
  }
}
