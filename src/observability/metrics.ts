import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The gateway's Prometheus metrics. Labels hold names from the configuration only, never a value from a request. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #captureRefused: Counter<'rule'>;
  readonly #issuerKeysFailed: Counter;
  readonly #sourceCalls: Histogram<'source'>;
  readonly #sourceFailures: Counter<'source' | 'code'>;
  readonly #sourceKeysRefused: Counter<'source'>;
  readonly #sourceRepeats: Counter<'source' | 'reason'>;
  readonly #sourceBreakers: Gauge<'source'>;
  readonly #sourceCache: Counter<'source' | 'result'>;
  readonly #sourceForeign: Counter<'source'>;
  readonly #sourceUnreadable: Counter<'source'>;
  readonly #interactions: Counter<'outcome'>;
  readonly #subscriptions: Gauge;
  readonly #requests: Histogram<'route' | 'status'>;

  // Kept by label: prom-client's own look-up costs more than counting.
  readonly #requestsOf = new Map<string, Histogram.Internal<'route' | 'status'>>();
  readonly #sourceCallsOf = new Map<string, Histogram.Internal<'source'>>();

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#captureRefused = new Counter({
      name: 'gateway_capture_refused_total',
      help: 'Tokens and cookies that were forged, expired or malformed, and values longer than limits.keyBytes, by the rule that read them.',
      labelNames: ['rule'],
      registers,
    });
    this.#issuerKeysFailed = new Counter({
      name: 'gateway_issuer_keys_failures_total',
      help: "Times that the keys of the tokens' issuer could not be fetched, or a key could not be used.",
      registers,
    });
    this.#sourceCalls = new Histogram({
      name: 'gateway_source_call_duration_seconds',
      help: 'Time of calls to a data source, failed ones included.',
      labelNames: ['source'],
      registers,
    });
    this.#sourceFailures = new Counter({
      name: 'gateway_source_failures_total',
      help: 'Calls to a data source that failed, by error code.',
      labelNames: ['source', 'code'],
      registers,
    });
    this.#sourceKeysRefused = new Counter({
      name: 'gateway_source_keys_refused_total',
      help: "Keys that a data source was not asked for, since they can't be sent as themselves or are too long.",
      labelNames: ['source'],
      registers,
    });
    this.#sourceRepeats = new Counter({
      name: 'gateway_source_repeats_total',
      help: 'Attempts made again: retry, after a failure; hedge, because the first took long.',
      labelNames: ['source', 'reason'],
      registers,
    });
    this.#sourceBreakers = new Gauge({
      name: 'gateway_source_breaker_open',
      help: '1 while a data source is not called, because too many calls failed.',
      labelNames: ['source'],
      registers,
    });
    this.#sourceCache = new Counter({
      name: 'gateway_source_cache_total',
      help: 'Look-ups in a cache: fresh, stale (fetched again behind it), error (stale, because the source failed), miss.',
      labelNames: ['source', 'result'],
      registers,
    });
    this.#sourceForeign = new Counter({
      name: 'gateway_source_foreign_records_total',
      help: 'Records of an answer whose key was not asked for. They are dropped.',
      labelNames: ['source'],
      registers,
    });
    this.#sourceUnreadable = new Counter({
      name: 'gateway_source_unreadable_records_total',
      help: 'Records that could not be read, counted each time that a file is read. They are left out; a key that such a record may have fails.',
      labelNames: ['source'],
      registers,
    });
    this.#interactions = new Counter({
      name: 'gateway_interactions_total',
      help: 'Interactions that were received: accepted, duplicate (stored before), rejected.',
      labelNames: ['outcome'],
      registers,
    });
    this.#subscriptions = new Gauge({ name: 'gateway_subscriptions', help: 'Subscriptions that are open.', registers });
    this.#requests = new Histogram({
      name: 'gateway_http_request_duration_seconds',
      help: 'Time to answer a request, by route and status.',
      labelNames: ['route', 'status'],
      registers,
    });
  }

  /** @param answered returns how many requests the fast lane has answered since the start. */
  countFastLane(answered: () => number): void {
    new Counter({
      name: 'gateway_fast_lane_answers_total',
      help: 'Requests to /graphql that were answered in front of the framework. The others went through Apollo Server.',
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(answered());
      },
    });
  }

  /** @param isDraining returns true between the signal to stop and the end. */
  showDraining(isDraining: () => boolean): void {
    new Gauge({
      name: 'gateway_draining',
      help: '1 from the signal to stop until the end: the gateway serves, and is not ready for new clients.',
      registers: [this.#registry],
      collect() {
        this.set(isDraining() ? 1 : 0);
      },
    });
  }

  captureRefused(rule: string): void {
    this.#captureRefused.inc({ rule });
  }

  issuerKeysFailed(): void {
    this.#issuerKeysFailed.inc();
  }

  sourceCalled(source: string, seconds: number): void {
    let histogram = this.#sourceCallsOf.get(source);
    if (histogram === undefined) {
      histogram = this.#sourceCalls.labels({ source });
      this.#sourceCallsOf.set(source, histogram);
    }
    histogram.observe(seconds);
  }

  sourceFailed(source: string, code: string): void {
    this.#sourceFailures.inc({ source, code });
  }

  sourceKeyRefused(source: string): void {
    this.#sourceKeysRefused.inc({ source });
  }

  sourceRepeated(source: string, reason: 'retry' | 'hedge'): void {
    this.#sourceRepeats.inc({ source, reason });
  }

  sourceBreaker(source: string, isOpen: boolean): void {
    this.#sourceBreakers.set({ source }, isOpen ? 1 : 0);
  }

  sourceCache(source: string, result: string): void {
    this.#sourceCache.inc({ source, result });
  }

  sourceForeign(source: string, records: number): void {
    this.#sourceForeign.inc({ source }, records);
  }

  sourceUnreadable(source: string, records: number): void {
    this.#sourceUnreadable.inc({ source }, records);
  }

  interactionsReceived(outcome: 'accepted' | 'duplicate' | 'rejected', count: number): void {
    this.#interactions.inc({ outcome }, count);
  }

  subscriptionsOpen(count: number): void {
    this.#subscriptions.set(count);
  }

  /** @param seconds from the request's arrival to its answer's end. */
  requestAnswered(route: string, status: number, seconds: number): void {
    const key = `${status} ${route}`;
    let histogram = this.#requestsOf.get(key);
    if (histogram === undefined) {
      histogram = this.#requests.labels({ route, status: String(status) });
      this.#requestsOf.set(key, histogram);
    }
    histogram.observe(seconds);
  }

  /** All metrics, in Prometheus' text format. */
  async expose(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
