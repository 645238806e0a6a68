import type { CustomerId } from '../../../model/customer.ts';
import type { JourneyCursor, JourneyRange } from '../../../model/interaction.ts';
import { journeyKeyOf, rangeAfter } from '../../merge-pages.ts';
import { INTERACTION_COLUMNS, type InteractionRow } from '../../rows.ts';
import { type Connection, prepared } from '../statement.ts';

/** Rows that a statement with a filter looks at: a millisecond or two of the database's time, for which others may have to wait. */
const SLICE = 1_000;

/** Before and after every interaction of every customer. */
const FIRST: readonly [number, string, string] = [Number.MIN_SAFE_INTEGER, '', ''];
const LAST: readonly [number, string, string] = [Number.MAX_SAFE_INTEGER, '', ''];

const COLUMNS = [...INTERACTION_COLUMNS, 'actor'].join(', ');

interface SlicedRow extends InteractionRow {
  /** Its number in the slice, from 1 on. */
  readonly n: number;
}

/** Each range has both ends, and filters that may be null: so there are four statements in all. */
const STATEMENTS = {
  'newest-first': { plain: prepared(plain('desc')), filtered: prepared(filtered('desc')) },
  'oldest-first': { plain: prepared(plain('asc')), filtered: prepared(filtered('asc')) },
} as const;

/** The interactions of a range that lie under one id, in the range's order, at most its limit. */
export async function readJourneyUnder(connection: Connection, id: CustomerId, range: JourneyRange): Promise<readonly InteractionRow[]> {
  const statements = STATEMENTS[range.order];
  if (range.types === null && range.touchpoints === null) {
    const { rows } = await connection.run({ prepared: statements.plain, values: [id, ...endsOf(range), range.limit] });
    return rows as unknown as InteractionRow[];
  }
  const page: InteractionRow[] = [];
  for (let left = range; ; ) {
    const values = [id, ...endsOf(left), SLICE, left.types, left.touchpoints, left.limit + 1];
    const rows = (await connection.run({ prepared: statements.filtered, values })).rows as unknown as SlicedRow[];
    const last = rows.at(-1);
    page.push(...rows.filter((row) => isWanted(row, range)).slice(0, left.limit));
    if (page.length >= range.limit || last?.n !== SLICE) return page;
    left = { ...rangeAfter(left, journeyKeyOf(last)), limit: range.limit - page.length };
  }
}

function plain(direction: 'asc' | 'desc'): string {
  return `select ${COLUMNS} from interaction
    where customer_id = $1 and (occurred_at, id, customer_id) < ($2, $3, $4) and (occurred_at, id, customer_id) > ($5, $6, $7)
    order by occurred_at ${direction}, id ${direction} limit $8`;
}

/** The last row of a full slice is answered whatever it is: there the next slice begins. */
function filtered(direction: 'asc' | 'desc'): string {
  return `select ${COLUMNS}, n from (
      select slice.*, row_number() over (order by occurred_at ${direction}, id ${direction}) as n from (${plain(direction)}) slice
    ) numbered
    where (($9::text[] is null or type = any($9)) and ($10::text[] is null or touchpoint = any($10))) or n = $8
    order by occurred_at ${direction}, id ${direction} limit $11`;
}

function endsOf({ olderThan, newerThan }: JourneyRange): (number | string)[] {
  return [...keyOf(olderThan, LAST), ...keyOf(newerThan, FIRST)];
}

function keyOf(key: JourneyCursor | null, otherwise: readonly [number, string, string]): readonly [number, string, string] {
  return key === null ? otherwise : [key.occurredAt.getTime(), key.id, key.customerId];
}

function isWanted({ type, touchpoint }: InteractionRow, { types, touchpoints }: JourneyRange): boolean {
  return (types?.includes(type) ?? true) && (touchpoints === null || (touchpoint !== null && touchpoints.includes(touchpoint)));
}
