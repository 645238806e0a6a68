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

/** A counter as the store knows it. */
interface NumberedCounter {
  readonly id: number;
  readonly counter: TraitCounter;
}

/** Where a tally lies. */
interface TallyPlace {
  readonly customerId: CustomerId;
  /** The counter's. */
  readonly id: number;
  readonly bucket: number;
}

/** Keeps the counters behind computed traits up to date, each call inside a transaction. */
export class TraitCounters {
  readonly #dataVersion;
  readonly #all;
  readonly #findTally;
  readonly #saveTally;
  readonly #saveValue;
  #version: number | null = null;
  #byType = new Map<string, NumberedCounter[]>();

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
    this.addTally({ customerId, id, bucket: stretchOf(counter, interaction.occurredAt.getTime()) }, tally);
  }

  addTally({ customerId, id, bucket }: TallyPlace, tally: Tally): void {
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
  const known = () => {
    const rows = database.prepare('select id, definition from trait_counter').all() as { id: number; definition: string }[];
    return new Map(rows.map(({ id, definition }) => [definition, id]));
  };
  const before = known();
  if (wanted.size === before.size && [...wanted.keys()].every((definition) => before.has(definition))) return;
  database.exec('begin immediate');
  try {
    // Looked up again: another process may have started just now.
    const there = known();
    for (const [definition, id] of there) if (!wanted.has(definition)) dropCounter(database, id);
    const insert = database.prepare('insert into trait_counter (definition) values (?)');
    const added = [...wanted].filter(([definition]) => !there.has(definition));
    countWhatIsStored(
      database,
      added.map(([definition, counter]) => ({ id: Number(insert.run(definition).lastInsertRowid), counter })),
    );
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

/** Tallies that are held before they are written: rows come by customer, so most are complete by then. */
const HELD_TALLIES = 20_000;

/** All counters in one pass over the interactions, which lie in the order of customers and time. */
function countWhatIsStored(database: DatabaseSync, added: readonly NumberedCounter[]): void {
  if (added.length === 0) return;
  const counters = new TraitCounters(database);
  const byType = Map.groupBy(added, ({ counter }) => counter.of);
  const select = database.prepare(
    `select ${INTERACTION_COLUMNS} from interaction where type in (select value from json_each(?)) order by customer_id, occurred_at`,
  );
  const held = new Map<string, { readonly place: TallyPlace; tally: Tally }>();
  const write = () => {
    for (const { place, tally } of held.values()) counters.addTally(place, tally);
    held.clear();
  };
  for (const row of select.iterate(JSON.stringify([...byType.keys()])) as Iterable<unknown> as Iterable<InteractionRow>) {
    const interaction = toInteraction(row);
    for (const { id, counter } of byType.get(row.type) ?? []) {
      const tally = counter.kind === 'tallies' ? tallyOf(interaction, counter.path) : null;
      if (counter.kind === 'values') counters.add(id, counter, row.customer_id, interaction);
      if (tally === null) continue;
      const place = { customerId: row.customer_id, id, bucket: stretchOf(counter, row.occurred_at) };
      const key = `${place.customerId} ${id} ${place.bucket}`;
      const known = held.get(key);
      if (known === undefined) held.set(key, { place, tally });
      else known.tally = addTallies(known.tally, tally);
    }
    if (held.size > HELD_TALLIES) write();
  }
  write();
}
