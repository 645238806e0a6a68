import type { DatabaseSync } from 'node:sqlite';
import { definitionOf } from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Trait } from '../../model/trait.ts';
import { INTERACTION_COLUMNS, type InteractionRow } from '../rows.ts';
import { type TraitWindow, traitValue, traitWindow } from '../trait-window.ts';
import { type ReadBounds, UNBOUNDED } from './read-bounds.ts';

/** Thrown inside a read that goes beyond its bounds. */
const BEYOND = Symbol('beyond the bounds of the read');

/** Reads of computed traits, over all the ids that a customer ever had. */
export class TraitReads {
  readonly #bounds: ReadBounds;
  readonly #counterId;
  readonly #root;
  readonly #hasManyIds;
  readonly #totals;
  readonly #values;
  readonly #uniques;
  readonly #interactions;

  constructor(database: DatabaseSync, bounds: ReadBounds) {
    this.#bounds = bounds;
    this.#counterId = database.prepare('select id from trait_counter where definition = ?');
    this.#root = database.prepare('select root_id from customer where id = ?');
    this.#hasManyIds = database.prepare(`select 1 from customer where root_id = ? limit 1 offset ${bounds.ids}`);
    const rowsOf = (table: string) => `from customer c join ${table} t on t.customer_id = c.id where c.root_id = ? and c.erased_at is null`;
    // With a limit as a parameter SQLite would plan anew for each read. One row more than may be used shows that there are more.
    const limit = `limit ${bounds.rows + 1}`;
    this.#totals = database.prepare(
      `select t.tally as totals ${rowsOf('trait_bucket')} and t.counter_id = ? and t.bucket >= ? order by c.id ${limit}`,
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
    try {
      return ids.map((id) => {
        const { root_id } = (this.#root.get(id) as { root_id: CustomerId } | undefined) ?? { root_id: id };
        if (this.#hasManyIds.get(root_id) !== undefined) throw BEYOND;
        return Object.fromEntries(traits.map((trait) => [trait.name, this.#valueOf(root_id, trait, at.getTime(), use)]));
      });
    } catch (error) {
      if (error === BEYOND) return null;
      throw error;
    }
  }

  /** @param use is called with the number of rows that were looked at, and throws when they are too many. */
  #valueOf(root: CustomerId, trait: Trait, at: number, use: (rows: number) => void): unknown {
    const window = traitWindow(trait, at);
    const { counter, since } = window;
    const row = this.#counterId.get(definitionOf(counter)) as { id: number } | undefined;
    if (row === undefined) throw new Error(`expected the store to count for the trait ${trait.name}; another process has taken it away`);
    if (counter.kind === 'values') {
      if (this.#bounds !== UNBOUNDED) use((this.#values.get(root, row.id, since) as { n: number }).n);
      return (this.#uniques.get(root, row.id, since) as { n: number }).n;
    }
    const spans = this.#totals.all(root, row.id, window.firstStretch) as { totals: string }[];
    use(spans.length);
    return traitValue(
      trait,
      window,
      spans.map(({ totals }) => totals),
      this.#partOf(root, window, use),
    );
  }

  *#partOf(root: CustomerId, { counter, since, partUntil }: TraitWindow, use: (rows: number) => void): Iterable<InteractionRow> {
    if (partUntil === null) return;
    // One by one they need no memory, all at once less time.
    const how = this.#bounds === UNBOUNDED ? 'iterate' : 'all';
    for (const row of this.#interactions[how](root, since, partUntil, counter.of) as Iterable<unknown>) {
      use(1);
      yield row as InteractionRow;
    }
  }
}
