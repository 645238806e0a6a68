import { quietly } from '../observability/quietly.ts';
import { loggable } from '../observability/redact.ts';
import { type OfferServices, Offers } from '../offers/offers.ts';
import type { Surroundings } from './surroundings.ts';

/** Makes `Offers`, which does nothing in a project without placements and audiences. */
export function composeOffers(
  { project, environment, metrics, logger, now }: Surroundings,
  parts: Pick<OfferServices, 'store' | 'keys' | 'graph' | 'interactions'>,
): Offers {
  const logLost = quietly((error: unknown) =>
    logger.warn({ error: loggable(error, []) }, 'a decision about offers could not be kept; the offers were given all the same'),
  );
  return new Offers({
    ...parts,
    compiled: project.offers,
    profile: project.profile,
    secrets: environment.secrets,
    now,
    observer: {
      onDecision: (placement, outcome) => metrics.offersDecided(placement, outcome),
      onResponse: (placement, response) => metrics.offerAnswered(placement, response),
      onCapRefused: (placement, offer) => metrics.offerCapRefused(placement, offer),
      onDecisionLost: logLost,
    },
  });
}
