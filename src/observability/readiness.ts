/** The answer of `/health/ready`. A source that is down fails its own fields only, so the gateway stays ready without it. */
export interface ReadinessReport {
  readonly ready: boolean;
  /** True when the store answers. */
  readonly store: boolean;
  /** True while the Redis of `shared` is there for all that it is used for; left out where there is none. Without it the gateway works on its own. */
  readonly shared?: boolean;
  /** By data source: true when it answers, or has no `probe`. */
  readonly sources: Readonly<Record<string, boolean>>;
}

export type Probe = (signal: AbortSignal) => Promise<unknown>;

export interface ReadinessProbes {
  readonly store: Probe;
  /** Of the Redis of `shared`, whose users know it; left out where there is none. */
  readonly isSharedUp?: () => boolean;
  /** By the source's name. For a source without a `probe`, a function that resolves at once. */
  readonly sources: ReadonlyMap<string, Probe>;
}

export interface ReadinessOptions {
  /**
   * Milliseconds for which the gateway stays ready after its store stopped to answer; 0 for none. For a store that all replicas
   * share: when it fails, all of them fail together, and a load balancer without any of them answers worse than they do. A store
   * that fails for longer than a database needs to fail over may be out of reach for this replica alone.
   */
  readonly storeGrace?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly time?: () => number;
}

/** Milliseconds after which a probe has failed. */
const PROBE_TIMEOUT = 1_000;
/** Milliseconds for which a report is kept. Orchestrators ask every few seconds; requests that are more frequent cause no probes. */
const KEPT_FOR = 1_000;

/** Probes the store and the sources, once for all requests within `KEPT_FOR`. */
export class Readiness {
  readonly #isStoreUp: Kept<boolean>;
  readonly #isSharedUp: (() => boolean) | undefined;
  readonly #sources: Kept<Readonly<Record<string, boolean>>>;
  readonly #storeGrace: number;
  readonly #time: () => number;
  /** When the store was first found not to answer; null while it answers, as it did when the gateway opened it. */
  #storeLostAt: number | null = null;

  constructor({ store, isSharedUp, sources }: ReadinessProbes, { storeGrace = 0, time = () => performance.now() }: ReadinessOptions = {}) {
    this.#storeGrace = storeGrace;
    this.#time = time;
    this.#isSharedUp = isSharedUp;
    this.#isStoreUp = new Kept(time, async () => {
      const isUp = await succeeds(store);
      this.#storeLostAt = isUp ? null : (this.#storeLostAt ?? time());
      return isUp;
    });
    this.#sources = new Kept(time, async () => {
      const answers = [...sources].map(async ([name, probe]) => [name, await succeeds(probe)] as const);
      return Object.fromEntries(await Promise.all(answers));
    });
  }

  /** The report, at most `KEPT_FOR` old. Never rejects, and takes at most `PROBE_TIMEOUT`. */
  async report(): Promise<ReadinessReport> {
    const [store, sources] = await Promise.all([this.#isStoreUp.get(), this.#sources.get()]);
    const shared = this.#isSharedUp?.();
    return { ready: this.#isReady(), store, ...(shared !== undefined && { shared }), sources };
  }

  /** Whether the store answers, as in the report; sources are not probed for it. */
  isStoreUp(): Promise<boolean> {
    return this.#isStoreUp.get();
  }

  #isReady(): boolean {
    return this.#storeLostAt === null || this.#time() - this.#storeLostAt < this.#storeGrace;
  }
}

/** The result of a function that is called again when its last result is `KEPT_FOR` old. */
class Kept<Result> {
  readonly #time: () => number;
  readonly #make: () => Promise<Result>;
  #result: Promise<Result> | undefined;
  /** When the result was complete; infinite while it is made. */
  #madeAt = 0;

  constructor(time: () => number, make: () => Promise<Result>) {
    this.#time = time;
    this.#make = make;
  }

  get(): Promise<Result> {
    if (this.#result !== undefined && this.#time() - this.#madeAt < KEPT_FOR) return this.#result;
    this.#madeAt = Number.POSITIVE_INFINITY;
    this.#result = this.#make().finally(() => {
      this.#madeAt = this.#time();
    });
    return this.#result;
  }
}

/** True when the probe resolves within `PROBE_TIMEOUT`. False when it rejects, throws or ignores its signal. */
async function succeeds(probe: Probe): Promise<boolean> {
  const late = new AbortController();
  const { promise: isLate, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => {
    late.abort(new DOMException('the probe took too long', 'TimeoutError'));
    resolve(false);
  }, PROBE_TIMEOUT);
  const answer = (async () => probe(late.signal))().then(
    () => true,
    () => false,
  );
  return Promise.race([answer, isLate]).finally(() => clearTimeout(timer));
}
