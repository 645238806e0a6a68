import type { CapturableRequest } from '../capture/capture.ts';
import { consentOf } from '../capture/consent.ts';
import type { OfferScope } from '../offers/offer-scope.ts';
import type { ReadingScope } from '../profile/profile.ts';
import type { Engine } from './engine.ts';

/** What offers are chosen with on a request, also on one without an operation. @param locale what the client asked for. */
export function offerScopeOf(
  { engine, request, profile }: Pick<ReadingScope, 'profile'> & { readonly engine: Engine; readonly request: CapturableRequest },
  locale: string | null = null,
): OfferScope {
  const { viewer, touchpoint } = request;
  const channel = touchpoint === null ? null : engine.touchpoints.channelOf(touchpoint);
  return { viewer, profile, consent: consentOf(request), touchpoint, channel, locale };
}
