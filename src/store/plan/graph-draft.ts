import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier } from '../../model/identifier.ts';
import type { StoredCustomer } from '../../model/identity.ts';
import { freeProvisionalId } from '../provisional-id.ts';
import { DraftEvidence, seenIn } from './draft-evidence.ts';
import { DraftRoots } from './draft-roots.ts';
import { DraftSeparations } from './draft-separations.ts';
import type { CustomerRow, Facts } from './facts.ts';
import { FormerOwners } from './former-owners.ts';
import { once } from './once.ts';
import { RetiredCookies } from './retired-cookies.ts';
import type { StoreWrite } from './writes.ts';

/**
 * The identity graph in one plan: the store's facts with what the plan has written so far. Each fact is asked for at most
 * once, and only when a decision needs it. Every change is also a `StoreWrite`; the store applies them after the plan, in
 * order. So a plan with several steps is decided over memory, and a plan that is given up has written nothing.
 *
 * It knows what plans read after they wrote: owners, customers with their identifiers, aliases, former owners, retired
 * cookies, separations and histories. What is erased is not read again in the same plan.
 */
export class GraphDraft {
  readonly facts: Facts;
  /** Milliseconds. */
  readonly now: () => number;
  /** A random UUID each time. */
  readonly freshId: () => string;
  readonly retired: RetiredCookies;
  readonly formerOwners: FormerOwners;
  readonly separations: DraftSeparations;
  /** Null until an id gets another customer: most plans change none, and run so often that empty maps count. */
  #changedRoots: DraftRoots | null = null;
  readonly #writes: StoreWrite[] = [];
  /** The customers whose identifiers were moved, renamed, cut or seen, as they were when that was written. */
  readonly changedOwners = new Set<CustomerId>();
  #isGivenUp = false;
  /** By identifier key; null for one that nobody owns. */
  readonly #owners = new Map<string, CustomerId | null>();
  /** As they were before the plan, and those that it stores; undefined for an id that is not there. */
  readonly #rows = new Map<CustomerId, CustomerRow | undefined>();
  /** By root. Without what `#evidence` says. */
  readonly #identifiers = new Map<CustomerId, readonly LinkedIdentifier[]>();
  readonly #evidence = new DraftEvidence();

  constructor(facts: Facts, now: () => number, freshId: () => string) {
    this.facts = facts;
    this.now = now;
    this.freshId = freshId;
    this.retired = new RetiredCookies(this);
    this.formerOwners = new FormerOwners(this);
    this.separations = new DraftSeparations(this);
  }

  /** Who owns each identifier, by key; one that nobody owns is absent. */
  ownersByKey(identifiers: readonly Identifier[]): Map<string, CustomerId> {
    const owners = this.ownersOf(identifiers);
    return new Map(identifiers.flatMap((identifier, index) => (owners[index] ? [[identifierKey(identifier), owners[index]]] : [])));
  }

  ownerOf(identifier: Identifier): CustomerId | null {
    return this.ownersOf([identifier])[0] ?? null;
  }

  /** Who owns each identifier, in their order; null for one that nobody owns. */
  ownersOf(identifiers: readonly Identifier[]): (CustomerId | null)[] {
    const keys = identifiers.map(identifierKey);
    const unknown = keys.filter((key) => !this.#owners.has(key));
    if (unknown.length > 0) {
      const found = this.facts.ownersOf(unknown);
      for (const key of unknown) {
        const owner = found.get(key);
        this.#owners.set(key, owner === undefined ? null : this.rootOf(owner, owner));
      }
    }
    return keys.map((key) => this.#owners.get(key) ?? null);
  }

  /** The row of an id, with the customer that it resolves to by now; undefined for one that was never stored. */
  customer(id: CustomerId): CustomerRow | undefined {
    const row = once(this.#rows, id, () => this.facts.customer(id));
    if (row === undefined) return undefined;
    const root = this.rootOf(id, row.root);
    return this.#evidence.ofCustomer(root === row.root ? row : { ...row, root });
  }

  /** Milliseconds: when the customer of this id was erased; null for one who was not. */
  erasedAt(id: CustomerId): number | null {
    const row = this.#rows.get(id);
    return row === undefined ? this.facts.erasedAt(id) : row.erasedAt;
  }

  /** @param base the root that the facts give for the id. */
  rootOf(id: CustomerId, base: CustomerId): CustomerId {
    return this.#changedRoots === null ? base : this.#changedRoots.rootOf(id, base);
  }

  /** The roots that the facts give for the ids that lead to a customer now. */
  basesOf(root: CustomerId): CustomerId[] {
    return this.#changedRoots === null ? [root] : this.#changedRoots.basesOf(root);
  }

  /** The customer of today with all identifiers, by any id the customer ever had; undefined for an id that was never stored. */
  find(id: CustomerId): StoredCustomer | undefined {
    const root = this.customer(id)?.root;
    return root === undefined ? undefined : this.customersById([root]).get(root);
  }

  /** Customers of today, by their ids. */
  customersById(roots: Iterable<CustomerId>): Map<CustomerId, StoredCustomer> {
    const rows = [...new Set(roots)].map((root) => this.customer(root)).filter((row) => row !== undefined);
    this.#loadIdentifiers(rows.map(({ id }) => id));
    return new Map(rows.map((row) => [row.id, this.#toCustomer(row)]));
  }

  /** The id that the customer of an identifier nobody owns is shown with. @param key the identifier's. */
  provisionalId(key: string): CustomerId {
    return freeProvisionalId(this.facts.secret, key, (id) => this.customer(id) !== undefined);
  }

  /** Stores an id, unless it is there. Times are in milliseconds. */
  insertCustomer(id: CustomerId, root: CustomerId, seenAt: number, options: { createdAt?: number; erasedAt?: number | null } = {}): void {
    if (this.customer(id) !== undefined) return;
    const { createdAt = this.now(), erasedAt = null } = options;
    this.#rows.set(id, { id, root, createdAt, firstSeenAt: seenAt, lastSeenAt: seenAt, erasedAt, mergedByPersonAt: null });
    this.#roots.set(id, root, null);
    if (id === root) this.#identifiers.set(id, []);
    this.write({ kind: 'insert-customer', id, root, createdAt, seenAt, erasedAt });
  }

  insertNameless(seenAt: number, erasedAt: number | null): CustomerId {
    const id = this.freshId() as CustomerId;
    this.insertCustomer(id, id, seenAt, { erasedAt });
    return id;
  }

  /** All ids and identifiers of one customer become another's. */
  merge(from: CustomerId, to: CustomerId): void {
    const identifiers = this.#identifiersOf(from);
    this.#roots.move(from, to);
    this.#identifiers.set(to, [...this.#identifiersOf(to), ...identifiers]);
    this.#identifiers.set(from, []);
    for (const identifier of identifiers) this.#owners.set(identifierKey(identifier), to);
    this.write({ kind: 'move-aliases', from, to });
    this.write({ kind: 'move-identifiers', from, to });
    // What is left of an erased customer is deleted, and is nobody else's.
    if (this.erasedAt(from) === null) this.write({ kind: 'move-confirmations', from, to });
    this.#seeAsMuchAs(from, to);
  }

  /** An alias of another customer becomes this one's, or this customer itself. */
  restore(id: CustomerId, root: CustomerId): void {
    this.#roots.set(id, root, once(this.#rows, id, () => this.facts.customer(id))?.root ?? null);
    if (id === root) this.#identifiers.set(id, []);
    this.write({ kind: 'set-root', id, root });
    if (id !== root) this.#seeAsMuchAs(id, root);
  }

  /** An identifier that nobody owns gets an owner. @param seenAt milliseconds. */
  link({ type, value }: Identifier, customerId: CustomerId, seenAt: number, source: string): void {
    const linkedAt = this.now();
    this.#give({ type, value, linkedAt: new Date(linkedAt), lastSeenAt: new Date(seenAt), source }, customerId);
    this.write({ kind: 'insert-identifier', identifier: { type, value }, customerId, linkedAt, seenAt, source });
  }

  /** An identifier leaves its owner for another. */
  move(identifier: Identifier, customerId: CustomerId, source: string): void {
    const key = identifierKey(identifier);
    const linkedAt = this.now();
    const taken = this.#take(identifier);
    if (taken !== undefined) this.#give({ ...taken, linkedAt: new Date(linkedAt), source }, customerId);
    this.write({ kind: 'move-identifier', key, customerId, linkedAt, source });
  }

  /** An identifier's value is replaced; its owner keeps it. */
  rename(identifier: Identifier, to: Identifier, source: string): void {
    const key = identifierKey(identifier);
    const linkedAt = this.now();
    const owner = this.ownerOf(identifier);
    const taken = this.#take(identifier);
    if (taken !== undefined && owner !== null) this.#give({ ...taken, ...to, linkedAt: new Date(linkedAt), source }, owner);
    this.#evidence.rename(key, identifierKey(to));
    this.write({ kind: 'rename-identifier', key, identifier: to, linkedAt, source });
  }

  /** Nobody owns the identifier from now on. */
  cut(identifier: Identifier): void {
    const key = identifierKey(identifier);
    this.#take(identifier);
    this.#evidence.forget(key);
    this.write({ kind: 'delete-identifier', key });
  }

  /** Evidence for an identifier that changes nothing else; none for one that nobody owns. @param at milliseconds. */
  seeIdentifier(key: string, at: number): void {
    const owner = this.#owners.get(key);
    if (owner === null) return;
    if (owner !== undefined) this.changedOwners.add(owner);
    this.#evidence.seeIdentifier(key, at);
  }

  /** That a customer was seen. @param first @param last milliseconds. */
  seeCustomer(id: CustomerId, first: number, last: number): void {
    this.#evidence.seeCustomer(id, { first, last, mergedByPersonAt: null });
  }

  /** That a person merged customers into this one. @param at milliseconds. */
  mergedByPerson(id: CustomerId, at: number): void {
    const row = this.customer(id);
    if (row !== undefined) this.#evidence.seeCustomer(id, { ...seenIn(row), mergedByPersonAt: at });
  }

  /** Nothing of this plan is written. */
  giveUp(): void {
    this.#isGivenUp = true;
  }

  /** Adds a write that changes nothing of what the draft answers. */
  write(write: StoreWrite): void {
    this.#writes.push(write);
  }

  /** What was written so far, in order; evidence and former owners come with `finish`. */
  get written(): readonly StoreWrite[] {
    return this.#writes;
  }

  /** To be called once, at the end of the plan. @returns all that is to be written. */
  finish(): readonly StoreWrite[] {
    if (this.#isGivenUp) return [];
    this.formerOwners.writeAdded();
    this.#evidence.addWrites(this.#writes);
    return this.#writes;
  }

  /** A customer's own row says when all that was merged into it was seen. */
  #seeAsMuchAs(from: CustomerId, to: CustomerId): void {
    const row = this.customer(from);
    if (row !== undefined) this.#evidence.seeCustomer(to, seenIn(row));
  }

  get #roots(): DraftRoots {
    this.#changedRoots ??= new DraftRoots();
    return this.#changedRoots;
  }

  #give(identifier: LinkedIdentifier, customerId: CustomerId): void {
    this.#identifiers.set(customerId, [...this.#identifiersOf(customerId), identifier]);
    this.#owners.set(identifierKey(identifier), customerId);
  }

  #take(taken: Identifier): LinkedIdentifier | undefined {
    const owner = this.ownerOf(taken);
    const key = identifierKey(taken);
    this.#owners.set(key, null);
    if (owner === null) return undefined;
    this.changedOwners.add(owner);
    const identifiers = this.#identifiersOf(owner);
    this.#identifiers.set(
      owner,
      identifiers.filter((each) => identifierKey(each) !== key),
    );
    return identifiers.find((each) => identifierKey(each) === key);
  }

  #identifiersOf(root: CustomerId): readonly LinkedIdentifier[] {
    this.#loadIdentifiers([root]);
    return this.#identifiers.get(root) ?? [];
  }

  #loadIdentifiers(roots: readonly CustomerId[]): void {
    const unknown = roots.filter((root) => !this.#identifiers.has(root));
    if (unknown.length === 0) return;
    for (const [root, identifiers] of this.facts.identifiersOf(unknown)) {
      this.#identifiers.set(root, identifiers);
      for (const identifier of identifiers) this.#owners.set(identifierKey(identifier), root);
    }
  }

  #toCustomer({ id, createdAt, firstSeenAt, lastSeenAt, erasedAt, mergedByPersonAt }: CustomerRow): StoredCustomer {
    return {
      id,
      createdAt: new Date(createdAt),
      firstSeenAt: new Date(firstSeenAt),
      lastSeenAt: new Date(lastSeenAt),
      isErased: erasedAt !== null,
      identifiers: (this.#identifiers.get(id) ?? []).map((identifier) => this.#evidence.ofIdentifier(identifier)).sort(mostRecentFirst),
      mergedByPersonAt: mergedByPersonAt === null ? null : new Date(mergedByPersonAt),
    };
  }
}

function mostRecentFirst(a: LinkedIdentifier, b: LinkedIdentifier): number {
  return b.lastSeenAt.getTime() - a.lastSeenAt.getTime() || (identifierKey(a) < identifierKey(b) ? -1 : 1);
}
