/** What `/health/ready` answers. A source that is down costs its own fields only, so it does not make the gateway unready. */
export interface ReadinessReport {
  readonly ready: boolean;
  /** Whether the store answers. */
  readonly store: boolean;
  /** For each data source whether it answers; true for one without a `probe`. */
  readonly sources: Readonly<Record<string, boolean>>;
}

export interface ReadinessProbes {
  store(signal: AbortSignal): Promise<unknown>;
  /** By the source's name. One that can not be probed answers at once. */
  readonly sources: ReadonlyMap<string, (signal: AbortSignal) => Promise<unknown>>;
}

/** Milliseconds for one probe; one that takes longer has failed. */
const PROBE_TIMEOUT = 1_000;
/** Milliseconds for which a report is kept. Orchestrators ask every few seconds; whoever asks more often costs the back ends nothing. */
const KEPT_FOR = 1_000;

/** Probes the store and the sources, once for all who ask at about the same time. */
export class Readiness {
  readonly #probes: ReadinessProbes;
  readonly #time: () => number;
  #report: Promise<ReadinessReport> | undefined;
  /** When the report was there; infinite while its probes are under way. */
  #reportedAt = 0;

  /** @param time milliseconds of a clock that never goes back. */
  constructor(probes: ReadinessProbes, time: () => number = () => performance.now()) {
    this.#probes = probes;
    this.#time = time;
  }

  /** Never rejects, and takes no longer than a probe may. */
  report(): Promise<ReadinessReport> {
    if (this.#report !== undefined && this.#time() - this.#reportedAt < KEPT_FOR) return this.#report;
    this.#reportedAt = Number.POSITIVE_INFINITY;
    this.#report = this.#probe().finally(() => {
      this.#reportedAt = this.#time();
    });
    return this.#report;
  }

  async #probe(): Promise<ReadinessReport> {
    const { store, sources } = this.#probes;
    const storeAnswers = succeeds(store);
    const answers = [...sources].map(async ([name, probe]) => [name, await succeeds(probe)] as const);
    const isThere = await storeAnswers;
    return { ready: isThere, store: isThere, sources: Object.fromEntries(await Promise.all(answers)) };
  }
}

/** False also for a probe that throws at once, or does not heed its signal. */
async function succeeds(probe: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
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
