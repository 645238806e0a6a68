import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { fetchBounded } from './fetch-bounded.ts';

/** Milliseconds that a fetch may take. */
const TIMEOUT = 5_000;
/** Bytes of an answer, after decompression. The answers of the largest issuers have some kilobytes. */
const MAX_BYTES = 1_000_000;
/** Milliseconds after which keys are fetched again, in the background. */
const MAX_AGE = 10 * 60_000;
/** Milliseconds between two fetches for unknown keys, because a token can name any key. */
const COOLDOWN = 30_000;
/** Milliseconds between a failed fetch and the next: doubled each time, up to COOLDOWN. */
const FIRST_PAUSE = 1_000;

/** The issuer's keys are not known and cannot be fetched now, so no token can be verified. */
export class KeysUnavailable extends Error {}

export interface IssuerKeysOptions {
  readonly now: () => Date;
  /** Called for each failed fetch. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * A token issuer's public keys (RFC 7517), fetched when they are needed for the first time. jose fetches and finds them. When
 * to fetch is decided here, because known keys must stay usable while the issuer is down, and a failed fetch must not be
 * repeated by every request.
 *
 * - One fetch at a time, for which all callers wait.
 * - Keys older than 10 minutes stay in use while they are fetched again in the background.
 * - An unknown key causes a fetch, at most once in 30 seconds.
 * - After a failure, there is a pause of 1 second, doubled up to 30.
 */
export class IssuerKeys {
  readonly #remote: ReturnType<typeof createRemoteJWKSet>;
  readonly #options: IssuerKeysOptions;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #nextTryAt = Number.NEGATIVE_INFINITY;
  #pause = FIRST_PAUSE;
  #fetching: Promise<void> | undefined;

  constructor(url: URL, options: IssuerKeysOptions) {
    // With these options jose never fetches by itself after the first time.
    const never = Number.POSITIVE_INFINITY;
    this.#remote = createRemoteJWKSet(url, {
      timeoutDuration: TIMEOUT,
      cooldownDuration: never,
      cacheMaxAge: never,
      [customFetch]: (address, init) => fetchBounded(address, init, MAX_BYTES),
    });
    this.#options = options;
  }

  /** @throws KeysUnavailable, or an error of jose for a key that the issuer does not have. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#remote.jwks() === undefined) await this.#fetch();
    else if (this.#age() >= MAX_AGE) this.#fetch().catch(() => {});
    try {
      return await this.#remote(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || this.#age() < COOLDOWN) throw error;
      await this.#fetch();
      return this.#remote(header, token);
    }
  };

  #now(): number {
    return this.#options.now().getTime();
  }

  /** Milliseconds since the last fetch. After the clock was set back, the keys count as old. */
  #age(): number {
    return Math.abs(this.#now() - this.#fetchedAt);
  }

  /** @throws KeysUnavailable when it fails, or at once during the pause after a failure. */
  #fetch(): Promise<void> {
    const wait = this.#nextTryAt - this.#now();
    if (this.#fetching === undefined && wait > 0 && wait <= COOLDOWN) return Promise.reject(new KeysUnavailable());
    this.#fetching ??= this.#tryToFetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #tryToFetch(): Promise<void> {
    try {
      await this.#remote.reload();
      this.#fetchedAt = this.#now();
      this.#pause = FIRST_PAUSE;
      this.#nextTryAt = Number.NEGATIVE_INFINITY;
    } catch (error) {
      this.#nextTryAt = this.#now() + this.#pause;
      this.#pause = Math.min(2 * this.#pause, COOLDOWN);
      this.#options.onFailure(error);
      throw new KeysUnavailable();
    }
  }
}
