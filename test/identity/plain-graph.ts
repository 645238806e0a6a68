import { afterEvidence } from '../../src/identity/assembly.ts';
import { attributeInteraction, decidingIdentifier, type Ownership } from '../../src/identity/attribute-interaction.ts';
import { correct } from '../../src/identity/correct.ts';
import { decide } from '../../src/identity/decide.ts';
import { type IdentityRules, overfullType, personTypesOf } from '../../src/identity/identity-rules.ts';
import { NO_CHANGES } from '../../src/identity/no-changes.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier } from '../../src/model/identifier.ts';
import type {
  BroughtCustomer,
  CorrectionRefusal,
  FormerCustomer,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
  StoredCustomer,
} from '../../src/model/identity.ts';
import type { InteractionReceipt, InteractionToSave } from '../../src/model/interaction.ts';

/**
 * The graph in maps: the plainest form of what a store must do. It uses the same pure decisions as a store, so comparing with
 * it finds mistakes of the store; the properties in rules.test.ts find mistakes of the rules.
 */
export class PlainGraph {
  readonly #rules: IdentityRules;
  readonly #roots = new Map<CustomerId, CustomerId>();
  readonly #createdAt = new Map<CustomerId, Date>();
  readonly #mergedByPersonAt = new Map<CustomerId, Date>();
  readonly #identifiers = new Map<string, LinkedIdentifier & { owner: CustomerId }>();
  readonly #decided = new Map<string, IdentityDecision>();
  readonly #former = new Map<CustomerId, FormerCustomer>();
  readonly #formerOwners: { key: string; until: Date; customerId: CustomerId }[] = [];
  readonly #separations: { key: string; from: CustomerId; at: Date }[] = [];
  readonly #interactions: { id: string; customerId: CustomerId; at: number; type: string }[] = [];
  #clock = 0;

  constructor(rules: IdentityRules) {
    this.#rules = rules;
  }

  commit(event: IdentityEvent): IdentityDecision {
    const key = event.eventId === null ? null : `${event.eventId} ${event.identifiers.map(identifierKey).sort()}`;
    const earlier = key === null ? undefined : this.#decided.get(key);
    if (earlier) return earlier.kind === 'refused' ? earlier : { ...NO_CHANGES, rule: 'REPLAY', customerId: this.root(earlier.customerId) };
    const decision = decide(this.#rules, this.#stateOf(event), event);
    if (key !== null) this.#decided.set(key, decision);
    if (decision.kind === 'refused') return decision;
    this.#apply(decision, event.occurredAt, event.source);
    this.#see(decision.seen, event.occurredAt);
    return decision;
  }

  #see(identifiers: readonly Identifier[], at: Date): void {
    for (const key of identifiers.map(identifierKey)) {
      const linked = this.#identifiers.get(key);
      if (linked && linked.lastSeenAt < at) this.#identifiers.set(key, { ...linked, lastSeenAt: at });
    }
  }

  correct(correction: IdentityCorrection): IdentityChanges | CorrectionRefusal {
    const given = correction.kind === 'merge' ? correction.customerIds : correction.customerId === null ? [] : [correction.customerId];
    const identifiers = correction.kind === 'merge' ? [] : correction.identifiers;
    const owners = new Map(identifiers.flatMap((each) => this.#ownerEntry(each)));
    const roots = new Map(given.filter((id) => this.#roots.has(id)).map((id) => [id, this.root(id)] as const));
    const customers = new Map([...roots.values(), ...owners.values()].map((id) => [id, this.customer(id)]));
    const formerCustomers = [...this.#former.values()].filter(
      ({ id }) => this.root(id) !== id && [...owners.values()].includes(this.root(id)),
    );
    const freshId = `fresh-${this.#clock++}` as CustomerId;
    const decision = correct({ owners, roots, customers, formerCustomers, personTypes: personTypesOf(this.#rules), freshId }, correction);
    if (decision.kind === 'changes') this.#apply(decision, correction.at, correction.source);
    return decision;
  }

  saveInteraction(interaction: InteractionToSave): Pick<InteractionReceipt, 'outcome' | 'customerId'> {
    const { id, type, identifiers, occurredAt, source } = interaction;
    const deciding = decidingIdentifier(this.#rules, identifiers);
    const owners = identifiers.map((each) => this.owner(each));
    const present = this.owner(deciding);
    // A repetition is no evidence: it changes nothing, whatever other identifiers it has now.
    const before = this.#holderOf(interaction, deciding);
    if (before.holder !== null) return { outcome: 'duplicate', customerId: before.holder };
    // An interaction of a former owner says nothing about the present owner of its identifiers.
    const isFormer = before.isFormer && this.root(before.customerId) !== present;
    if (!isFormer) {
      const isTheirs = present !== null && owners.every((owner) => owner === present);
      const brokenType = isTheirs && overfullType(this.#rules, afterEvidence(this.customer(present), identifiers, occurredAt.getTime()));
      if (brokenType === null) this.#see(identifiers, occurredAt);
      else {
        this.commit({ identifiers, occurredAt, source, eventId: null });
        if (this.owner(deciding) === null && !this.#holderOf(interaction, deciding).isFormer) {
          this.commit({ identifiers: [deciding], occurredAt, source, eventId: null });
        }
      }
    }
    const { customerId, holder } = this.#holderOf(interaction, deciding);
    if (holder !== null) return { outcome: 'duplicate', customerId: holder };
    this.#interactions.push({ id, customerId: this.root(customerId), at: occurredAt.getTime(), type });
    return { outcome: 'stored', customerId };
  }

  /** The customer of an interaction, and the customer who has it already. */
  #holderOf({ id, type, identifiers, occurredAt }: InteractionToSave, deciding: Identifier) {
    const ownerships = identifiers.map((each) => this.#ownershipOf(each));
    const ownership = ownerships[identifiers.indexOf(deciding)] as Ownership;
    const customerId = attributeInteraction(ownership, occurredAt);
    const theirs = new Set(
      ownerships.flatMap(({ now, formerly }) => [now, ...formerly.map((each) => each.customerId)]).map((each) => this.root(each)),
    );
    const found = this.#interactions.find((other) => {
      const root = this.root(other.customerId);
      if (other.id !== id || !theirs.has(root)) return false;
      return root === this.root(customerId) || (other.at === occurredAt.getTime() && other.type === type);
    });
    const isFormer = ownership.formerly.some(({ until }) => until > occurredAt);
    return { customerId, holder: found === undefined ? null : this.root(found.customerId), isFormer };
  }

  /** The present ids of the customers who have an interaction of this id. */
  holdersOf(id: string): CustomerId[] {
    return this.#interactions.filter((each) => each.id === id).map(({ customerId }) => this.root(customerId));
  }

  /** The time of the last evidence for an identifier; null for one without owner. */
  seenAt(identifier: Identifier): Date | null {
    return this.#identifiers.get(identifierKey(identifier))?.lastSeenAt ?? null;
  }

  /** Ids of a customer's interactions, sorted. */
  interactionsOf(customer: CustomerId): string[] {
    return this.#interactions
      .filter(({ customerId }) => this.root(customerId) === this.root(customer))
      .map(({ id }) => id)
      .sort();
  }

  owner(identifier: Identifier): CustomerId | null {
    return this.#identifiers.get(identifierKey(identifier))?.owner ?? null;
  }

  /** The id itself when it is unknown. */
  root(id: CustomerId): CustomerId {
    return this.#roots.get(id) ?? id;
  }

  /** Every id that is or was a customer's, or that has interactions. */
  ids(): CustomerId[] {
    return [...new Set([...this.#roots.keys(), ...this.#interactions.map(({ customerId }) => customerId)])];
  }

  isKnown(id: CustomerId): boolean {
    return this.#roots.has(id);
  }

  customer(id: CustomerId): StoredCustomer {
    const identifiers = [...this.#identifiers.values()].filter(({ owner }) => owner === id);
    const createdAt = this.#createdAt.get(id) as Date;
    const mergedByPersonAt = this.#mergedByPersonAt.get(id) ?? null;
    return { id, createdAt, firstSeenAt: createdAt, lastSeenAt: createdAt, isErased: false, identifiers, mergedByPersonAt };
  }

  provisionalId(identifier: Identifier): CustomerId {
    for (let generation = 0; ; generation++) {
      const id = `of-${identifierKey(identifier)}-${generation}` as CustomerId;
      if (!this.#roots.has(id)) return id;
    }
  }

  #ownershipOf(identifier: Identifier): Ownership {
    const formerly = this.#formerOwners.filter(({ key }) => key === identifierKey(identifier));
    formerly.sort((a, b) => a.until.getTime() - b.until.getTime());
    return { now: this.owner(identifier) ?? this.provisionalId(identifier), formerly };
  }

  #stateOf({ identifiers, occurredAt }: IdentityEvent) {
    const owners = new Map(identifiers.flatMap((each) => this.#ownerEntry(each)));
    const customers = new Map([...owners.values()].map((id) => [id, this.customer(id)]));
    const separations = Map.groupBy(
      this.#separations.filter(({ at }) => at >= occurredAt),
      ({ key }) => key,
    );
    return {
      owners,
      customers,
      provisionalIds: new Map(identifiers.map((each) => [identifierKey(each), this.provisionalId(each)])),
      formerOwners: new Map(
        identifiers.flatMap((each) => {
          const then = this.#ownershipOf(each).formerly.find(({ until }) => until > occurredAt);
          return then === undefined ? [] : [[identifierKey(each), this.root(then.customerId)] as const];
        }),
      ),
      erased: new Set<string>(),
      separations: new Map([...separations].map(([key, taken]) => [key, taken.map(({ from }) => this.root(from))])),
    };
  }

  #ownerEntry(identifier: Identifier): [string, CustomerId][] {
    const owner = this.owner(identifier);
    return owner === null ? [] : [[identifierKey(identifier), owner]];
  }

  #apply(changes: IdentityChanges, at: Date, source: string): void {
    const { rule, customerId, created, merged, aliases, restored, linked, moved, cut, formerly, brought, separated } = changes;
    const join = (id: CustomerId) => {
      this.#roots.set(id, customerId);
      if (!this.#createdAt.has(id)) this.#createdAt.set(id, new Date(this.#clock++));
    };
    const remember = (former: BroughtCustomer) =>
      this.#former.set(former.id, { ...former, createdAt: this.#createdAt.get(former.id) as Date });
    const mergedNow = (time: Date | undefined) => {
      const known = this.#mergedByPersonAt.get(customerId);
      if (time !== undefined && (known === undefined || time > known)) this.#mergedByPersonAt.set(customerId, time);
    };
    if (created) join(customerId);
    for (const { id, identifiers } of merged) {
      for (const [alias, root] of this.#roots) if (root === id) this.#roots.set(alias, customerId);
      for (const [key, linkedOne] of this.#identifiers)
        if (linkedOne.owner === id) this.#identifiers.set(key, { ...linkedOne, owner: customerId });
      remember({ id, identifiers, mergedAt: at, into: customerId, wasCustomer: true });
      mergedNow(this.#mergedByPersonAt.get(id));
    }
    if (rule === 'MERGE') mergedNow(at);
    for (const { id, of } of aliases) {
      join(id);
      remember({ id, identifiers: [of], mergedAt: at, into: customerId, wasCustomer: false });
    }
    for (const id of restored) {
      this.#roots.set(id, customerId);
      mergedNow(this.#mergedByPersonAt.get(id));
    }
    for (const former of brought) remember(former);
    for (const each of linked) {
      this.#identifiers.set(identifierKey(each), { ...each, linkedAt: at, lastSeenAt: at, source, owner: customerId });
    }
    for (const each of moved) {
      this.#identifiers.set(identifierKey(each), {
        ...(this.#identifiers.get(identifierKey(each)) as LinkedIdentifier),
        owner: customerId,
      });
    }
    for (const each of cut) this.#identifiers.delete(identifierKey(each));
    for (const { identifier, until, customerId: owner } of formerly) {
      const key = identifierKey(identifier);
      const isSame = (other: { key: string; until: Date; customerId: CustomerId }) =>
        other.key === key && other.until.getTime() === until.getTime() && other.customerId === owner;
      if (!this.#formerOwners.some(isSame)) {
        this.#formerOwners.push({ key, until, customerId: owner });
      }
    }
    for (const { identifier, from } of separated) this.#separations.push({ key: identifierKey(identifier), from, at });
  }
}
