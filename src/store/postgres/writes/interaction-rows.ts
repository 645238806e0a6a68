import { type Identifier, identifierKey } from '../../../model/identifier.ts';
import type { InteractionWrite, TraitWrite } from '../../plan/writes.ts';
import type { Statement } from '../statement.ts';
import { keptTraitValue } from '../trait-value.ts';
import { type BulkRow, bulkInsert, bulkUpsert } from './bulk.ts';
import type { CustomerRows } from './customer-rows.ts';
import type { MentionRows } from './mention-rows.ts';

const INSERT = bulkInsert(
  'interaction',
  {
    ...({ customer_id: 'text', occurred_at: 'bigint', id: 'text', type: 'text', touchpoint: 'text', page_url: 'text' } as const),
    ...({ properties: 'text', recorded_at: 'bigint', identifier_type: 'text', identifier_value: 'text' } as const),
    ...({ source: 'text', actor: 'text' } as const),
  },
  'on conflict do nothing',
);
const TOTALS_KEY = { customer_id: 'text', counter_id: 'integer', bucket: 'bigint' } as const;
const SAVE_TOTALS = bulkUpsert('trait_bucket', TOTALS_KEY, { tally: 'text' });
const SEE_VALUE = bulkInsert(
  'trait_value',
  { customer_id: 'text', counter_id: 'integer', value: 'text', last_at: 'bigint' },
  `on conflict (customer_id, counter_id, value) do update set last_at = greatest(trait_value.last_at, excluded.last_at)`,
);

type Interaction = Extract<InteractionWrite, { kind: 'insert-interaction' }>;
type Totals = Extract<TraitWrite, { kind: 'save-totals' }>;
type Value = Extract<TraitWrite, { kind: 'see-trait-value' }>;

/** Rows of `interaction`, `trait_bucket` and `trait_value` that the writes insert or replace. */
export class InteractionRows {
  readonly #customers: CustomerRows;
  readonly #mentions: MentionRows;
  /** By customer and interaction id: of several, the first is stored, as if they came one after the other. */
  readonly #inserted = new Map<string, BulkRow>();
  readonly #totals = new Map<string, Totals>();
  readonly #values = new Map<string, Value>();

  constructor(customers: CustomerRows, mentions: MentionRows) {
    this.#customers = customers;
    this.#mentions = mentions;
  }

  insert({ customerId, interaction, attributedBy, source, recordedAt }: Interaction): void {
    const { id, type, occurredAt, touchpoint, pageUrl, properties, actor } = interaction;
    this.#customers.writeUnder(customerId);
    const about = [type, touchpoint, pageUrl, JSON.stringify(properties), recordedAt];
    const cause = [attributedBy?.type ?? null, attributedBy?.value ?? null, source, typeof actor === 'string' ? actor : null];
    const name = `${customerId} ${id}`;
    if (!this.#inserted.has(name)) this.#inserted.set(name, [customerId, occurredAt.getTime(), id, ...about, ...cause]);
  }

  mention(identifier: Identifier, customerId: Interaction['customerId']): void {
    this.#customers.writeUnder(customerId);
    this.#mentions.inInteractions(identifierKey(identifier), customerId);
  }

  /** Of several totals of one span, the last are kept. */
  saveTotals(write: Totals): void {
    const { customerId, counterId, bucket } = write.key;
    this.#customers.writeUnder(customerId);
    this.#totals.set(`${customerId} ${counterId} ${bucket}`, write);
  }

  seeValue(write: Value): void {
    this.#customers.writeUnder(write.customerId);
    const name = `${write.customerId} ${write.counterId} ${write.value}`;
    const known = this.#values.get(name);
    if (known === undefined || known.at < write.at) this.#values.set(name, write);
  }

  statements(): Statement[] {
    return [
      ...INSERT.over([...this.#inserted.values()]),
      ...SAVE_TOTALS.over(
        [...this.#totals.values()].map(({ key, totals }) => [key.customerId, key.counterId, key.bucket, JSON.stringify(totals)]),
      ),
      ...SEE_VALUE.over(
        [...this.#values.values()].map(({ customerId, counterId, value, at }) => [customerId, counterId, keptTraitValue(value), at]),
      ),
    ];
  }
}
