import type { DatabaseSync } from 'node:sqlite';
import type { Trait } from '../../model/trait.ts';
import { CounterIds, type CounterRow } from '../counter-ids.ts';

/** The ids of the store's counters, read again after another connection has committed: another process may have changed them. */
export class TraitCounterIds {
  readonly #commits;
  readonly #counters;
  readonly #ids = new CounterIds();
  #lastCommit: number | null = null;

  constructor(database: DatabaseSync) {
    this.#commits = database.prepare('pragma data_version');
    this.#counters = database.prepare('select id, definition from trait_counter');
  }

  /** To be called before `of`, once for a read. */
  refresh(): void {
    const { data_version } = this.#commits.get() as { data_version: number };
    if (data_version === this.#lastCommit) return;
    this.#lastCommit = data_version;
    this.#ids.update(this.#counters.all() as unknown as CounterRow[]);
  }

  /** @throws Error for a trait for which nothing is counted. */
  of(trait: Trait): number {
    return this.#ids.of(trait);
  }
}
