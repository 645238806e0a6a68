import type { LiveEvents, Store } from '../model/ports.ts';
import { quietly } from '../observability/quietly.ts';
import { withoutMessage } from '../observability/redact.ts';
import { AudienceWatch, notedBy } from '../offers/audiences/audience-watch.ts';
import { type StoredReads, StoredStates } from '../offers/audiences/stored-states.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Keeps the audiences that read only what is stored up to date, where the project has such audiences.
 * @param open receives the watch, so that its last evaluations end before the store is closed.
 * @returns the live events to publish to: they note changes for the watch.
 */
export function watchAudiences(
  open: AsyncDisposableStack,
  { project, logger, now }: Surroundings,
  store: Store,
  live: LiveEvents,
): LiveEvents {
  const { offers, profile } = project;
  if (offers === null || offers.storedAudiences.length === 0) return live;
  const warn = quietly((error: unknown) => logger.warn({ error: withoutMessage(error) }, 'audiences of some customers are not up to date'));
  const warnLeftOut = quietly((count: number) =>
    logger.warn({ customers: count }, 'audiences of some customers are not up to date until their next change: too many changed at once'),
  );
  const watch = new AudienceWatch({
    store,
    states: new StoredStates({
      store,
      reads: readsOfAll(offers.storedAudiences.map((name) => offers.audiences.readsOf(name))),
      traits: [...project.traits, ...offers.traits],
      profile,
    }),
    rules: offers.audiences,
    audiences: offers.storedAudiences,
    now,
    onError: warn,
    onLeftOut: warnLeftOut,
  });
  open.adopt(watch, (opened) => opened.close());
  return notedBy(watch, live);
}

function readsOfAll(reads: readonly StoredReads[]): StoredReads {
  return {
    customer: [...new Set(reads.flatMap(({ customer }) => customer))],
    attributes: reads.some(({ attributes }) => attributes),
    traits: [...new Set(reads.flatMap(({ traits }) => traits))],
  };
}
