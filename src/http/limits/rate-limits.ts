import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CapturableRequest } from '../../capture/capture.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Door, DoorRate, DoorRates, Rates } from '../../model/rate.ts';
import { viewerKey } from '../../model/viewer.ts';
import type { Forwarding } from '../forwarding.ts';
import { addressKey, identifierKeys } from './client-keys.ts';
import type { RateCounter } from './rate-counter.ts';

/** What requests are counted by. */
export type RatedBy = keyof Rates;

/** The counter of each door that has a rate. */
type Counters = ReadonlyMap<Door, { readonly rate: DoorRate; readonly counter: RateCounter }>;

export interface RateLimitsOptions {
  readonly rates: Rates;
  /** Makes the counter of a rate. @param name of its own, the same on every replica. */
  openCounter(name: string, rate: DoorRate): Promise<RateCounter>;
  /** Hashes what is counted, so that neither this process nor Redis keeps an identifier. */
  readonly key: Uint8Array;
  readonly forwarding: Forwarding;
  /** The usable identifiers on a request, read without consequences. */
  identifiersOf(request: CapturableRequest): readonly Evidence[];
  onRefused(door: Door, by: RatedBy): void;
}

/** The refusal of a request; undefined for one that is within its rates. At once, where this process counts. */
export type Checked = GatewayError | undefined | Promise<GatewayError | undefined>;

/** Counts requests by the client's address, the viewer and the captured identifiers. A refused request counts, too. */
export class RateLimits {
  readonly #options: RateLimitsOptions;
  readonly #counters: Readonly<Record<RatedBy, Counters>>;

  static async open(options: RateLimitsOptions): Promise<RateLimits> {
    const { viewer, address, identifier } = options.rates;
    const open = (by: RatedBy, rates: DoorRates | undefined) => openCounters(by, rates ?? {}, options);
    return new RateLimits(options, {
      viewer: await open('viewer', viewer),
      address: await open('address', address),
      identifier: await open('identifier', identifier),
    });
  }

  private constructor(options: RateLimitsOptions, counters: Readonly<Record<RatedBy, Counters>>) {
    this.#options = options;
    this.#counters = counters;
  }

  /** Counts a request by its client's address, which is known before anything of the request is read. */
  ofAddress(door: Door, request: IncomingMessage): Checked {
    if (!this.#counters.address.has(door)) return undefined;
    const address = this.#options.forwarding.addressOf(request);
    return address === undefined ? undefined : this.#count('address', door, [addressKey(address)]);
  }

  /** Counts a request by its viewer and by its identifiers. */
  ofSender(door: Door, request: CapturableRequest): Checked {
    const refused = this.#ofViewer(door, request);
    if (refused === undefined) return this.#ofIdentifiers(door, request);
    return refused instanceof Promise ? refused.then((error) => error ?? this.#ofIdentifiers(door, request)) : refused;
  }

  #ofViewer(door: Door, { viewer }: CapturableRequest): Checked {
    const key = this.#counters.viewer.has(door) ? viewerKey(viewer) : null;
    return key === null ? undefined : this.#count('viewer', door, [key]);
  }

  #ofIdentifiers(door: Door, request: CapturableRequest): Checked {
    if (!this.#counters.identifier.has(door)) return undefined;
    return this.#count('identifier', door, identifierKeys(this.#options.identifiersOf(request)));
  }

  #count(by: RatedBy, door: Door, keys: readonly string[]): Checked {
    const counted = this.#counters[by].get(door);
    if (counted === undefined) return undefined;
    const waits = keys.map((key) => counted.counter.count(createHmac('sha256', this.#options.key).update(key).digest('base64url')));
    const settle = (settled: readonly number[]) => this.#settle(by, door, counted.rate, Math.max(0, ...settled));
    return waits.every((wait) => typeof wait === 'number') ? settle(waits) : Promise.all(waits).then(settle);
  }

  /** @param wait milliseconds; 0 for a request within its rate. */
  #settle(by: RatedBy, door: Door, { count, seconds }: DoorRate, wait: number): GatewayError | undefined {
    if (wait === 0) return undefined;
    this.#options.onRefused(door, by);
    const retryAfter = Math.ceil(wait / 1_000);
    const most = `${count} ${count === 1 ? 'request' : 'requests'} in ${seconds} s`;
    const message = `expected at most ${most} for one ${by}, received more; try again in ${retryAfter} s`;
    return new GatewayError('RATE_LIMITED', message, { retryAfter });
  }
}

/** Doors of one group share a counter. */
async function openCounters(by: RatedBy, rates: DoorRates, { openCounter }: RateLimitsOptions): Promise<Counters> {
  const byGroup = new Map<string, RateCounter>();
  const counters = new Map<Door, { rate: DoorRate; counter: RateCounter }>();
  for (const [door, rate] of Object.entries(rates) as [Door, DoorRate][]) {
    const counter = byGroup.get(rate.group) ?? (await openCounter(`${by}:${rate.group}`, rate));
    byGroup.set(rate.group, counter);
    counters.set(door, { rate, counter });
  }
  return counters;
}
