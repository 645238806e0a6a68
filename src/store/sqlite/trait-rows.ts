import type { DatabaseSync } from 'node:sqlite';
import type { Totals, TraitCounter } from '../../journey/trait-counter.ts';
import type { StoredCounter, TotalsKey } from '../plan/count-traits.ts';
import type { TraitWrite } from '../plan/writes.ts';

interface CounterRow {
  readonly id: number;
  readonly definition: string;
  readonly customer_id: string | null;
  readonly occurred_at: number | null;
  readonly interaction_id: string | null;
}

/** Rows of the counters behind computed traits, and of what they have counted. To be called inside a transaction. */
export class TraitRows {
  readonly #dataVersion;
  readonly #all;
  readonly #findTotals;
  readonly #saveTotals;
  readonly #seeValue;
  #version: number | null = null;
  #counters: ReadonlyMap<string, readonly StoredCounter[]> = new Map();

  constructor(database: DatabaseSync) {
    this.#dataVersion = database.prepare('pragma data_version');
    this.#all = database.prepare(
      `select c.id, c.definition, r.customer_id, r.occurred_at, r.id as interaction_id
       from trait_counter c left join trait_recount r on r.counter_id = c.id`,
    );
    this.#findTotals = database.prepare('select tally as totals from trait_bucket where customer_id = ? and counter_id = ? and bucket = ?');
    this.#saveTotals = database.prepare(
      `insert into trait_bucket (customer_id, counter_id, bucket, tally) values (?, ?, ?, ?)
       on conflict do update set tally = excluded.tally`,
    );
    this.#seeValue = database.prepare(
      `insert into trait_value (customer_id, counter_id, value, last_at) values (?, ?, ?, ?)
       on conflict do update set last_at = max(last_at, excluded.last_at)`,
    );
  }

  /** As `InteractionFacts.counters`. Counters are declared on other connections than this one, whose commits change `data_version`. */
  counters(): ReadonlyMap<string, readonly StoredCounter[]> {
    const { data_version } = this.#dataVersion.get() as { data_version: number };
    if (data_version === this.#version) return this.#counters;
    this.#version = data_version;
    this.#counters = Map.groupBy((this.#all.all() as unknown as CounterRow[]).map(toCounter), ({ counter }) => counter.of);
    return this.#counters;
  }

  storedTotals({ customerId, counterId, bucket }: TotalsKey): Totals | null {
    const row = this.#findTotals.get(customerId, counterId, bucket) as { totals: string } | undefined;
    return row === undefined ? null : (JSON.parse(row.totals) as Totals);
  }

  write(write: TraitWrite): void {
    if (write.kind === 'see-trait-value') {
      this.#seeValue.run(write.customerId, write.counterId, write.value, write.at);
      return;
    }
    const { customerId, counterId, bucket } = write.key;
    this.#saveTotals.run(customerId, counterId, bucket, JSON.stringify(write.totals));
  }
}

function toCounter({ id, definition, customer_id, occurred_at, interaction_id }: CounterRow): StoredCounter {
  const isComplete = customer_id === null || occurred_at === null || interaction_id === null;
  const countedTo = isComplete ? null : { customerId: customer_id, occurredAt: occurred_at, id: interaction_id };
  return { id, counter: JSON.parse(definition) as TraitCounter, countedTo };
}
