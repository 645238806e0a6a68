import type { CustomerId } from './customer.ts';
import type { Identifier } from './identifier.ts';

/** One thing that happened at a touchpoint. */
export interface Interaction {
  /** The teller's own, unique per customer: by it a repetition is recognised. */
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly touchpoint: string | null;
  readonly pageUrl: string | null;
  /** A JSON object. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** An interaction with the identifiers it was seen with, all normalised and proven; at least one. */
export interface InteractionToSave extends Interaction {
  readonly identifiers: readonly Identifier[];
  /** What the identifiers were read from. */
  readonly source: string;
}

export interface InteractionReceipt {
  /** `duplicate`: it was stored before. `erased`: it is of a customer who was erased since, and was not stored. */
  readonly outcome: 'stored' | 'duplicate' | 'erased';
  /** Whose it is; null for one that was erased. */
  readonly customerId: CustomerId | null;
}
