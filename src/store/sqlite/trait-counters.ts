import type { DatabaseSync } from 'node:sqlite';
import {
  addTallies,
  counterOf,
  definitionOf,
  EMPTY_TALLY,
  seenIn,
  stretchOf,
  type Tally,
  type TraitCounter,
  tallyOf,
} from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Interaction } from '../../model/interaction.ts';
import type { Trait } from '../../model/trait.ts';
import { INTERACTION_COLUMNS, type InteractionRow, toInteraction } from './interaction-reads.ts';

/** Keeps the counters behind computed traits up to date, each call inside a transaction. */
export class TraitCounters {
  readonly #dataVersion;
  readonly #all;
  readonly #findTally;
  readonly #saveTally;
  readonly #saveValue;
  #version: number | null = null;
  #byType = new Map<string, { id: number; counter: TraitCounter }[]>();

  constructor(database: DatabaseSync) {
    this.#dataVersion = database.prepare('pragma data_version');
    this.#all = database.prepare('select id, definition from trait_counter');
    this.#findTally = database.prepare('select tally from trait_bucket where customer_id = ? and counter_id = ? and bucket = ?');
    this.#saveTally = database.prepare('insert into trait_bucket values (?, ?, ?, ?) on conflict do update set tally = excluded.tally');
    this.#saveValue = database.prepare(
      'insert into trait_value values (?, ?, ?, ?) on conflict do update set last_at = max(last_at, excluded.last_at)',
    );
  }

  /** Learns of counters that another process has added since: whoever stores an interaction counts it for all of them. */
  refresh(): void {
    const { data_version } = this.#dataVersion.get() as { data_version: number };
    if (data_version === this.#version) return;
    this.#version = data_version;
    const rows = this.#all.all() as { id: number; definition: string }[];
    const counters = rows.map(({ id, definition }) => ({ id, counter: JSON.parse(definition) as TraitCounter }));
    this.#byType = Map.groupBy(counters, ({ counter }) => counter.of);
  }

  /** @param customerId whose the interaction was stored as. */
  count(customerId: CustomerId, interaction: Interaction): void {
    for (const { id, counter } of this.#byType.get(interaction.type) ?? []) this.add(id, counter, customerId, interaction);
  }

  add(id: number, counter: TraitCounter, customerId: CustomerId, interaction: Interaction): void {
    if (counter.kind === 'values') {
      const value = seenIn(interaction, counter.path);
      if (value !== undefined) this.#saveValue.run(customerId, id, JSON.stringify(value), interaction.occurredAt.getTime());
      return;
    }
    const tally = tallyOf(interaction, counter.path);
    if (tally === null) return;
    const bucket = stretchOf(counter, interaction.occurredAt.getTime());
    const row = this.#findTally.get(customerId, id, bucket) as { tally: string } | undefined;
    const before = row === undefined ? EMPTY_TALLY : (JSON.parse(row.tally) as Tally);
    this.#saveTally.run(customerId, id, bucket, JSON.stringify(addTallies(before, tally)));
  }
}

/**
 * Makes the store's counters those of these traits: new ones are counted from what is stored, and what no trait needs
 * is dropped. A process with other traits that still runs keeps on answering; its own are counted anew when it starts.
 */
export function registerTraits(database: DatabaseSync, traits: readonly Trait[]): void {
  const wanted = new Map(traits.map((trait) => [definitionOf(counterOf(trait)), counterOf(trait)]));
  const known = new Map(
    (database.prepare('select id, definition from trait_counter').all() as { id: number; definition: string }[]).map((row) => [
      row.definition,
      row.id,
    ]),
  );
  if (wanted.size === known.size && [...wanted.keys()].every((definition) => known.has(definition))) return;
  database.exec('begin immediate');
  try {
    for (const [definition, id] of known) if (!wanted.has(definition)) dropCounter(database, id);
    for (const [definition, counter] of wanted) addCounter(database, definition, counter);
    database.exec('commit');
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}

function dropCounter(database: DatabaseSync, id: number): void {
  for (const table of ['trait_bucket', 'trait_value']) database.prepare(`delete from ${table} where counter_id = ?`).run(id);
  database.prepare('delete from trait_counter where id = ?').run(id);
}

/** Does nothing for one that another process has added in the meantime. */
function addCounter(database: DatabaseSync, definition: string, counter: TraitCounter): void {
  const { changes, lastInsertRowid } = database
    .prepare('insert into trait_counter (definition) values (?) on conflict do nothing')
    .run(definition);
  if (changes === 0) return;
  const counters = new TraitCounters(database);
  const rows = database.prepare(`select ${INTERACTION_COLUMNS} from interaction where type = ?`).iterate(counter.of);
  for (const row of rows as Iterable<unknown> as Iterable<InteractionRow>) {
    counters.add(Number(lastInsertRowid), counter, row.customer_id, toInteraction(row));
  }
}
