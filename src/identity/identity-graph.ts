import { LRUCache } from 'lru-cache';
import { type Assurance, isProven, strongestAssurance } from '../model/assurance.ts';
import { evidenceCause } from '../model/cause.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import type { Evidence } from '../model/evidence.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type {
  CorrectionRefusal,
  ErasureOrder,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
  ShownCustomer,
  StoredCustomer,
} from '../model/identity.ts';
import type { IdentityStore } from '../model/ports.ts';
import type { ClaimedIds } from './claimed-ids.ts';
import { IdentityLookups } from './identity-lookups.ts';
import { isChange, NO_CHANGES } from './no-changes.ts';

/** How many customers that are not stored are remembered by the id they were shown with. */
const REMEMBERED_PROVISIONALS = 50_000;

/** How many conflicts that can't be settled are remembered, so that reading does not try to settle them again. */
const REMEMBERED_CONFLICTS = 50_000;

/** Which one customer identifiers belong to. */
export class IdentityGraph {
  readonly #store: IdentityStore;
  readonly #lookups: IdentityLookups;
  readonly #claimedId: ClaimedIds;
  readonly #now: () => Date;
  readonly #onChange: (changes: IdentityChanges) => void;
  /**
   * Looking a customer up stores nothing, and the id they are shown with can't be turned back into the
   * identifier (it would be personal data in disguise). So that `node(id:)` finds them all the same, this
   * process remembers whom it showed lately.
   */
  readonly #shown = new LRUCache<CustomerId, Identifier>({ max: REMEMBERED_PROVISIONALS });
  /** Proven identifiers, with their owners, that an event about them left with different customers. */
  readonly #unsettled = new LRUCache<string, true>({ max: REMEMBERED_CONFLICTS });

  /** @param onChange is called with every change that was made through this graph, of attributes too. */
  constructor(store: IdentityStore, now: () => Date, claimedId: ClaimedIds, onChange: (changes: IdentityChanges) => void = () => {}) {
    this.#claimedId = claimedId;
    this.#onChange = onChange;
    this.#store = store;
    this.#lookups = new IdentityLookups(store);
    this.#now = now;
  }

  /**
   * The customer whom this evidence is of, or null without evidence. Proven identifiers decide; claimed ones count only
   * where none is proven, and then the strongest is looked at alone, without the graph. Two proven identifiers seen
   * together for the first time are linked.
   *
   * @param evidence strongest identifier type first.
   */
  resolve(evidence: readonly Evidence[]): ResolvedCustomer | null | Promise<ResolvedCustomer | null> {
    const [claimed] = evidence;
    if (claimed === undefined) return null;
    const proven = evidence.every(isProvenEvidence) ? evidence : evidence.filter(isProvenEvidence);
    if (proven.length === 0) return this.#claimed(claimed);
    const customer = this.#lookups.remembered(proven);
    if (customer === undefined) return this.#resolveStored(proven);
    return toResolved(customer, strongestAssurance(proven.map(({ assurance }) => assurance)));
  }

  /** @param proven at least one. */
  async #resolveStored(proven: readonly Evidence[]): Promise<ResolvedCustomer | null> {
    const strongest = proven[0] as Evidence;

    let owners = await this.#lookups.findOwnersWhole(proven);
    const ownerOf = (identifier: Evidence) => owners[proven.indexOf(identifier)] ?? null;
    const ownerIds = () => proven.map((identifier) => ownerOf(identifier)?.id ?? null);
    if (new Set(ownerIds()).size > 1 || (proven.length > 1 && ownerOf(strongest) === null)) {
      const situation = () => JSON.stringify(proven.map((identifier) => [identifierKey(identifier), ownerOf(identifier)?.id ?? null]));
      if (!this.#unsettled.has(situation())) {
        const { source } = evidenceCause(proven);
        const decision = await this.link({ identifiers: proven, occurredAt: this.#now(), source, eventId: null });
        owners = await this.#lookups.findOwnersWhole(proven);
        // Evidence that is refused for an erasure counts again once it is newer: that is not remembered.
        const isPassing = decision.kind === 'refused' && decision.type === null;
        if (new Set(ownerIds()).size > 1 && !isPassing) this.#unsettled.set(situation(), true);
      }
    }

    const owner = ownerOf(strongest);
    if (owner === null) return this.#provisional(strongest, strongest.assurance);
    const own = proven.filter((_, index) => owners[index]?.id === owner.id);
    return toResolved(owner, strongestAssurance(own.map((identifier) => identifier.assurance)));
  }

  /** True when it is remembered that all of these are one customer's, and nothing was written since. */
  remembers(identifiers: readonly Identifier[]): boolean {
    return this.#lookups.remembered(identifiers) !== undefined;
  }

  /** Who has each identifier, in their order; null where nobody does. */
  ownersOf(identifiers: readonly Identifier[]): Promise<(StoredCustomer | null)[]> {
    return this.#lookups.findOwnersWhole(identifiers);
  }

  /** The stored customer who has the first of these that anybody has; null where nobody has one. */
  async ownerOf(identifiers: readonly Identifier[]): Promise<StoredCustomer | null> {
    const owner = (await this.#lookups.findOwners(identifiers)).find((id) => id !== null);
    return owner === undefined ? null : ((await this.#lookups.findCustomers([owner]))[0] ?? null);
  }

  /** Whose an identifier is, also while nothing of them is stored. */
  async customerOf(identifier: Identifier): Promise<ResolvedCustomer> {
    const stored = await this.ownerOf([identifier]);
    return stored ? toResolved(stored, 'RECOGNIZED') : this.#provisional(identifier, 'RECOGNIZED');
  }

  /** A visitor on their first request: nothing is stored, and the id is the one they will have. */
  async newVisitor(identifier: Identifier): Promise<ResolvedCustomer> {
    // Something of theirs may have been stored in the meantime, by the same request.
    return { ...(await this.customerOf(identifier)), assurance: 'ANONYMOUS' };
  }

  /**
   * Customers by an identifier that a trusted viewer vouches for, in the order given.
   * @param isAskable whether a back end can be asked for this identifier, so that there may be a customer though nobody was seen.
   */
  async findByIdentifiers(identifiers: readonly Identifier[], isAskable: (type: string) => boolean): Promise<(ResolvedCustomer | null)[]> {
    const owners = await this.#lookups.findOwners(identifiers);
    const known = [...new Set(owners.filter((id) => id !== null))];
    const stored = new Map((await this.#lookups.findCustomers(known)).map((customer, index) => [known[index], customer]));
    return Promise.all(
      identifiers.map(async (identifier, index) => {
        const customer = stored.get(owners[index] ?? undefined);
        if (customer) return toResolved(customer, 'VERIFIED');
        return isAskable(identifier.type) ? this.#provisional(identifier, 'VERIFIED') : null;
      }),
    );
  }

  /** Customers by any id they ever had, in the order given; null for an id that is nobody's. For trusted viewers. */
  async findByIds(ids: readonly CustomerId[]): Promise<(ResolvedCustomer | null)[]> {
    const stored = await this.#lookups.findCustomers(ids);
    return Promise.all(
      stored.map(async (customer, index) => {
        if (customer) return toResolved(customer, 'VERIFIED');
        const shown = this.#shown.get(ids[index] as CustomerId);
        return shown ? this.#provisional(shown, 'VERIFIED') : null;
      }),
    );
  }

  /** True when both ids are, by now, one customer. */
  async isSame(a: CustomerId, b: CustomerId): Promise<boolean> {
    if (a === b) return true;
    const [first, second] = await this.#lookups.findCustomers([a, b]);
    return first !== null && first !== undefined && first.id === second?.id;
  }

  /** Records that these identifiers, all proven, were seen together. */
  async link(event: IdentityEvent): Promise<IdentityDecision> {
    const decision = await this.#store.commit(event);
    if (decision.kind === 'changes' && (isChange(decision) || decision.attributed !== null)) this.#onChange(decision);
    return decision;
  }

  /** What a person decides over customers. One who was shown and is not stored yet is stored with it. */
  async correct(correction: IdentityCorrection): Promise<IdentityChanges | CorrectionRefusal> {
    const decision = await this.#store.correct(this.#withShown(correction));
    if (decision.kind === 'changes') this.#onChange(decision);
    return decision;
  }

  /** Several corrections, one after the other: all are applied, or, where one is refused, none. */
  async correctAll(corrections: readonly IdentityCorrection[]): Promise<readonly IdentityChanges[] | CorrectionRefusal> {
    const decisions = await this.#store.correctAll(corrections.map((correction) => this.#withShown(correction)));
    if ('kind' in decisions) return decisions;
    for (const changes of decisions) this.#onChange(changes);
    return decisions;
  }

  /**
   * Removes all that is known of a customer, here and in the store.
   * @returns false, and changes nothing, where the customer has identifiers that the order does not expect.
   */
  async erase(order: ErasureOrder): Promise<boolean> {
    const [shown] = this.#shownOf([order.customerId]);
    if (!(await this.#store.erase({ ...order, ...(shown && { shown }) }))) return false;
    const erased = new Set(order.expected?.map(identifierKey));
    for (const [id, identifier] of this.#shown.entries()) if (erased.has(identifierKey(identifier))) this.#shown.delete(id);
    this.#shown.delete(order.customerId);
    this.#unsettled.clear();
    this.#onChange({ ...NO_CHANGES, rule: 'ERASE', customerId: order.customerId });
    return true;
  }

  #withShown(correction: IdentityCorrection): IdentityCorrection {
    return correction.kind === 'merge' ? { ...correction, shown: this.#shownOf(correction.customerIds) } : correction;
  }

  #shownOf(ids: readonly CustomerId[]): ShownCustomer[] {
    return ids.flatMap((id) => {
      const identifier = this.#shown.get(id);
      return identifier === undefined ? [] : [{ id, identifier }];
    });
  }

  /** The id is not remembered as shown: it is of use on a request with the same claim only. */
  #claimed(identifier: Evidence): ResolvedCustomer {
    return this.#unstored(this.#claimedId(identifier), identifier, identifier.assurance);
  }

  async #provisional(identifier: Identifier, assurance: Assurance): Promise<ResolvedCustomer> {
    const [id] = (await this.#store.provisionalIds([identifier])) as [CustomerId];
    this.#shown.set(id, { type: identifier.type, value: identifier.value });
    return this.#unstored(id, identifier, assurance);
  }

  #unstored(id: CustomerId, { type, value }: Identifier, assurance: Assurance): ResolvedCustomer {
    const now = this.#now();
    const own = { type, value, linkedAt: now, lastSeenAt: now, source: 'unlinked' };
    return { id, assurance, identifiers: [own], firstSeenAt: null, lastSeenAt: null };
  }
}

function isProvenEvidence({ assurance }: Evidence): boolean {
  return isProven(assurance);
}

function toResolved({ id, identifiers, firstSeenAt, lastSeenAt }: StoredCustomer, assurance: Assurance): ResolvedCustomer {
  return { id, assurance, identifiers, firstSeenAt, lastSeenAt };
}
