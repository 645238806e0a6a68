import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { IdentityRecord } from '../../model/identity.ts';
import type { IdentityEventPage } from '../../model/ports.ts';
import { mergeIdentityEvents } from '../merge-pages.ts';
import { type IdentityEventRow, toIdentityRecord } from '../rows.ts';
import { ANY_PENDING, PendingErasures } from './pending-erasures.ts';
import { LIMIT, type ReadBounds } from './read-bounds.ts';

/** Sorts behind every event. */
const LAST = { recorded_at: Number.MIN_SAFE_INTEGER, id: '' };
/** Sorts before every event: SQLite sorts a text after all numbers. */
const FIRST = { recorded_at: 'first', id: '' };

/** Reads of what changed a customer, over all the ids that a customer ever had. */
export class IdentityEventReads {
  readonly #bounds: ReadBounds;
  readonly #pending: PendingErasures;
  readonly #ids;
  readonly #events;
  readonly #erasures;

  constructor(database: DatabaseSync, bounds: ReadBounds) {
    this.#bounds = bounds;
    this.#pending = new PendingErasures(database);
    this.#ids = database.prepare(
      `select id, erased_at, ${ANY_PENDING} from customer where root_id = (select root_id from customer where id = ?) limit ${bounds.ids + 1}`,
    );
    const fields = 'customer_id, id, event_customer_id, rule, source, actor, reason, occurred_at, recorded_at, changes';
    const events = (filter: string) =>
      database.prepare(
        `select ${fields} from identity_event
         where customer_id = ? and (recorded_at, id) < (?, ?) and (recorded_at, id) >= (?, ?) ${filter}
         order by recorded_at desc, id desc ${LIMIT}`,
      );
    this.#events = events('');
    // Of an erased id only its erasure is answered, however far the purge is.
    this.#erasures = events(`and rule = 'ERASE'`);
  }

  /** The last first. @returns null beyond the bounds. */
  find(customer: CustomerId, { limit, after }: IdentityEventPage): IdentityRecord[] | null {
    if (limit > this.#bounds.rows) return null;
    const ids = this.#ids.all(customer) as { id: CustomerId; erased_at: number | null; any_pending: 1 | null }[];
    if (ids.length > this.#bounds.ids) return null;
    const from = after === null ? FIRST : { recorded_at: after.recordedAt.getTime(), id: after.id };
    let page: readonly IdentityEventRow[] = [];
    for (const { id, erased_at } of ids) {
      const events = erased_at === null ? this.#events : this.#erasures;
      // What is older than a full page so far can't be on it.
      const end = (page.length >= limit ? page.at(-1) : null) ?? LAST;
      const found = events.all(id, from.recorded_at, from.id, end.recorded_at, end.id, limit) as unknown as IdentityEventRow[];
      page = mergeIdentityEvents(page, found, limit);
    }
    const isAnyPending = ids[0]?.any_pending === 1;
    return page.map((row) => toIdentityRecord(row, isAnyPending ? (key) => this.#pending.has(key, row.customer_id) : null));
  }
}
