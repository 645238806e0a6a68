import type { Capture } from '../capture/capture.ts';
import { consentOf } from '../capture/consent.ts';
import { isProven } from '../model/assurance.ts';
import type { Evidence } from '../model/evidence.ts';
import type { IdentifyRequest } from '../profile/identify.ts';
import type { IdentifyInput } from './generated/resolver-types.ts';
import type { RequestContext } from './request-context.ts';

/** What `identify` and its preview are asked with. @throws GatewayError for a touchpoint that is unknown, or not for this viewer. */
export async function identifyRequestOf(input: IdentifyInput, context: RequestContext): Promise<IdentifyRequest> {
  const captured = writersOf(await context.capture());
  return {
    identifiers: input.identifiers,
    attributes: input.attributes ?? {},
    touchpoint: input.touchpoint == null ? context.request.touchpoint : context.engine.touchpoints.use(input.touchpoint, context.viewer),
    occurredAt: input.occurredAt ?? null,
    eventId: input.eventId ?? null,
    viewer: context.viewer,
    captured,
    consent: consentOf(context.request),
  };
}

/** Identifiers whose owner may be written for: a retired cookie is one where nothing proves another customer. */
function writersOf({ identifiers, retired = [] }: Capture): readonly Evidence[] {
  return identifiers.some(({ assurance }) => isProven(assurance)) ? identifiers : [...identifiers, ...retired];
}
