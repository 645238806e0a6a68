import type { Totals } from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import type { IdentityRule } from '../../model/identity.ts';
import type { Interaction } from '../../model/interaction.ts';
import type { TotalsKey } from './count-traits.ts';
import type { OfferWrite } from './offer-writes.ts';

/**
 * What a plan wants written, in this order and in one transaction. Each is about one row, unless its comment says more.
 * Times are in milliseconds; "key" is an identifier's key (model/identifier.ts). Every implementation of the store has one
 * function that turns these into its statements (sqlite/apply-writes.ts).
 */
export type StoreWrite =
  | CustomerWrite
  | IdentifierWrite
  | FormerOwnerWrite
  | RetiredCookieWrite
  | HistoryWrite
  | ConfirmationWrite
  | AttributeWrite
  | ErasureWrite
  | InteractionWrite
  | TraitWrite
  | OfferWrite;

export type CustomerWrite =
  /** Nothing happens where the id is there. */
  | {
      readonly kind: 'insert-customer';
      readonly id: CustomerId;
      readonly root: CustomerId;
      readonly createdAt: number;
      readonly seenAt: number;
      readonly erasedAt: number | null;
    }
  /** All ids that resolve to `from` resolve to `to`. */
  | { readonly kind: 'move-aliases'; readonly from: CustomerId; readonly to: CustomerId }
  | { readonly kind: 'set-root'; readonly id: CustomerId; readonly root: CustomerId }
  /** Times only widen: the earliest `first` and the latest of the others count. */
  | {
      readonly kind: 'see-customer';
      readonly id: CustomerId;
      readonly first: number;
      readonly last: number;
      /** When a person merged customers into it; null for no such merge. */
      readonly mergedByPersonAt: number | null;
    };

export type IdentifierWrite =
  | {
      readonly kind: 'insert-identifier';
      readonly identifier: Identifier;
      readonly customerId: CustomerId;
      readonly linkedAt: number;
      readonly seenAt: number;
      readonly source: string;
    }
  /** All identifiers of `from` are `to`'s. */
  | { readonly kind: 'move-identifiers'; readonly from: CustomerId; readonly to: CustomerId }
  | {
      readonly kind: 'move-identifier';
      readonly key: string;
      readonly customerId: CustomerId;
      readonly linkedAt: number;
      readonly source: string;
    }
  | {
      readonly kind: 'rename-identifier';
      readonly key: string;
      readonly identifier: Identifier;
      readonly linkedAt: number;
      readonly source: string;
    }
  /** The latest time counts. */
  | { readonly kind: 'see-identifier'; readonly key: string; readonly at: number }
  | { readonly kind: 'delete-identifier'; readonly key: string }
  /** That a person took an identifier from a customer; the latest time counts. */
  | { readonly kind: 'insert-separation'; readonly key: string; readonly customerId: CustomerId; readonly at: number };

export type FormerOwnerWrite =
  /** Takes the next ordinal. Nothing happens where the same customer has the same `until`. */
  | { readonly kind: 'insert-former-owner'; readonly key: string; readonly until: number; readonly customerId: CustomerId }
  /** All rows of an identifier up to and with (`until`, `ordinal`) become one nameless row there, which stands for `members`, too. */
  | {
      readonly kind: 'collapse-former-owners';
      readonly key: string;
      readonly until: number;
      readonly ordinal: number;
      readonly nameless: CustomerId;
      readonly members: readonly CustomerId[];
    }
  | {
      readonly kind: 'rename-former-owner';
      readonly key: string;
      readonly until: number;
      readonly ordinal: number;
      readonly customerId: CustomerId;
    }
  | { readonly kind: 'delete-nameless-member'; readonly key: string; readonly customerId: CustomerId };

export type RetiredCookieWrite =
  | {
      readonly kind: 'insert-retired-cookie';
      readonly key: string;
      readonly successorKey: string | null;
      readonly proof: string | null;
      readonly retiredAt: number;
      readonly customerId: CustomerId;
    }
  | { readonly kind: 'delete-retired-cookie'; readonly key: string }
  /** Takes an erased value out, also where it is a successor. `hash` is its keyed hash, from which it can't be made again. */
  | { readonly kind: 'erase-retired-cookie'; readonly key: string; readonly hash: Buffer };

export type HistoryWrite =
  /** The same event is written once for each customer whom it changed. */
  | {
      readonly kind: 'insert-identity-event';
      readonly id: string;
      /** Under whom the row lies. */
      readonly changed: CustomerId;
      readonly recordedAt: number;
      /** Whose event it was. */
      readonly customerId: CustomerId;
      readonly rule: IdentityRule | 'REPLAY';
      readonly source: string;
      readonly actor: string | null;
      readonly reason: string | null;
      readonly occurredAt: number;
      /** The text of kept-changes.ts. */
      readonly changes: string;
      /** Keys of the identifiers that `changes` names: a row of the index of mentions for each. */
      readonly mentions: ReadonlySet<string>;
    }
  | {
      readonly kind: 'insert-remembered-event';
      /** Keyed hash that recognises the event (keyed-hashes.ts). */
      readonly hash: Buffer;
      /** Null for an event that was refused. */
      readonly customerId: CustomerId | null;
      readonly refusedType: string | null;
      readonly at: number;
    }
  /** Deletes at most `limit` remembered events that were recorded before a time, the oldest first. */
  | { readonly kind: 'forget-remembered-events'; readonly before: number; readonly limit: number };

export type ConfirmationWrite =
  /** Replaces the agent's earlier one. */
  | {
      readonly kind: 'save-confirmation';
      readonly customerId: CustomerId;
      /** Keyed hash (keyed-hashes.ts). */
      readonly agent: Buffer;
      readonly method: string;
      readonly confirmedAt: number;
      readonly expiresAt: number;
    }
  /** All confirmations of `from` are `to`'s; of two by one agent, the one that expires later stays. */
  | { readonly kind: 'move-confirmations'; readonly from: CustomerId; readonly to: CustomerId }
  /** Deletes at most `limit` confirmations that expired by a time, the oldest first. */
  | { readonly kind: 'forget-confirmations'; readonly before: number; readonly limit: number };

export type AttributeWrite =
  /** Kept unless a newer value of the name is there, or the customer has as many other names as one may have. */
  {
    readonly kind: 'save-attribute';
    readonly customerId: CustomerId;
    readonly name: string;
    /** Any JSON value. */
    readonly value: unknown;
    readonly touchpoint: string | null;
    readonly capturedAt: number;
  };

export type ErasureWrite =
  /** Keyed hash of an erased identifier; the latest time counts. */
  | { readonly kind: 'suppress'; readonly hash: Buffer; readonly at: number }
  /** Deletes an identifier with its former owners and separations. */
  | { readonly kind: 'erase-identifier'; readonly key: string }
  /** Nothing is known any more of all ids of a customer. */
  | { readonly kind: 'erase-customer'; readonly root: CustomerId; readonly at: number }
  /** Lists all data under all ids of a customer for deletion. */
  | { readonly kind: 'purge-customer'; readonly erasure: string; readonly root: CustomerId }
  /** Lists for deletion a value in the data of everybody whose history or interactions name it, one customer excepted. */
  | { readonly kind: 'purge-identifier'; readonly erasure: string; readonly key: string; readonly except: CustomerId };

export type InteractionWrite =
  /** Nothing happens where the customer id has an interaction of this id. */
  | {
      readonly kind: 'insert-interaction';
      readonly customerId: CustomerId;
      readonly interaction: Interaction & { readonly actor?: string | null };
      /** The identifier by which it was attributed; null where its customer was named by id. */
      readonly attributedBy: Identifier | null;
      /** What the identifiers were read from. */
      readonly source: string;
      readonly recordedAt: number;
    }
  /** That interactions under an id were attributed by an identifier. Nothing happens where that is known. */
  | { readonly kind: 'insert-interaction-mention'; readonly identifier: Identifier; readonly customerId: CustomerId }
  /** Deletes at most `limit` hashes of interactions that were erased before a time, the oldest first. */
  | { readonly kind: 'forget-erased-interactions'; readonly before: number; readonly limit: number };

export type TraitWrite =
  /** Replaces the totals of one span. */
  | { readonly kind: 'save-totals'; readonly key: TotalsKey; readonly totals: Totals }
  /** A customer's value of a counter was seen; the latest time counts. */
  | {
      readonly kind: 'see-trait-value';
      readonly customerId: CustomerId;
      readonly counterId: number;
      /** JSON. */
      readonly value: string;
      /** Milliseconds. */
      readonly at: number;
    };
