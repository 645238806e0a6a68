import type { CustomerId } from './customer.ts';
import type { Identifier } from './identifier.ts';

/** One thing that happened at a touchpoint. */
export interface Interaction {
  /** The sender's own, unique per customer: a repetition is recognised by it. */
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly touchpoint: string | null;
  /** Without the parameters in which identifiers are captured. */
  readonly pageUrl: string | null;
  /** A JSON object. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** An interaction with the identifiers it was seen with, all normalised and proven; at least one. */
export interface InteractionToSave extends Interaction {
  readonly identifiers: readonly Identifier[];
  /** What the identifiers were read from. */
  readonly source: string;
  /** When the identifiers were proven, where that was before it happened: by a token in a mail, say. Null for then. */
  readonly provenAt: Date | null;
  /** What it says about its customer: JSON values by name; they are theirs whose the interaction is, unless nobody knows whose it was. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** True where a trusted viewer sent it: only then it gives attributes to a former owner of its deciding identifier. */
  readonly isVouchedFor?: boolean;
}

/** An interaction as the journey keeps it. */
export interface StoredInteraction extends Interaction {
  /** Whose it was when it was written: since then that customer may have become another's alias. */
  readonly customerId: CustomerId;
  /** The identifier that said whose it is; its value is null once it was erased. Null for one stored before this was kept. */
  readonly identifier: { readonly type: string; readonly value: string | null } | null;
  readonly source: string | null;
  readonly recordedAt: Date;
}

export interface InteractionReceipt {
  /** `duplicate`: it was stored before. `erased`: it is of a customer who was erased since, and was not stored. */
  readonly outcome: 'stored' | 'duplicate' | 'erased';
  /** Whose it is; null for one that was erased. */
  readonly customerId: CustomerId | null;
  /** The identifier that said so; null for one that was erased. */
  readonly identifier: Identifier | null;
  readonly recordedAt: Date;
  /** What its identifiers changed in the graph beside: customers who became this one, and who lost an identifier to it. */
  readonly changed: readonly CustomerId[];
}

/** Where an interaction stands in a journey: by time, then by id, then by the customer it was written for. */
export interface JourneyPlace {
  readonly occurredAt: Date;
  readonly id: string;
  readonly customerId: string;
}

/** Which part of a journey is wanted. */
export interface JourneyRange {
  readonly limit: number;
  readonly order: 'newest-first' | 'oldest-first';
  /** Only what stands before this place in time; null for all. */
  readonly olderThan: JourneyPlace | null;
  /** Only what stands after this place in time; null for all. */
  readonly newerThan: JourneyPlace | null;
  /** Null for all. */
  readonly types: readonly string[] | null;
  readonly touchpoints: readonly string[] | null;
}
