import type { ConfirmingAgent } from './confirmation.ts';
import type { CustomerId } from './customer.ts';
import type { Identifier } from './identifier.ts';
import type { ShownCustomer } from './identity.ts';

/** One thing that happened at a touchpoint. */
export interface Interaction {
  /** Given by the sender, unique for the customer: the store recognises a repetition by it. */
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly touchpoint: string | null;
  /** Without the parameters in which identifiers are captured. */
  readonly pageUrl: string | null;
  /** A JSON object. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** An interaction with the identifiers it was seen with, all normalised and proven; at least one, or `customer` in place of them. */
export interface InteractionToSave extends Interaction {
  readonly identifiers: readonly Identifier[];
  /** Whose it is, where a trusted viewer says so by id: no identifier decides, and none is linked. */
  readonly customer?: NamedCustomer;
  /** What the identifiers were read from, or who named the customer. */
  readonly source: string;
  /** The trusted viewer who sent it: the subject of their token. Left out for others. */
  readonly actor?: string | null;
  /** When the identifiers were proven, if earlier than `occurredAt`, for example by a token in a mail; null for `occurredAt`. */
  readonly provenAt: Date | null;
  /** JSON values by name: attributes of the interaction's customer. Not kept when the customer at that time is not known. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** True where a trusted viewer sent it: only then it gives attributes to a former owner of its deciding identifier. */
  readonly isVouchedFor?: boolean;
  /** Refused where it would link something of a customer whom this agent has not confirmed; left out where nobody must confirm. */
  readonly onlyConfirmedBy?: ConfirmingAgent;
}

/** A customer by any id that they ever had. */
export interface NamedCustomer {
  readonly id: CustomerId;
  /** The customer, where they may not be stored yet: then they are stored with the interaction. */
  readonly shown?: ShownCustomer;
}

/** An interaction as the journey keeps it. */
export interface StoredInteraction extends Interaction {
  /** The id under which it was stored; by now it may be an alias. */
  readonly customerId: CustomerId;
  /**
   * The deciding identifier; its value is null after it was erased. Null where the customer was named by id, and for interactions of
   * a version that did not store it.
   */
  readonly identifier: { readonly type: string; readonly value: string | null } | null;
  readonly source: string | null;
  /** The subject of the token of a trusted viewer who sent it; null for all others, and where it was not asked for. */
  readonly actor: string | null;
  readonly recordedAt: Date;
}

export interface InteractionReceipt {
  /**
   * `duplicate`: it was stored before. `erased`: its customer was erased after it happened, so it was not stored. `unconfirmed`:
   * it was not stored because of `onlyConfirmedBy`.
   */
  readonly outcome: 'stored' | 'duplicate' | 'erased' | 'unconfirmed';
  /** Null for what was not stored. */
  readonly customerId: CustomerId | null;
  /** The deciding identifier; null for what was not stored, and where the customer was named by id. */
  readonly identifier: Identifier | null;
  readonly recordedAt: Date;
  /** Customers that were merged into this one by its identifiers, or that lost an identifier to it. */
  readonly changed: readonly CustomerId[];
  /** Those of `changed` who stay customers of their own. */
  readonly losers: readonly CustomerId[];
}

/** The position of an interaction in a journey: by time, then by id, then by the customer id under which it was stored. */
export interface JourneyCursor {
  readonly occurredAt: Date;
  readonly id: string;
  readonly customerId: string;
}

/** A part of a journey. */
export interface JourneyRange {
  readonly limit: number;
  readonly order: 'newest-first' | 'oldest-first';
  /** Only interactions before this cursor in time; null for all. */
  readonly olderThan: JourneyCursor | null;
  /** Only interactions after this cursor in time; null for all. */
  readonly newerThan: JourneyCursor | null;
  /** Null for all. */
  readonly types: readonly string[] | null;
  readonly touchpoints: readonly string[] | null;
  /** True to read who sent each interaction. Otherwise `actor` is null, and the read costs less. */
  readonly withActors?: boolean;
}
