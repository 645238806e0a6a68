/** The answer of `/health/ready`. A source that is down fails its own fields only, so the gateway stays ready without it. */
export interface ReadinessReport {
  readonly ready: boolean;
  /** True when the store answers. */
  readonly store: boolean;
  /** By data source: true when it answers, or has no `probe`. */
  readonly sources: Readonly<Record<string, boolean>>;
}

export interface ReadinessProbes {
  store(signal: AbortSignal): Promise<unknown>;
  /** By the source's name. For a source without a `probe`, a function that resolves at once. */
  readonly sources: ReadonlyMap<string, (signal: AbortSignal) => Promise<unknown>>;
}

/** Milliseconds after which a probe has failed. */
const PROBE_TIMEOUT = 1_000;
/** Milliseconds for which a report is kept. Orchestrators ask every few seconds; requests that are more frequent cause no probes. */
const KEPT_FOR = 1_000;

/** Probes the store and the sources, once for all requests within `KEPT_FOR`. */
export class Readiness {
  readonly #probes: ReadinessProbes;
  readonly #time: () => number;
  #report: Promise<ReadinessReport> | undefined;
  /** When the report was complete; infinite while its probes are under way. */
  #reportedAt = 0;

  /** @param time returns milliseconds of a clock that never goes back. */
  constructor(probes: ReadinessProbes, time: () => number = () => performance.now()) {
    this.#probes = probes;
    this.#time = time;
  }

  /** The report, at most `KEPT_FOR` old. Never rejects, and takes at most `PROBE_TIMEOUT`. */
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

/** True when the probe resolves within `PROBE_TIMEOUT`. False when it rejects, throws or ignores its signal. */
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
