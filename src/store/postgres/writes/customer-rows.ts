import type { CustomerId } from '../../../model/customer.ts';
import type { CustomerWrite } from '../../plan/writes.ts';
import type { Locks } from '../locks.ts';
import type { Statement } from '../statement.ts';
import { bulkDelete, bulkInsert, bulkUpdate, bulkUpsert } from './bulk.ts';
import type { WriteFacts } from './write-facts.ts';

const INSERT = bulkInsert('customer', {
  ...({ id: 'text', root_id: 'text', created_at: 'bigint', first_seen_at: 'bigint' } as const),
  ...({ last_seen_at: 'bigint', erased_at: 'bigint', person_merged_at: 'bigint' } as const),
});
// `least` and `greatest` leave nulls out: what was not given changes nothing.
const CHANGE = bulkUpdate(
  'customer',
  { id: 'text' },
  { root_id: 'text', erased_at: 'bigint', first_at: 'bigint', last_at: 'bigint', merged_at: 'bigint' },
  `root_id = coalesce(given.root_id, customer.root_id), erased_at = coalesce(given.erased_at, customer.erased_at),
   first_seen_at = least(case when given.erased_at is null then customer.first_seen_at else customer.created_at end, given.first_at),
   last_seen_at = greatest(case when given.erased_at is null then customer.last_seen_at else customer.created_at end, given.last_at),
   person_merged_at = greatest(customer.person_merged_at, given.merged_at)`,
);
const DELETE_ALIAS = bulkDelete('alias', { root_id: 'text', id: 'text' });
const SAVE_ALIAS = bulkUpsert('alias', { root_id: 'text', id: 'text' }, { created_at: 'bigint', erased_at: 'bigint' });

type Write<Kind extends CustomerWrite['kind']> = Extract<CustomerWrite, { kind: Kind }>;

/** An id that the writes change. Times are in milliseconds. */
interface Changed {
  readonly id: CustomerId;
  /** Null for an id that the writes insert. */
  readonly stored: { readonly root: CustomerId; readonly erasedAt: number | null } | null;
  readonly createdAt: number;
  root: CustomerId;
  erasedAt: number | null;
  /** True where the writes erase it: what was seen before counts no more. */
  isErasedNow: boolean;
  first: number | null;
  last: number | null;
  mergedByPersonAt: number | null;
}

/** Rows of `customer` and `alias`: what is stored, with what the writes have changed so far. */
export class CustomerRows {
  readonly #facts: WriteFacts;
  readonly #changed = new Map<CustomerId, Changed>();
  /** Of ids that are there, or that aren't: what was seen of them. */
  readonly #written = new Set<CustomerId>();

  constructor(facts: WriteFacts) {
    this.#facts = facts;
  }

  /** Something is written under an id: its customer is locked for it. */
  writeUnder(id: CustomerId): void {
    this.#written.add(id);
  }

  /** True for an id that the writes insert: nothing is stored of it. */
  isNew(id: CustomerId): boolean {
    return this.#changed.get(id)?.stored === null;
  }

  insert({ id, root, createdAt, seenAt, erasedAt }: Write<'insert-customer'>): void {
    if (this.#changed.has(id) || this.#facts.customer(id) !== undefined) return;
    const seen = { first: seenAt, last: seenAt, mergedByPersonAt: null };
    this.#changed.set(id, { id, stored: null, createdAt, root, erasedAt, isErasedNow: false, ...seen });
    if (root !== id) this.writeUnder(root);
  }

  /** Every id that resolves to a root by now, the root among them. */
  idsOf(root: CustomerId): CustomerId[] {
    const stored = this.#storedIdsOf(root).filter(({ id }) => (this.#changed.get(id)?.root ?? root) === root);
    const added = [...this.#changed.values()].filter((each) => each.root === root && each.stored?.root !== root);
    return [...stored, ...added].map(({ id }) => id);
  }

  moveAliases({ from, to }: Write<'move-aliases'>): void {
    this.writeUnder(from);
    this.writeUnder(to);
    for (const each of this.#storedIdsOf(from)) this.#change(each.id, { ...each, root: from });
    for (const each of this.#changed.values()) if (each.root === from) each.root = to;
  }

  setRoot({ id, root }: Write<'set-root'>): void {
    this.writeUnder(id);
    this.writeUnder(root);
    const changed = this.#change(id, this.#facts.customer(id));
    if (changed !== undefined) changed.root = root;
  }

  see({ id, first, last, mergedByPersonAt }: Write<'see-customer'>): void {
    this.writeUnder(id);
    const changed = this.#change(id, this.#facts.customer(id));
    if (changed === undefined) return;
    changed.first = Math.min(first, changed.first ?? first);
    changed.last = Math.max(last, changed.last ?? last);
    if (mergedByPersonAt !== null) changed.mergedByPersonAt = Math.max(mergedByPersonAt, changed.mergedByPersonAt ?? 0);
  }

  /** @param at milliseconds. */
  erase(root: CustomerId, at: number): void {
    this.writeUnder(root);
    for (const each of this.#storedIdsOf(root)) this.#change(each.id, { ...each, root });
    for (const each of this.#changed.values()) {
      if (each.root !== root) continue;
      each.erasedAt = at;
      each.isErasedNow = true;
      each.first = each.stored === null ? each.createdAt : null;
      each.last = each.first;
    }
  }

  /**
   * Notes the locks of all customers under whom something is written. To be called when all answers are known. Ids that are inserted
   * are locked as well: a decision may be kept meanwhile under an id that is shown and not stored yet.
   */
  noteLocks(locks: Locks): void {
    for (const { id, stored } of this.#changed.values()) if (stored === null) locks.name('customer', id);
    for (const id of this.#written) {
      if (this.isNew(id)) continue;
      const root = this.#facts.customer(id)?.root;
      if (root === undefined) locks.name('customer', id);
      else locks.customer(root);
    }
  }

  statements(): Statement[] {
    // Which customer locks an id must be known before all is said to be known.
    for (const id of this.#written) if (!this.isNew(id)) this.#facts.customer(id);
    const changed = [...this.#changed.values()];
    const inserted = changed.filter(({ stored }) => stored === null);
    const moved = changed.filter(({ stored, root }) => stored !== null && stored.root !== root);
    return [
      ...INSERT.over(
        inserted.map((each) => [each.id, each.root, each.createdAt, each.first, each.last, each.erasedAt, each.mergedByPersonAt]),
      ),
      ...CHANGE.over(changed.filter(({ stored }) => stored !== null).map(changeOf)),
      ...DELETE_ALIAS.over(moved.filter(({ id, stored }) => stored?.root !== id).map(({ id, stored }) => [stored?.root ?? null, id])),
      ...SAVE_ALIAS.over(changed.filter(isNewAlias).map(({ id, root, createdAt, erasedAt }) => [root, id, createdAt, erasedAt])),
    ];
  }

  /** The ids that the database has for a root, the root among them. */
  #storedIdsOf(root: CustomerId): { readonly id: CustomerId; readonly createdAt: number; readonly erasedAt: number | null }[] {
    if (this.isNew(root)) return [];
    const row = this.#facts.customer(root);
    return row?.root === root ? [row, ...this.#facts.aliases(root)] : [];
  }

  /** @param row as it is stored; undefined for an id that is not there. */
  #change(id: CustomerId, row: { root: CustomerId; createdAt: number; erasedAt: number | null } | undefined): Changed | undefined {
    const known = this.#changed.get(id);
    if (known !== undefined || row === undefined) return known;
    const { root, createdAt, erasedAt } = row;
    const seen = { isErasedNow: false, first: null, last: null, mergedByPersonAt: null };
    const changed = { id, stored: { root, erasedAt }, createdAt, root, erasedAt, ...seen };
    this.#changed.set(id, changed);
    return changed;
  }
}

function changeOf({ id, stored, root, erasedAt, isErasedNow, first, last, mergedByPersonAt }: Changed) {
  return [id, root === stored?.root ? null : root, isErasedNow ? erasedAt : null, first, last, mergedByPersonAt];
}

/** True for an alias whose row is not in the table as it must be. */
function isNewAlias({ id, stored, root, erasedAt }: Changed): boolean {
  return root !== id && (stored?.root !== root || stored.erasedAt !== erasedAt);
}
