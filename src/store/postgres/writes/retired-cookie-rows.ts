import type { CustomerId } from '../../../model/customer.ts';
import type { RetiredCookieRow } from '../../plan/facts.ts';
import type { RetiredCookieWrite } from '../../plan/writes.ts';
import type { Statement } from '../statement.ts';
import { bulkDelete, bulkInsert, bulkUpsert } from './bulk.ts';
import type { CustomerRows } from './customer-rows.ts';
import type { WriteFacts } from './write-facts.ts';

const DELETE = bulkDelete('retired_cookie', { id_key: 'text' });
const SAVE = bulkUpsert(
  'retired_cookie',
  { id_key: 'text' },
  { successor_key: 'text', proof: 'text', retired_at: 'bigint', customer_id: 'text' },
);
const OF = { customer_id: 'text', id_key: 'text' } as const;
const BEFORE = { successor_key: 'text', id_key: 'text' } as const;
const DELETE_OF = bulkDelete('retired_cookie_of', OF);
const INSERT_OF = bulkInsert('retired_cookie_of', OF, 'on conflict do nothing');
const DELETE_BEFORE = bulkDelete('retired_cookie_before', BEFORE);
const INSERT_BEFORE = bulkInsert('retired_cookie_before', BEFORE, 'on conflict do nothing');

type Write<Kind extends RetiredCookieWrite['kind']> = Extract<RetiredCookieWrite, { kind: Kind }>;
type Row = Pick<RetiredCookieRow, 'successorKey' | 'proof' | 'retiredAt'> & { readonly customerId: CustomerId };

/** Rows of `retired_cookie` and of the tables by which they are found: what is stored, with what the writes have changed so far. */
export class RetiredCookieRows {
  readonly #facts: WriteFacts;
  readonly #customers: CustomerRows;
  /** By key. */
  readonly #changed = new Map<string, { readonly stored: Row | null; row: Row | null }>();

  constructor(facts: WriteFacts, customers: CustomerRows) {
    this.#facts = facts;
    this.#customers = customers;
  }

  insert({ key, successorKey, proof, retiredAt, customerId }: Write<'insert-retired-cookie'>): void {
    this.#save(key, { successorKey, proof, retiredAt, customerId });
  }

  delete(key: string): void {
    const { row } = this.#of(key);
    if (row !== null) this.#customers.writeUnder(row.customerId);
    this.#of(key).row = null;
  }

  erase({ key, hash }: Write<'erase-retired-cookie'>): void {
    const { row } = this.#of(key);
    if (row !== null) {
      this.delete(key);
      this.#save(`erased:${hash.toString('base64url')}`, { ...row, proof: null });
    }
    for (const [replaced, before] of this.#replacedBy(key)) this.#save(replaced, { ...before, successorKey: null });
  }

  statements(): Statement[] {
    const all = [...this.#changed].map(([key, { stored, row }]) => ({ key, stored, row }));
    const stored = all.flatMap((each) => (each.stored === null ? [] : [{ ...each, is: each.stored }]));
    const saved = all.flatMap((each) => (each.row === null ? [] : [{ ...each, is: each.row }]));
    const isLost = (column: keyof Row) => (each: (typeof stored)[number]) => each.row?.[column] !== each.is[column];
    const isGained = (column: keyof Row) => (each: (typeof saved)[number]) => each.stored?.[column] !== each.is[column];
    const before = ({ key, is }: { key: string; is: Row }) => (is.successorKey === null ? [] : [[is.successorKey, key]]);
    return [
      ...DELETE.over(stored.filter(({ row }) => row === null).map(({ key }) => [key])),
      ...SAVE.over(saved.map(({ key, is }) => [key, is.successorKey, is.proof, is.retiredAt, is.customerId])),
      ...DELETE_OF.over(stored.filter(isLost('customerId')).map(({ key, is }) => [is.customerId, key])),
      ...INSERT_OF.over(saved.filter(isGained('customerId')).map(({ key, is }) => [is.customerId, key])),
      ...DELETE_BEFORE.over(stored.filter(isLost('successorKey')).flatMap(before)),
      ...INSERT_BEFORE.over(saved.filter(isGained('successorKey')).flatMap(before)),
    ];
  }

  #of(key: string) {
    const known = this.#changed.get(key);
    if (known !== undefined) return known;
    const stored = this.#facts.retiredCookie(key) ?? null;
    const changed = { stored, row: stored as Row | null };
    this.#changed.set(key, changed);
    return changed;
  }

  #save(key: string, row: Row): void {
    const changed = this.#of(key);
    // The row of a value that was erased before may be another customer's, whose erasure may change it at the same time.
    if (changed.row !== null) this.#customers.writeUnder(changed.row.customerId);
    this.#customers.writeUnder(row.customerId);
    changed.row = row;
  }

  #replacedBy(key: string): (readonly [string, Row])[] {
    for (const row of this.#facts.replacedBy(key)) this.#of(row.key);
    return [...this.#changed].flatMap(([replaced, { row }]) => (row?.successorKey === key ? [[replaced, row] as const] : []));
  }
}
