import type { Forwarding } from '../http/forwarding.ts';
import { type LoadMeter, NODE_LOAD } from '../http/limits/load-meter.ts';
import { InsuredCounter, LocalCounter, type RateCounter } from '../http/limits/rate-counter.ts';
import { RateLimits, type RateLimitsOptions } from '../http/limits/rate-limits.ts';
import { RequestLimits } from '../http/limits/request-limits.ts';
import { Shedding } from '../http/limits/shedding.ts';
import type { DoorRate } from '../model/rate.ts';
import { quietly } from '../observability/quietly.ts';
import { loggable } from '../observability/redact.ts';
import { sharedReporter } from '../observability/shared-reporter.ts';
import { RedisLink } from '../redis/redis-link.ts';
import { SharedCounter } from '../redis/shared-counter.ts';
import type { Services } from './open-services.ts';
import type { Surroundings } from './surroundings.ts';

interface Parts {
  readonly forwarding: Forwarding;
  /** Left out: what Node.js measures. */
  readonly loadMeter: LoadMeter | undefined;
}

/** Opens what decides whether a request is taken. @param open gets what ends it. */
export async function openRequestLimits(
  open: AsyncDisposableStack,
  surroundings: Surroundings,
  services: Services,
  { forwarding, loadMeter = NODE_LOAD }: Parts,
): Promise<RequestLimits> {
  const { shedding, rate } = surroundings.project.config.limits;
  return new RequestLimits(
    shedding ? open.adopt(openShedding(surroundings, services, loadMeter), (opened) => opened.close()) : null,
    rate === undefined ? null : await openRates(open, surroundings, services, { rates: rate, forwarding }),
  );
}

function openShedding({ metrics, logger }: Surroundings, { store }: Services, meter: LoadMeter): Shedding {
  return new Shedding({
    meter,
    backlog: () => store.backlog(),
    onRefused: (door, by) => metrics.requestRefused(door, by),
    onChange: (what, isOverloaded) => {
      metrics.overloaded(what, isOverloaded);
      if (isOverloaded) logger.warn({ what }, 'more work than can be done in time: new requests are refused');
      else logger.info({ what }, 'requests are taken again');
    },
  });
}

async function openRates(
  open: AsyncDisposableStack,
  surroundings: Surroundings,
  { engine }: Services,
  { rates, forwarding }: Pick<RateLimitsOptions, 'rates' | 'forwarding'>,
): Promise<RateLimits> {
  const { environment, metrics } = surroundings;
  return RateLimits.open({
    rates,
    forwarding,
    openCounter: await counters(open, surroundings),
    key: environment.secrets.keys('rate-limits')[0],
    identifiersOf: (request) => engine.capture.present(request),
    onRefused: (door, by) => metrics.requestRefused(door, by),
  });
}

/** Milliseconds that Redis has to count. A request waits for it. */
const PATIENCE = 100;

/** Makes counters: in Redis where replicas share one, otherwise in this process. */
async function counters(open: AsyncDisposableStack, surroundings: Surroundings) {
  const { project, logger, now, shared: states } = surroundings;
  const local = (rate: DoorRate) => new LocalCounter(rate, () => now().getTime());
  const { shared } = project.config;
  if (shared === undefined) return async (_name: string, rate: DoorRate): Promise<RateCounter> => local(rate);
  const options = { patience: PATIENCE, ...sharedReporter(surroundings, 'rate limits') };
  const link = open.adopt(new RedisLink(shared, options), (opened) => opened.close());
  states.add('rate limits', link);
  const onLost = quietly((error: unknown) => logger.warn({ error: loggable(error, []) }, 'Redis could not count a request'));
  return async (name: string, rate: DoorRate): Promise<RateCounter> => {
    const prefix = `customer-profile-gateway:rate:${name}:${rate.count}/${rate.seconds}`;
    return new InsuredCounter({ shared: await SharedCounter.open(link, prefix, rate), local: local(rate), onLost });
  };
}
