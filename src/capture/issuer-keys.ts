import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose';

/** Milliseconds that the issuer has to answer with its keys. */
const TIMEOUT = 5_000;
/** Bytes of an answer with keys, after inflation. The largest issuers have some kilobytes. */
const MAX_BYTES = 1_000_000;
/** Milliseconds after which keys are fetched again, behind the requests that use them. */
const MAX_AGE = 10 * 60_000;
/** Milliseconds between two fetches for keys that are not known: tokens can name any. */
const COOLDOWN = 30_000;
/** Milliseconds until the next try after a failed one: doubled each time, up to COOLDOWN. */
const FIRST_PAUSE = 1_000;

/** The issuer's keys are not known and can't be fetched now: nobody can say whether a token is good. */
export class KeysUnavailable extends Error {}

export interface IssuerKeysOptions {
  readonly now: () => Date;
  /** Learns of each fetch that failed. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * A token issuer's public keys (RFC 7517), fetched when they are needed for the first time. jose fetches and finds them;
 * when to fetch is decided here, because keys that were fetched once must go on serving while the issuer is down, and a
 * failed fetch must not be repeated by every request.
 *
 * - One fetch at a time; all who need it wait for the same.
 * - Keys older than 10 minutes serve on while they are fetched again behind.
 * - A key that is not among them makes it look again, at most once in 30 seconds.
 * - After a failure there is a pause of 1 second, doubled up to 30.
 */
export class IssuerKeys {
  readonly #remote: ReturnType<typeof createRemoteJWKSet>;
  readonly #options: IssuerKeysOptions;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #nextTryAt = Number.NEGATIVE_INFINITY;
  #pause = FIRST_PAUSE;
  #fetching: Promise<void> | undefined;

  constructor(url: URL, options: IssuerKeysOptions) {
    // It never fetches by itself then: once there are keys they are neither old nor looked for again.
    const never = Number.POSITIVE_INFINITY;
    this.#remote = createRemoteJWKSet(url, {
      timeoutDuration: TIMEOUT,
      cooldownDuration: never,
      cacheMaxAge: never,
      [customFetch]: fetchBounded,
    });
    this.#options = options;
  }

  /** @throws KeysUnavailable; errors of jose for a key that the issuer does not have. */
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

  /** Of the keys, in milliseconds. A clock that was put back since makes them old, not fresh for as long as it was wrong. */
  #age(): number {
    return Math.abs(this.#now() - this.#fetchedAt);
  }

  /** @throws KeysUnavailable when it fails, and at once when it is not the time to try again. */
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

const fetchBounded: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  let bytes = 0;
  const bound = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) controller.error(new RangeError(`expected at most ${MAX_BYTES} bytes of keys`));
      else controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(bound) ?? null, response);
};
