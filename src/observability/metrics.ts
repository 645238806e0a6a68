import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { processMetrics } from './process-metrics.ts';

/** The gateway's Prometheus metrics. Labels hold names from the configuration only, never a value from a request. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #captureRefused = this.#counter(
    'gateway_capture_refused_total',
    'Tokens and cookies that were forged, expired or malformed, and values longer than limits.keyBytes, by the rule that read them.',
    'rule',
  );
  readonly #issuerKeysFailed = this.#counter(
    'gateway_issuer_keys_failures_total',
    "Times that the keys of the tokens' issuer could not be fetched, or a key could not be used.",
  );
  readonly #sourceCalls = this.#histogram(
    'gateway_source_call_duration_seconds',
    'Time of calls to a data source, failed ones included.',
    'source',
  );
  readonly #sourceFailures = this.#counter(
    'gateway_source_failures_total',
    'Calls to a data source that failed, by error code.',
    'source',
    'code',
  );
  readonly #sourceKeysRefused = this.#counter(
    'gateway_source_keys_refused_total',
    "Keys that a data source was not asked for, since they can't be sent as themselves or are too long.",
    'source',
  );
  readonly #sourceRepeats = this.#counter(
    'gateway_source_repeats_total',
    'Attempts made again: retry, after a failure; hedge, because the first took long.',
    'source',
    'reason',
  );
  readonly #sourceBreakers = this.#gauge(
    'gateway_source_breaker_open',
    '1 while a data source is not called, because too many calls failed.',
    'source',
  );
  readonly #sourceCache = this.#counter(
    'gateway_source_cache_total',
    'Look-ups in a cache: fresh, stale (fetched again behind it), error (stale, because the source failed), miss.',
    'source',
    'result',
  );
  readonly #sourceForeign = this.#counter(
    'gateway_source_foreign_records_total',
    'Records of an answer whose key was not asked for. They are dropped.',
    'source',
  );
  readonly #sourceUnreadable = this.#counter(
    'gateway_source_unreadable_records_total',
    'Records that could not be read, counted each time that a file is read. They are left out; a key that such a record may have fails.',
    'source',
  );
  readonly #interactions = this.#counter(
    'gateway_interactions_total',
    'Interactions that were received: accepted, duplicate (stored before), rejected.',
    'outcome',
  );
  readonly #offerDecisions = this.#counter(
    'gateway_offer_decisions_total',
    'Choices of offers, by what was given: ranked, fallback, control (the fallback, for the control group), none.',
    'placement',
    'outcome',
  );
  readonly #offerResponses = this.#counter(
    'gateway_offer_responses_total',
    'Responses to offers that were counted: presented, clicked, accepted, declined.',
    'placement',
    'response',
  );
  readonly #offerCapsRefused = this.#counter(
    'gateway_offer_caps_refused_total',
    'Offers that were chosen and then not given, because another request had taken the last presentation of a cap.',
    'placement',
    'offer',
  );
  readonly #clientsCutOff = this.#counter(
    'gateway_clients_cut_off_total',
    'Connections that were cut off or refused: heldBytes, slow, waitingRequests, pieces, connections.',
    'reason',
  );
  readonly #requestsRefused = this.#counter(
    'gateway_requests_refused_total',
    'Requests that were refused, by door and reason: a rate limit (viewer, address, identifier), or overload (event loop, store).',
    'door',
    'reason',
  );
  readonly #overloaded = this.#gauge('gateway_overloaded', '1 while requests are refused because of too much work.', 'what');
  readonly #sharedUp = this.#gauge(
    'gateway_shared_up',
    '1 while Redis is there for this use (cache, rate limits, live events); 0 while this process uses its own memory.',
    'use',
  );
  readonly #subscriptions = this.#gauge('gateway_subscriptions', 'Subscriptions that are open.');
  readonly #requests = this.#histogram(
    'gateway_http_request_duration_seconds',
    'Time to answer a request, by route and status.',
    'route',
    'status',
  );

  // Kept by label: prom-client's own look-up costs more than counting.
  readonly #requestsOf = new Map<string, Histogram.Internal<'route' | 'status'>>();
  readonly #sourceCallsOf = new Map<string, Histogram.Internal<'source'>>();
  /** Counted here, and given to prom-client when the metrics are read. */
  #fastLaneAnswers = 0;

  constructor() {
    // At the start, not when they are first asked for.
    processMetrics();
    const answered = () => this.#fastLaneAnswers;
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

  /** @param waiting returns how many events wait for subscribers that are slow to take them. */
  showWaitingEvents(waiting: () => number): void {
    new Gauge({
      name: 'gateway_subscription_events_waiting',
      help: 'Events that wait for subscriptions whose clients are slow, or that have more events than their turns.',
      registers: [this.#registry],
      collect() {
        this.set(waiting());
      },
    });
  }

  /** @param isUp returns whether the store answers. */
  showStore(isUp: () => Promise<boolean>): void {
    new Gauge({
      name: 'gateway_store_up',
      help: '1 while the store answers.',
      registers: [this.#registry],
      async collect() {
        this.set((await isUp()) ? 1 : 0);
      },
    });
  }

  sharedUp(use: string, isUp: boolean): void {
    this.#sharedUp.set({ use }, isUp ? 1 : 0);
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

  offersDecided(placement: string, outcome: string): void {
    this.#offerDecisions.inc({ placement, outcome });
  }

  /** @param placement from a token of this gateway, so the number of label values is bounded. */
  offerAnswered(placement: string, response: string): void {
    this.#offerResponses.inc({ placement, response: response.toLowerCase() });
  }

  offerCapRefused(placement: string, offer: string): void {
    this.#offerCapsRefused.inc({ placement, offer });
  }

  clientCutOff(reason: string): void {
    this.#clientsCutOff.inc({ reason });
  }

  requestRefused(door: string, reason: string): void {
    this.#requestsRefused.inc({ door, reason });
  }

  overloaded(what: string, isOverloaded: boolean): void {
    this.#overloaded.set({ what }, isOverloaded ? 1 : 0);
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

  /** The fast lane has answered a request. */
  fastLaneAnswered(): void {
    this.#fastLaneAnswers++;
  }

  /** All metrics, in Prometheus' text format. */
  async expose(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: `${await this.#registry.metrics()}${await processMetrics().metrics()}` };
  }

  #counter<Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram<Label extends string>(name: string, help: string, ...labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, registers: [this.#registry] });
  }
}
