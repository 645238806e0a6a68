import type { CustomerId } from '../../../model/customer.ts';
import type { Statement } from '../statement.ts';
import { bulkInsert } from './bulk.ts';

const IN_HISTORY = bulkInsert(
  'identity_mention',
  { id_key: 'text', customer_id: 'text', recorded_at: 'bigint', event_id: 'text' },
  'on conflict do nothing',
);
const IN_INTERACTIONS = bulkInsert('interaction_mention', { id_key: 'text', customer_id: 'text' }, 'on conflict do nothing');

/** Rows of `identity_mention` and `interaction_mention` that the writes insert. */
export class MentionRows {
  readonly #inHistory: (readonly [key: string, customerId: CustomerId, recordedAt: number, eventId: string])[] = [];
  readonly #inInteractions = new Map<string, readonly [key: string, customerId: CustomerId]>();

  /** @param recordedAt milliseconds. */
  inHistory(key: string, customerId: CustomerId, recordedAt: number, eventId: string): void {
    this.#inHistory.push([key, customerId, recordedAt, eventId]);
  }

  inInteractions(key: string, customerId: CustomerId): void {
    this.#inInteractions.set(`${customerId} ${key}`, [key, customerId]);
  }

  /** Under which ids the writes so far name an identifier. */
  customersNaming(key: string): Set<CustomerId> {
    return new Set(
      [...this.#inHistory, ...this.#inInteractions.values()].flatMap(([each, customerId]) => (each === key ? [customerId] : [])),
    );
  }

  statements(): Statement[] {
    return [...IN_HISTORY.over(this.#inHistory), ...IN_INTERACTIONS.over([...this.#inInteractions.values()])];
  }
}
