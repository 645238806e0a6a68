import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier } from '../model/identifier.ts';
import type { IdentityEvent, IdentityState, StoredCustomer } from '../model/identity.ts';
import type { Candidate } from './identity-rules.ts';

/** Who and what an event brings together, asked for by identifier. */
export class Assembly {
  readonly event: IdentityEvent;
  /** The identifier that says whose a conflicting event is. */
  readonly picker: Identifier;
  readonly #state: IdentityState;
  readonly #onEvent: ReadonlySet<string>;
  readonly #linked: ReadonlyMap<string, LinkedIdentifier & { readonly owner: CustomerId }>;

  constructor(state: IdentityState, event: IdentityEvent, picker: Identifier) {
    this.event = event;
    this.picker = picker;
    this.#state = state;
    this.#onEvent = new Set(event.identifiers.map(identifierKey));
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

  ownerOf(identifier: Identifier): CustomerId | undefined {
    return this.#linked.get(identifierKey(identifier))?.owner;
  }

  /** As its owner has it; undefined where nobody does. */
  linked(identifier: Identifier): LinkedIdentifier | undefined {
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

  /** What one customer would have who is all of these and has these others. */
  candidates(customers: readonly StoredCustomer[], others: readonly Identifier[]): Candidate[] {
    return [...customers.flatMap(({ identifiers }) => identifiers), ...others].map((identifier) => {
      const key = identifierKey(identifier);
      const lastSeen = this.linked(identifier)?.lastSeenAt.getTime() ?? 0;
      const isOnEvent = this.#onEvent.has(key);
      return {
        identifier,
        owner: this.ownerOf(identifier) ?? null,
        seenAt: isOnEvent ? Math.max(this.at, lastSeen) : lastSeen,
        seenBefore: lastSeen,
        isPicker: key === identifierKey(this.picker),
        isOnEvent,
      };
    });
  }
}
