import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import type { CustomerId } from '../../model/customer.ts';
import { identifierKey } from '../../model/identifier.ts';
import type { JourneyCursor, JourneyRange, StoredInteraction } from '../../model/interaction.ts';
import { journeyKeyOf, mergeJourneys, rangeBefore, rangeLeft } from '../merge-pages.ts';
import { INTERACTION_COLUMNS, type InteractionRow, toInteraction } from '../rows.ts';
import { ANY_PENDING, PendingErasures } from './pending-erasures.ts';
import { type ReadBounds, UNBOUNDED } from './read-bounds.ts';

/**
 * Numbers of ids that statements are made for. A read takes the smallest that fits and passes null for the rest, so there
 * are few statements, whatever the customers. SQLite merges the parts of a compound select one into the other.
 */
const IDS_PER_STATEMENT = [1, 2, 4, 8, 16, 32, 64] as const;
const MOST_IDS = 64;
/** Limits that statements are made for; the page is cut afterwards. A page asks for one more row than it shows, to know of the next. */
const LIMITS = [1, 2, 6, 11, 21, 51, 101, 201, 501, 1_001] as const;
/** Who sent the interaction. It takes a sixth of a read's time, though few have it, so it is read only where it is wanted. */
const ACTOR = `(select a.actor from interaction_actor a
  where a.customer_id = interaction.customer_id and a.occurred_at = interaction.occurred_at and a.id = interaction.id) as actor`;
/** Parts of all statements that are kept: each takes about 7 kB. */
const KEPT_PARTS = 1_000;

/** What a statement's text depends on. */
interface Shape {
  readonly ids: number;
  /** Null for a limit that is a parameter. */
  readonly limit: number | null;
  /** To find the key at this offset only; null to read interactions. */
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

  /** @returns null beyond the bounds. A filter may let nothing through, so a read with a filter counts the rows that it looks at. */
  find(customer: CustomerId, range: JourneyRange): StoredInteraction[] | null {
    const own = this.#ids.all(customer) as { id: CustomerId; any_pending: 1 | null }[];
    const ids = own.map(({ id }) => id);
    if (ids.length > this.#bounds.ids || range.limit > this.#bounds.rows) return null;
    const found = this.#readWithin(ids, range);
    return found !== null && own[0]?.any_pending === 1 ? found.map((each) => this.#withoutPending(each)) : found;
  }

  #readWithin(ids: readonly CustomerId[], range: JourneyRange): StoredInteraction[] | null {
    if ((range.types === null && range.touchpoints === null) || this.#bounds === UNBOUNDED) return this.#read(ids, range);
    const end = this.#keyAt(ids, range, this.#bounds.rows);
    if (end === null) return this.#read(ids, range);
    const found = this.#read(ids, rangeBefore(range, end));
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

  /** The key that has so many interactions of the range before it, whatever the filters; null where there are fewer. */
  #keyAt(ids: readonly CustomerId[], range: JourneyRange, offset: number): JourneyCursor | null {
    const unfiltered = { ...range, types: null, touchpoints: null };
    const [row] = this.#inParts(ids, unfiltered, (part) => {
      const statement = this.#statement({ ids: part.length, limit: 1, offset }, unfiltered);
      return statement.all(...parametersOf(unfiltered), ...part) as unknown as InteractionRow[];
    });
    return row === undefined ? null : journeyKeyOf(row);
  }

  /** @param read is called with the ids of one statement, padded with null, and with the range that may still be on the page. */
  #inParts(
    ids: readonly CustomerId[],
    range: JourneyRange,
    read: (part: readonly (CustomerId | null)[], within: JourneyRange) => InteractionRow[],
  ): readonly InteractionRow[] {
    let page: readonly InteractionRow[] = [];
    for (let first = 0; first < ids.length; first += MOST_IDS) {
      const part: (CustomerId | null)[] = ids.slice(first, first + MOST_IDS);
      const room = IDS_PER_STATEMENT.find((each) => each >= part.length) ?? MOST_IDS;
      while (part.length < room) part.push(null);
      page = mergeJourneys(page, read(part, rangeLeft(range, page)), range);
    }
    return page;
  }

  /**
   * Each part comes out of its index in order, and SQLite takes from each only what the merge needs. Three things save a
   * large part of a short read's time: parameters have numbers and no names, absent filters are not in the text, and the
   * limit is in the text, where SQLite plans with it.
   */
  #statement({ ids, limit, offset }: Shape, range: JourneyRange): StatementSync {
    const { order, olderThan, newerThan, types, touchpoints, withActors = false } = range;
    const name = [
      ids,
      limit,
      offset,
      order,
      withActors,
      ...[olderThan, newerThan, types, touchpoints].map((filter) => filter !== null),
    ].join();
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
    const whole = withActors ? [...INTERACTION_COLUMNS, ACTOR] : INTERACTION_COLUMNS;
    const columns = offset === null ? whole.join(', ') : 'customer_id, occurred_at, id';
    const part = () => `select ${columns} from interaction where customer_id = ${next()} ${filters.join(' ')}`;
    const direction = order === 'newest-first' ? 'desc' : 'asc';
    const parts = Array.from({ length: ids }, part).join(' union all ');
    const ordered = `order by occurred_at ${direction}, id ${direction}, customer_id ${direction}`;
    const statement = this.#database.prepare(`${parts} ${ordered} limit ${limit ?? next()} offset ${offset ?? 0}`);
    this.#statements.set(name, { statement, parts: ids });
    return statement;
  }
}

/** The parameters of a statement's filters, in their order. */
function parametersOf({ olderThan, newerThan, types, touchpoints }: JourneyRange): (number | string)[] {
  return [
    ...[olderThan, newerThan].flatMap((key) => (key === null ? [] : [key.occurredAt.getTime(), key.id, key.customerId])),
    ...[types, touchpoints].flatMap((names) => (names === null ? [] : [JSON.stringify(names)])),
  ];
}
