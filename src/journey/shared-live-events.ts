import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { CustomerId } from '../model/customer.ts';
import type { LiveEvent } from '../model/live-event.ts';
import type { LiveEvents, LiveFollowing } from '../model/ports.ts';
import { connectRedis } from '../redis/connection.ts';
import { seal, unseal } from '../redis/sealed.ts';
import { LiveHub } from './live-hub.ts';

const CHANNEL = 'customer-profile-gateway:live';

/** A message in Redis. `from` is the replica that published it: Redis sends each message to its publisher, too. */
interface Message {
  readonly from: string;
  readonly event: LiveEvent;
}

/**
 * Live events across replicas, through Redis' publish and subscribe. Messages are encrypted, so that Redis
 * has no identifier and no personal data. While Redis is down, each replica sends its events to its own subscribers only.
 */
export class SharedLiveEvents implements LiveEvents {
  readonly #local = new LiveHub();
  readonly #self = randomUUID();
  readonly #keys: readonly Uint8Array[];
  readonly #onError: (error: unknown) => void;
  readonly #publisher: Promise<Redis>;
  readonly #subscriber: Promise<Redis>;
  /** Resolves once messages of other replicas are received. Rejects when the first attempt fails; the driver tries again. */
  readonly connected: Promise<void>;

  /** @param keys of 32 bytes: the first encrypts, all decrypt. @param onError called when an event cannot be sent or decrypted. */
  constructor(url: string, keys: readonly Uint8Array[], onError: (error: unknown) => void) {
    this.#keys = keys;
    this.#onError = onError;
    this.#publisher = connectRedis(url, { enableOfflineQueue: false });
    // After a lost connection, the driver connects and subscribes again.
    this.#subscriber = connectRedis(url, { maxRetriesPerRequest: null });
    this.connected = this.#listen();
    this.connected.catch(onError);
  }

  publish(event: LiveEvent): void {
    this.#local.publish(event);
    const message: Message = { from: this.#self, event };
    this.#publisher.then((redis) => redis.publish(CHANNEL, seal(message, this.#keys[0] as Uint8Array, CHANNEL))).catch(this.#onError);
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    return this.#local.subscribe(listener);
  }

  follow(customer: CustomerId, listener: (event: LiveEvent) => void): LiveFollowing {
    return this.#local.follow(customer, listener);
  }

  async close(): Promise<void> {
    await this.#local.close();
    for (const redis of await Promise.all([this.#publisher, this.#subscriber])) redis.disconnect();
  }

  async #listen(): Promise<void> {
    const redis = await this.#subscriber;
    redis.on('messageBuffer', (_channel: Buffer, sealed: Buffer) => {
      try {
        const { from, event } = this.#open(sealed);
        if (from !== this.#self) this.#local.publish(event);
      } catch (error) {
        // For example a message of another gateway, with other secrets.
        this.#onError(error);
      }
    });
    await redis.subscribe(CHANNEL);
  }

  /** @throws Error for a message that none of the keys decrypts. */
  #open(sealed: Buffer): Message {
    let failure: unknown;
    for (const key of this.#keys) {
      try {
        return unseal(sealed, key, CHANNEL) as Message;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}
