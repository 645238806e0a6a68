import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Batcher, NO_NEEDS } from '../batching/batcher.ts';
import { Semaphore } from '../batching/semaphore.ts';
import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../model/identifier.ts';
import type { IdentityChanges } from '../model/identity.ts';
import type { CookieStore, IdentityStore, LiveEvents } from '../model/ports.ts';
import type { CookieRotation, RetiredCookie, RotationOutcome } from '../model/visitor-cookie.ts';
import { RecentMap } from './recent-map.ts';

/** Cookies that nobody owns and that were not replaced, remembered until something is written: one takes about 200 bytes. */
const REMEMBERED = 10_000;
/** Cookies that a conflict keeps from their person, remembered so that reading does not try to rotate them again. */
const REMEMBERED_CONFLICTS = 50_000;

export interface CookieRotationServices {
  readonly store: CookieStore & Pick<IdentityStore, 'version'>;
  readonly live: LiveEvents;
  /** Keys of 32 bytes: the first hashes, all recognise. */
  readonly keys: readonly [Buffer, ...Buffer[]];
  /** Receives every change of the identity graph that a rotation made. */
  onChange(changes: IdentityChanges): void;
}

/** Issued cookies that are replaced: looks them up, replaces them, and notifies connections that use one. (DESIGN, Capture 6) */
export class CookieRotations {
  readonly #services: CookieRotationServices;
  readonly #lookups: Batcher<RetiredCookie | null, undefined>;
  readonly #unretired = new RecentMap<string, true>(REMEMBERED);
  readonly #conflicts = new LRUCache<string, true>({ max: REMEMBERED_CONFLICTS });
  /** By the id that a retired cookie is shown with: what is to happen when it is retired. */
  readonly #watches = new Map<CustomerId, Set<() => void>>();
  #version: number | null = null;

  constructor(services: CookieRotationServices) {
    this.#services = services;
    const { store, live } = services;
    const call = (keys: readonly string[]) => store.findRetired(keys.map(identifierOf));
    this.#lookups = new Batcher({ maxBatch: 1_000, semaphore: new Semaphore(16), needs: NO_NEEDS, joinCalls: false, call });
    live.subscribe((event) => {
      if (event.kind === 'cookie') this.#notify(event.customerId);
    });
  }

  /** How a cookie was retired; null for one that was not. Only for one that nobody owns: an owned cookie is not retired. */
  async findRetired(cookie: Identifier): Promise<RetiredCookie | null> {
    const key = identifierKey(cookie);
    const version = this.#currentVersion();
    if (version !== null && this.#unretired.get(key)) return null;
    const retired = await this.#lookups.ask(key, undefined).answer.promise();
    if (retired === null && version !== null && this.#services.store.version() === version) this.#unretired.set(key, true);
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

  /**
   * That a conflict kept a cookie from the person whom its request proves, and whether it is known.
   * @param situation the cookie, its owner and the person.
   */
  get conflicts(): { has(situation: string): boolean; add(situation: string): void } {
    return { has: (situation) => this.#conflicts.has(situation), add: (situation) => void this.#conflicts.set(situation, true) };
  }

  /** The id that a request with nothing but a retired cookie is answered with: a keyed hash, and no customer's. */
  shownId(cookie: Identifier): CustomerId {
    const bytes = createHmac('sha256', this.#services.keys[0])
      .update(`shown ${identifierKey(cookie)}`)
      .digest()
      .subarray(0, 16);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-') as CustomerId;
  }

  /** What is kept of the person by whose proof a cookie is replaced: one for each of the gateway's secrets, the present one first. */
  proofsOf(person: Identifier): [string, ...string[]] {
    const text = `proof ${identifierKey(person)}`;
    return this.#services.keys.map((key) => createHmac('sha256', key).update(text).digest('base64url')) as [string, ...string[]];
  }

  /**
   * Calls `onRetired` once when one of these is retired, on whichever replica.
   * @returns what ends that.
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

  /** How each was retired, as the store has it now; null for one that was not. */
  async retiredOf(cookies: readonly Identifier[]): Promise<(RetiredCookie | null)[]> {
    return cookies.length === 0 ? [] : this.#services.store.findRetired(cookies);
  }

  /** True when one of these was retired, also by a process whose live events don't come here; then its watches are called. */
  async isOneRetired(cookies: readonly Identifier[]): Promise<boolean> {
    const found = await this.retiredOf(cookies);
    const retired = cookies.filter((_, index) => found[index] !== null);
    for (const cookie of retired) this.#notify(this.shownId(cookie));
    return retired.length > 0;
  }

  #notify(id: CustomerId): void {
    for (const onRetired of [...(this.#watches.get(id) ?? [])]) onRetired();
  }

  /** Forgets what is too old. */
  #currentVersion(): number | null {
    const version = this.#services.store.version();
    if (version !== this.#version) {
      this.#version = version;
      this.#unretired.clear();
    }
    return version;
  }
}
