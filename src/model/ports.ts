import type { Confirmation, ConfirmationOrder } from './confirmation.ts';
import type { CustomerId } from './customer.ts';
import type { Identifier } from './identifier.ts';
import type {
  ChangedIdentities,
  ChangeToPreview,
  CorrectionRefusal,
  ErasureOrder,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
  IdentityRecord,
  PreviewedChange,
  StoredCustomer,
} from './identity.ts';
import type { InteractionReceipt, InteractionToSave, JourneyRange, StoredInteraction } from './interaction.ts';
import type { LiveEvent } from './live-event.ts';
import type {
  AudienceEvent,
  Decision,
  DecisionToKeep,
  KeptDecision,
  OfferEvidence,
  OfferState,
  OfferStateQuestion,
  OfferTotals,
  OfferTotalsRange,
  ResponseReceipt,
  ResponseToSave,
} from './offer.ts';
import type { Trait } from './trait.ts';
import type { CookieRotation, RetiredCookie, RotationOutcome } from './visitor-cookie.ts';

/** Remembers tokens that may be used once. */
export interface SingleUseStore {
  /** True for the first caller with this id, on any replica; false ever after. May forget it once `expiresAt` has passed. */
  claim(id: string, expiresAt: Date): Promise<boolean>;
}

/** A value about a customer. The latest one of a name counts. */
export interface Attribute {
  readonly name: string;
  /** Any JSON value. */
  readonly value: unknown;
  readonly touchpoint: string | null;
  readonly capturedAt: Date;
}

/**
 * Storage of the identity graph. Methods accept aliases as ids, and never return one. The promise of a write resolves when the
 * change is on disk, and a read that starts later sees it.
 */
export interface IdentityStore {
  /** The owner of each identifier, in their order; null without owner. One round trip for any number. */
  findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]>;
  /** Each customer with all identifiers, in the order of the ids; null for an id that was never stored. */
  findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]>;
  /**
   * For identifiers without owner, in their order: the id with which their customer is shown, and which the customer gets when
   * it is stored. Always the same until then.
   */
  provisionalIds(identifiers: readonly Identifier[]): Promise<CustomerId[]>;
  /**
   * Reads the state of the event's identifiers, lets the identity rules decide, and applies the changes, the event's
   * attributes included: all in one transaction that no other commit can interleave with. An attribute is kept unless a
   * newer value of the same name is there, or the customer has `MAX_ATTRIBUTE_NAMES` others. A repetition changes nothing;
   * an event that was recorded for a customer who was erased since is refused.
   */
  commit(event: IdentityEvent): Promise<IdentityDecision>;
  /** Applies a correction by a person, in one transaction like an event. */
  correct(correction: IdentityCorrection): Promise<IdentityChanges | CorrectionRefusal>;
  /**
   * Applies several corrections in one transaction, each decided on the state that those before it leave: all of them, or
   * none where one is refused. @returns what each changed, or the first refusal.
   */
  correctAll(corrections: readonly IdentityCorrection[]): Promise<readonly IdentityChanges[] | CorrectionRefusal>;
  /**
   * What `commit` or `correct` would decide now, by the same rules over the same rows; nothing is written. Counting interactions
   * may take long, and other calls do not wait for it.
   */
  preview(change: ChangeToPreview): Promise<PreviewedChange>;
  /**
   * Removes all that is known of a customer, also from the history of others. Their ids still resolve, to a customer of
   * whom nothing is known, as does an id that was shown for one of the erased identifiers. Evidence and interactions bring
   * nothing back unless they are newer than the erasure by the store's clock, and newer than all evidence for the customer.
   * An unknown id changes nothing.
   * @returns false, and changes nothing, where the customer has identifiers that the order does not expect.
   */
  erase(order: ErasureOrder): Promise<boolean>;
  /** The identity events of a customer, newest first, over all ids that the customer ever had. */
  findIdentityEvents(id: CustomerId, page: IdentityEventPage): Promise<IdentityRecord[]>;
  /**
   * Changes with every commit of another process that changes customers, identifiers or retired cookies. What was read of them
   * is still true while the number is the same, unless this process changed it: `onIdentityChange` reports that. It is asked
   * several times for each request, so it must answer at once, without input or output. Null while the store doesn't know: what is
   * read then is not to be remembered, and what is remembered is not to be used until there is a number again. A store that
   * never knows always answers null: then each request pays for `findOwners` and, after it, for `findCustomers`.
   */
  version(): number | null;
  /**
   * Milliseconds for which an owner of an identifier may be answered again without asking the store, although another process may
   * have changed it meanwhile, where `version` doesn't know; null: only what `version` vouches for.
   */
  readonly identityAge: number | null;
  /**
   * Calls the listener, for as long as the store is open, with what each write of this process changed: before the promise of that
   * write resolves, and before `version` vouches for anything that is read after it.
   */
  onIdentityChange(listener: (changed: ChangedIdentities) => void): void;
}

export interface IdentityEventPage {
  readonly limit: number;
  /** The page begins after this event; null: with the last one. */
  readonly after: { readonly recordedAt: Date; readonly id: string } | null;
}

/** Storage of interactions. */
export interface InteractionStore {
  /**
   * Stores each interaction under its customer (the rule is in identity/attribute-interaction.ts), with its attributes, and
   * links its identifiers: all in one transaction. An interaction whose `id` the customer has already is not stored again,
   * nor is one of a customer who was erased since. @param options `isPatient`: other writes go first, however late they come;
   * calls that are patient keep their order. @returns a receipt for each, in their order.
   */
  saveInteractions(interactions: readonly InteractionToSave[], options?: { readonly isPatient: boolean }): Promise<InteractionReceipt[]>;
  /** A part of the customer's journey, over all ids that the customer ever had. The cost grows with the part, not with the journey. */
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

/** Storage of what agents confirmed. Ids may be aliases: a confirmation counts for the customer that they resolve to. */
export interface ConfirmationStore {
  /**
   * Keeps that an agent confirmed who a customer is, in place of an earlier confirmation by this agent, with an identity event:
   * in one transaction. Another confirmation is kept for as long as it counts, at least. A merge passes confirmations on; a
   * split leaves them where they are.
   * @returns the customer; null, and changes nothing, for an unknown id and for one of whom everything was erased.
   */
  confirm(order: ConfirmationOrder): Promise<CustomerId | null>;
  /** In the order of the ids: this agent's confirmation, also one that has expired; null without one. One round trip. */
  findConfirmations(agent: string, ids: readonly CustomerId[]): Promise<(Confirmation | null)[]>;
}

/** Reads of attributes; they are written with events and interactions. */
export interface AttributeStore {
  /** In the order of the ids, each sorted by name: the latest value of each name, over all the ids that the customer ever had. */
  findAttributes(ids: readonly CustomerId[]): Promise<Attribute[][]>;
}

/** Facts about the store itself. */
export interface SettingStore {
  /** Keeps the value unless one of this name is kept already. @returns the value that is kept now. */
  keepSetting(name: string, value: string): Promise<string>;
  /** @returns the value that is kept under this name; null for none. */
  findSetting(name: string): Promise<string | null>;
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
   * cookie counts: later ones are answered with what the first one stored.
   */
  rotate(rotation: CookieRotation): Promise<RotationOutcome>;
}

/** Storage of decisions, reservations, responses and audiences. Customer ids may be aliases; after a merge all counts add up. */
export interface OfferStore {
  /** In the order of the questions. The cost grows with the caps asked about, not with the customer's history. */
  findOfferStates(questions: readonly OfferStateQuestion[]): Promise<OfferState[]>;
  /**
   * Reserves a presentation of each capped offer, and keeps the decision: all in one transaction, or nothing where one of the
   * offers has reached a cap. A reservation lasts until it is presented, or for `RESERVED_FOR`; an open one of the customer at the
   * placement is used again. Exact over all processes: no cap is ever exceeded by reservations.
   */
  keepDecision(decision: DecisionToKeep): Promise<KeptDecision>;
  /** Newest first, at most `limit`: decisions about a customer, over all ids that they ever had. */
  findDecisions(id: CustomerId, placement: string | null, limit: number): Promise<Decision[]>;
  /**
   * Stores a response with its interaction, counts it, and learns from it, in one transaction. Each response counts once for
   * each offer of a decision. A presentation whose reservation has ended counts all the same.
   */
  saveResponse(response: ResponseToSave): Promise<ResponseReceipt>;
  /** The evidence of all placements. */
  findEvidence(): Promise<OfferEvidence[]>;
  /** Sums of whole days (UTC) that the range touches. */
  findOfferTotals(range: OfferTotalsRange): Promise<OfferTotals[]>;
  /**
   * Stores which of these audiences a customer is part of now. @returns the changes, which are also stored as events.
   * @param audiences true for each that the customer is part of, by name. Audiences that are not named stay as they are.
   */
  saveAudiences(id: CustomerId, audiences: ReadonlyMap<string, boolean>, at: Date): Promise<AudienceEvent[]>;
  /** Newest first, at most `limit`, over all ids of the customer. */
  findAudienceEvents(id: CustomerId, limit: number): Promise<AudienceEvent[]>;
}

/** The writes that were asked for and are not on disk yet. */
export interface WriteBacklog {
  readonly waiting: number;
  /** Milliseconds for which the oldest has waited; 0 without one. */
  readonly age: number;
}

/** Everything that the gateway stores. */
export interface Store
  extends IdentityStore,
    ConfirmationStore,
    CookieStore,
    AttributeStore,
    InteractionStore,
    TraitStore,
    OfferStore,
    SettingStore,
    SingleUseStore {
  /** How far writes are behind. Asked several times a second, so it must answer at once. */
  backlog(): WriteBacklog;
  /**
   * Waits for running calls; afterwards every other method fails. An erasure that is still deleting fails, too: its data is
   * unreadable already, and the rest is deleted after the store is opened again.
   */
  close(): Promise<void>;
}

/**
 * Publishes events to subscribers on every replica. An event is lost for replicas that cannot be reached; it can still be read
 * in the journey, and those replicas report a gap.
 */
export interface LiveEvents {
  /** Never throws and never waits. */
  publish(event: LiveEvent): void;
  /** Calls the listener with every event. @returns a function that ends the subscription. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  /**
   * Calls the listener with the events of one customer: those with an id that is followed. An event with one of these ids among
   * its `others` adds its `customerId` to them. Listeners of other customers cost an event nothing.
   */
  follow(customer: CustomerId, listener: (event: LiveEvent) => void): LiveFollowing;
  /**
   * Calls the listener when events of other replicas may have been lost for this one, as soon as it receives events again.
   * `since`: a time before the first lost one, by the clock of a replica. @returns a function that ends it.
   */
  onGap(listener: (since: Date) => void): () => void;
  close(): Promise<void>;
}

/** A listener that follows one customer. */
export interface LiveFollowing {
  /** How many ids are followed; it grows with the customer's merges. */
  readonly size: number;
  /** Follows one more id of the customer. */
  add(id: CustomerId): void;
  end(): void;
}
