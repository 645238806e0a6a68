import type { DatabaseSync } from 'node:sqlite';
import { addTallies, counterOf, definitionOf, stretchOf, type Tally, type TraitCounter, tallyOf } from '../../journey/trait-counter.ts';
import type { Trait } from '../../model/trait.ts';
import { INTERACTION_COLUMNS, type InteractionRow, toInteraction } from '../rows.ts';
import { type InteractionPlace, type NumberedCounter, type TallyPlace, TraitCounters } from './trait-counters.ts';

/** Milliseconds of work in one transaction: other processes' writes wait for so long. */
const SLICE_MS = 20;
/** Milliseconds between two slices, in which other processes' writers, which poll for the lock, get it. */
const PAUSE_MS = 20;
/** A few milliseconds of work. */
const ROWS_PER_STEP = 1_000;

/** Stands before every stored interaction. */
const BEGINNING: InteractionPlace = { customer_id: '', occurred_at: Number.MIN_SAFE_INTEGER, id: '' };

/**
 * Makes the store's counters those of these traits: new ones are counted from what is stored, and what no trait needs
 * is dropped. A process with other traits that still runs keeps on answering; its own are counted anew when it starts.
 * Returns when every counter is complete: what a process before this one left is gone on with, and several processes may
 * do it together.
 */
export function registerTraits(database: DatabaseSync, traits: readonly Trait[]): void {
  declareCounters(database, traits);
  const recount = new TraitRecount(database);
  while (recount.slice(SLICE_MS)) pause(PAUSE_MS);
}

/** Adds and removes counters; what is added has counted nothing yet. One short transaction. */
export function declareCounters(database: DatabaseSync, traits: readonly Trait[]): void {
  const wanted = new Set(traits.map((trait) => definitionOf(counterOf(trait))));
  const known = () => {
    const rows = database.prepare('select id, definition from trait_counter').all() as { id: number; definition: string }[];
    return new Map(rows.map(({ id, definition }) => [definition, id]));
  };
  const before = known();
  if (wanted.size === before.size && [...wanted].every((definition) => before.has(definition))) return;
  inTransaction(database, () => {
    // Looked up again: another process may have started just now.
    const there = known();
    const drop = [
      'insert into trait_dropped (counter_id, kind, customer_id) values (?1, ?2, ?3)',
      'delete from trait_recount where counter_id = ?1',
      'delete from trait_counter where id = ?1',
    ].map((sql) => database.prepare(sql));
    for (const [definition, id] of there) {
      if (wanted.has(definition)) continue;
      const { kind } = JSON.parse(definition) as TraitCounter;
      drop[0]?.run(id, kind, BEGINNING.customer_id);
      for (const statement of drop.slice(1)) statement.run(id);
    }
    // Never the id of a counter of which something is still there.
    const insert = database.prepare(
      `insert into trait_counter (id, definition)
       select 1 + coalesce(max(id), 0), ? from (select id from trait_counter union all select counter_id from trait_dropped)`,
    );
    const begin = database.prepare('insert into trait_recount (counter_id, customer_id, occurred_at, id) values (?, ?, ?, ?)');
    for (const definition of wanted) {
      if (there.has(definition)) continue;
      begin.run(insert.run(definition).lastInsertRowid, BEGINNING.customer_id, BEGINNING.occurred_at, BEGINNING.id);
    }
  });
}

/**
 * Counts for counters what was stored before them, in slices. `trait_recount` says how far each is: what is stored before
 * that place meanwhile is counted as it is stored, and what is stored behind it when the recount comes there.
 */
export class TraitRecount {
  readonly #database: DatabaseSync;
  readonly #rowsPerStep: number;
  readonly #counters: TraitCounters;
  readonly #first;
  readonly #group;
  readonly #move;
  readonly #finish;
  readonly #end;
  readonly #rows;
  readonly #dropped;
  readonly #isWhole;

  /** @param rowsPerStep rows between two looks at the clock. */
  constructor(database: DatabaseSync, rowsPerStep = ROWS_PER_STEP) {
    this.#database = database;
    this.#rowsPerStep = rowsPerStep;
    this.#counters = new TraitCounters(database);
    this.#first = database.prepare('select customer_id, occurred_at, id from trait_recount order by counter_id limit 1');
    this.#group = database.prepare(
      `select c.id, c.definition from trait_recount r join trait_counter c on c.id = r.counter_id
       where r.customer_id = ? and r.occurred_at = ? and r.id = ?`,
    );
    this.#move = database.prepare('update trait_recount set customer_id = ?, occurred_at = ?, id = ? where counter_id = ?');
    this.#finish = database.prepare('delete from trait_recount where counter_id = ?');
    const key = 'customer_id, occurred_at, id';
    this.#end = database.prepare(
      `select ${key} from interaction where (${key}) > (?, ?, ?) order by ${key} limit 1 offset ${rowsPerStep - 1}`,
    );
    const columns = INTERACTION_COLUMNS.map((name) => `i.${name}`);
    const place = 'i.customer_id, i.occurred_at, i.id';
    // Of somebody who was erased nothing is counted, whether it is deleted yet or not.
    this.#rows = database.prepare(
      `select ${columns.join(', ')} from interaction i cross join customer c on c.id = i.customer_id
       where (${place}) > (?, ?, ?) and (${place}) <= (?, ?, ?) and c.erased_at is null
         and i.type in (select value from json_each(?)) order by ${place}`,
    );
    this.#dropped = database.prepare('select counter_id, kind, customer_id from trait_dropped limit 1');
    this.#isWhole = database.prepare('delete from trait_dropped where counter_id = ?');
  }

  /** One transaction of about so many milliseconds. @returns false when nothing is left to do. */
  slice(milliseconds: number): boolean {
    // Nothing to do is the usual case, and needs no lock.
    if (!this.#hasWork()) return false;
    const until = performance.now() + milliseconds;
    inTransaction(this.#database, () => {
      const place = this.#first.get() as unknown as InteractionPlace | undefined;
      if (place !== undefined) this.#countFrom(place, until);
      else this.#deleteDropped(until);
    });
    return this.#hasWork();
  }

  #hasWork(): boolean {
    return this.#first.get() !== undefined || this.#dropped.get() !== undefined;
  }

  /** All counters that are as far as this. Tallies are held and written at the end: most rows change one that is held. */
  #countFrom(beginning: InteractionPlace, until: number): void {
    const { customer_id, occurred_at, id: first } = beginning;
    const rows = this.#group.all(customer_id, occurred_at, first) as { id: number; definition: string }[];
    const counters = rows.map(({ id, definition }) => ({ id, counter: JSON.parse(definition) as TraitCounter }));
    const byType = Map.groupBy(counters, ({ counter }) => counter.of);
    const held = new HeldTallies();
    let place: InteractionPlace | null = beginning;
    do place = this.#step(place, byType, held);
    while (place !== null && performance.now() < until);
    held.writeTo(this.#counters);
    for (const { id } of counters) {
      if (place === null) this.#finish.run(id);
      else this.#move.run(place.customer_id, place.occurred_at, place.id, id);
    }
  }

  /** @returns how far it came; null at the end of all. */
  #step(from: InteractionPlace, byType: ReadonlyMap<string, readonly NumberedCounter[]>, held: HeldTallies): InteractionPlace | null {
    const start = [from.customer_id, from.occurred_at, from.id] as const;
    const end = this.#end.get(...start) as unknown as InteractionPlace | undefined;
    // In a strict table a text sorts before any blob, so this is behind every customer's id.
    const to = end === undefined ? ([new Uint8Array(), 0, ''] as const) : ([end.customer_id, end.occurred_at, end.id] as const);
    for (const row of this.#rows.all(...start, ...to, JSON.stringify([...byType.keys()])) as unknown as InteractionRow[]) {
      const interaction = toInteraction(row);
      for (const { id, counter } of byType.get(row.type) ?? []) {
        if (counter.kind === 'values') this.#counters.add(id, counter, row.customer_id, interaction);
        else {
          const tally = tallyOf(interaction, counter.path);
          if (tally !== null) held.add({ customerId: row.customer_id, id, bucket: stretchOf(counter, row.occurred_at) }, tally);
        }
      }
    }
    return end ?? null;
  }

  /** The tallies or values of a former counter, by customer, since there is no index by counter. */
  #deleteDropped(until: number): void {
    const dropped = this.#dropped.get() as { counter_id: number; kind: TraitCounter['kind']; customer_id: string } | undefined;
    if (dropped === undefined) return;
    const table = dropped.kind === 'tallies' ? 'trait_bucket' : 'trait_value';
    const findEnd = this.#database.prepare(
      `select customer_id from ${table} where customer_id > ? order by customer_id limit 1 offset ${this.#rowsPerStep - 1}`,
    );
    const deletePart = this.#database.prepare(`delete from ${table} where customer_id > ? and customer_id <= ? and counter_id = ?`);
    const deleteRest = this.#database.prepare(`delete from ${table} where customer_id > ? and counter_id = ?`);
    let from = dropped.customer_id;
    do {
      const end = findEnd.get(from) as { customer_id: string } | undefined;
      if (end === undefined) {
        deleteRest.run(from, dropped.counter_id);
        this.#isWhole.run(dropped.counter_id);
        return;
      }
      deletePart.run(from, end.customer_id, dropped.counter_id);
      from = end.customer_id;
    } while (performance.now() < until);
    this.#database.prepare('update trait_dropped set customer_id = ? where counter_id = ?').run(from, dropped.counter_id);
  }
}

/** Tallies of one slice, before they are written. */
class HeldTallies {
  readonly #held = new Map<string, { readonly place: TallyPlace; tally: Tally }>();

  add(place: TallyPlace, tally: Tally): void {
    const key = `${place.customerId} ${place.id} ${place.bucket}`;
    const known = this.#held.get(key);
    if (known === undefined) this.#held.set(key, { place, tally });
    else known.tally = addTallies(known.tally, tally);
  }

  writeTo(counters: TraitCounters): void {
    for (const { place, tally } of this.#held.values()) counters.addTally(place, tally);
  }
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('begin immediate');
  try {
    work();
    database.exec('commit');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    throw error;
  }
}

/** Of this thread. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, milliseconds);
}
