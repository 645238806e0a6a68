import { isCustomer } from '../model/viewer.ts';
import type { CapturableRequest } from './capture.ts';

/** What may happen to what a request says of its customer. */
export interface Consent {
  /** Whether interactions and attributes may be stored. */
  readonly mayStore: boolean;
  /** Whether rules that choose what to show may read what is stored. */
  readonly mayBeReadByRules: boolean;
  /** Whether it may be given to others: by a stream, by webhooks. Data sources are the owner's own, so they are not meant. */
  readonly mayLeave: boolean;
}

/** The purposes of consent by the names that rules use: `consent.tracking`. */
export const PURPOSES = ['tracking', 'personalisation', 'sharing'] as const;

/** What a customer agreed to, by purpose. */
export function purposesOf({ mayStore, mayBeReadByRules, mayLeave }: Consent): Readonly<Record<(typeof PURPOSES)[number], boolean>> {
  return { tracking: mayStore, personalisation: mayBeReadByRules, sharing: mayLeave };
}

const GRANTED: Consent = { mayStore: true, mayBeReadByRules: true, mayLeave: true };

/**
 * Global Privacy Control means "do not sell or share" (https://www.w3.org/TR/gpc/). This gateway reads it more strictly, like
 * its web tag: nothing new is stored. Rules may read what the customer has said at another time.
 */
const GLOBAL_PRIVACY_CONTROL: Consent = { mayStore: false, mayBeReadByRules: true, mayLeave: false };

/**
 * The one function that decides whether something of a customer may be stored, read by rules, or leave. Every door asks it.
 *
 * The gateway knows one signal: `Sec-GPC: 1` of the customer's own browser. On a request of an AGENT, SERVICE or ADMIN the
 * header is about the browser of an employee. The opt-out of the web tag is decided in the browser (`isAllowed` in
 * web-tag/start-tag.ts): after it, the tag sends nothing, so there is nothing to decide here.
 */
export function consentOf({ headers, viewer }: Pick<CapturableRequest, 'headers' | 'viewer'>): Consent {
  return headers['sec-gpc'] === '1' && isCustomer(viewer) ? GLOBAL_PRIVACY_CONTROL : GRANTED;
}
