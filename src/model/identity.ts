import type { Cause } from './cause.ts';
import type { ConfirmingAgent } from './confirmation.ts';
import type { CustomerId } from './customer.ts';
import type { Identifier, LinkedIdentifier } from './identifier.ts';

/**
 * What an event does that would break a limit. `reassign-latest`: its weaker identifiers move to the customer of the strongest
 * unique one, and the newest values stay; `keep-first`: owned identifiers keep their owners; `refuse`: nothing changes.
 */
export const CONFLICT_POLICIES = ['reassign-latest', 'keep-first', 'refuse'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/** A customer in the graph, without identifiers. */
export interface CustomerSummary {
  readonly id: CustomerId;
  /** When the customer was stored. When two customers are merged, the older one survives. */
  readonly createdAt: Date;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** True after the customer was erased: no data is stored under this id, now or later. */
  readonly isErased: boolean;
}

/** A customer in the graph, with identifiers. */
export interface StoredCustomer extends CustomerSummary {
  /** Most recent evidence first within a type. */
  readonly identifiers: readonly LinkedIdentifier[];
  /** When a person last merged customers into this one; null for never. */
  readonly mergedByPersonAt: Date | null;
}

/** What look-ups of identities answer differently after a write. */
export interface ChangedIdentities {
  /** Ids of customers whose identifiers or times changed, before and after the write; also ids that are nobody's now. */
  readonly customers: readonly CustomerId[];
  /** Keys of cookies that were retired, or of whose retirement something changed. */
  readonly cookies: readonly string[];
}

/** One set of identifiers seen together, all normalised and proven. */
export interface IdentityEvent {
  readonly identifiers: readonly Identifier[];
  readonly occurredAt: Date;
  /** What the identifiers were read from, for example `identify:AGENT`. */
  readonly source: string;
  /** Recognises an event that is sent again, which changes nothing; null for an event without repetitions. */
  readonly eventId: string | null;
  /** Stored in the same transaction, for the customer who had the deciding identifier at the time of the event. */
  readonly attributes?: EventAttributes;
  /** Refused unless this agent has confirmed the customers whom it concerns; left out where nobody must confirm. */
  readonly onlyConfirmedBy?: ConfirmingAgent;
}

/** Attributes that an event gives its customer. */
export interface EventAttributes {
  /** JSON values by name. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly touchpoint: string | null;
  /** True when a trusted viewer gives them: only then may a late event give attributes to a former owner. */
  readonly isVouchedFor?: boolean;
}

/** An id that was shown for an identifier without owner, so that the store can store the customer when a change needs it. */
export interface ShownCustomer {
  readonly id: CustomerId;
  readonly identifier: Identifier;
}

/** The graph around an event, before the event: the input of the rules. */
export interface IdentityState {
  /** By identifier key: the owner. Absent without owner. */
  readonly owners: ReadonlyMap<string, CustomerId>;
  /** Every owner named in `owners`, with all their identifiers. */
  readonly customers: ReadonlyMap<CustomerId, StoredCustomer>;
  /** By identifier key, of identifiers without owner: the id with which their customer is shown until it is stored. */
  readonly provisionalIds: ReadonlyMap<string, CustomerId>;
  /**
   * By identifier key, for every identifier named here: the customers from whom a person took it, at the
   * event's time or later. Absent where there are none.
   */
  readonly separations: ReadonlyMap<string, readonly CustomerId[]>;
  /**
   * By identifier key, of the event's identifiers: the present customer who had it at the time of the event and lost it since.
   * Absent when its owner is the same.
   */
  readonly formerOwners: ReadonlyMap<string, CustomerId>;
  /** Identifier keys, out of the event's, that were erased at the event's time or later, or whose owner at that time was erased. */
  readonly erased: ReadonlySet<string>;
}

/** What decided over a change: nothing was in the way, a conflict policy, a person, or the replacement of a cookie. */
export type IdentityRule = 'TOGETHER' | 'REASSIGN_LATEST' | 'KEEP_FIRST' | 'MERGE' | 'SPLIT' | 'UNLINK' | 'ERASE' | 'ROTATE' | 'CONFIRM';

/** What the rules make of an event; the store applies it as it is. */
export type IdentityDecision = IdentityChanges | IdentityRefusal;

export interface IdentityRefusal {
  readonly kind: 'refused';
  /** The identifier type of which one customer would have had too many values; null for evidence of an erased customer. */
  readonly type: string | null;
  /** Where the agent has not confirmed customers (`onlyConfirmedBy`): the identifiers of these. Nothing else is decided then. */
  readonly unconfirmed?: readonly Identifier[];
}

export interface IdentityChanges {
  readonly kind: 'changes';
  /** `REPLAY` for an event that was known already. */
  readonly rule: IdentityRule | 'REPLAY';
  /** The customer of the event. */
  readonly customerId: CustomerId;
  /** True when `customerId` is a new customer. */
  readonly created: boolean;
  /** Customers that become aliases of `customerId` and bring all they have. */
  readonly merged: readonly { readonly id: CustomerId; readonly identifiers: readonly Identifier[] }[];
  /** Ids that were shown for an identifier before it was linked, and that must resolve to `customerId` from now on. */
  readonly aliases: readonly { readonly id: CustomerId; readonly of: Identifier }[];
  /** Ids that an earlier merge made aliases and that a split gives back: `customerId` itself, or its aliases. */
  readonly restored: readonly CustomerId[];
  /** Identifiers that `customerId` gains and that nobody owned. */
  readonly linked: readonly Identifier[];
  /** Identifiers that `customerId` gains and that others lose. */
  readonly moved: readonly (LinkedIdentifier & { readonly from: CustomerId })[];
  /** Identifiers that `customerId`, or one merged into it, loses: nobody owns them from now on. */
  readonly cut: readonly LinkedIdentifier[];
  /** Identifiers of the event that the customer had or gains from others: the event counts as evidence for these alone. */
  readonly seen: readonly Identifier[];
  /** Identifiers of the event that do not become the customer's, and why. */
  readonly leftOut: readonly (Identifier & { readonly reason: LeftOutReason })[];
  /** For each identifier that is lost: whose it was until when. Interactions that come late go by it. */
  readonly formerly: readonly FormerOwner[];
  /** For a split: aliases of both customers that it makes, so that the next split finds what they brought. */
  readonly brought: readonly BroughtCustomer[];
  /** Identifiers that a person took from a customer: evidence that is not newer will not bring them together. */
  readonly separated: readonly { readonly identifier: Identifier; readonly from: CustomerId }[];
  /** The customer who got the event's attributes; null for an event without any, and for a repetition. */
  readonly attributed: CustomerId | null;
}

export type LeftOutReason = 'CONFLICTING_IDENTIFIERS' | 'UNLINKED' | 'ERASED';

export interface FormerOwner {
  readonly identifier: Identifier;
  readonly until: Date;
  readonly customerId: CustomerId;
}

/** What a person decides over customers, whatever the rules say. */
export type IdentityCorrection = CorrectionKind &
  Cause & {
    readonly at: Date;
    readonly reason: string | null;
    /** Customers named here who may not be stored yet. Those that the correction needs are stored in its transaction. */
    readonly shown?: readonly ShownCustomer[];
    /** Refused unless this agent has confirmed every customer named here, and every owner of an identifier named here. */
    readonly onlyConfirmedBy?: ConfirmingAgent;
  };

type CorrectionKind =
  /** `emptied`: one of them who must have no identifiers left; left out, any may have some. */
  | { readonly kind: 'merge'; readonly customerIds: readonly CustomerId[]; readonly emptied?: CustomerId }
  /** `customerId`: whose the identifiers must be; null to go by the identifiers. */
  | { readonly kind: 'split'; readonly customerId: CustomerId | null; readonly identifiers: readonly Identifier[] }
  | { readonly kind: 'unlink'; readonly customerId: CustomerId | null; readonly identifiers: readonly [Identifier] };

/** A change of the identity graph that is decided and not made. */
export type ChangeToPreview =
  | { readonly kind: 'event'; readonly event: IdentityEvent }
  | { readonly kind: 'correction'; readonly correction: IdentityCorrection };

/** What a change would do to the store as it is. */
export interface PreviewedChange {
  readonly decision: IdentityDecision | CorrectionRefusal;
  /** Every stored customer whom the decision names, as they are now. */
  readonly customers: readonly StoredCustomer[];
  /** How many interactions would belong to another customer. */
  readonly interactions: number;
}

/** What a correction is about, before it. */
export interface CorrectionState {
  /** By each id that the correction names: the customer that it is by now. An unknown id is absent. */
  readonly roots: ReadonlyMap<CustomerId, CustomerId>;
  /** By identifier key, for each that the correction names. */
  readonly owners: ReadonlyMap<string, CustomerId>;
  /** Every customer named in `roots` and `owners`. */
  readonly customers: ReadonlyMap<CustomerId, StoredCustomer>;
  /** For a split: who was merged into its customer. */
  readonly formerCustomers: readonly FormerCustomer[];
  /** Names of the identifier types of class `person`. */
  readonly personTypes: ReadonlySet<string>;
  /** A random id that nobody has. */
  readonly freshId: CustomerId;
}

/** A customer that became an alias, and what it brought. */
export interface FormerCustomer extends BroughtCustomer {
  readonly createdAt: Date;
}

/** What is remembered of a customer that became an alias; a split passes it on to the customer that it brings back. */
export interface BroughtCustomer {
  readonly id: CustomerId;
  readonly identifiers: readonly Identifier[];
  readonly mergedAt: Date;
  /** Whose alias it became: that customer may be another's alias by now. */
  readonly into: CustomerId;
  /** False for an id that was only shown for an identifier before it was linked. */
  readonly wasCustomer: boolean;
}

export interface CorrectionRefusal {
  readonly kind: 'refused';
  readonly why: 'unknown-customer' | 'unknown-identifier' | 'several-customers' | 'not-empty' | 'unconfirmed';
  /** Which of the ids or identifiers that were given, counted from 0. */
  readonly index: number;
}

/** One change of the graph, as it is remembered. */
export interface IdentityRecord extends Cause {
  readonly id: string;
  readonly rule: IdentityRule;
  /** Whose event it was, at that time. */
  readonly customerId: CustomerId;
  readonly reason: string | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  /** The identifiers seen together that are the customer's, or that a person named. */
  readonly evidence: readonly Identifier[];
  /** Types of what was seen with them and is not the customer's. */
  readonly leftOut: readonly string[];
  /** What the customer gained, and from whom. */
  readonly linked: readonly (Identifier & { readonly from: CustomerId | null })[];
  /** What nobody owned any more afterwards. */
  readonly cut: readonly Identifier[];
  readonly merged: readonly CustomerId[];
}

/** That a customer's data is to go. */
export interface ErasureOrder extends Cause {
  readonly customerId: CustomerId;
  /** The customer, where they may not be stored yet: their identifier is suppressed like a stored one. */
  readonly shown?: ShownCustomer;
  /** The identifiers by which back ends were asked to erase. A customer who has others by now is not erased. Left out, all are erased. */
  readonly expected?: readonly Identifier[];
  readonly at: Date;
}
