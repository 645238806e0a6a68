import type { CustomerId } from '../../model/customer.ts';
import type { LinkedIdentifier } from '../../model/identifier.ts';

/** One row of customers: an id that was ever a customer's. Times are in milliseconds. */
export interface CustomerRow {
  readonly id: CustomerId;
  /** The customer that this id resolves to: itself, or the one that it was merged into. */
  readonly root: CustomerId;
  readonly createdAt: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Null for one that was not erased. */
  readonly erasedAt: number | null;
  /** When a person last merged customers into this one; null for never. */
  readonly mergedByPersonAt: number | null;
}

/** One row of former owners: whose an identifier was, up to and without `until`. Times are in milliseconds. */
export interface FormerOwnerRow {
  readonly until: number;
  /** Counts rows of one identifier with the same `until`; the first had it until then. */
  readonly ordinal: number;
  /** The id that the customer had then: data of that time lies under it, and whether it was erased is said there. */
  readonly customerId: CustomerId;
  readonly root: CustomerId;
  readonly erasedAt: number | null;
  /** True where the owners of that time are no longer known one by one (former-owners.ts). */
  readonly isNameless: boolean;
}

/** A customer for whom the nameless row of an identifier stands. */
export interface NamelessMember {
  readonly key: string;
  readonly customerId: CustomerId;
  /** The nameless row; null once the identifier was erased. */
  readonly row: Pick<FormerOwnerRow, 'until' | 'ordinal' | 'erasedAt'> | null;
}

/** One row of retired cookies. Times are in milliseconds. */
export interface RetiredCookieRow {
  readonly key: string;
  /** The identifier key of the cookie that replaced it; null where its customer was erased, or the visitor was reset. */
  readonly successorKey: string | null;
  readonly proof: string | null;
  readonly retiredAt: number;
  /** Whose it was, under the id of that time. */
  readonly customerId: CustomerId;
  readonly root: CustomerId;
  readonly erasedAt: number | null;
}

/** What a remembered identity event meant. */
export interface RememberedEvent {
  /** Null for an event that was refused. */
  readonly customer: { readonly root: CustomerId; readonly isErased: boolean } | null;
  /** The identifier type for which it was refused. */
  readonly refusedType: string | null;
}

/** A change in a customer's history. */
export interface ChangeRow {
  /** The id under which the row lies. */
  readonly customerId: CustomerId;
  readonly eventId: string;
  /** Whose event it was, at that time. */
  readonly into: CustomerId;
  /** Milliseconds. */
  readonly recordedAt: number;
  /** Milliseconds. */
  readonly occurredAt: number;
  /** The text of kept-changes.ts. */
  readonly changes: string;
}

/**
 * What a plan may ask a store while it decides: questions about rows, each bounded, answered as the transaction found
 * them. "Key" is an identifier's key (model/identifier.ts), "root" a customer of today, times are in milliseconds.
 *
 * The methods are synchronous, so a plan is plain code and can be tested without a store. SQLite answers each with a
 * prepared statement. A store behind a socket answers from what it has gathered; at a miss it notes the question and
 * throws, gathers everything that was noted in one round trip, and runs the plan again from the start. A plan has no
 * effects beside its result and its writes, so that running it again is safe. The identifiers of an input name nearly
 * all that its plan asks, so that gathering by them first makes a second run rare.
 */
export interface Facts {
  /** The store's own secret, for keyed hashes. */
  readonly secret: string;

  /** Who owns each identifier; one that nobody owns is absent. */
  ownersOf(keys: readonly string[]): ReadonlyMap<string, CustomerId>;
  /** The row of an id; undefined for one that was never stored. */
  customer(id: CustomerId): CustomerRow | undefined;
  /** Milliseconds: when the customer was erased; null for one who was not, and for an id that was never stored. */
  erasedAt(id: CustomerId): number | null;
  /** Identifiers of customers of today, the most recent evidence first; every root that is asked for is there. */
  identifiersOf(roots: readonly CustomerId[]): ReadonlyMap<CustomerId, readonly LinkedIdentifier[]>;
  /** Every other id that resolves to a root, with when it was stored. */
  aliasesOf(root: CustomerId): readonly Pick<CustomerRow, 'id' | 'createdAt'>[];
  /** The last evidence for a customer over all the ids they had and their identifiers. */
  newestEvidenceOf(root: CustomerId): number;

  /** False rules separations out with one probe: nobody took an identifier from a customer at this time or later. */
  isAnySeparatedSince(at: number): boolean;
  /** Of these identifiers: from which customers of today a person took them at this time or later. */
  separationsSince(
    keys: readonly string[],
    at: number,
  ): readonly { readonly key: string; readonly id: CustomerId; readonly root: CustomerId }[];

  /** False rules erasures out with one probe: nothing was erased at this time or later. */
  isAnyErasedSince(at: number): boolean;
  /** @param hash of an identifier (keyed-hashes.ts): whether it was erased at this time or later. */
  isSuppressed(hash: Buffer, at: number): boolean;

  /** @param agent its hash (keyed-hashes.ts). @returns until when the agent's confirmation of a customer of today counts; null without one. */
  confirmedUntil(root: CustomerId, agent: Buffer): number | null;

  /** Who was the owner of exactly this identifier at a time and lost it later: the row with the earliest `until` after it. */
  formerOwnerAt(key: string, at: number): FormerOwnerRow | undefined;
  /** The latest `until` of exactly this identifier. */
  lastFormerUntil(key: string): number | null;
  /** All rows of exactly this identifier but the newest `kept`, the oldest first, at most `limit`. */
  oldestFormerOwners(key: string, kept: number, limit: number): readonly FormerOwnerRow[];
  /** Every row's customer of exactly this identifier, the oldest first: a little more than 1,000 at most. */
  formerOwnersOf(key: string): readonly Pick<FormerOwnerRow, 'until' | 'customerId' | 'root'>[];
  /** As `formerOwnersOf`; null where they are more than the store reads for every interaction. */
  fewFormerOwnersOf(key: string): readonly Pick<FormerOwnerRow, 'until' | 'customerId' | 'root'>[] | null;
  /** Whether this id is one of `formerOwnersOf`, by one probe. */
  wasFormerOwner(key: string, id: CustomerId): boolean;
  /** The nameless rows that stand for any id of a customer. */
  namelessMembersOf(root: CustomerId): readonly NamelessMember[];
  /** Identifiers that any id of a customer had before and that nobody owns now, retired cookies excepted. */
  lostKeysOf(root: CustomerId): readonly string[];

  retiredCookie(key: string): RetiredCookieRow | undefined;
  /** The cookies that exactly this one replaced, the earliest first. */
  replacedBy(key: string): readonly RetiredCookieRow[];
  /** False rules rotations out with one probe: no cookie was replaced after this time. */
  isAnyCookieRetiredAfter(at: number): boolean;
  /** A customer's retired cookies, over all the ids they had. */
  retiredCookiesOf(root: CustomerId): readonly RetiredCookieRow[];

  /** @param hash of an identity event (keyed-hashes.ts). @returns undefined for one that is not remembered. */
  rememberedEvent(hash: Buffer): RememberedEvent | undefined;
  /**
   * The history of a customer who was not erased, over all the ids they had, in any order. An event that changed two of
   * those ids is there twice.
   */
  changesOf(root: CustomerId): readonly ChangeRow[];
  /** Whether any identity event names this identifier. */
  isMentioned(key: string): boolean;
}

/** Who had an identifier at a time and has lost it since. */
export interface FormerOwnership {
  /** The id that the customer had then: data of that time lies under it. */
  readonly customerId: CustomerId;
  /** Milliseconds, exclusive: until when it was theirs. */
  readonly until: number;
  /** The customer of today. */
  readonly root: CustomerId;
  /** Milliseconds; null where the exact customer who had it was not erased. */
  readonly erasedAt: number | null;
  /** True where the owner of that time is no longer known, and the customer stands for nobody in particular. */
  readonly isNameless: boolean;
}
