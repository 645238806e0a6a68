import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { CustomerId } from '../model/customer.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents, LiveFollowing } from '../model/ports.ts';
import type { SharedState } from '../model/shared-state.ts';
import { earliest } from '../model/shared-state.ts';
import { connectRedis } from '../redis/connection.ts';
import { RedisLink, SILENCE } from '../redis/redis-link.ts';
import { seal, unseal } from '../redis/sealed.ts';
import { Heartbeat } from './heartbeat.ts';
import { LiveHub } from './live-hub.ts';

/** Milliseconds after which Redis has not taken an event. Nobody waits for it; a shorter time would report gaps where there are none. */
const PATIENCE = 2_000;

const CHANNEL = 'customer-profile-gateway:live';

/** A message in Redis. `from` is the replica that published it: Redis sends each message to its publisher, too. */
type Message = { readonly from: string } & (
  | { readonly event: LiveEvent }
  /** That its publisher could not send events since this time, in milliseconds. */
  | { readonly gap: number }
);

export interface SharedLiveEventsOptions {
  /** Called when an event can't be sent although Redis is there. */
  readonly onError: (error: unknown) => void;
  /** Called when a message can't be decrypted: a gateway with other secrets uses the same Redis. */
  readonly onForeign?: (error: unknown) => void;
  /** Called when events can't be sent or received any more. */
  readonly onLost?: (error: unknown) => void;
  /** Called when events can be sent and received. */
  readonly onUp?: () => void;
}

/**
 * Live events across replicas, through Redis' publish and subscribe. Messages are encrypted, so that Redis
 * has no identifier and no personal data. While Redis is down, each replica sends its events to its own subscribers only. Once it
 * is back, each replica reports a gap: since when it received nothing, or since when another one could not send.
 */
export class SharedLiveEvents implements LiveEvents, SharedState {
  readonly #local = new LiveHub();
  readonly #self = randomUUID();
  readonly #keys: readonly Uint8Array[];
  readonly #onError: (error: unknown) => void;
  readonly #onForeign: (error: unknown) => void;
  readonly #onLost: (error: unknown) => void;
  readonly #onUp: () => void;
  readonly #publisher: RedisLink;
  readonly #subscriber: Promise<Redis>;
  #heartbeat: Heartbeat | null = null;
  /** When this replica began to try to receive events. */
  readonly #begunAt = new Date();
  /** Milliseconds: when this replica first failed to send an event, which the others do not know yet. */
  #unsentSince: number | null = null;
  #isClosed = false;
  /** Resolves once messages of other replicas are received. Rejects when the first attempt fails; the driver tries again. */
  readonly connected: Promise<void>;

  /** @param keys of 32 bytes: the first encrypts, all decrypt. */
  constructor(
    url: string,
    keys: readonly Uint8Array[],
    { onError, onForeign = () => {}, onLost = () => {}, onUp = () => {} }: SharedLiveEventsOptions,
  ) {
    this.#keys = keys;
    this.#onError = onError;
    this.#onForeign = onForeign;
    this.#onLost = onLost;
    this.#onUp = onUp;
    const canSend = () => {
      this.#reportUnsent();
      this.#improved();
    };
    this.#publisher = new RedisLink(url, { patience: PATIENCE, onLost, onUp: canSend });
    // After a lost connection, the driver connects and subscribes again.
    this.#subscriber = connectRedis(url, { maxRetriesPerRequest: null, socketTimeout: 2 * SILENCE, connectTimeout: SILENCE });
    this.connected = this.#listen();
    this.connected.catch(onError);
  }

  publish(event: LiveEvent): void {
    this.#local.publish(event);
    const at = Date.now();
    this.#send({ from: this.#self, event }).then(
      () => this.#reportUnsent(),
      (error) => {
        this.#unsentSince = Math.min(this.#unsentSince ?? at, at);
        if (this.#publisher.isUp()) this.#onError(error);
      },
    );
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    return this.#local.subscribe(listener);
  }

  follow(customer: CustomerId, listener: (event: LiveEvent) => void): LiveFollowing {
    return this.#local.follow(customer, listener);
  }

  onGap(listener: (since: Date) => void): () => void {
    return this.#local.onGap(listener);
  }

  isUp(): boolean {
    return this.#publisher.isUp() && this.#notReceivingSince === null;
  }

  get downSince(): Date | null {
    return earliest([this.#publisher.downSince, this.#notReceivingSince]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#heartbeat?.end();
    await this.#local.close();
    const [subscriber] = await Promise.all([this.#subscriber, this.#publisher.close()]);
    subscriber.disconnect();
  }

  get #notReceivingSince(): Date | null {
    return this.#heartbeat === null ? this.#begunAt : this.#heartbeat.lostAt;
  }

  /** One of the connections is there; perhaps the other is not. */
  #improved(): void {
    if (!this.#isClosed && this.isUp()) this.#onUp();
  }

  #lost(): void {
    if (!this.#isClosed) this.#onLost(new Error('the connection that receives live events was lost'));
  }

  #send(message: Message): Promise<unknown> {
    return this.#publisher.run((redis) => redis.publish(CHANNEL, seal(message, this.#keys[0] as Uint8Array, CHANNEL)));
  }

  /** Sends the other replicas since when they have missed events of this one. */
  #reportUnsent(): void {
    const gap = this.#unsentSince;
    if (gap === null) return;
    this.#unsentSince = null;
    this.#send({ from: this.#self, gap }).catch(() => {
      this.#unsentSince = Math.min(this.#unsentSince ?? gap, gap);
    });
  }

  async #listen(): Promise<void> {
    const redis = await this.#subscriber;
    const heartbeat = new Heartbeat(redis, (isThere) => (isThere ? this.#improved() : this.#lost()));
    redis.on('messageBuffer', (_channel: Buffer, sealed: Buffer) => {
      heartbeat.received();
      const message = this.#open(sealed);
      if (message !== null) this.#receive(message);
    });
    const openedAt = Date.now();
    await redis.subscribe(CHANNEL);
    // Redis may have been down until now.
    this.#local.reportGap(new Date(openedAt));
    heartbeat.begin((lostAt) => this.#resume(redis, lostAt));
    this.#heartbeat = heartbeat;
    this.#improved();
    if (this.#isClosed) heartbeat.end();
  }

  /** The connection is back: from the moment that it is subscribed again, nothing more is lost. */
  async #resume(redis: Redis, lostAt: number): Promise<boolean> {
    try {
      await redis.subscribe(CHANNEL);
    } catch {
      // Lost again before that.
      return false;
    }
    this.#local.reportGap(new Date(lostAt));
    return true;
  }

  #receive(message: Message): void {
    if (message.from === this.#self) return;
    if ('gap' in message) this.#local.reportGap(new Date(message.gap));
    else this.#local.publish(message.event);
  }

  /** @returns null for a message that none of the keys decrypts. */
  #open(sealed: Buffer): Message | null {
    let failure: unknown;
    for (const key of this.#keys) {
      try {
        return unseal(sealed, key, CHANNEL) as Message;
      } catch (error) {
        failure = error;
      }
    }
    this.#onForeign(failure);
    return null;
  }
}
