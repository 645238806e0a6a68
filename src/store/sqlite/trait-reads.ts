import type { DatabaseSync } from 'node:sqlite';
import {
  addTallies,
  counterOf,
  definitionOf,
  EMPTY_TALLY,
  type Tally,
  type TraitCounter,
  tallyOf,
  valueOfTally,
} from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Trait } from '../../model/trait.ts';
import { INTERACTION_COLUMNS, type InteractionRow, toInteraction } from './interaction-reads.ts';
import type { ReadBounds } from './read-bounds.ts';

/** Thrown inside a read that goes beyond its bounds. */
const BEYOND = Symbol('beyond the bounds of the read');

/** Rows that a read may still look at. */
class Allowance {
  #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** For a statement's `limit`: one more than may be used, so that too many are noticed. */
  get limit(): number {
    return this.#rows + 1;
  }

  use(rows: number): void {
    this.#rows -= rows;
    if (this.#rows < 0) throw BEYOND;
  }
}

/** Reads of computed traits, over all the ids that a customer ever had. */
export class TraitReads {
  readonly #counterId;
  readonly #customer;
  readonly #tallies;
  readonly #uniques;
  readonly #interactions;

  constructor(database: DatabaseSync) {
    this.#counterId = database.prepare('select id from trait_counter where definition = ?');
    this.#customer = database.prepare(
      `select c.root_id, (select count(*) from (select 1 from customer where root_id = c.root_id limit ?2)) as ids
       from customer c where c.id = ?1`,
    );
    const rowsOf = (table: string) => `from customer c join ${table} t on t.customer_id = c.id where c.root_id = ? and c.erased_at is null`;
    this.#tallies = database.prepare(
      `select t.tally ${rowsOf('trait_bucket')} and t.counter_id = ? and t.bucket >= ? order by c.id limit ?`,
    );
    this.#uniques = database.prepare(
      `select count(*) as seen, count(distinct value) as n
       from (select t.value ${rowsOf('trait_value')} and t.counter_id = ? and t.last_at >= ? limit ?)`,
    );
    const columns = INTERACTION_COLUMNS.split(', ').map((name) => `t.${name}`);
    this.#interactions = database.prepare(
      `select ${columns.join(', ')} ${rowsOf('interaction')}
       and t.occurred_at >= ? and t.occurred_at < ? and t.type = ? order by c.id limit ?`,
    );
  }

  /** @returns null beyond the bounds. */
  find(ids: readonly CustomerId[], traits: readonly Trait[], at: Date, bounds: ReadBounds): Record<string, unknown>[] | null {
    const allowance = new Allowance(bounds.rows);
    try {
      return ids.map((id) => this.#valuesOf(id, traits, at.getTime(), bounds, allowance));
    } catch (error) {
      if (error === BEYOND) return null;
      throw error;
    }
  }

  #valuesOf(id: CustomerId, traits: readonly Trait[], at: number, bounds: ReadBounds, allowance: Allowance): Record<string, unknown> {
    const customer = this.#customer.get(id, bounds.ids + 1) as { root_id: CustomerId; ids: number } | undefined;
    if (customer !== undefined && customer.ids > bounds.ids) throw BEYOND;
    const root = customer?.root_id ?? id;
    return Object.fromEntries(traits.map((trait) => [trait.name, this.#valueOf(root, trait, at, allowance)]));
  }

  #valueOf(root: CustomerId, trait: Trait, at: number, allowance: Allowance): unknown {
    const counter = counterOf(trait);
    const row = this.#counterId.get(definitionOf(counter)) as { id: number } | undefined;
    if (row === undefined) throw new Error(`expected the store to count for the trait ${trait.name}; another process has taken it away`);
    const since = trait.window === null ? Number.MIN_SAFE_INTEGER : at - trait.window;
    if (counter.kind === 'values') {
      const { seen, n } = this.#uniques.get(root, row.id, since, allowance.limit) as { seen: number; n: number };
      allowance.use(seen);
      return n;
    }
    return valueOfTally(trait, this.#tallySince(root, row.id, counter, since, allowance));
  }

  /** Whole stretches by their tallies; the window begins inside of one, whose interactions are looked at one by one. */
  #tallySince(root: CustomerId, id: number, counter: TraitCounter, since: number, allowance: Allowance): Tally {
    const whole = counter.stretch === null ? 0 : Math.ceil(since / counter.stretch);
    const tallies = this.#tallies.all(root, id, whole, allowance.limit) as { tally: string }[];
    allowance.use(tallies.length);
    let sum = tallies.map(({ tally }) => JSON.parse(tally) as Tally).reduce(addTallies, EMPTY_TALLY);
    if (counter.stretch === null) return sum;
    const rows = this.#interactions.iterate(root, since, whole * counter.stretch, counter.of, allowance.limit);
    for (const row of rows as Iterable<unknown> as Iterable<InteractionRow>) {
      allowance.use(1);
      const tally = tallyOf(toInteraction(row), counter.path);
      if (tally !== null) sum = addTallies(sum, tally);
    }
    return sum;
  }
}
