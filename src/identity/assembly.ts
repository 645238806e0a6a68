import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier } from '../model/identifier.ts';
import type { IdentityEvent, IdentityState, StoredCustomer } from '../model/identity.ts';
import type { Candidate } from './identity-rules.ts';

/** The customers and identifiers that an event brings together, found by identifier. */
export class Assembly {
  readonly event: IdentityEvent;
  /** The identifier that says whose a conflicting event is. */
  readonly picker: Identifier;
  readonly #state: IdentityState;
  readonly #linked: ReadonlyMap<string, LinkedIdentifier & { readonly owner: CustomerId }>;

  constructor(state: IdentityState, event: IdentityEvent, picker: Identifier) {
    this.event = event;
    this.picker = picker;
    this.#state = state;
    this.#linked = new Map(
      [...state.customers.values()].flatMap(({ id, identifiers }) =>
        identifiers.map((identifier) => [identifierKey(identifier), { ...identifier, owner: id }] as const),
      ),
    );
  }

  /** The event's time in milliseconds. */
  get at(): number {
    return this.event.occurredAt.getTime();
  }

  /** Undefined for an identifier that nobody owns. */
  ownerOf(identifier: Identifier): CustomerId | undefined {
    return this.linked(identifier)?.owner;
  }

  /** The identifier as its owner has it; undefined where nobody owns it. */
  linked(identifier: Identifier): (LinkedIdentifier & { readonly owner: CustomerId }) | undefined {
    return this.#linked.get(identifierKey(identifier));
  }

  /** In the order of their first identifier, each once. */
  ownersOf(identifiers: readonly Identifier[]): StoredCustomer[] {
    const ids = new Set(identifiers.map((identifier) => this.ownerOf(identifier)).filter((id) => id !== undefined));
    return [...ids].map((id) => this.#state.customers.get(id) as StoredCustomer);
  }

  provisionalId(unowned: Identifier): CustomerId {
    return this.#state.provisionalIds.get(identifierKey(unowned)) as CustomerId;
  }

  /**
   * What one customer would have who is all of these customers and gets these other identifiers.
   * @param seen of the event's identifiers, those that the event is evidence for.
   */
  candidates(customers: readonly StoredCustomer[], others: readonly Identifier[], seen = this.event.identifiers): Candidate[] {
    const brought = others.map((identifier) => ({
      identifier,
      owner: null,
      seenBefore: this.linked(identifier)?.lastSeenAt.getTime() ?? 0,
    }));
    return seenAgain([...customers.flatMap(heldBy), ...brought], seen, this.at, this.picker);
  }
}

/**
 * What a customer would have after evidence for identifiers of theirs.
 * @param at milliseconds: the time of the evidence.
 */
export function afterEvidence(customer: StoredCustomer, seen: readonly Identifier[], at: number): Candidate[] {
  return seenAgain(heldBy(customer), seen, at, null);
}

type Held = Pick<Candidate, 'identifier' | 'owner' | 'seenBefore'>;

function heldBy({ id, identifiers }: StoredCustomer): Held[] {
  return identifiers.map((identifier) => ({ identifier, owner: id, seenBefore: identifier.lastSeenAt.getTime() }));
}

function seenAgain(held: readonly Held[], seen: readonly Identifier[], at: number, picker: Identifier | null): Candidate[] {
  const keys = new Set(seen.map(identifierKey));
  const pickerKey = picker && identifierKey(picker);
  return held.map((each) => {
    const key = identifierKey(each.identifier);
    const isOnEvent = keys.has(key);
    return { ...each, seenAt: isOnEvent ? Math.max(at, each.seenBefore) : each.seenBefore, isPicker: key === pickerKey, isOnEvent };
  });
}
