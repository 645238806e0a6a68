import type { CustomerId } from '../../model/customer.ts';
import type { CustomerRow, Facts, FormerOwnerRow, FormerOwnership } from './facts.ts';
import type { RetiredCookies } from './retired-cookies.ts';
import type { StoreWrite } from './writes.ts';

/** Former owners of one identifier that are kept one by one: those with the latest ends. */
const KEPT_OWNERS = 1_000;
/** How many older ones are replaced at most with one plan, or twice as many as it adds: so an old store catches up. */
const COLLAPSED_AT_ONCE = 100;

/** What former owners need to know of customers. */
interface Customers {
  readonly facts: Facts;
  readonly retired: RetiredCookies;
  rootOf(id: CustomerId, base: CustomerId): CustomerId;
  customer(id: CustomerId): CustomerRow | undefined;
  /** Stores a customer who stands for nobody in particular. */
  insertNameless(seenAt: number, erasedAt: number | null): CustomerId;
  write(write: StoreWrite): void;
}

interface Added {
  readonly until: number;
  readonly customerId: CustomerId;
}

/**
 * Who had which identifier, and until when: facts, and what the plan has added. At most `KEPT_OWNERS` are kept for each
 * identifier. Older ones become one row, the nameless row, of a customer without identifiers: a very late interaction is
 * stored under that customer, so it is kept and no other customer gets it. The members of the nameless row are stored too,
 * so that the erasure of a member changes the row. Of several customers who lost an identifier in the same millisecond,
 * the first had it until then. Former owners of the cookies that a cookie replaced count as its own.
 */
export class FormerOwners {
  readonly #customers: Customers;
  /** By identifier key, the earliest end first; of the same end, in the order in which they were added. */
  readonly #added = new Map<string, Added[]>();

  constructor(customers: Customers) {
    this.#customers = customers;
  }

  /** Who had an identifier at a time and lost it later; null for nobody. Usually two questions. @param at milliseconds. */
  ownerAt(key: string, at: number): FormerOwnership | null {
    const { retired } = this.#customers;
    const own = this.#ownOwnerAt(key, at);
    if (!retired.isAnyReplacedAfter(at)) return own;
    // Of two that were replaced at the same time, the one that came first in the chain was the owner's then.
    const before = retired
      .predecessorsOf(key)
      .reverse()
      .flatMap(({ key: replaced, retiredAt, customerId, root, erasedAt }) => [
        this.#ownOwnerAt(replaced, at),
        retiredAt > at ? { customerId, root, erasedAt, until: retiredAt, isNameless: false } : null,
      ]);
    return [...before, own].reduce((first, each) => (each !== null && (first === null || each.until < first.until) ? each : first), null);
  }

  /** Milliseconds: when the last former owner lost the identifier; null where nobody did. */
  lastUntil(key: string): number | null {
    const { facts, retired } = this.#customers;
    const ends = [facts.lastFormerUntil(key), this.#added.get(key)?.at(-1)?.until, retired.lastReplacedAt(key)];
    return ends.reduce<number | null>((last, each) => (each == null || (last !== null && last > each) ? last : each), null);
  }

  /** Whether this id, as it stands in the store, is a former owner's. A few probes. */
  wasOwner(key: string, id: CustomerId): boolean {
    const { facts, retired } = this.#customers;
    const isIn = (each: string) =>
      this.#added.get(each)?.some(({ customerId }) => customerId === id) === true || facts.wasFormerOwner(each, id);
    return isIn(key) || retired.predecessorsOf(key).some((replaced) => replaced.customerId === id || isIn(replaced.key));
  }

  /** Customers of today who had the identifier before, the earliest end first, or the cookies that it replaced; some of them more than once. */
  rootsOf(key: string): CustomerId[] {
    return this.#rootsOf(key, (each) => this.#customers.facts.formerOwnersOf(each)) as CustomerId[];
  }

  /** As `rootsOf`; null where they are more than the store reads for every interaction. */
  fewRootsOf(key: string): CustomerId[] | null {
    return this.#rootsOf(key, (each) => this.#customers.facts.fewFormerOwnersOf(each));
  }

  /** @returns null where `find` does. */
  #rootsOf(key: string, find: (key: string) => ReturnType<Facts['fewFormerOwnersOf']>): CustomerId[] | null {
    const roots: CustomerId[] = [];
    const addOwners = (each: string) => {
      const found = find(each);
      if (found === null) return false;
      const known = found.map((row) => ({ until: row.until, root: this.#customers.rootOf(row.customerId, row.root) }));
      const added = (this.#added.get(each) ?? []).map(({ until, customerId }) => ({ until, root: this.#rootOf(customerId) }));
      // The order of the sort is stable: of one end, what was there comes before what is added.
      const all = added.length === 0 ? known : [...known, ...added].sort((a, b) => a.until - b.until);
      for (const { root } of all) roots.push(root);
      return true;
    };
    if (!addOwners(key)) return null;
    for (const { key: replaced, root } of this.#customers.retired.predecessorsOf(key)) {
      if (!addOwners(replaced)) return null;
      roots.push(root);
    }
    return roots;
  }

  /** @param until milliseconds, exclusive. */
  add(key: string, until: number, customerId: CustomerId): void {
    const added = this.#added.get(key) ?? [];
    if (added.some((each) => each.until === until && each.customerId === customerId)) return;
    const after = added.findLastIndex((each) => each.until <= until) + 1;
    this.#added.set(key, added.toSpliced(after, 0, { until, customerId }));
  }

  /** To be called once, at the end of the plan. */
  writeAdded(): void {
    for (const [key, added] of this.#added) {
      const kept = this.#collapseOldest(key, added);
      for (const { until, customerId } of kept) this.#customers.write({ kind: 'insert-former-owner', key, until, customerId });
    }
  }

  /** @returns those of the added ones that are kept one by one. */
  #collapseOldest(key: string, added: readonly Added[]): readonly Added[] {
    const kept = Math.max(0, KEPT_OWNERS - added.length);
    const most = Math.max(COLLAPSED_AT_ONCE, 2 * added.length);
    const old = this.#customers.facts.oldestFormerOwners(key, kept, most);
    const excess = Math.min(old.length + added.length + kept - KEPT_OWNERS, most);
    if (excess <= 0) return added;
    // The order of the sort is stable: of one end, what was there comes before what is added.
    const collapsing = [...old.map((row) => ({ ...row, isAdded: false })), ...added.map((each) => this.#rowOf(each))]
      .sort((a, b) => a.until - b.until)
      .slice(0, excess);
    const last = collapsing.at(-1) as FormerOwnerRow;
    if (collapsing.length === 1 && last.isNameless) return added;
    const { until } = last;
    const ordinals = collapsing.filter((each) => each.until === until).map(({ ordinal }) => ordinal);
    this.#customers.write({
      ...{ kind: 'collapse-former-owners', key, until, ordinal: Math.max(...ordinals), nameless: this.#namelessFor(collapsing, until) },
      members: collapsing.filter(({ isNameless }) => !isNameless).map(({ customerId }) => customerId),
    });
    return added.slice(collapsing.filter(({ isAdded }) => isAdded).length);
  }

  /**
   * The same customer each time, unless one of the owners that it stands for was erased: from then on what comes that
   * late is refused, since it may be theirs, and what is kept already stays.
   */
  #namelessFor(rows: readonly FormerOwnerRow[], seenAt: number): CustomerId {
    const erasures = rows.map(({ erasedAt }) => erasedAt).filter((at) => at !== null);
    const before = rows.find(({ isNameless }) => isNameless);
    if (before !== undefined && (before.erasedAt !== null || erasures.length === 0)) return before.customerId;
    return this.#customers.insertNameless(seenAt, erasures.length === 0 ? null : Math.max(...erasures));
  }

  #ownOwnerAt(key: string, at: number): FormerOwnership | null {
    const row = this.#customers.facts.formerOwnerAt(key, at);
    const added = this.#added.get(key)?.find(({ until }) => until > at);
    const first = added !== undefined && (row === undefined || added.until < row.until) ? this.#rowOf(added) : row;
    if (first === undefined) return null;
    const { customerId, until, erasedAt, isNameless } = first;
    return { customerId, until, root: this.#customers.rootOf(customerId, first.root), erasedAt, isNameless };
  }

  /** As the row will be once it is written. */
  #rowOf({ until, customerId }: Added): FormerOwnerRow & { readonly isAdded: true } {
    const erasedAt = this.#customers.customer(customerId)?.erasedAt ?? null;
    return { until, ordinal: 0, customerId, root: this.#rootOf(customerId), erasedAt, isNameless: false, isAdded: true };
  }

  #rootOf(id: CustomerId): CustomerId {
    return this.#customers.customer(id)?.root ?? id;
  }
}
