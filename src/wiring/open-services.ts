import type { Engine } from '../graphql/engine.ts';
import { claimedIds } from '../identity/claimed-ids.ts';
import { LiveHub } from '../journey/live-hub.ts';
import { SharedLiveEvents } from '../journey/shared-live-events.ts';
import type { LiveEvents, Store } from '../model/ports.ts';
import type { Trait } from '../model/trait.ts';
import { quietly } from '../observability/quietly.ts';
import { loggable } from '../observability/redact.ts';
import { sharedReporter } from '../observability/shared-reporter.ts';
import { choiceKeys } from '../offers/choosing/choice-keys.ts';
import type { CompiledOffers } from '../offers/definition/compiled-offers.ts';
import { capturedAdapter } from '../profile/captured-source.ts';
import { computedAdapter } from '../profile/computed-source.ts';
import { CAPTURED, COMPUTED, JOURNEY } from '../profile/field-binding.ts';
import { journeyAdapter } from '../profile/journey-source.ts';
import { composeEngine, identifierFormats } from './compose-engine.ts';
import { openDataSources } from './data-sources.ts';
import { sharesSecret } from './shared-secret.ts';
import { storeOptionsOf } from './store-options.ts';
import type { Surroundings } from './surroundings.ts';
import { watchAudiences } from './watch-audiences.ts';

const ANOTHER_SECRET =
  'GATEWAY_SECRET: expected a secret that gateways with this store have had before, received others only: cookies, handoffs and tokens of theirs count as forged here, and those of this gateway there; give all replicas the same secrets, and a new one together with the old';

/** What the routes of a gateway need. */
export interface Services {
  readonly store: Store;
  readonly engine: Engine;
}

/**
 * Opens the store, the data sources and the live events, and composes the engine of them.
 * @param open gets what closes each of them.
 * @throws ProjectError where stored hashes were made with a secret that is no longer given.
 */
export async function openServices(open: AsyncDisposableStack, surroundings: Surroundings): Promise<Services> {
  const { project, environment, storeLocation, logger, now } = surroundings;
  const { config, traits, dataSources, offers } = project;
  const report = (message: string) => logger.warn(message);
  const store = open.adopt(await storeLocation.open({ ...storeOptionsOf(project), report }), (opened) => opened.close());
  // A project whose rules count no interactions has no source for it.
  const counted = offers === null ? [] : traitSetsOf(offers);
  const ofRules = counted.some((each) => each.length > 0) ? [[JOURNEY, journeyAdapter(store, counted, now)] as const] : [];
  const builtIn = [[CAPTURED, capturedAdapter(store)], [COMPUTED, computedAdapter(store, traits, now)], ...ofRules] as const;
  const sources = openDataSources(open, surroundings, [...dataSources, ...builtIn]);
  const published = open.adopt(openLiveEvents(surroundings), (opened) => opened.close());
  const live = watchAudiences(open, surroundings, store, published);
  const [identifierTypes, claimedId, keys, isSecretShared] = await Promise.all([
    identifierFormats(config, environment, store),
    claimedIds(store),
    choiceKeys(offers === null ? null : store),
    sharesSecret(environment.secrets, store),
  ]);
  if (!isSecretShared) logger.warn(ANOTHER_SECRET);
  return { store, engine: composeEngine(surroundings, { identifierTypes, claimedId, choiceKeys: keys, store, live, sources }) };
}

/** Live events of all replicas, encrypted, where they share a Redis; otherwise of this process. */
function openLiveEvents(surroundings: Surroundings): LiveEvents {
  const { project, environment, logger, shared: states } = surroundings;
  const { shared } = project.config;
  if (shared === undefined) return new LiveHub();
  const warn = quietly((error: unknown) =>
    logger.warn({ error: loggable(error, []) }, 'live events do not reach the other replicas: subscribers there miss them'),
  );
  const warnOfForeign = quietly(() =>
    logger.warn(
      'a gateway with another GATEWAY_SECRET uses the same Redis: its live events cannot be read here, nor those of this one there',
    ),
  );
  const live = new SharedLiveEvents(shared, environment.secrets.keys('live-events'), {
    ...{ onError: warn, onForeign: warnOfForeign },
    ...sharedReporter(surroundings, 'live events'),
  });
  states.add('live events', live);
  return live;
}

function traitSetsOf({ audiences, placements }: CompiledOffers): (readonly Trait[])[] {
  return [audiences, ...[...placements.values()].map(({ rules }) => rules)].map(({ traits }) => traits);
}
