import type { CapturableRequest } from '../capture/capture.ts';
import {
  type CapturedInteractions,
  captureInteractions,
  type InteractionSender,
  type InteractionServices,
} from './capture-interactions.ts';

/** True for a browser with Global Privacy Control (`Sec-GPC: 1`): its user has refused tracking on all sites. */
function refusesTracking({ headers, viewer }: CapturableRequest): boolean {
  return headers['sec-gpc'] === '1' && viewer.role === 'CUSTOMER';
}

/** Like `captureInteractions`; but for a browser that refuses tracking, every record is rejected as FORBIDDEN. */
export async function captureWithConsent(
  services: InteractionServices,
  records: readonly unknown[],
  sender: InteractionSender,
): Promise<CapturedInteractions> {
  if (!refusesTracking(sender.request)) return captureInteractions(services, records, sender);
  const message = 'the browser asks not to be tracked (Sec-GPC), so nothing is stored';
  return {
    accepted: 0,
    duplicates: 0,
    rejected: records.map((_, index) => ({ index, code: 'FORBIDDEN', message })),
    customerIds: [],
  };
}
