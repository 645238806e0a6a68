import type { CustomerId } from '../../../model/customer.ts';
import type { FormerOwnerWrite } from '../../plan/writes.ts';
import type { Gathering } from '../gathering.ts';
import type { Statement } from '../statement.ts';
import { bulkDelete, bulkInsert, bulkUpdate } from './bulk.ts';
import type { CustomerRows } from './customer-rows.ts';
import { type FormerRow, formerAtLookup, formerOfLookup, formerUpToLookup } from './former-owner-lookups.ts';
import { NamelessMembers } from './nameless-members.ts';

const ROW = { id_key: 'text', until: 'bigint', ordinal: 'integer' } as const;
const DELETE_ALL = bulkDelete('former_owner', { id_key: 'text' });
const DELETE = bulkDelete('former_owner', ROW);
const RENAME = bulkUpdate('former_owner', ROW, { customer_id: 'text' }, 'customer_id = given.customer_id');
const INSERT = bulkInsert('former_owner', { ...ROW, customer_id: 'text', is_nameless: 'boolean' });
const DELETE_FOUND = bulkDelete('former_identifier', { customer_id: 'text', id_key: 'text' });
const INSERT_FOUND = bulkInsert('former_identifier', { customer_id: 'text', id_key: 'text' }, 'on conflict do nothing');

/** More than any `until` and `ordinal`: all rows of an identifier are up to these. */
const END = [Number.MAX_SAFE_INTEGER, 2 ** 31 - 1] as const;

type Write<Kind extends FormerOwnerWrite['kind']> = Extract<FormerOwnerWrite, { kind: Kind }>;

/** What the writes change of one identifier's former owners. Rows are named by `until` and `ordinal`. */
class ChangedKey {
  readonly key: string;
  isErased = false;
  readonly inserted = new Map<string, FormerRow>();
  readonly deleted = new Map<string, FormerRow>();
  readonly renamed = new Map<string, FormerRow>();
  /** Customers who may have lost their last row. */
  readonly left = new Set<CustomerId>();

  constructor(key: string) {
    this.key = key;
  }

  /** @param stored rows. @returns what is left of them, with those inserted that `isWanted`. */
  now(stored: readonly FormerRow[], isWanted: (row: FormerRow) => boolean): FormerRow[] {
    const kept = this.isErased ? [] : stored.filter((row) => !this.deleted.has(nameOf(row)));
    return [...kept.map((row) => this.renamed.get(nameOf(row)) ?? row), ...[...this.inserted.values()].filter(isWanted)];
  }

  remove(row: FormerRow): void {
    this.left.add(row.customerId);
    // What is inserted may take the place of a row that is stored, and is deleted.
    if (this.inserted.delete(nameOf(row))) return;
    this.renamed.delete(nameOf(row));
    this.deleted.set(nameOf(row), row);
  }
}

/** Rows of `former_owner`, `former_identifier` and `nameless_owner`: what is stored, with what the writes have changed so far. */
export class FormerOwnerRows {
  readonly #gathering: Gathering;
  readonly #customers: CustomerRows;
  readonly #changed = new Map<string, ChangedKey>();
  readonly #members = new NamelessMembers();

  constructor(gathering: Gathering, customers: CustomerRows) {
    this.#gathering = gathering;
    this.#customers = customers;
  }

  insert({ key, until, customerId }: Write<'insert-former-owner'>): void {
    const rows = this.#rowsAt(key, until);
    if (rows.some((row) => row.customerId === customerId)) return;
    const ordinal = Math.max(-1, ...rows.map((row) => row.ordinal)) + 1;
    this.#insert(key, { until, ordinal, customerId, isNameless: false });
  }

  collapse({ key, until, ordinal, nameless, members }: Write<'collapse-former-owners'>): void {
    for (const row of this.#rowsUpTo(key, until, ordinal)) this.#of(key).remove(row);
    this.#insert(key, { until, ordinal, customerId: nameless, isNameless: true });
    for (const member of members) {
      // Otherwise the erasure of a member may miss the nameless row that stands for them from now on.
      this.#customers.writeUnder(member);
      this.#members.insert(key, member);
    }
  }

  rename({ key, until, ordinal, customerId }: Write<'rename-former-owner'>): void {
    const row = this.#rowsAt(key, until).find((each) => each.ordinal === ordinal);
    if (row === undefined) return;
    const changed = this.#of(key);
    changed.left.add(row.customerId);
    this.#customers.writeUnder(customerId);
    const rows = changed.inserted.has(nameOf(row)) ? changed.inserted : changed.renamed;
    rows.set(nameOf(row), { ...row, customerId });
  }

  deleteMember({ key, customerId }: Write<'delete-nameless-member'>): void {
    this.#customers.writeUnder(customerId);
    this.#members.delete(key, customerId);
  }

  /** Deletes all rows of an identifier. */
  erase(key: string): void {
    const rows = this.#rowsUpTo(key, ...END);
    const changed = this.#of(key);
    // Only a nameless row has members; without one, they need not be looked for.
    this.#members.erase(key, rows.some((row) => row.isNameless) || [...changed.deleted.values()].some((row) => row.isNameless));
    for (const { customerId } of rows) changed.left.add(customerId);
    changed.isErased = true;
    for (const changes of [changed.inserted, changed.deleted, changed.renamed]) changes.clear();
  }

  statements(): Statement[] {
    const all = [...this.#changed.values()];
    const each = <Row>(rowsOf: (changed: ChangedKey) => Iterable<Row>) =>
      all.flatMap((changed) => [...rowsOf(changed)].map((row) => [changed.key, row] as const));
    const owners = each(
      ({ inserted, renamed }) => new Set([...inserted.values(), ...renamed.values()].map(({ customerId }) => customerId)),
    );
    return [
      ...DELETE_ALL.over(all.filter(({ isErased }) => isErased).map(({ key }) => [key])),
      ...DELETE.over(each(({ deleted }) => deleted.values()).map(([key, { until, ordinal }]) => [key, until, ordinal])),
      ...RENAME.over(each(({ renamed }) => renamed.values()).map(([key, row]) => [key, row.until, row.ordinal, row.customerId])),
      ...INSERT.over(
        each(({ inserted }) => inserted.values()).map(([key, row]) => [key, row.until, row.ordinal, row.customerId, row.isNameless]),
      ),
      ...DELETE_FOUND.over(each((changed) => this.#withoutRows(changed)).map(([key, customerId]) => [customerId, key])),
      ...INSERT_FOUND.over(owners.map(([key, customerId]) => [customerId, key])),
      ...this.#members.statements(),
    ];
  }

  /** Customers who were former owners of an identifier, and are no more. */
  #withoutRows(changed: ChangedKey): CustomerId[] {
    return [...changed.left].filter((customerId) => {
      const isTheirs = (row: FormerRow) => row.customerId === customerId;
      if ([...changed.inserted.values(), ...changed.renamed.values()].some(isTheirs)) return false;
      if (changed.isErased) return true;
      const stored = this.#gathering.ask(formerOfLookup, JSON.stringify([changed.key, customerId]));
      return !changed.now(stored, () => false).some(isTheirs);
    });
  }

  #rowsAt(key: string, until: number): FormerRow[] {
    const stored = this.#gathering.ask(formerAtLookup, JSON.stringify([key, until]));
    return this.#of(key).now(stored, (row) => row.until === until);
  }

  #rowsUpTo(key: string, until: number, ordinal: number): FormerRow[] {
    const stored = this.#gathering.ask(formerUpToLookup, JSON.stringify([key, until, ordinal]));
    return this.#of(key).now(stored, (row) => row.until < until || (row.until === until && row.ordinal <= ordinal));
  }

  #insert(key: string, row: FormerRow): void {
    this.#customers.writeUnder(row.customerId);
    this.#of(key).inserted.set(nameOf(row), row);
  }

  #of(key: string): ChangedKey {
    const known = this.#changed.get(key);
    if (known !== undefined) return known;
    const changed = new ChangedKey(key);
    this.#changed.set(key, changed);
    return changed;
  }
}

function nameOf({ until, ordinal }: Pick<FormerRow, 'until' | 'ordinal'>): string {
  return `${until} ${ordinal}`;
}
