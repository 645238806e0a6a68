import { fetchBounded } from '../../capture/fetch-bounded.ts';

/** Milliseconds that a reading of the discovery document may take. */
const TIMEOUT = 5_000;
/** Bytes of a discovery document. Those of the largest issuers have some kilobytes. */
const MAX_BYTES = 200_000;
/** Milliseconds between a reading that failed, or found what can't be right, and the next. */
const PAUSE = 10_000;
/** Milliseconds after which the document is read again: an issuer may move its endpoints. */
const MAX_AGE = 3_600_000;
/** Milliseconds that a page waits for the first reading, which is under way: without it, nobody could sign in on that page. */
const PATIENCE = 1_000;
/** Characters of the issuer's own text in a message. */
const MAX_SHOWN = 200;

/** Names and addresses of hosts. `URL` also takes `*` and `;` in a host, which mean something else in a policy. */
const ORIGIN = /^https?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const OWN_MACHINE = ['localhost', '127.0.0.1', '[::1]'];

export interface IssuerOriginsOptions {
  /** `viewers.issuer`. */
  readonly issuer: string;
  /** True in development: the token endpoint may be without TLS on this machine. */
  readonly isDevelopment: boolean;
  readonly now: () => Date;
  /** Receives a sentence for each reading that failed, or that found something which keeps agents from signing in. */
  readonly onProblem: (message: string) => void;
}

/**
 * The origins to which the desktop's page connects when an agent signs in: that of the issuer, which has the discovery document
 * (OpenID Connect Discovery 1.0), and that of the token endpoint, which some issuers have elsewhere. The document is read in the
 * background: at the start, and for a page when it is old or could not be read. While it is not known, the issuer's origin is all.
 */
export class IssuerOrigins {
  readonly #options: IssuerOriginsOptions;
  readonly #own: string;
  readonly #end = new AbortController();
  #endpoints: readonly string[] | null = null;
  #nextAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(options: IssuerOriginsOptions) {
    this.#options = options;
    this.#own = new URL(options.issuer).origin;
  }

  /** Reads the document in the background, unless that is under way, was done lately or failed just now. */
  refresh(): void {
    const wait = this.#nextAt - this.#options.now().getTime();
    // After the clock was set back, it is time as well.
    if (this.#reading !== null || this.#end.signal.aborted || (wait > 0 && wait <= MAX_AGE)) return;
    this.#reading = this.#read().finally(() => {
      this.#reading = null;
    });
  }

  /** The origins, at once unless the first reading is under way. Never fails. */
  async list(): Promise<readonly string[]> {
    this.refresh();
    if (this.#endpoints === null && this.#reading !== null) await withPatience(this.#reading);
    return [...new Set([this.#own, ...(this.#endpoints ?? [])])];
  }

  /** Ends a reading that is under way. */
  close(): void {
    this.#end.abort();
  }

  async #read(): Promise<void> {
    try {
      const found = this.#endpointsOf(await this.#document());
      // A document that can't be right, such as a page of maintenance, takes nothing away, and may be mended at any time.
      if (found !== null) this.#endpoints = found;
      this.#nextAt = this.#options.now().getTime() + (found === null ? PAUSE : MAX_AGE);
    } catch (error) {
      this.#nextAt = this.#options.now().getTime() + PAUSE;
      if (this.#end.signal.aborted) return;
      const why = error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
      this.#options.onProblem(
        `the discovery document of viewers.issuer can't be read (${why.slice(0, MAX_SHOWN)}); where the token endpoint is at another origin, agents can't sign in`,
      );
    }
  }

  async #document(): Promise<Readonly<Record<string, unknown>>> {
    const address = `${this.#options.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT), this.#end.signal]);
    const answer = await fetchBounded(address, { signal, redirect: 'error', headers: { accept: 'application/json' } }, MAX_BYTES);
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new Error(`expected the status 200, received ${answer.status}`);
    }
    const document: unknown = await answer.json();
    if (typeof document !== 'object' || document === null) throw new Error('expected an object, received another value');
    return document as Readonly<Record<string, unknown>>;
  }

  /** The origins that the document adds; null where it is not right. Only the token endpoint is asked by the page; it is sent to the others. */
  #endpointsOf({ issuer, token_endpoint: endpoint }: Readonly<Record<string, unknown>>): string[] | null {
    const { onProblem, issuer: expected } = this.#options;
    if (issuer !== expected) {
      const received = JSON.stringify(issuer)?.slice(0, MAX_SHOWN);
      // The claim `iss` is compared by its characters, so one slash more or less refuses every token.
      onProblem(
        `agents can't sign in: expected viewers.issuer to be what its discovery document calls itself, ${received}, received "${expected}"`,
      );
      return null;
    }
    const origin = typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint).origin : '';
    if (origin === this.#own || this.#isUsable(origin)) return [origin];
    onProblem('agents can\'t sign in: expected an address with https as "token_endpoint" of the issuer, received another value');
    return null;
  }

  #isUsable(origin: string): boolean {
    if (!ORIGIN.test(origin)) return false;
    const { protocol, hostname } = new URL(origin);
    return protocol === 'https:' || (this.#options.isDevelopment && OWN_MACHINE.includes(hostname));
  }
}

async function withPatience(reading: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
  });
  await Promise.race([reading, end]);
  clearTimeout(timer);
}
