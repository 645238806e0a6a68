import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { CustomerId } from '../../model/customer.ts';
import type { JourneyPlace, JourneyRange, StoredInteraction } from '../../model/interaction.ts';

export interface InteractionRow {
  customer_id: CustomerId;
  occurred_at: number;
  id: string;
  type: string;
  touchpoint: string | null;
  page_url: string | null;
  properties: string;
  recorded_at: number;
  identifier_type: string | null;
  identifier_value: string | null;
  source: string | null;
}

export const INTERACTION_COLUMNS =
  'customer_id, occurred_at, id, type, touchpoint, page_url, properties, recorded_at, identifier_type, identifier_value, source';
/** SQLite takes 500 parts of a compound select (SQLITE_LIMIT_COMPOUND_SELECT) and merges them one into the other. */
const IDS_PER_STATEMENT = 100;
const KEPT_STATEMENTS = 500;
/** Interactions that are looked at in one go: some milliseconds. */
const STRETCH = 5_000;

/**
 * Reads of journeys. Interactions lie under the id their customer had when they were written, in order of time; a
 * journey is the merge of what lies under each id, and is read only as far as it is asked for.
 */
export class InteractionReads {
  readonly #database: DatabaseSync;
  readonly #ids;
  readonly #statements = new LRUCache<string, StatementSync>({ max: KEPT_STATEMENTS });

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#ids = database.prepare('select id from customer where root_id = (select root_id from customer where id = ?)');
  }

  /**
   * A filter may let nothing through, however long the journey: so one with a filter is read in stretches, between which
   * others are served.
   */
  async find(customer: CustomerId, range: JourneyRange): Promise<StoredInteraction[]> {
    const ids = this.idsOf(customer);
    if (range.types === null && range.touchpoints === null) return this.#find(ids, range);
    const found: StoredInteraction[] = [];
    for (let rest = range; ; ) {
      const end = this.#endOfStretch(ids, rest);
      const stretch = end === null ? rest : until(rest, end);
      found.push(...this.#find(ids, { ...stretch, limit: range.limit - found.length }));
      if (end === null || found.length >= range.limit) return found;
      rest = from(rest, end);
      await setImmediate();
    }
  }

  #find(ids: readonly CustomerId[], range: JourneyRange): StoredInteraction[] {
    return this.#inParts(ids, (part) => this.#read(part, range), range.order).slice(0, range.limit);
  }

  /** The place of the last interaction of a stretch; null where the range ends before. */
  #endOfStretch(ids: readonly CustomerId[], range: JourneyRange): JourneyPlace | null {
    const unfiltered = { ...range, limit: 1, types: null, touchpoints: null };
    return this.#inParts(ids, (part) => this.#read(part, unfiltered, STRETCH - 1), range.order)[0] ?? null;
  }

  #inParts(
    ids: readonly CustomerId[],
    read: (part: readonly CustomerId[]) => StoredInteraction[],
    order: JourneyRange['order'],
  ): StoredInteraction[] {
    const parts: StoredInteraction[][] = [];
    for (let first = 0; first < ids.length; first += IDS_PER_STATEMENT) parts.push(read(ids.slice(first, first + IDS_PER_STATEMENT)));
    if (parts.length <= 1) return parts[0] ?? [];
    const direction = order === 'newest-first' ? -1 : 1;
    return parts.flat().sort((a, b) => direction * compare(a, b));
  }

  /** Every id that this customer of today ever had; none for an id that is nobody's. */
  idsOf(customer: CustomerId): CustomerId[] {
    return (this.#ids.all(customer) as { id: CustomerId }[]).map(({ id }) => id);
  }

  /** @param offset how many to leave out first. */
  #read(ids: readonly CustomerId[], range: JourneyRange, offset = 0): StoredInteraction[] {
    const { olderThan, newerThan, types, touchpoints } = range;
    const filters = [
      ...[olderThan, newerThan].flatMap((place) => (place === null ? [] : [place.occurredAt.getTime(), place.id, place.customerId])),
      ...[types, touchpoints].flatMap((names) => (names === null ? [] : [JSON.stringify(names)])),
    ];
    const rows = this.#statement(ids.length, range, offset).all(...filters, ...ids);
    return (rows as unknown as InteractionRow[]).map(toInteraction);
  }

  /**
   * Each part comes out of its index in order, and SQLite takes from each only what the merge needs. Parameters have
   * numbers and no names, what is not asked for is not compared, and the limit stands in the text, where SQLite plans
   * with it: each was a large part of the time of a short read.
   */
  #statement(ids: number, { limit, order, olderThan, newerThan, types, touchpoints }: JourneyRange, offset: number): StatementSync {
    const name = [ids, limit, offset, order, ...[olderThan, newerThan, types, touchpoints].map((filter) => filter !== null)].join();
    let statement = this.#statements.get(name);
    if (statement !== undefined) return statement;
    let parameters = 0;
    const next = () => `?${++parameters}`;
    const filters = [
      olderThan && `and (occurred_at, id, customer_id) < (${next()}, ${next()}, ${next()})`,
      newerThan && `and (occurred_at, id, customer_id) > (${next()}, ${next()}, ${next()})`,
      types && `and type in (select value from json_each(${next()}))`,
      touchpoints && `and touchpoint in (select value from json_each(${next()}))`,
    ].filter((filter) => filter !== null);
    const part = () => `select ${INTERACTION_COLUMNS} from interaction where customer_id = ${next()} ${filters.join(' ')}`;
    const direction = order === 'newest-first' ? 'desc' : 'asc';
    const parts = Array.from({ length: ids }, part).join(' union all ');
    const ordered = `order by occurred_at ${direction}, id ${direction}, customer_id ${direction}`;
    statement = this.#database.prepare(`${parts} ${ordered} limit ${limit} offset ${offset}`);
    this.#statements.set(name, statement);
    return statement;
  }
}

/** The range up to a place, in its order. Of the newest first it ends before that place: what begins there includes it. */
function until(range: JourneyRange, end: JourneyPlace): JourneyRange {
  return range.order === 'newest-first' ? { ...range, newerThan: end } : { ...range, olderThan: justAfter(end) };
}

/** What of the range `until` left. */
function from(range: JourneyRange, end: JourneyPlace): JourneyRange {
  return range.order === 'newest-first' ? { ...range, olderThan: justAfter(end) } : { ...range, newerThan: end };
}

/** Nothing stands between a place and this one. */
function justAfter({ occurredAt, id, customerId }: JourneyPlace): JourneyPlace {
  return { occurredAt, id, customerId: `${customerId}\0` };
}

function compare(a: StoredInteraction, b: StoredInteraction): number {
  return a.occurredAt.getTime() - b.occurredAt.getTime() || compareTexts(a.id, b.id) || compareTexts(a.customerId, b.customerId);
}

/** As SQLite does: by bytes of UTF-8. */
function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function toInteraction(row: InteractionRow): StoredInteraction {
  return {
    id: row.id,
    type: row.type,
    occurredAt: new Date(row.occurred_at),
    touchpoint: row.touchpoint,
    pageUrl: row.page_url,
    properties: JSON.parse(row.properties),
    customerId: row.customer_id,
    identifier: row.identifier_type === null ? null : { type: row.identifier_type, value: row.identifier_value },
    source: row.source,
    recordedAt: new Date(row.recorded_at),
  };
}
