import { consentOf } from '../capture/consent.ts';
import type { OfferScope } from '../offers/offer-scope.ts';
import type { RequestContext } from './request-context.ts';

/** What offers are chosen with on the request of an operation. */
export function offerScopeOf({ viewer, profile, request, engine }: RequestContext): OfferScope {
  const { touchpoint } = request;
  const channel = touchpoint === null ? null : engine.touchpoints.channelOf(touchpoint);
  return { viewer, profile, consent: consentOf(request), touchpoint, channel, locale: null };
}
