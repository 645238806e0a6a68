import type { ErasureWrite } from '../../plan/writes.ts';
import { prepared, type Statement } from '../statement.ts';
import { type BulkRow, bulkInsert } from './bulk.ts';
import type { CustomerRows } from './customer-rows.ts';
import type { MentionRows } from './mention-rows.ts';

const SUPPRESS = bulkInsert(
  'suppression',
  { value_hash: 'bytea', erased_at: 'bigint' },
  'on conflict (value_hash) do update set erased_at = greatest(suppression.erased_at, excluded.erased_at)',
);
const PURGE = bulkInsert('purge', { erasure: 'text', customer_id: 'text', id_key: 'text' }, 'on conflict do nothing');
// Who gets the identifier after the erasure is not among them, so what is new keeps its value.
const PURGE_NAMED = prepared(
  `insert into purge (erasure, customer_id, id_key)
   select $1::text, named.id, $2::text from (
     select customer_id as id from identity_mention where id_key = $2 union select customer_id from interaction_mention where id_key = $2
   ) named where named.id <> all($3::text[]) on conflict do nothing`,
);

type Write<Kind extends ErasureWrite['kind']> = Extract<ErasureWrite, { kind: Kind }>;

/** Rows of `suppression` and `purge` that the writes insert. */
export class ErasureRows {
  readonly #customers: CustomerRows;
  readonly #mentions: MentionRows;
  /** By the hash, in hexadecimal. */
  readonly #suppressed = new Map<string, Write<'suppress'>>();
  readonly #purged: BulkRow[] = [];
  readonly #purgedByMention: Statement[] = [];

  constructor(customers: CustomerRows, mentions: MentionRows) {
    this.#customers = customers;
    this.#mentions = mentions;
  }

  suppress(write: Write<'suppress'>): void {
    const name = write.hash.toString('hex');
    const known = this.#suppressed.get(name);
    if (known === undefined || known.at < write.at) this.#suppressed.set(name, write);
  }

  purgeCustomer({ erasure, root }: Write<'purge-customer'>): void {
    this.#customers.writeUnder(root);
    for (const id of this.#customers.idsOf(root)) this.#purged.push([erasure, id, '']);
  }

  purgeIdentifier({ erasure, key, except }: Write<'purge-identifier'>): void {
    const own = this.#customers.idsOf(except);
    for (const id of this.#mentions.customersNaming(key)) if (!own.includes(id)) this.#purged.push([erasure, id, key]);
    this.#purgedByMention.push({ prepared: PURGE_NAMED, values: [erasure, key, own] });
  }

  /** To be run before mentions are inserted: those that come after the erasure are not for it. */
  statements(): Statement[] {
    return [
      ...SUPPRESS.over([...this.#suppressed.values()].map(({ hash, at }) => [hash, at])),
      ...PURGE.over(this.#purged),
      ...this.#purgedByMention,
    ];
  }
}
