/** The answer of `/health/ready`. A source that is down fails its own fields only, so the gateway stays ready without it. */
export interface ReadinessReport {
  readonly ready: boolean;
  /** True when the store answers. */
  readonly store: boolean;
  /** True when the Redis of `shared` answers; left out where there is none. Without it the gateway works on its own. */
  readonly shared?: boolean;
  /** By data source: true when it answers, or has no `probe`. */
  readonly sources: Readonly<Record<string, boolean>>;
}

export type Probe = (signal: AbortSignal) => Promise<unknown>;

export interface ReadinessProbes {
  readonly store: Probe;
  /** Of the Redis of `shared`; left out where there is none. */
  readonly shared?: Probe | undefined;
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

/** The store and the Redis: true for one that answers. */
export type Dependencies = Pick<ReadinessReport, 'store' | 'shared'>;

/** Probes the store, the Redis and the sources, once for all requests within `KEPT_FOR`. */
export class Readiness {
  readonly #dependencies: Kept<Dependencies>;
  readonly #sources: Kept<Readonly<Record<string, boolean>>>;
  readonly #storeGrace: number;
  readonly #time: () => number;
  /** When the store was first found not to answer; null while it answers, as it did when the gateway opened it. */
  #storeLostAt: number | null = null;

  constructor({ store, shared, sources }: ReadinessProbes, { storeGrace = 0, time = () => performance.now() }: ReadinessOptions = {}) {
    this.#storeGrace = storeGrace;
    this.#time = time;
    this.#dependencies = new Kept(time, async () => {
      const [isStoreThere, isSharedThere] = await Promise.all([succeeds(store), shared === undefined ? undefined : succeeds(shared)]);
      this.#storeLostAt = isStoreThere ? null : (this.#storeLostAt ?? time());
      return { store: isStoreThere, ...(isSharedThere !== undefined && { shared: isSharedThere }) };
    });
    this.#sources = new Kept(time, async () => {
      const answers = [...sources].map(async ([name, probe]) => [name, await succeeds(probe)] as const);
      return Object.fromEntries(await Promise.all(answers));
    });
  }

  /** The report, at most `KEPT_FOR` old. Never rejects, and takes at most `PROBE_TIMEOUT`. */
  async report(): Promise<ReadinessReport> {
    const [dependencies, sources] = await Promise.all([this.#dependencies.get(), this.#sources.get()]);
    return { ready: this.#isReady(), ...dependencies, sources };
  }

  /** What of the report is not about sources, which are not probed for it. */
  dependencies(): Promise<Dependencies> {
    return this.#dependencies.get();
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
