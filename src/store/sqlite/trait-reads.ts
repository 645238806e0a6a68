import type { DatabaseSync } from 'node:sqlite';
import { EMPTY_TOTALS } from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Trait } from '../../model/trait.ts';
import { INTERACTION_COLUMNS, type InteractionRow } from '../rows.ts';
import { addRows, partUntil, type StoredSpan, type TraitWindow, traitValue, traitWindow } from '../trait-window.ts';
import { type ReadBounds, UNBOUNDED } from './read-bounds.ts';
import { TraitCounterIds } from './trait-counter-ids.ts';

/** Thrown inside a read that goes beyond its bounds. */
const BEYOND = Symbol('beyond the bounds of the read');

/** A trait, with what is read for it at one time. */
interface AskedTrait {
  readonly trait: Trait;
  readonly window: TraitWindow;
  readonly counterId: number;
}

interface SpanRow extends StoredSpan {
  readonly counterId: number;
}

interface CustomerRow {
  readonly root: CustomerId;
  readonly hasManyIds: 0 | 1;
}

/** Is called with the number of rows that were looked at, and throws when they are too many. */
type Use = (rows: number) => void;

/** Reads of computed traits, over all the ids that a customer ever had. */
export class TraitReads {
  readonly #bounds: ReadBounds;
  readonly #counterIds: TraitCounterIds;
  readonly #customer;
  readonly #spans;
  readonly #values;
  readonly #uniques;
  readonly #interactions;

  constructor(database: DatabaseSync, bounds: ReadBounds) {
    this.#bounds = bounds;
    this.#counterIds = new TraitCounterIds(database);
    this.#customer = database.prepare(
      `select root_id as root, exists (select 1 from customer own where own.root_id = c.root_id limit 1 offset ${bounds.ids}) as hasManyIds
       from customer c where id = ?`,
    );
    const rowsOf = (table: string) => `from customer c join ${table} t on t.customer_id = c.id where c.root_id = ? and c.erased_at is null`;
    // With a limit as a parameter SQLite would plan anew for each read. One row more than may be used shows that there are more.
    const limit = `limit ${bounds.rows + 1}`;
    // All counters at once: most of a short statement's time is its beginning and its end.
    this.#spans = database.prepare(
      `select t.counter_id as counterId, t.bucket as span, t.tally as totals
       from customer c cross join json_each(?) w cross join trait_bucket t
         on t.customer_id = c.id and t.counter_id = cast(w.key as integer) and t.bucket >= w.value
       where c.root_id = ? and c.erased_at is null order by c.id ${limit}`,
    );
    const values = `${rowsOf('trait_value')} and t.counter_id = ? and t.last_at >= ?`;
    this.#values = database.prepare(`select count(*) as n from (select 1 ${values} ${limit})`);
    this.#uniques = database.prepare(`select count(distinct t.value) as n ${values}`);
    const columns = INTERACTION_COLUMNS.map((name) => `t.${name}`);
    this.#interactions = database.prepare(
      `select ${columns.join(', ')} ${rowsOf('interaction')}
       and t.occurred_at >= ? and t.occurred_at < ? and t.type = ? order by c.id ${limit}`,
    );
  }

  /** @returns null beyond the bounds. */
  find(ids: readonly CustomerId[], traits: readonly Trait[], at: Date): Record<string, unknown>[] | null {
    let left = this.#bounds.rows;
    const use = (rows: number) => {
      left -= rows;
      if (left < 0) throw BEYOND;
    };
    this.#counterIds.refresh();
    const asked = traits.map((trait) => ({ trait, window: traitWindow(trait, at.getTime()), counterId: this.#counterIds.of(trait) }));
    const firstSpans = firstSpansOf(asked);
    try {
      return ids.map((id) => {
        const { root, hasManyIds } = (this.#customer.get(id) as CustomerRow | undefined) ?? { root: id, hasManyIds: 0 };
        if (hasManyIds === 1) throw BEYOND;
        const rows = firstSpans === '{}' ? [] : (this.#spans.all(firstSpans, root) as unknown as SpanRow[]);
        use(rows.length);
        const spans = Map.groupBy(rows, ({ counterId }) => counterId);
        return Object.fromEntries(asked.map((each) => [each.trait.name, this.#valueOf(root, each, spans.get(each.counterId) ?? [], use)]));
      });
    } catch (error) {
      if (error === BEYOND) return null;
      throw error;
    }
  }

  #valueOf(root: CustomerId, { trait, window, counterId }: AskedTrait, spans: readonly StoredSpan[], use: Use): unknown {
    if (window.counter.kind === 'tallies') {
      const until = partUntil(window, spans);
      const part = until === null ? [] : this.#partOf(root, window, until, use);
      return traitValue(trait, window, spans, addRows(EMPTY_TOTALS, part, window.counter));
    }
    if (this.#bounds !== UNBOUNDED) use((this.#values.get(root, counterId, window.since) as { n: number }).n);
    return (this.#uniques.get(root, counterId, window.since) as { n: number }).n;
  }

  *#partOf(root: CustomerId, { counter, since }: TraitWindow, until: number, use: Use): Iterable<InteractionRow> {
    // One by one they need no memory, all at once less time.
    const how = this.#bounds === UNBOUNDED ? 'iterate' : 'all';
    for (const row of this.#interactions[how](root, since, until, counter.of) as Iterable<unknown>) {
      use(1);
      yield row as InteractionRow;
    }
  }
}

/** JSON: by counter, the number of the first span of which something is read. Several traits may share a counter. */
function firstSpansOf(asked: readonly AskedTrait[]): string {
  const first: Record<number, number> = {};
  for (const { counterId, window } of asked) {
    if (window.counter.kind === 'tallies') first[counterId] = Math.min(first[counterId] ?? window.firstSpan, window.firstSpan);
  }
  return JSON.stringify(first);
}
