import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import type { CustomerId } from '../../model/customer.ts';
import { identifierKey } from '../../model/identifier.ts';
import type { JourneyPlace, JourneyRange, StoredInteraction } from '../../model/interaction.ts';
import { ANY_PENDING, PendingErasures } from './pending-erasures.ts';
import { type ReadBounds, UNBOUNDED } from './read-bounds.ts';

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
/**
 * How many ids a statement has room for: it takes the smallest that fits, and null in the rest, under which nothing lies.
 * So there are few statements, whatever the customers. SQLite merges the parts of a compound select one into the other.
 */
const IDS_PER_STATEMENT = [1, 2, 4, 8, 16, 32, 64] as const;
const MOST_IDS = 64;
/** Limits that statements have; the page is cut afterwards. A page asks for one more than it shows, to know of the next. */
const LIMITS = [1, 2, 6, 11, 21, 51, 101, 201, 501, 1_001] as const;
/** Parts of all statements that are kept: each takes about 7 kB. */
const KEPT_PARTS = 1_000;

/** What a statement's text depends on. */
interface Shape {
  readonly ids: number;
  /** Null for a limit that is a parameter. */
  readonly limit: number | null;
  /** To find the place at this offset only; null to read interactions. */
  readonly offset: number | null;
}

/**
 * Reads of journeys. Interactions lie under the id their customer had when they were written, in order of time; a
 * journey is the merge of what lies under each id, and is read only as far as it is asked for.
 */
export class InteractionReads {
  readonly #database: DatabaseSync;
  readonly #bounds: ReadBounds;
  readonly #pending: PendingErasures;
  readonly #ids;
  readonly #statements = new LRUCache<string, { readonly statement: StatementSync; readonly parts: number }>({
    maxSize: KEPT_PARTS,
    sizeCalculation: ({ parts }) => parts,
  });

  constructor(database: DatabaseSync, bounds: ReadBounds) {
    this.#bounds = bounds;
    this.#database = database;
    this.#pending = new PendingErasures(database);
    this.#ids = database.prepare(
      `select id, ${ANY_PENDING} from customer
       where root_id = (select root_id from customer where id = ?) and erased_at is null limit ${bounds.ids + 1}`,
    );
  }

  /** @returns null beyond the bounds. A filter may let nothing through, so with one the rows count that it looks at. */
  find(customer: CustomerId, range: JourneyRange): StoredInteraction[] | null {
    const own = this.#ids.all(customer) as { id: CustomerId; any_pending: 1 | null }[];
    const ids = own.map(({ id }) => id);
    if (ids.length > this.#bounds.ids || range.limit > this.#bounds.rows) return null;
    const found = this.#readWithin(ids, range);
    return found !== null && own[0]?.any_pending === 1 ? found.map((each) => this.#withoutPending(each)) : found;
  }

  #readWithin(ids: readonly CustomerId[], range: JourneyRange): StoredInteraction[] | null {
    if ((range.types === null && range.touchpoints === null) || this.#bounds === UNBOUNDED) return this.#read(ids, range);
    const end = this.#placeAt(ids, range, this.#bounds.rows);
    if (end === null) return this.#read(ids, range);
    const found = this.#read(ids, until(range, end));
    return found.length < range.limit ? null : found;
  }

  #read(ids: readonly CustomerId[], range: JourneyRange): StoredInteraction[] {
    const limit = LIMITS.find((each) => each >= range.limit) ?? null;
    const rows = this.#inParts(ids, range, (part, within) => {
      const statement = this.#statement({ ids: part.length, limit, offset: null }, within);
      return statement.all(...parametersOf(within), ...part, ...(limit === null ? [range.limit] : [])) as unknown as InteractionRow[];
    });
    return rows.map(toInteraction);
  }

  #withoutPending(interaction: StoredInteraction): StoredInteraction {
    const { identifier, customerId } = interaction;
    if (identifier === null || identifier.value === null) return interaction;
    const key = identifierKey({ type: identifier.type, value: identifier.value });
    return this.#pending.has(key, customerId) ? { ...interaction, identifier: { type: identifier.type, value: null } } : interaction;
  }

  /** The place with so many interactions of the range before it, whatever the filters; null where there are fewer. */
  #placeAt(ids: readonly CustomerId[], range: JourneyRange, offset: number): JourneyPlace | null {
    const unfiltered = { ...range, types: null, touchpoints: null };
    const [row] = this.#inParts(ids, unfiltered, (part) => {
      const statement = this.#statement({ ids: part.length, limit: 1, offset }, unfiltered);
      return statement.all(...parametersOf(unfiltered), ...part) as unknown as InteractionRow[];
    });
    return row === undefined ? null : placeOf(row);
  }

  /** @param read is given as many ids as a statement has room for, null standing for none, and what is still wanted of them. */
  #inParts(
    ids: readonly CustomerId[],
    range: JourneyRange,
    read: (part: readonly (CustomerId | null)[], within: JourneyRange) => InteractionRow[],
  ): InteractionRow[] {
    const { order, limit } = range;
    let found: InteractionRow[] = [];
    for (let first = 0; first < ids.length; first += MOST_IDS) {
      const part: (CustomerId | null)[] = ids.slice(first, first + MOST_IDS);
      const room = IDS_PER_STATEMENT.find((each) => each >= part.length) ?? MOST_IDS;
      while (part.length < room) part.push(null);
      // Behind a full page so far nothing is wanted.
      const last = found.length < limit ? undefined : found.at(-1);
      const rows = read(part, last === undefined ? range : until(range, placeOf(last)));
      found = found.concat(rows);
      if (first > 0 && rows.length > 0) found.sort(order === 'newest-first' ? (a, b) => -compare(a, b) : compare);
      if (found.length > limit) found = found.slice(0, limit);
    }
    return found;
  }

  /**
   * Each part comes out of its index in order, and SQLite takes from each only what the merge needs. Parameters have
   * numbers and no names, what is not asked for is not compared, and the limit stands in the text, where SQLite plans
   * with it: each was a large part of the time of a short read.
   */
  #statement({ ids, limit, offset }: Shape, { order, olderThan, newerThan, types, touchpoints }: JourneyRange): StatementSync {
    const name = [ids, limit, offset, order, ...[olderThan, newerThan, types, touchpoints].map((filter) => filter !== null)].join();
    const known = this.#statements.get(name);
    if (known !== undefined) return known.statement;
    let parameters = 0;
    const next = () => `?${++parameters}`;
    const filters = [
      olderThan && `and (occurred_at, id, customer_id) < (${next()}, ${next()}, ${next()})`,
      newerThan && `and (occurred_at, id, customer_id) > (${next()}, ${next()}, ${next()})`,
      types && `and type in (select value from json_each(${next()}))`,
      touchpoints && `and touchpoint in (select value from json_each(${next()}))`,
    ].filter((filter) => filter !== null);
    const columns = offset === null ? INTERACTION_COLUMNS : 'customer_id, occurred_at, id';
    const part = () => `select ${columns} from interaction where customer_id = ${next()} ${filters.join(' ')}`;
    const direction = order === 'newest-first' ? 'desc' : 'asc';
    const parts = Array.from({ length: ids }, part).join(' union all ');
    const ordered = `order by occurred_at ${direction}, id ${direction}, customer_id ${direction}`;
    const statement = this.#database.prepare(`${parts} ${ordered} limit ${limit ?? next()} offset ${offset ?? 0}`);
    this.#statements.set(name, { statement, parts: ids });
    return statement;
  }
}

/** What fills a statement's filters, in their order. */
function parametersOf({ olderThan, newerThan, types, touchpoints }: JourneyRange): (number | string)[] {
  return [
    ...[olderThan, newerThan].flatMap((place) => (place === null ? [] : [place.occurredAt.getTime(), place.id, place.customerId])),
    ...[types, touchpoints].flatMap((names) => (names === null ? [] : [JSON.stringify(names)])),
  ];
}

/** The range as far as a place, in its order, without what stands there. */
function until(range: JourneyRange, end: JourneyPlace): JourneyRange {
  return range.order === 'newest-first' ? { ...range, newerThan: end } : { ...range, olderThan: end };
}

function placeOf({ occurred_at, id, customer_id }: InteractionRow): JourneyPlace {
  return { occurredAt: new Date(occurred_at), id, customerId: customer_id };
}

/** The order of a journey, the oldest first. */
function compare(a: InteractionRow, b: InteractionRow): number {
  return a.occurred_at - b.occurred_at || compareTexts(a.id, b.id) || compareTexts(a.customer_id, b.customer_id);
}

/** As SQLite does: by bytes of UTF-8. */
export function compareTexts(a: string, b: string): number {
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
