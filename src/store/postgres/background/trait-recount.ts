import { setTimeout as sleep } from 'node:timers/promises';
import type { TraitCounter } from '../../../journey/trait-counter.ts';
import type { Trait } from '../../../model/trait.ts';
import { TraitCounts } from '../../plan/count-traits.ts';
import type { InteractionKey } from '../../plan/interaction-facts.ts';
import type { TraitWrite } from '../../plan/writes.ts';
import { INTERACTION_COLUMNS, type InteractionRow, toInteraction } from '../../rows.ts';
import type { Connections } from '../connections.ts';
import { type Connection, type Prepared, prepared, type Row } from '../statement.ts';
import { keptTraitValue } from '../trait-value.ts';
import { declareCounters, underLock } from './trait-counters.ts';

/** Interactions that one transaction counts: who stores interactions waits for so long. */
const ROWS_PER_SLICE = 1_000;
/** Milliseconds of the shortest pause between two slices, in which others store interactions. A pause is as long as the slice before it. */
const SHORTEST_PAUSE = 5;

const MARKERS = prepared(
  `select r.counter_id, r.customer_id, r.occurred_at, r.id, c.definition
  from trait_recount r join trait_counter c on c.id = r.counter_id order by r.counter_id`,
);
const KEY = 'customer_id, occurred_at, id';
const END = prepared(
  `select customer_id as "customerId", occurred_at as "occurredAt", id from interaction
   where (${KEY}) > ($1, $2, $3) order by ${KEY} limit 1 offset $4`,
);
const COLUMNS = INTERACTION_COLUMNS.join(', ');
const ROWS_UP_TO = prepared(
  `select ${COLUMNS} from interaction where (${KEY}) > ($1, $2, $3) and (${KEY}) <= ($5, $6, $7) and type = any($4) order by ${KEY}`,
);
const REST = prepared(`select ${COLUMNS} from interaction where (${KEY}) > ($1, $2, $3) and type = any($4) order by ${KEY}`);
const ERASED = prepared('select id from customer where id = any($1) and erased_at is not null');
const TOTALS = prepared(
  'select customer_id, counter_id, bucket, tally as totals from trait_bucket where customer_id = any($1) and counter_id = any($2::int[])',
);
const SAVE_TOTALS = prepared(
  `insert into trait_bucket (customer_id, counter_id, bucket, tally)
   select unnest($1::text[]), unnest($2::int[]), unnest($3::bigint[]), unnest($4::text[])
   on conflict (customer_id, counter_id, bucket) do update set tally = excluded.tally`,
);
const SEE_VALUES = prepared(
  `insert into trait_value (customer_id, counter_id, value, last_at)
   select unnest($1::text[]), unnest($2::int[]), unnest($3::text[]), unnest($4::bigint[])
   on conflict (customer_id, counter_id, value) do update set last_at = greatest(trait_value.last_at, excluded.last_at)`,
);
const MOVE = prepared('update trait_recount set customer_id = $2, occurred_at = $3, id = $4 where counter_id = any($1::int[])');
const FINISH = prepared('delete from trait_recount where counter_id = any($1::int[])');

const DROPPED = prepared('select counter_id, kind from trait_dropped order by counter_id limit 1');
const IS_WHOLE = prepared('delete from trait_dropped where counter_id = $1');
/** By what a counter keeps. */
const DELETIONS = { totals: deletionsFrom('trait_bucket'), values: deletionsFrom('trait_value') };

interface Marker {
  readonly counterId: number;
  readonly counter: TraitCounter;
  readonly at: InteractionKey;
}

type Database = Pick<Connections, 'inTransaction' | 'shared'>;

/**
 * Declares what these traits need, and counts it from what is stored. Returns when every counter is complete: what a process before
 * this one left is gone on with, and several processes may do it together. Counters that only gateways of another version need stay.
 * @param now milliseconds.
 */
export async function registerTraits(database: Database, traits: readonly Trait[], now: () => number = Date.now): Promise<void> {
  await declareCounters(database, traits, now());
  await new TraitRecount(database).finish();
}

/**
 * Counts for counters what was stored before them, in slices, each a transaction. `trait_recount` says how far each is: what is stored
 * before that key meanwhile is counted as it is stored; what is stored behind it is counted when the recount gets there. A slice waits
 * for those who store interactions, because each of them goes by the marker that it read (stored-counters.ts).
 */
export class TraitRecount {
  readonly #database: Database;
  readonly #rowsPerSlice: number;
  /** How far the rows of a dropped counter are deleted: this process begins at the first customer. */
  #deletedTo: { readonly counterId: number; readonly customerId: string } | null = null;

  constructor(database: Database, rowsPerSlice = ROWS_PER_SLICE) {
    this.#database = database;
    this.#rowsPerSlice = rowsPerSlice;
  }

  /** Goes on until nothing is left to do, or until `stop`. */
  async finish(stop?: AbortSignal): Promise<void> {
    for (;;) {
      const began = performance.now();
      if (stop?.aborted || !(await this.slice())) return;
      await sleep(Math.max(SHORTEST_PAUSE, performance.now() - began));
    }
  }

  /** @returns false when nothing is left to do. */
  async slice(): Promise<boolean> {
    const { shared } = this.#database;
    const [marker] = toMarkers((await shared.run({ prepared: MARKERS, values: [] })).rows);
    if (marker === undefined) return this.#deleteDropped();
    // Where the slice ends is no decision, so nobody waits while that is found.
    const { customerId, occurredAt, id } = marker.at;
    const { rows } = await shared.run({ prepared: END, values: [customerId, occurredAt, id, this.#rowsPerSlice - 1] });
    const end = (rows[0] ?? null) as InteractionKey | null;
    await this.#database.inTransaction((connection) => this.#countTo(connection, marker.at, end));
    return true;
  }

  /** Counts for all counters whose marker this is, and moves the marker. @param end null for the end of all interactions. */
  async #countTo(connection: Connection, beginning: InteractionKey, end: InteractionKey | null): Promise<void> {
    const [rows] = await underLock(connection, [MARKERS]);
    // Another process may have counted this meanwhile.
    const markers = toMarkers(rows ?? []).filter(({ at }) => isSame(at, beginning));
    if (markers.length === 0) return;
    const ids = markers.map(({ counterId }) => counterId);
    const byType = Map.groupBy(markers, ({ counter }) => counter.of);
    const interactions = await readBetween(connection, beginning, end, [...byType.keys()]);
    const customers = [...new Set(interactions.map(({ customer_id }) => customer_id))];
    const [erased, stored] = await Promise.all([
      connection.run({ prepared: ERASED, values: [customers] }),
      connection.run({ prepared: TOTALS, values: [customers, ids] }),
    ]);
    // Of somebody who was erased nothing is counted, whether it is deleted yet or not.
    const isErased = new Set(erased.rows.map((row) => row.id));
    const totals = new Map(stored.rows.map((row) => [nameOf(row.customer_id, row.counter_id, row.bucket), row.totals as string]));
    const counts = new TraitCounts(({ customerId, counterId, bucket }) => {
      const text = totals.get(nameOf(customerId, counterId, bucket));
      return text === undefined ? null : JSON.parse(text);
    });
    for (const row of interactions) {
      if (isErased.has(row.customer_id)) continue;
      const interaction = toInteraction(row);
      for (const { counterId, counter } of byType.get(row.type) ?? []) counts.add({ id: counterId, counter }, row.customer_id, interaction);
    }
    await Promise.all([
      ...saveCounts(connection, counts.writes()),
      end === null
        ? connection.run({ prepared: FINISH, values: [ids] })
        : connection.run({ prepared: MOVE, values: [ids, end.customerId, end.occurredAt, end.id] }),
    ]);
  }

  /** Deletes rows of a former counter, by customer, since there is no index by counter. @returns false when none is left. */
  async #deleteDropped(): Promise<boolean> {
    const { shared } = this.#database;
    const [dropped] = (await shared.run({ prepared: DROPPED, values: [] })).rows;
    if (dropped === undefined) return false;
    const counterId = dropped.counter_id as number;
    const { end, upTo, rest } = DELETIONS[dropped.kind === 'values' ? 'values' : 'totals'];
    const from = this.#deletedTo?.counterId === counterId ? this.#deletedTo.customerId : BEFORE_ALL;
    const [last] = (await shared.run({ prepared: end, values: [from, this.#rowsPerSlice - 1] })).rows;
    if (last !== undefined) {
      const customerId = last.customer_id as string;
      await shared.run({ prepared: upTo, values: [from, counterId, customerId] });
      this.#deletedTo = { counterId, customerId };
      return true;
    }
    await shared.run({ prepared: rest, values: [from, counterId] });
    await shared.run({ prepared: IS_WHOLE, values: [counterId] });
    return true;
  }
}

/** Comes before every id. */
const BEFORE_ALL = '';

function deletionsFrom(table: string): { readonly end: Prepared; readonly upTo: Prepared; readonly rest: Prepared } {
  return {
    end: prepared(`select customer_id from ${table} where customer_id > $1 order by customer_id limit 1 offset $2`),
    upTo: prepared(`delete from ${table} where customer_id > $1 and counter_id = $2 and customer_id <= $3`),
    rest: prepared(`delete from ${table} where customer_id > $1 and counter_id = $2`),
  };
}

async function readBetween(
  connection: Connection,
  { customerId, occurredAt, id }: InteractionKey,
  end: InteractionKey | null,
  types: readonly string[],
): Promise<readonly InteractionRow[]> {
  const from = [customerId, occurredAt, id, types] as const;
  const read =
    end === null ? { prepared: REST, values: from } : { prepared: ROWS_UP_TO, values: [...from, end.customerId, end.occurredAt, end.id] };
  return (await connection.run(read)).rows as unknown as InteractionRow[];
}

function saveCounts(connection: Connection, writes: readonly TraitWrite[]): Promise<unknown>[] {
  const totals = writes.filter((write) => write.kind === 'save-totals');
  const values = writes.filter((write) => write.kind === 'see-trait-value');
  const save = (statement: Prepared, columns: readonly (readonly (string | number)[])[]) =>
    columns[0]?.length === 0 ? [] : [connection.run({ prepared: statement, values: columns })];
  return [
    ...save(SAVE_TOTALS, [
      totals.map(({ key }) => key.customerId),
      totals.map(({ key }) => key.counterId),
      totals.map(({ key }) => key.bucket),
      totals.map((write) => JSON.stringify(write.totals)),
    ]),
    ...save(SEE_VALUES, [
      values.map(({ customerId }) => customerId),
      values.map(({ counterId }) => counterId),
      values.map(({ value }) => keptTraitValue(value)),
      values.map(({ at }) => at),
    ]),
  ];
}

function toMarkers(rows: readonly Row[]): Marker[] {
  return rows.map(({ counter_id, customer_id, occurred_at, id, definition }) => ({
    counterId: counter_id as number,
    counter: JSON.parse(definition as string) as TraitCounter,
    at: { customerId: customer_id as string, occurredAt: occurred_at as number, id: id as string },
  }));
}

function isSame(a: InteractionKey, b: InteractionKey): boolean {
  return a.customerId === b.customerId && a.occurredAt === b.occurredAt && a.id === b.id;
}

function nameOf(customerId: unknown, counterId: unknown, bucket: unknown): string {
  return `${customerId} ${counterId} ${bucket}`;
}
