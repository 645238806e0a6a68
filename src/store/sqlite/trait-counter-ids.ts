import type { DatabaseSync } from 'node:sqlite';
import { definitionOf, type TraitCounter } from '../../journey/trait-counter.ts';

/** The ids of the store's counters, read again after another connection has committed: another process may have changed them. */
export class TraitCounterIds {
  readonly #commits;
  readonly #counters;
  #lastCommit: number | null = null;
  #ids: ReadonlyMap<string, number> = new Map();

  constructor(database: DatabaseSync) {
    this.#commits = database.prepare('pragma data_version');
    this.#counters = database.prepare('select id, definition from trait_counter');
  }

  /** @returns a function that finds the id of a counter as it is now; undefined for one that the store does not count. */
  now(): (counter: TraitCounter) => number | undefined {
    const { data_version } = this.#commits.get() as { data_version: number };
    if (data_version !== this.#lastCommit) {
      this.#lastCommit = data_version;
      const rows = this.#counters.all() as { id: number; definition: string }[];
      this.#ids = new Map(rows.map(({ id, definition }) => [definition, id]));
    }
    const ids = this.#ids;
    return (counter) => ids.get(definitionOf(counter));
  }
}
