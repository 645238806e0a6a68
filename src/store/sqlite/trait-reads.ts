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

/** Reads of computed traits, over all the ids that a customer ever had. */
export class TraitReads {
  readonly #counterId;
  readonly #tallies;
  readonly #uniques;
  readonly #interactions;

  constructor(database: DatabaseSync) {
    this.#counterId = database.prepare('select id from trait_counter where definition = ?');
    this.#tallies = database.prepare(
      `select b.tally from customer c join trait_bucket b on b.customer_id = c.id
       where c.root_id = (select root_id from customer where id = ?) and b.counter_id = ? and b.bucket >= ? order by c.id`,
    );
    this.#uniques = database.prepare(
      `select count(distinct v.value) as n from customer c join trait_value v on v.customer_id = c.id
       where c.root_id = (select root_id from customer where id = ?) and v.counter_id = ? and v.last_at >= ?`,
    );
    this.#interactions = database.prepare(
      `select ${INTERACTION_COLUMNS.split(', ')
        .map((name) => `i.${name}`)
        .join(', ')}
       from customer c join interaction i on i.customer_id = c.id
       where c.root_id = (select root_id from customer where id = ?) and i.occurred_at >= ? and i.occurred_at < ? and i.type = ? order by c.id`,
    );
  }

  find(ids: readonly CustomerId[], traits: readonly Trait[], at: Date): Record<string, unknown>[] {
    return ids.map((id) => Object.fromEntries(traits.map((trait) => [trait.name, this.#valueOf(id, trait, at.getTime())])));
  }

  #valueOf(customer: CustomerId, trait: Trait, at: number): unknown {
    const counter = counterOf(trait);
    const row = this.#counterId.get(definitionOf(counter)) as { id: number } | undefined;
    if (row === undefined) throw new Error(`expected the store to count for the trait ${trait.name}; another process has taken it away`);
    const since = trait.window === null ? Number.MIN_SAFE_INTEGER : at - trait.window;
    if (counter.kind === 'values') return (this.#uniques.get(customer, row.id, since) as { n: number }).n;
    return valueOfTally(trait, this.#tallySince(customer, row.id, counter, since));
  }

  /** Whole stretches by their tallies; the window begins inside of one, whose interactions are looked at one by one. */
  #tallySince(customer: CustomerId, id: number, counter: TraitCounter, since: number): Tally {
    const whole = counter.stretch === null ? 0 : Math.ceil(since / counter.stretch);
    const tallies = (this.#tallies.all(customer, id, whole) as { tally: string }[]).map(({ tally }) => JSON.parse(tally) as Tally);
    if (counter.stretch !== null) {
      const rows = this.#interactions.all(customer, since, whole * counter.stretch, counter.of) as unknown as InteractionRow[];
      tallies.push(...rows.flatMap((row) => tallyOf(toInteraction(row), counter.path) ?? []));
    }
    return tallies.reduce(addTallies, EMPTY_TALLY);
  }
}
