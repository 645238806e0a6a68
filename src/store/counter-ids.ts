import { counterOf, definitionOf } from '../journey/trait-counter.ts';
import type { Trait } from '../model/trait.ts';

/** A stored counter. */
export interface CounterRow {
  readonly id: number;
  /** The text of `definitionOf`. */
  readonly definition: string;
}

/** The ids under which a store counts for traits. */
export class CounterIds {
  #ids: ReadonlyMap<string, number> = new Map();
  /** Writing a counter's definition takes longer than finding it. The same few traits are asked for again and again. */
  #ofTraits = new WeakMap<Trait, number>();

  /** @param rows all counters of the store, as they are now. */
  update(rows: readonly CounterRow[]): void {
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
