import type { HistoryWrite } from '../../plan/writes.ts';
import type { Statement } from '../statement.ts';
import { type BulkRow, bulkInsert } from './bulk.ts';
import type { CustomerRows } from './customer-rows.ts';
import type { MentionRows } from './mention-rows.ts';

const INSERT = bulkInsert('identity_event', {
  ...({ customer_id: 'text', recorded_at: 'bigint', id: 'text', event_customer_id: 'text', rule: 'text', source: 'text' } as const),
  ...({ actor: 'text', reason: 'text', occurred_at: 'bigint', changes: 'text' } as const),
});
// Where the same event was remembered meanwhile, the transaction is repeated, and recognises it.
const REMEMBER = bulkInsert('heard_event', { event_key: 'bytea', customer_id: 'text', refused_type: 'text', heard_at: 'bigint' });

type Write<Kind extends HistoryWrite['kind']> = Extract<HistoryWrite, { kind: Kind }>;

/** Rows of `identity_event` and `heard_event` that the writes insert. */
export class HistoryRows {
  readonly #customers: CustomerRows;
  readonly #mentions: MentionRows;
  readonly #inserted: BulkRow[] = [];
  readonly #remembered: BulkRow[] = [];

  constructor(customers: CustomerRows, mentions: MentionRows) {
    this.#customers = customers;
    this.#mentions = mentions;
  }

  insert(write: Write<'insert-identity-event'>): void {
    const { id, changed, recordedAt, customerId, rule, source, actor, reason, occurredAt, changes, mentions } = write;
    this.#customers.writeUnder(changed);
    this.#inserted.push([changed, recordedAt, id, customerId, rule, source, actor, reason, occurredAt, changes]);
    for (const key of mentions) this.#mentions.inHistory(key, changed, recordedAt, id);
  }

  remember({ hash, customerId, refusedType, at }: Write<'insert-remembered-event'>): void {
    this.#remembered.push([hash, customerId, refusedType, at]);
  }

  statements(): Statement[] {
    return [...INSERT.over(this.#inserted), ...REMEMBER.over(this.#remembered)];
  }
}
