import { EMPTY_TOTALS, type Totals } from '../../../journey/trait-counter.ts';
import type { CustomerId } from '../../../model/customer.ts';
import type { JourneyRange } from '../../../model/interaction.ts';
import type { Trait } from '../../../model/trait.ts';
import { CounterIds, type CounterRow } from '../../counter-ids.ts';
import { journeyKeyOf, rangeAfter } from '../../merge-pages.ts';
import { addRows, partUntil, type StoredSpan, type TraitWindow, traitValue, traitWindow } from '../../trait-window.ts';
import { type Connection, prepared } from '../statement.ts';
import { readJourneyUnder } from './journey-pages.ts';
import { ownIdsOf } from './own-ids.ts';
import { readInParts } from './read-in-parts.ts';

/** Customers for whom interactions are read at the same time. */
const CUSTOMERS_AT_ONCE = 16;
/** Interactions of one answer. */
const PAGE = 1_000;

const COUNTERS = prepared('select id, definition from trait_counter');
/** Of one counter, so that exactly those spans are looked at. */
const SPANS = prepared(
  `select tally as totals, bucket as span, customer_id, counter_id as "counterId" from trait_bucket
   where customer_id = any($1) and counter_id = $2 and bucket >= $3 limit $4`,
);
/** $1 has ids, each the only one of its customer. */
const VALUES_OF_EACH = prepared(
  'select customer_id, count(*) as n from trait_value where customer_id = any($1) and counter_id = $2 and last_at >= $3 group by customer_id',
);
/** $1 has the ids of one customer. */
const VALUES_OF_ONE = prepared(
  'select count(distinct value) as n from trait_value where customer_id = any($1) and counter_id = $2 and last_at >= $3',
);

/** A trait, with what is read for it at one time. */
interface AskedTrait {
  readonly trait: Trait;
  readonly window: TraitWindow;
  readonly counterId: number;
}

interface SpanRow extends StoredSpan {
  readonly customer_id: CustomerId;
  readonly counterId: number;
}

/** The ids of a customer that are not erased, in the order of their bytes: in it totals are added. */
type OwnIds = readonly CustomerId[];

/** Reads of computed traits, over all the ids that a customer ever had. */
export class TraitReads {
  readonly #connection: Connection;
  readonly #counterIds = new CounterIds();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async find(ids: readonly CustomerId[], traits: readonly Trait[], at: Date): Promise<Record<string, unknown>[]> {
    if (ids.length === 0) return [];
    const [counters, found] = await Promise.all([
      this.#connection.run({ prepared: COUNTERS, values: [] }),
      ownIdsOf(this.#connection, [...new Set(ids)]),
    ]);
    this.#counterIds.update(counters.rows as unknown as CounterRow[]);
    const asked = traits.map((trait) => ({ trait, window: traitWindow(trait, at.getTime()), counterId: this.#counterIds.of(trait) }));
    const ownIds = new Map([...found].map(([id, { own }]) => [id, own.flatMap((each) => (each.isErased ? [] : each.id))]));
    const customers = [...ownIds.values()];
    const [spans, values] = await Promise.all([this.#spans(customers, asked), this.#values(customers, asked)]);
    const answers = new Map<CustomerId, Record<string, unknown>>();
    const each = [...new Set(ids)];
    for (let from = 0; from < each.length; from += CUSTOMERS_AT_ONCE) {
      const some = each.slice(from, from + CUSTOMERS_AT_ONCE);
      const answered = await Promise.all(some.map((id) => this.#answer(ownIds.get(id) ?? [], asked, spans, values)));
      for (const [index, id] of some.entries()) answers.set(id, answered[index] as Record<string, unknown>);
    }
    return ids.map((id) => answers.get(id) as Record<string, unknown>);
  }

  async #answer(
    own: OwnIds,
    asked: readonly AskedTrait[],
    spans: ReadonlyMap<CustomerId, readonly SpanRow[]>,
    values: ReadonlyMap<AskedTrait, ReadonlyMap<OwnIds, number>>,
  ): Promise<Record<string, unknown>> {
    const all = own.flatMap((id) => spans.get(id) ?? []);
    const entries = asked.map(async (each) => {
      const { trait, window, counterId } = each;
      if (window.counter.kind === 'values') return [trait.name, values.get(each)?.get(own) ?? 0];
      const ofCounter = all.filter((span) => span.counterId === counterId);
      const until = partUntil(window, ofCounter);
      const part = until === null ? EMPTY_TOTALS : await this.#partOf(own, window, until);
      return [trait.name, traitValue(trait, window, ofCounter, part)];
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** By id: what was counted in the spans of all counters that are asked for. */
  async #spans(customers: readonly OwnIds[], asked: readonly AskedTrait[]): Promise<Map<CustomerId, SpanRow[]>> {
    const ids = [...new Set(customers.flat())];
    const found = [...firstSpansOf(asked)].map(([counterId, first]) =>
      readInParts(ids, async (some, limit) => {
        const { rows } = await this.#connection.run({ prepared: SPANS, values: [some, counterId, first, limit] });
        return rows as unknown as SpanRow[];
      }),
    );
    return Map.groupBy((await Promise.all(found)).flat(), ({ customer_id }) => customer_id);
  }

  /** By trait and customer: how many values were seen. */
  async #values(customers: readonly OwnIds[], asked: readonly AskedTrait[]): Promise<Map<AskedTrait, Map<OwnIds, number>>> {
    const unique = asked.filter(({ window }) => window.counter.kind === 'values');
    return new Map(await Promise.all(unique.map(async (each) => [each, await this.#valuesOf(customers, each)] as const)));
  }

  async #valuesOf(customers: readonly OwnIds[], { counterId, window: { since } }: AskedTrait): Promise<Map<OwnIds, number>> {
    const single = customers.filter(({ length }) => length === 1);
    const several = customers.filter(({ length }) => length > 1);
    const [ofSingle, ...ofSeveral] = await Promise.all([
      single.length === 0
        ? { rows: [] }
        : this.#connection.run({ prepared: VALUES_OF_EACH, values: [[...new Set(single.flat())], counterId, since] }),
      ...several.map((ids) => this.#connection.run({ prepared: VALUES_OF_ONE, values: [ids, counterId, since] })),
    ]);
    const counts = new Map(ofSingle.rows.map(({ customer_id, n }) => [customer_id, n as number]));
    return new Map([
      ...single.map((own) => [own, counts.get(own[0]) ?? 0] as const),
      ...several.map((own, index) => [own, (ofSeveral[index]?.rows[0]?.n as number | undefined) ?? 0] as const),
    ]);
  }

  /** The totals of the interactions from the window's beginning until a time, a page after the other. */
  async #partOf(own: OwnIds, { counter, since }: TraitWindow, until: number): Promise<Totals> {
    let totals = EMPTY_TOTALS;
    for (const id of own) {
      let range: JourneyRange = {
        ...{ limit: PAGE, order: 'oldest-first', types: [counter.of], touchpoints: null },
        // No interaction sorts before an empty id of the same time.
        newerThan: { occurredAt: new Date(since), id: '', customerId: '' },
        olderThan: { occurredAt: new Date(until), id: '', customerId: '' },
      };
      for (;;) {
        const page = await readJourneyUnder(this.#connection, id, range);
        totals = addRows(totals, page, counter);
        const last = page.length < PAGE ? undefined : page.at(-1);
        if (last === undefined) break;
        range = rangeAfter(range, journeyKeyOf(last));
      }
    }
    return totals;
  }
}

/** By counter: the number of the first span of which something is read. Several traits may share a counter. */
function firstSpansOf(asked: readonly AskedTrait[]): Map<number, number> {
  const first = new Map<number, number>();
  for (const { counterId, window } of asked) {
    if (window.counter.kind !== 'tallies') continue;
    first.set(counterId, Math.min(first.get(counterId) ?? window.firstSpan, window.firstSpan));
  }
  return first;
}
