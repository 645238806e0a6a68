import type { CustomerId } from './customer.ts';
import type { Identifier, LinkedIdentifier } from './identifier.ts';

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

/** What the graph knows of a customer beside their identifiers. */
export interface CustomerSummary {
  readonly id: CustomerId;
  /** When the customer was stored; of two that turn out to be one, the older survives. */
  readonly createdAt: Date;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** A customer as the graph holds them at one moment. */
export interface StoredCustomer extends CustomerSummary {
  /** Most recent evidence first within a type. */
  readonly identifiers: readonly LinkedIdentifier[];
}

/** One set of identifiers seen together, all normalised and proven. */
export interface IdentityEvent {
  readonly identifiers: readonly Identifier[];
  readonly occurredAt: Date;
  /** What the identifiers were read from, for example `identify:AGENT`. */
  readonly source: string;
  /** The teller's own id of the event; its time stands in where there is none. Told again, an event changes nothing. */
  readonly eventId: string | null;
}

/** What an event's identifiers meant before the event: the input of the rules. */
export interface IdentityState {
  /** By identifier key: who owns it. An identifier that nobody owns is absent. */
  readonly owners: ReadonlyMap<string, CustomerId>;
  /** Every owner named in `owners`, with all their identifiers. */
  readonly customers: ReadonlyMap<CustomerId, StoredCustomer>;
  /** By identifier key, for identifiers that nobody owns: the id that its customer is shown with until it is stored. */
  readonly provisionalIds: ReadonlyMap<string, CustomerId>;
}

/** What the rules make of an event; the store applies it as it is. */
export type IdentityDecision = IdentityChanges | IdentityRefusal;

export interface IdentityRefusal {
  readonly kind: 'refused';
  /** The identifier type of which one customer would have had too many values. */
  readonly type: string;
}

export interface IdentityChanges {
  readonly kind: 'changes';
  /** What decided: nothing was in the way, a conflict policy, or the event was known already. */
  readonly rule: 'together' | 'reassign-latest' | 'keep-first' | 'replay';
  /** The customer of the event. */
  readonly customerId: CustomerId;
  /** True when nobody owned any of the identifiers: `customerId` is a new customer. */
  readonly created: boolean;
  /** Customers that become aliases of `customerId` and bring all they have. */
  readonly merged: readonly CustomerId[];
  /** Ids that were shown before their identifiers were linked, and that must resolve to `customerId` from now on. */
  readonly aliases: readonly CustomerId[];
  /** Identifiers that `customerId` gains and that nobody owned. */
  readonly linked: readonly Identifier[];
  /** Identifiers that `customerId` gains and that others lose. */
  readonly moved: readonly (Identifier & { readonly from: CustomerId })[];
  /** Identifiers that `customerId`, or one merged into it, loses: nobody owns them from now on. */
  readonly cut: readonly LinkedIdentifier[];
  /** Identifiers of the event that do not become the customer's. */
  readonly leftOut: readonly Identifier[];
}

/**
 * The identity graph's storage. Ids given to it may be aliases; ids it answers are never aliases. A returned
 * promise resolves when the change is on disk, and a read that starts later sees it.
 */
export interface IdentityStore extends SingleUseStore {
  /** Who owns each identifier, in their order; null where nobody does. One round trip whatever their number. */
  findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]>;
  /** Each customer with all identifiers, in the order of the ids; null for an id that was never stored. */
  findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]>;
  /** The id that the customer of an identifier nobody owns is shown with, and will have once stored. Same answer every time until then. */
  provisionalIds(identifiers: readonly Identifier[]): Promise<CustomerId[]>;
  /**
   * Reads the state of the event's identifiers, lets the identity rules decide, and applies the changes: all in
   * one transaction that no other commit can interleave with.
   */
  commit(event: IdentityEvent): Promise<IdentityDecision>;
  close(): Promise<void>;
}

/** Attributes' storage; the port keeps the latest value of each name. */
export interface AttributeStore {
  /** Keeps each attribute unless a newer value of the same name is there. */
  saveAttributes(id: CustomerId, attributes: readonly Attribute[]): Promise<void>;
  /** In the order of the ids, each by name; the latest over all the ids a customer ever had. */
  findAttributes(ids: readonly CustomerId[]): Promise<Attribute[][]>;
}

/** Everything the gateway keeps. */
export interface Store extends IdentityStore, AttributeStore {}
