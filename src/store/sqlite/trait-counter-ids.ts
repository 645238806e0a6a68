import type { DatabaseSync } from 'node:sqlite';
import { counterOf, definitionOf } from '../../journey/trait-counter.ts';
import type { Trait } from '../../model/trait.ts';

/** The ids of the store's counters, read again after another connection has committed: another process may have changed them. */
export class TraitCounterIds {
  readonly #commits;
  readonly #counters;
  #lastCommit: number | null = null;
  #ids: ReadonlyMap<string, number> = new Map();
  /** Writing a counter's definition takes longer than finding it. The same few traits are asked for again and again. */
  #ofTraits = new WeakMap<Trait, number>();

  constructor(database: DatabaseSync) {
    this.#commits = database.prepare('pragma data_version');
    this.#counters = database.prepare('select id, definition from trait_counter');
  }

  /** To be called before `of`, once for a read. */
  refresh(): void {
    const { data_version } = this.#commits.get() as { data_version: number };
    if (data_version === this.#lastCommit) return;
    this.#lastCommit = data_version;
    const rows = this.#counters.all() as { id: number; definition: string }[];
    if (rows.length === this.#ids.size && rows.every(({ id, definition }) => this.#ids.get(definition) === id)) return;
    this.#ids = new Map(rows.map(({ id, definition }) => [definition, id]));
    this.#ofTraits = new WeakMap();
  }

  /** @throws Error for a trait for which nothing is counted. */
  of(trait: Trait): number {
    const known = this.#ofTraits.get(trait);
    if (known !== undefined) return known;
    const id = this.#ids.get(definitionOf(counterOf(trait)));
    if (id === undefined) throw new Error(`expected the store to count for the trait ${trait.name}; another process has taken it away`);
    this.#ofTraits.set(trait, id);
    return id;
  }
}
