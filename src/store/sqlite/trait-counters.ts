import type { DatabaseSync } from 'node:sqlite';
import { addTallies, EMPTY_TALLY, seenIn, stretchOf, type Tally, type TraitCounter, tallyOf } from '../../journey/trait-counter.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Interaction } from '../../model/interaction.ts';
import { compareTexts } from '../merge-pages.ts';

/** A counter as the store knows it. */
export interface NumberedCounter {
  readonly id: number;
  readonly counter: TraitCounter;
}

/** A place among all stored interactions, in the order of their primary key. */
export interface InteractionPlace {
  readonly customer_id: string;
  /** Milliseconds. */
  readonly occurred_at: number;
  readonly id: string;
}

interface LiveCounter extends NumberedCounter {
  /** How far what was stored before the counter has been counted; null when all of it has been. */
  readonly countedTo: InteractionPlace | null;
}

/** Where a tally lies. */
export interface TallyPlace {
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
  #byType = new Map<string, LiveCounter[]>();

  constructor(database: DatabaseSync) {
    this.#dataVersion = database.prepare('pragma data_version');
    this.#all = database.prepare(
      `select c.id, c.definition, r.customer_id, r.occurred_at, r.id as interaction_id
       from trait_counter c left join trait_recount r on r.counter_id = c.id`,
    );
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
    const counters = (this.#all.all() as unknown as CounterRow[]).map(toLiveCounter);
    this.#byType = Map.groupBy(counters, ({ counter }) => counter.of);
  }

  /** @param customerId whose the interaction was stored as. */
  count(customerId: CustomerId, interaction: Interaction): void {
    for (const { id, counter, countedTo } of this.#byType.get(interaction.type) ?? []) {
      // What stands behind is counted when the recount (trait-recount.ts) comes to it.
      if (countedTo !== null && isBehind(countedTo, customerId, interaction)) continue;
      this.add(id, counter, customerId, interaction);
    }
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

interface CounterRow {
  readonly id: number;
  readonly definition: string;
  readonly customer_id: string | null;
  readonly occurred_at: number | null;
  readonly interaction_id: string | null;
}

function toLiveCounter({ id, definition, customer_id, occurred_at, interaction_id }: CounterRow): LiveCounter {
  const isComplete = customer_id === null || occurred_at === null || interaction_id === null;
  const countedTo = isComplete ? null : { customer_id, occurred_at, id: interaction_id };
  return { id, counter: JSON.parse(definition) as TraitCounter, countedTo };
}

function isBehind(place: InteractionPlace, customerId: CustomerId, { id, occurredAt }: Interaction): boolean {
  const order = compareTexts(customerId, place.customer_id) || occurredAt.getTime() - place.occurred_at || compareTexts(id, place.id);
  return order > 0;
}
