import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { IdentityRecord, IdentityRule } from '../../model/identity.ts';
import type { IdentityEventPage } from '../../model/ports.ts';
import { readKeptChanges, withoutValues } from '../kept-changes.ts';
import { ANY_PENDING, PendingErasures } from './pending-erasures.ts';
import type { ReadBounds } from './read-bounds.ts';

interface EventRow {
  customer_id: CustomerId;
  id: string;
  event_customer_id: CustomerId;
  rule: IdentityRule;
  source: string;
  actor: string | null;
  reason: string | null;
  occurred_at: number;
  recorded_at: number;
  changes: string;
}

/** Stands behind every event. */
const LAST = { recorded_at: Number.MIN_SAFE_INTEGER, id: '' };
/** Stands before every event: a text sorts after all numbers. */
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
         order by recorded_at desc, id desc limit ?`,
      );
    this.#events = events('');
    // Of an id that was erased nothing but that is known, however far the purge is.
    this.#erasures = events(`and rule = 'ERASE'`);
  }

  /** The last first. @returns null beyond the bounds. */
  find(customer: CustomerId, { limit, after }: IdentityEventPage): IdentityRecord[] | null {
    if (limit > this.#bounds.rows) return null;
    const ids = this.#ids.all(customer) as { id: CustomerId; erased_at: number | null; any_pending: 1 | null }[];
    if (ids.length > this.#bounds.ids) return null;
    const from = after === null ? FIRST : { recorded_at: after.recordedAt.getTime(), id: after.id };
    let page: EventRow[] = [];
    for (const { id, erased_at } of ids) {
      const events = erased_at === null ? this.#events : this.#erasures;
      // What is older than a full page so far can't be on it.
      const end = (page.length >= limit ? page.at(-1) : null) ?? LAST;
      const found = events.all(id, from.recorded_at, from.id, end.recorded_at, end.id, limit) as unknown as EventRow[];
      if (found.length > 0) page = page.length === 0 ? found : merge(page, found).slice(0, limit);
    }
    return (ids[0]?.any_pending === 1 ? this.#withoutPending(page) : page).map(toRecord);
  }

  #withoutPending(page: readonly EventRow[]): readonly EventRow[] {
    return page.map((row) => {
      const changes = withoutValues(row.changes, (key) => this.#pending.has(key, row.customer_id));
      return changes === row.changes ? row : { ...row, changes, reason: null };
    });
  }
}

/** Both, the last first. An event that changed several customers who are one by now is there once. */
function merge(page: readonly EventRow[], found: readonly EventRow[]): EventRow[] {
  const rows = [...new Map([...page, ...found].map((row) => [row.id, row])).values()];
  return rows.sort((a, b) => b.recorded_at - a.recorded_at || (a.id < b.id ? 1 : -1));
}

function toRecord(row: EventRow): IdentityRecord {
  const { evidence, leftOut, linked, cut, merged } = readKeptChanges(row.changes);
  return {
    id: row.id,
    rule: row.rule,
    customerId: row.event_customer_id,
    source: row.source,
    actor: row.actor,
    reason: row.reason,
    occurredAt: new Date(row.occurred_at),
    recordedAt: new Date(row.recorded_at),
    evidence,
    leftOut,
    linked,
    cut,
    merged: merged.map(({ id }) => id),
  };
}
