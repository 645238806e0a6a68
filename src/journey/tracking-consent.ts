import type { CapturableRequest } from '../capture/capture.ts';
import {
  type CapturedInteractions,
  captureInteractions,
  type InteractionServices,
  type InteractionTeller,
} from './capture-interactions.ts';

/** Global Privacy Control (`Sec-GPC`): whoever browses with it has refused tracking, for all sites. */
function refusesTracking({ headers, viewer }: CapturableRequest): boolean {
  return headers['sec-gpc'] === '1' && viewer.role === 'CUSTOMER';
}

/** Stores what a browser reports of its visitor, unless the browser refuses tracking: then every record is rejected as FORBIDDEN. */
export async function captureWithConsent(
  services: InteractionServices,
  records: readonly unknown[],
  teller: InteractionTeller,
): Promise<CapturedInteractions> {
  if (!refusesTracking(teller.request)) return captureInteractions(services, records, teller);
  const message = 'the browser asks not to be tracked (Sec-GPC), so nothing is stored';
  return {
    accepted: 0,
    duplicates: 0,
    rejected: records.map((_, index) => ({ index, code: 'FORBIDDEN', message })),
    customerIds: [],
  };
}
