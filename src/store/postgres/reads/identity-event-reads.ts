import type { CustomerId } from '../../../model/customer.ts';
import type { IdentityRecord } from '../../../model/identity.ts';
import type { IdentityEventPage } from '../../../model/ports.ts';
import { mergeIdentityEvents } from '../../merge-pages.ts';
import { type IdentityEventRow, toIdentityRecord } from '../../rows.ts';
import { type Connection, prepared } from '../statement.ts';
import { readCustomerPage } from './customer-page.ts';

/** Of an erased id only its erasure is answered, however far the purge is. */
const EVENTS = prepared(
  `select customer_id, id, event_customer_id, rule, source, actor, reason, occurred_at, recorded_at, changes from identity_event
   where customer_id = $1 and (recorded_at, id) < ($2, $3) and (recorded_at, id) >= ($4, $5) and (not $6::boolean or rule = 'ERASE')
   order by recorded_at desc, id desc limit $7`,
);

/** Sorts before every event of a page, and behind every one. */
const FIRST = { recorded_at: Number.MAX_SAFE_INTEGER, id: '' };
const LAST = { recorded_at: Number.MIN_SAFE_INTEGER, id: '' };

/** Reads of what changed a customer, over all the ids that a customer ever had. */
export class IdentityEventReads {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The last first. */
  async find(customer: CustomerId, { limit, after }: IdentityEventPage): Promise<IdentityRecord[]> {
    const from = after === null ? FIRST : { recorded_at: after.recordedAt.getTime(), id: after.id };
    const { page, pending } = await readCustomerPage<IdentityEventRow>(this.#connection, customer, {
      read: async ({ id, isErased }, found) => {
        // What is older than a full page so far can't be on it.
        const end = (found.length >= limit ? found.at(-1) : null) ?? LAST;
        const values = [id, from.recorded_at, from.id, end.recorded_at, end.id, isErased, limit];
        return (await this.#connection.run({ prepared: EVENTS, values })).rows as unknown as IdentityEventRow[];
      },
      merge: (found, more) => mergeIdentityEvents(found, more, limit),
    });
    return page.map((row) => {
      const erased = pending.under(row.customer_id);
      return toIdentityRecord(row, erased === undefined ? null : (key) => erased.has(key));
    });
  }
}
