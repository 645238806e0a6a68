import type { Engine } from '../graphql/engine.ts';
import { claimedIds } from '../identity/claimed-ids.ts';
import type { Store } from '../model/ports.ts';
import { capturedAdapter } from '../profile/captured-source.ts';
import { computedAdapter } from '../profile/computed-source.ts';
import { CAPTURED, COMPUTED } from '../profile/field-binding.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { composeEngine, identifierFormats } from './compose-engine.ts';
import { openDataSources } from './data-sources.ts';
import { openLiveEvents } from './open-live-events.ts';
import type { Surroundings } from './surroundings.ts';

/** What the doors of a gateway need to answer. */
export interface Services {
  readonly store: Store;
  readonly engine: Engine;
}

/**
 * Opens the store, the data sources and the live events, and composes the engine of them.
 * @param open closes what was opened, the last opened first.
 * @throws ProjectError where hashes were made with a secret that is gone.
 */
export async function openServices(open: AsyncDisposableStack, surroundings: Surroundings): Promise<Services> {
  const { project, environment, storePath, logger, now, metrics, failures } = surroundings;
  const { config, traits, dataSources, keyNormalizers } = project;
  const store = open.adopt(new SqliteStore(storePath, config.identity, traits), (opened) => opened.close());
  const builtIn = [
    [CAPTURED, capturedAdapter(store)],
    [COMPUTED, computedAdapter(store, traits, now)],
  ] as const;
  const sources = openDataSources(open, [...dataSources, ...builtIn], {
    shared: config.shared === undefined ? null : { url: config.shared, key: environment.secrets.keys('shared-cache')[0] },
    logger,
    metrics,
    failures,
    now,
    keyNormalizers,
    keyBytes: config.limits.keyBytes,
  });
  const live = open.adopt(openLiveEvents(config.shared, environment.secrets.keys('live-events'), logger), (opened) => opened.close());
  const [identifierTypes, claimedId] = await Promise.all([identifierFormats(config, environment, store), claimedIds(store)]);
  return { store, engine: composeEngine({ project, environment, identifierTypes, claimedId, store, live, sources, metrics, now }) };
}
