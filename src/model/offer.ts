import type { Assurance } from './assurance.ts';
import type { CustomerId } from './customer.ts';
import type { InteractionReceipt, InteractionToSave } from './interaction.ts';
import type { ViewerRole } from './viewer.ts';

/** Something that may be shown to a customer: a parsed file of `offers/`. */
export interface Offer {
  /** The name of its file. */
  readonly name: string;
  /** Names of the placements where it may be shown. */
  readonly placements: readonly string[];
  /** Its rule (CEL); null: for every customer. */
  readonly when: string | null;
  /** Any JSON object for each language tag (BCP 47), at least one; the first is for every other language. */
  readonly content: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Milliseconds since 1970; null: no limit. Valid from `starts` until before `ends`. */
  readonly starts: number | null;
  readonly ends: number | null;
  readonly priority: number;
  readonly value: number;
  /** Mandatory offers come before all others. */
  readonly mandatory: boolean;
  readonly caps: readonly OfferCap[];
  /** Offers that are not shown beside it in one decision, whichever of the two names the other. */
  readonly excludes: readonly string[];
  /** Channels in which it may be shown; null: every channel, and requests without one. */
  readonly channels: readonly string[] | null;
  /** A hash of all of the above: which version of the file a decision was made with. */
  readonly version: string;
}

/** A limit of presentations. */
export interface OfferCap {
  readonly count: number;
  /** Milliseconds of a sliding window; null: for ever. */
  readonly per: number | null;
  readonly of: 'customer' | 'everybody';
}

/** A named area of a page, an app or a desktop where offers are shown. */
export interface Placement {
  readonly name: string;
  /** How many offers it shows at most. */
  readonly slots: number;
  /** The offer that is shown where no other is; null: none. */
  readonly fallback: string | null;
  /** Milliseconds for which a choice is kept; null: a choice is made on every request. */
  readonly sticky: number | null;
  /** The assurance that a customer needs for more than the fallback. */
  readonly min: Assurance;
  /** Roles that may ask for it; null: all. */
  readonly viewers: readonly ViewerRole[] | null;
}

/** One offer of a decision. */
export interface DecidedOffer {
  readonly name: string;
  /** `Offer.version` at that time. */
  readonly version: string;
  /** The value of the rank formula; null for the fallback. */
  readonly score: number | null;
  /** The sampled propensity, 0 to 1; null for the fallback, and where the rank formula has none. */
  readonly propensity: number | null;
}

/** One choice of offers for one customer at one placement. */
export interface Decision {
  /** The same for the same choice in the same hour. */
  readonly id: string;
  /** The customer's id at that time. */
  readonly customerId: CustomerId;
  readonly placement: string;
  readonly decidedAt: Date;
  /** Until then the choice is kept; null: it is not kept. */
  readonly stickyUntil: Date | null;
  readonly touchpoint: string | null;
  /** The roles of the viewer who asked, as `rolesText` writes them. */
  readonly viewerRole: string;
  /** True for a customer of the control group. */
  readonly isControl: boolean;
  /** True where no offer was chosen, so the fallback is given. */
  readonly isFallback: boolean;
  /** A hash of what the decision was made from: verdicts, counts, evidence. */
  readonly inputs: string;
  readonly offers: readonly DecidedOffer[];
}

/** What a decision for a customer at a placement needs of the store. */
export interface OfferStateQuestion {
  readonly customerId: CustomerId;
  readonly placement: string;
  readonly at: Date;
  readonly caps: readonly CapQuestion[];
}

export interface CapQuestion {
  readonly offer: string;
  readonly cap: OfferCap;
}

export interface OfferState {
  /** The newest decision at the placement whose `stickyUntil` is later than the question's time. */
  readonly sticky: Decision | null;
  /**
   * In the order of the question's caps: presentations and open reservations within the window. Open reservations of this
   * customer at this placement are left out: they are reused. Of one customer, counting ends at the cap's count.
   */
  readonly counts: readonly number[];
}

/** A decision that is to be kept, with the caps of its offers. */
export interface DecisionToKeep {
  readonly decision: Decision;
  /** The capped ones of the decision's offers: each needs a reservation. */
  readonly reserve: readonly { readonly offer: string; readonly caps: readonly OfferCap[] }[];
  /**
   * The id of the sticky decision that is given up for this one, because none of its offers may be shown any more. Any other
   * one that is kept for the placement counts. Left out, only those that were decided later than this one do.
   */
  readonly replaces?: string | null;
  /** False: only the reservations are written, because nothing may be stored of this customer. */
  readonly mayStore: boolean;
  /** The process that leases presentations of caps that everybody shares. */
  readonly holder: string;
}

export type KeptDecision =
  /** Kept now, or before: the same id. */
  | { readonly outcome: 'kept'; readonly decision: Decision }
  /** Another decision of the placement is kept until `stickyUntil`: it counts. */
  | { readonly outcome: 'sticky'; readonly decision: Decision }
  /** Nothing was reserved or kept: these offers have reached a cap. */
  | { readonly outcome: 'capped'; readonly offers: readonly string[] };

export const OFFER_RESPONSES = ['PRESENTED', 'CLICKED', 'ACCEPTED', 'DECLINED'] as const;
export type OfferResponse = (typeof OFFER_RESPONSES)[number];

/** A response to an offer of a decision. */
export interface ResponseToSave {
  readonly customerId: CustomerId;
  readonly decisionId: string;
  readonly placement: string;
  readonly offer: string;
  readonly caps: readonly OfferCap[];
  readonly response: OfferResponse;
  readonly isControl: boolean;
  readonly occurredAt: Date;
  /** Milliseconds in which evidence loses half of its weight. */
  readonly halfLife: number;
  /** The same response as an interaction. */
  readonly interaction: InteractionToSave;
}

export interface ResponseReceipt {
  /** `foreign`: the identifiers of the interaction are another customer's, so nothing was stored. */
  readonly outcome: 'counted' | 'repeated' | 'erased' | 'foreign';
  /** Of the interaction. */
  readonly interaction: InteractionReceipt;
  /** What is known of the offer now; null where nothing was learned. */
  readonly evidence: OfferEvidence | null;
}

/** What was learned of an offer at a placement: customers are counted once a day, and older ones weigh less. */
export interface OfferEvidence {
  readonly placement: string;
  readonly offer: string;
  /** Weighted number of customers whom it was presented to. */
  readonly presented: number;
  /** Weighted number of those who clicked or accepted. */
  readonly responded: number;
  /** The time to which the weights belong: at a later time both have decayed further. */
  readonly at: Date;
}

/** Responses of all customers to an offer at a placement. */
export interface OfferTotals {
  readonly placement: string;
  readonly offer: string;
  /** Of customers in the control group. */
  readonly isControl: boolean;
  readonly presented: number;
  readonly clicked: number;
  readonly accepted: number;
  readonly declined: number;
}

export interface OfferTotalsRange {
  /** Null: all. */
  readonly placement: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
}

/** A customer became part of an audience, or is none any more. */
export interface AudienceEvent {
  readonly customerId: CustomerId;
  readonly audience: string;
  readonly kind: 'entered' | 'left';
  readonly at: Date;
}

/** Milliseconds for which a presentation is reserved that is not reported. */
export const RESERVED_FOR = 600_000;

/** Milliseconds for which the token of an offer is accepted, from the hour of its decision on. */
export const TOKEN_LIFETIME = 30 * 86_400_000;
