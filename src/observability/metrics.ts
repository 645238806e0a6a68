import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What the gateway counts. Labels hold names from the configuration only, never a value off a request. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #captureRefused: Counter<'rule'>;
  readonly #sourceCalls: Histogram<'source'>;
  readonly #sourceFailures: Counter<'source' | 'code'>;
  readonly #requests: Histogram<'route' | 'status'>;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#captureRefused = new Counter({
      name: 'gateway_capture_refused_total',
      help: 'Tokens and cookies that were forged, expired or malformed, by the rule that read them.',
      labelNames: ['rule'],
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
    this.#requests = new Histogram({
      name: 'gateway_http_request_duration_seconds',
      help: 'Time to answer a request, by route and status.',
      labelNames: ['route', 'status'],
      registers,
    });
  }

  captureRefused(rule: string): void {
    this.#captureRefused.inc({ rule });
  }

  sourceCalled(source: string, seconds: number): void {
    this.#sourceCalls.observe({ source }, seconds);
  }

  sourceFailed(source: string, code: string): void {
    this.#sourceFailures.inc({ source, code });
  }

  /** @param seconds from the request's arrival to its answer's end. */
  requestAnswered(route: string, status: number, seconds: number): void {
    this.#requests.observe({ route, status: String(status) }, seconds);
  }

  /** In Prometheus' text format. */
  async expose(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
