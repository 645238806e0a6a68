import type { CustomerId } from './customer.ts';
import type { Identifier } from './identifier.ts';
import type {
  CorrectionRefusal,
  ErasureOrder,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
  IdentityRecord,
  StoredCustomer,
} from './identity.ts';
import type { InteractionReceipt, InteractionToSave, JourneyRange, StoredInteraction } from './interaction.ts';
import type { LiveEvent } from './live-event.ts';
import type { Trait } from './trait.ts';
import type { CookieRotation, RetiredCookie, RotationOutcome } from './visitor-cookie.ts';

/** Remembers tokens that may be used once. */
export interface SingleUseStore {
  /** True for the first caller with this id, on any replica; false ever after. May forget it once `expiresAt` has passed. */
  claim(id: string, expiresAt: Date): Promise<boolean>;
}

/** A value that a touchpoint captured about a customer; the latest one counts. */
export interface Attribute {
  readonly name: string;
  /** Any JSON value. */
  readonly value: unknown;
  readonly touchpoint: string | null;
  readonly capturedAt: Date;
}

/**
 * The identity graph's storage. Ids given to it may be aliases; ids it answers are never aliases. A returned
 * promise resolves when the change is on disk, and a read that starts later sees it.
 */
export interface IdentityStore {
  /** Who owns each identifier, in their order; null where nobody does. One round trip whatever their number. */
  findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]>;
  /** Each customer with all identifiers, in the order of the ids; null for an id that was never stored. */
  findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]>;
  /** The id that the customer of an identifier nobody owns is shown with, and will have once stored. Same answer every time until then. */
  provisionalIds(identifiers: readonly Identifier[]): Promise<CustomerId[]>;
  /**
   * Reads the state of the event's identifiers, lets the identity rules decide, and applies the changes, the event's
   * attributes included: all in one transaction that no other commit can interleave with. An attribute is kept unless a
   * newer value of the same name is there, or the customer has 500 others. A repetition changes nothing; an event that
   * was recorded for a customer who was erased since is refused.
   */
  commit(event: IdentityEvent): Promise<IdentityDecision>;
  /** What a person decides, in one transaction like an event. */
  correct(correction: IdentityCorrection): Promise<IdentityChanges | CorrectionRefusal>;
  /**
   * Several corrections in one transaction, each decided on the state that those before it leave. All are applied, or,
   * where one is refused, none. @returns what each changed, or the first refusal.
   */
  correctAll(corrections: readonly IdentityCorrection[]): Promise<readonly IdentityChanges[] | CorrectionRefusal>;
  /**
   * Removes all that is known of a customer, and what it says in the history of others; their ids still resolve, to
   * a customer of whom nothing is known. Evidence and interactions that are not newer bring nothing back: newer than the
   * store's clock at that time, and than all evidence for the customer. An id that was shown for one of the erased
   * identifiers resolves to the erased customer. Nothing happens for an id that is nobody's.
   * @returns false, and changes nothing, where the customer has identifiers that the order does not expect.
   */
  erase(order: ErasureOrder): Promise<boolean>;
  /** What changed a customer, the last first, over all the ids they ever had. */
  findIdentityEvents(id: CustomerId, page: IdentityEventPage): Promise<IdentityRecord[]>;
  /**
   * Changes with every commit of any process, so what was read is still true while the number is the same. It is asked
   * several times for each request, so it must answer at once, without input or output. Null where the store can't: then
   * nothing of what was read is remembered, and each request pays for `findOwners` and, after it, for `findCustomers`.
   */
  version(): number | null;
}

export interface IdentityEventPage {
  readonly limit: number;
  /** Begins after this one; null begins with the last. */
  readonly after: { readonly recordedAt: Date; readonly id: string } | null;
}

/** Interactions' storage. */
export interface InteractionStore {
  /**
   * Stores each under the customer whose it is (identity/attribute-interaction.ts says who), together with what its
   * identifiers say about the graph and its attributes, all in one transaction. One whose `id` that customer has already
   * is not stored again, nor one of a customer who was erased since. In the order given.
   */
  saveInteractions(interactions: readonly InteractionToSave[]): Promise<InteractionReceipt[]>;
  /** A part of the customer's journey, over all the ids they ever had. It costs what is read, not what there is. */
  findInteractions(id: CustomerId, range: JourneyRange): Promise<StoredInteraction[]>;
}

/** Storage of what is computed from interactions. */
export interface TraitStore {
  /**
   * Each customer's value of each trait, by the trait's name, over all the ids they ever had; in the order of the ids.
   * Only traits that the store was opened with.
   */
  findTraits(ids: readonly CustomerId[], traits: readonly Trait[], at: Date): Promise<Record<string, unknown>[]>;
}

/** Attributes' reads; events and interactions write them, and the latest value of each name counts. */
export interface AttributeStore {
  /** In the order of the ids, each by name; the latest over all the ids a customer ever had. */
  findAttributes(ids: readonly CustomerId[]): Promise<Attribute[][]>;
}

/** Facts about the store itself. */
export interface SettingStore {
  /** Keeps the value unless there is one of this name. @returns the one that is there now. */
  keepSetting(name: string, value: string): Promise<string>;
}

/**
 * Storage of issued cookies that were replaced. A retired cookie has no owner among identifiers: no event links or moves
 * it. What is stored with it is its owner's all the same.
 */
export interface CookieStore {
  /** In the order of the cookies; null for one that was not replaced, or so long ago that it was forgotten. */
  findRetired(cookies: readonly Identifier[]): Promise<(RetiredCookie | null)[]>;
  /**
   * Replaces a cookie, links its successor and remembers the old value, in one transaction. The first rotation of a
   * cookie counts; later ones are answered with what it stored.
   */
  rotate(rotation: CookieRotation): Promise<RotationOutcome>;
}

/** Everything the gateway keeps. `close` ends all of it. */
export interface Store extends IdentityStore, CookieStore, AttributeStore, InteractionStore, TraitStore, SettingStore, SingleUseStore {
  /** Waits for what is under way. Afterwards every other method rejects. */
  close(): Promise<void>;
}

/**
 * Sends live events to every subscriber, on every replica that shares it. An event is lost for a replica that can't be
 * reached at that time, and where nobody has subscribed: the journey has it all the same.
 */
export interface LiveEvents {
  /** Never throws and never waits. */
  publish(event: LiveEvent): void;
  /** @returns a function that ends the subscription. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  close(): Promise<void>;
}
