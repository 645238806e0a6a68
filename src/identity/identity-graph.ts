import { LRUCache } from 'lru-cache';
import { entries } from '../batching/entries.ts';
import { type Assurance, strongestAssurance } from '../model/assurance.ts';
import { evidenceCause } from '../model/cause.ts';
import type { ConfirmationOrder } from '../model/confirmation.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import { type Evidence, isProvenEvidence } from '../model/evidence.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type {
  ChangeToPreview,
  CorrectionRefusal,
  ErasureOrder,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
  PreviewedChange,
  ShownCustomer,
  StoredCustomer,
} from '../model/identity.ts';
import type { NamedCustomer } from '../model/interaction.ts';
import type { ConfirmationStore, IdentityStore } from '../model/ports.ts';
import type { Viewer } from '../model/viewer.ts';
import type { ClaimedIds } from './claimed-ids.ts';
import { Confirmations } from './confirmations.ts';
import { IdentityLookups } from './identity-lookups.ts';
import { isChange, NO_CHANGES } from './no-changes.ts';

/** Ids of customers who are not stored, remembered with their identifiers. */
const REMEMBERED_PROVISIONALS = 50_000;

/** Conflicts that the rules leave as they are, remembered so that reading does not try them again. */
const REMEMBERED_CONFLICTS = 50_000;

/** Finds the one customer of identifiers, and links identifiers. */
export class IdentityGraph {
  readonly confirmations: Confirmations;
  readonly #store: IdentityStore;
  readonly #lookups: IdentityLookups;
  readonly #claimedId: ClaimedIds;
  readonly #now: () => Date;
  readonly #onChange: (changes: IdentityChanges) => void;
  /**
   * Ids that were shown for identifiers without owner. A read stores nothing, and an id must not contain its identifier,
   * because that would be personal data. So this process remembers the latest ids, for `node(id:)` and corrections.
   */
  readonly #shown = new LRUCache<CustomerId, Identifier>(entries(REMEMBERED_PROVISIONALS));
  /** By proven identifiers and their owners: conflicts after which they still have different owners. */
  readonly #unsettled = new LRUCache<string, true>(entries(REMEMBERED_CONFLICTS));

  /** @param onChange called with every change through this graph, also of attributes. */
  constructor(
    store: IdentityStore & ConfirmationStore,
    now: () => Date,
    claimedId: ClaimedIds,
    onChange: (changes: IdentityChanges) => void = () => {},
  ) {
    this.confirmations = new Confirmations(store, now);
    this.#claimedId = claimedId;
    this.#onChange = onChange;
    this.#store = store;
    this.#lookups = new IdentityLookups(store);
    this.#now = now;
  }

  /**
   * The customer of this evidence; null without evidence. Proven identifiers decide. Without any, the strongest claimed one
   * gets an id of its own, without the graph. Two proven identifiers that are seen together for the first time are linked.
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
        // Not remembered for an erased customer, because newer evidence counts again.
        const isPassing = decision.kind === 'refused' && decision.type === null;
        if (new Set(ownerIds()).size > 1 && !isPassing) this.#unsettled.set(situation(), true);
      }
    }

    const owner = ownerOf(strongest);
    if (owner === null) return this.#provisional(strongest, strongest.assurance);
    const own = proven.filter((_, index) => owners[index]?.id === owner.id);
    return toResolved(owner, strongestAssurance(own.map((identifier) => identifier.assurance)));
  }

  /** True when all of these are remembered with one owner, and nothing was written since. */
  remembers(identifiers: readonly Identifier[]): boolean {
    return this.#lookups.remembered(identifiers) !== undefined;
  }

  /** The owner of each identifier, in their order; null without owner. */
  ownersOf(identifiers: readonly Identifier[]): Promise<(StoredCustomer | null)[]> {
    return this.#lookups.findOwnersWhole(identifiers);
  }

  /** The stored owner of the first identifier that has one; null when none has. */
  async ownerOf(identifiers: readonly Identifier[]): Promise<StoredCustomer | null> {
    const owner = (await this.#lookups.findOwners(identifiers)).find((id) => id !== null);
    return owner === undefined ? null : ((await this.#lookups.findCustomers([owner]))[0] ?? null);
  }

  /** The customer of a proven identifier, also when the customer is not stored. */
  async customerOf(identifier: Identifier): Promise<ResolvedCustomer> {
    const stored = await this.ownerOf([identifier]);
    return stored ? toResolved(stored, 'RECOGNIZED') : this.#provisional(identifier, 'RECOGNIZED');
  }

  /** A visitor on their first request: nothing is stored, and the id is the one that they will have. */
  async newVisitor(identifier: Identifier): Promise<ResolvedCustomer> {
    // The same request may have stored an interaction of the visitor before.
    return { ...(await this.customerOf(identifier)), assurance: 'ANONYMOUS' };
  }

  /**
   * Customers by identifiers that a trusted viewer gives, in their order, as this viewer may see them.
   * @param isAskable true for a type by which a back end can be asked, so a customer may exist without being stored.
   */
  async findByIdentifiers(
    identifiers: readonly Identifier[],
    viewer: Viewer,
    isAskable: (type: string) => boolean,
  ): Promise<(ResolvedCustomer | null)[]> {
    const owners = await this.#lookups.findOwners(identifiers);
    const known = [...new Set(owners.filter((id) => id !== null))];
    const stored = new Map((await this.#lookups.findCustomers(known)).map((customer, index) => [known[index], customer]));
    const found = await Promise.all(
      identifiers.map(async (identifier, index) => {
        const customer = stored.get(owners[index] ?? undefined);
        if (customer) return toResolved(customer, 'VERIFIED');
        return isAskable(identifier.type) ? this.#provisional(identifier, 'VERIFIED') : null;
      }),
    );
    return this.confirmations.seenBy(viewer, found);
  }

  /**
   * Customers by any id that they ever had, in the order of the ids, as this trusted viewer may see them; null for an unknown id.
   */
  async findByIds(ids: readonly CustomerId[], viewer: Viewer): Promise<(ResolvedCustomer | null)[]> {
    const stored = await this.#lookups.findCustomers(ids);
    const found = await Promise.all(
      stored.map(async (customer, index) => {
        if (customer) return toResolved(customer, 'VERIFIED');
        const shown = this.#shown.get(ids[index] as CustomerId);
        return shown ? this.#provisional(shown, 'VERIFIED') : null;
      }),
    );
    return this.confirmations.seenBy(viewer, found);
  }

  /**
   * The customer of what was read off the request of an agent who must confirm, as this agent may see them. Nothing is linked: the
   * strongest proven identifier decides, or else the strongest claimed one.
   */
  async resolveFor(viewer: Viewer, evidence: readonly Evidence[]): Promise<ResolvedCustomer | null> {
    const strongest = evidence.find(isProvenEvidence);
    const found = strongest === undefined ? await this.resolve(evidence) : await this.customerOf(strongest);
    return (await this.confirmations.seenBy(viewer, [found]))[0] ?? null;
  }

  /** The stored owner of each identifier, in their order, as this trusted viewer may see them; null without owner. */
  async ownersFor(identifiers: readonly Identifier[], viewer: Viewer): Promise<(ResolvedCustomer | null)[]> {
    const owners = await this.#lookups.findOwnersWhole(identifiers);
    return this.confirmations.seenBy(
      viewer,
      owners.map((owner) => owner && toResolved(owner, 'VERIFIED')),
    );
  }

  /** True when both ids are of one customer now. */
  async isSame(a: CustomerId, b: CustomerId): Promise<boolean> {
    if (a === b) return true;
    const [first, second] = await this.#lookups.findCustomers([a, b]);
    return first !== null && first !== undefined && first.id === second?.id;
  }

  /** Records that these proven identifiers were seen together. */
  async link(event: IdentityEvent): Promise<IdentityDecision> {
    const decision = await this.#store.commit(event);
    if (decision.kind === 'changes' && (isChange(decision) || decision.attributed !== null)) this.#onChange(decision);
    return decision;
  }

  /** Applies a correction by a person. A customer who was shown and is not stored is stored with it. */
  async correct(correction: IdentityCorrection): Promise<IdentityChanges | CorrectionRefusal> {
    const decision = await this.#store.correct(this.#withShown(correction));
    if (decision.kind === 'changes') this.#onChange(decision);
    return decision;
  }

  /** What `link` or `correct` would do now. Nothing is written. */
  preview(change: ChangeToPreview): Promise<PreviewedChange> {
    if (change.kind === 'event') return this.#store.preview(change);
    return this.#store.preview({ kind: 'correction', correction: this.#withShown(change.correction) });
  }

  /** Applies several corrections, one after the other; none when one is refused. */
  async correctAll(corrections: readonly IdentityCorrection[]): Promise<readonly IdentityChanges[] | CorrectionRefusal> {
    const decisions = await this.#store.correctAll(corrections.map((correction) => this.#withShown(correction)));
    if ('kind' in decisions) return decisions;
    for (const changes of decisions) this.#onChange(changes);
    return decisions;
  }

  /**
   * Keeps that an agent confirmed who a customer is. A customer who was shown and is not stored is stored with it.
   * @returns the customer; null for an id that is nobody's.
   */
  async confirm(order: ConfirmationOrder): Promise<CustomerId | null> {
    const [shown] = this.#shownOf([order.customerId]);
    const customerId = await this.confirmations.confirm({ ...order, ...(shown && { shown }) });
    if (customerId !== null) this.#onChange({ ...NO_CHANGES, rule: 'CONFIRM', customerId });
    return customerId;
  }

  /**
   * Removes all data of a customer, in this process and in the store.
   * @returns false, and changes nothing, when the customer has identifiers that the order does not expect.
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

  /** A customer by any id, and by their identifier too where this process showed the id and they may not be stored. */
  named(id: CustomerId): NamedCustomer {
    const [shown] = this.#shownOf([id]);
    return shown === undefined ? { id } : { id, shown };
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

  /** The id is not remembered as shown, because it is only valid on a request with the same claim. */
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

function toResolved({ id, identifiers, firstSeenAt, lastSeenAt }: StoredCustomer, assurance: Assurance): ResolvedCustomer {
  return { id, assurance, identifiers, firstSeenAt, lastSeenAt };
}
