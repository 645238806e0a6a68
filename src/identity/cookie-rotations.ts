import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Batcher, NO_NEEDS } from '../batching/batcher.ts';
import { entries } from '../batching/entries.ts';
import { Semaphore } from '../batching/semaphore.ts';
import { type CustomerId, customerIdOf } from '../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../model/identifier.ts';
import type { IdentityChanges } from '../model/identity.ts';
import type { CookieStore, IdentityStore, LiveEvents } from '../model/ports.ts';
import type { CookieRotation, RetiredCookie, RotationOutcome } from '../model/visitor-cookie.ts';
import { RecentMap } from './recent-map.ts';

/** Cookies without owner that were not replaced, remembered until another process writes or they are; about 200 bytes each. */
const REMEMBERED = 10_000;
/** About 200 bytes each. */
const REMEMBERED_CONFLICTS = 50_000;

export interface CookieRotationServices {
  readonly store: CookieStore & Pick<IdentityStore, 'version' | 'onIdentityChange'>;
  readonly live: LiveEvents;
  /** Keys of 32 bytes: the first one makes hashes, all are tried to recognise one. */
  readonly keys: readonly [Buffer, ...Buffer[]];
  /** Called with every change of the identity graph by a rotation. */
  onChange(changes: IdentityChanges): void;
}

/** Looks up retired cookies, replaces cookies, and notifies connections that use a replaced one. (DESIGN, Capture 6) */
export class CookieRotations {
  readonly #services: CookieRotationServices;
  readonly #lookups: Batcher<RetiredCookie | null, undefined>;
  readonly #unretired = new RecentMap<string, true>(REMEMBERED);
  /** By cookie, owner and proven person: rotations that the conflict policy refused, so that they are not tried again. */
  readonly conflicts = new LRUCache<string, true>(entries(REMEMBERED_CONFLICTS));
  /** By the id with which a retired cookie is shown: callbacks for when it is retired. */
  readonly #watches = new Map<CustomerId, Set<() => void>>();
  #version: number | null = null;
  /** How often this process has changed how cookies are retired. */
  #changes = 0;

  constructor(services: CookieRotationServices) {
    this.#services = services;
    const { store, live } = services;
    const call = (keys: readonly string[]) => store.findRetired(keys.map(identifierOf));
    this.#lookups = new Batcher({ maxBatch: 1_000, semaphore: new Semaphore(16), needs: NO_NEEDS, joinCalls: false, call });
    store.onIdentityChange(({ cookies }) => {
      if (cookies.length > 0) this.#changes++;
      for (const key of cookies) this.#unretired.delete(key);
    });
    live.subscribe((event) => {
      if (event.kind === 'cookie') this.#notify(event.customerId);
    });
  }

  /** How a cookie was retired; null for one that was not. Ask only for a cookie without owner, because an owned one is not retired. */
  async findRetired(cookie: Identifier): Promise<RetiredCookie | null> {
    const key = identifierKey(cookie);
    const version = this.#currentVersion();
    if (version !== null && this.#unretired.get(key)) return null;
    const changes = this.#changes;
    const retired = await this.#lookups.ask(key, undefined).answer.promise();
    const isCurrent = version !== null && this.#services.store.version() === version && this.#changes === changes;
    if (retired === null && isCurrent) this.#unretired.set(key, true);
    return retired;
  }

  async rotate(rotation: CookieRotation): Promise<RotationOutcome> {
    const outcome = await this.#services.store.rotate(rotation);
    if (outcome.kind === 'spent') return outcome;
    for (const change of outcome.changes) this.#services.onChange(change);
    if (outcome.kind === 'current') return outcome;
    this.#services.live.publish({ kind: 'cookie', customerId: this.shownId(rotation.cookie) });
    return outcome;
  }

  /** The id that a request with only a retired cookie gets: a keyed hash, and the id of no customer. */
  shownId(cookie: Identifier): CustomerId {
    return customerIdOf(
      createHmac('sha256', this.#services.keys[0])
        .update(`shown ${identifierKey(cookie)}`)
        .digest(),
    );
  }

  /** The stored hash of the person for whom a cookie is replaced: one for each of the gateway's secrets, the present secret's first. */
  proofsOf(person: Identifier): [string, ...string[]] {
    const text = `proof ${identifierKey(person)}`;
    return this.#services.keys.map((key) => createHmac('sha256', key).update(text).digest('base64url')) as [string, ...string[]];
  }

  /**
   * Calls `onRetired` when one of these is retired, by any replica.
   * @returns a function that stops watching.
   */
  watch(cookies: readonly Identifier[], onRetired: () => void): () => void {
    const ids = cookies.map((cookie) => this.shownId(cookie));
    for (const id of ids) {
      const callbacks = this.#watches.get(id) ?? new Set();
      this.#watches.set(id, callbacks.add(onRetired));
    }
    return () => {
      for (const id of ids) {
        const callbacks = this.#watches.get(id);
        callbacks?.delete(onRetired);
        if (callbacks?.size === 0) this.#watches.delete(id);
      }
    };
  }

  /** How each was retired, read from the store; null for one that was not. */
  async retiredOf(cookies: readonly Identifier[]): Promise<(RetiredCookie | null)[]> {
    return cookies.length === 0 ? [] : this.#services.store.findRetired(cookies);
  }

  /** True when one of these was retired, also by a process that sends no live events; then its callbacks are called. */
  async isOneRetired(cookies: readonly Identifier[]): Promise<boolean> {
    const found = await this.retiredOf(cookies);
    const retired = cookies.filter((_, index) => found[index] !== null);
    for (const cookie of retired) this.#notify(this.shownId(cookie));
    return retired.length > 0;
  }

  #notify(id: CustomerId): void {
    for (const onRetired of [...(this.#watches.get(id) ?? [])]) onRetired();
  }

  /** The version of the store; null while nothing is to be remembered. Forgets what was read at another version. */
  #currentVersion(): number | null {
    const version = this.#services.store.version();
    if (version !== null && version !== this.#version) {
      this.#version = version;
      this.#unretired.clear();
    }
    return version;
  }
}
