import type { Totals } from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import type { StoredCounter, TotalsKey } from './count-traits.ts';

/** The primary key of a stored interaction. A recount of traits goes through all interactions in the order of these keys. */
export interface InteractionKey {
  /** The id under which it lies; empty before every id. */
  readonly customerId: string;
  /** Milliseconds. */
  readonly occurredAt: number;
  readonly id: string;
}

/** What repetitions are recognised by: a stored interaction of a customer who was not erased. */
export interface KnownInteraction {
  /** The id under which it lies. */
  readonly customerId: CustomerId;
  /** The customer that this id resolves to. */
  readonly root: CustomerId;
  /** Milliseconds. */
  readonly occurredAt: number;
  readonly type: string;
  /** Key of the identifier by which it was attributed; null where that is not known. */
  readonly attributedBy: string | null;
}

/** An interaction id that many customers have, and which of its rows are wanted. */
export interface Alike {
  readonly id: string;
  /** Milliseconds. */
  readonly occurredAt: number;
  readonly type: string;
  /** Customers of whom any row is wanted. */
  readonly own: readonly CustomerId[];
  /** Customers of whom a row of the same time and type is wanted; null for everybody. */
  readonly customers: readonly CustomerId[] | null;
}

/** An interaction that an erasure may have deleted. */
export interface PossiblyErased {
  readonly id: string;
  readonly attributedBy: Identifier;
  /** Its keyed hash (keyed-hashes.ts). */
  readonly hash: Buffer;
  /** Milliseconds: what was deleted before counts no more. */
  readonly since: number;
}

/**
 * What a plan may ask about interactions. The rules for answers are those of `Facts` (facts.ts): each question is bounded,
 * the answer is what the transaction found, and times are in milliseconds.
 */
export interface InteractionFacts {
  /**
   * Rows of an interaction id, in any order, at most `limit`. Null where the store can't find an interaction without its customer:
   * then `interactionsAlike` is to be asked.
   */
  interactionsOf(id: string, limit: number): readonly KnownInteraction[] | null;
  /**
   * The wanted rows, and possibly others of that id. One row of all of `own` is enough, and so is one of all of `customers`,
   * if it is of the first of them who has one. The store looks under all ids of the customers, or at all rows of the
   * interaction id, whichever are fewer.
   */
  interactionsAlike(alike: Alike): readonly KnownInteraction[];
  /** Whether a row of this id lies under exactly this customer id, also under an erased one: there is at most one. */
  hasInteraction(id: string, customerId: CustomerId): boolean;

  /** Rules erased interactions out with one question: whether the store remembers any, and whether it is deleting any. */
  erasedInteractions(): { readonly isAnyRemembered: boolean; readonly isAnyBeingDeleted: boolean };
  /**
   * Whether an interaction was deleted by an erasure, or is about to be: a customer who was erased and whose data is still being
   * deleted has it, attributed by this identifier.
   */
  isInteractionErased(possibly: PossiblyErased): boolean;

  /** Every counter behind computed traits, by the type of the interactions that it counts. */
  counters(): ReadonlyMap<string, readonly StoredCounter[]>;
  /** The totals of one span; null if there are none. */
  storedTotals(key: TotalsKey): Totals | null;
}
