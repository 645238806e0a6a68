import type { DatabaseSync } from 'node:sqlite';
import { counterOf, definitionOf, type TraitCounter } from '../../journey/trait-counter.ts';
import type { Trait } from '../../model/trait.ts';
import { type NumberedCounter, TraitCounts } from '../plan/count-traits.ts';
import type { InteractionKey } from '../plan/interaction-facts.ts';
import { INTERACTION_COLUMNS, type InteractionRow, toInteraction } from '../rows.ts';
import { TraitRows } from './trait-rows.ts';

/** Milliseconds of work in one transaction: other processes' writes wait for so long. */
const SLICE_MS = 20;
/** Milliseconds between two slices, in which other processes' writers, which poll for the lock, get it. */
const PAUSE_MS = 20;
/** A few milliseconds of work. */
const ROWS_PER_STEP = 1_000;

/** The columns of an `InteractionKey`. */
const KEY = 'customer_id as customerId, occurred_at as occurredAt, id';
/** Comes before every stored interaction. */
const BEGINNING: InteractionKey = { customerId: '', occurredAt: Number.MIN_SAFE_INTEGER, id: '' };

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
      drop[0]?.run(id, kind, BEGINNING.customerId);
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
      begin.run(insert.run(definition).lastInsertRowid, BEGINNING.customerId, BEGINNING.occurredAt, BEGINNING.id);
    }
  });
}

/**
 * Counts for counters what was stored before them, in slices. `trait_recount` says how far each is: what is stored before
 * that key meanwhile is counted as it is stored; what is stored behind it is counted when the recount gets there.
 */
export class TraitRecount {
  readonly #database: DatabaseSync;
  readonly #rowsPerStep: number;
  readonly #traitRows: TraitRows;
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
    this.#traitRows = new TraitRows(database);
    this.#first = database.prepare(`select ${KEY} from trait_recount order by counter_id limit 1`);
    this.#group = database.prepare(
      `select c.id, c.definition from trait_recount r join trait_counter c on c.id = r.counter_id
       where r.customer_id = ? and r.occurred_at = ? and r.id = ?`,
    );
    this.#move = database.prepare('update trait_recount set customer_id = ?, occurred_at = ?, id = ? where counter_id = ?');
    this.#finish = database.prepare('delete from trait_recount where counter_id = ?');
    const key = 'customer_id, occurred_at, id';
    this.#end = database.prepare(
      `select ${KEY} from interaction where (${key}) > (?, ?, ?) order by ${key} limit 1 offset ${rowsPerStep - 1}`,
    );
    const columns = INTERACTION_COLUMNS.map((name) => `i.${name}`);
    const keyOfRow = 'i.customer_id, i.occurred_at, i.id';
    // Of somebody who was erased nothing is counted, whether it is deleted yet or not.
    this.#rows = database.prepare(
      `select ${columns.join(', ')} from interaction i cross join customer c on c.id = i.customer_id
       where (${keyOfRow}) > (?, ?, ?) and (${keyOfRow}) <= (?, ?, ?) and c.erased_at is null
         and i.type in (select value from json_each(?)) order by ${keyOfRow}`,
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
      const marker = this.#first.get() as unknown as InteractionKey | undefined;
      if (marker !== undefined) this.#countFrom(marker, until);
      else this.#deleteDropped(until);
    });
    return this.#hasWork();
  }

  #hasWork(): boolean {
    return this.#first.get() !== undefined || this.#dropped.get() !== undefined;
  }

  /** Counts for all counters whose marker this is, and moves the marker, or deletes it at the end of all interactions. */
  #countFrom(beginning: InteractionKey, until: number): void {
    const rows = this.#group.all(beginning.customerId, beginning.occurredAt, beginning.id) as { id: number; definition: string }[];
    const counters = rows.map(({ id, definition }) => ({ id, counter: JSON.parse(definition) as TraitCounter }));
    const byType = Map.groupBy(counters, ({ counter }) => counter.of);
    const counts = new TraitCounts((key) => this.#traitRows.storedTotals(key));
    let marker: InteractionKey | null = beginning;
    do marker = this.#step(marker, byType, counts);
    while (marker !== null && performance.now() < until);
    for (const write of counts.writes()) this.#traitRows.write(write);
    for (const { id } of counters) {
      if (marker === null) this.#finish.run(id);
      else this.#move.run(marker.customerId, marker.occurredAt, marker.id, id);
    }
  }

  /** Counts the next rows behind a key. @returns the key of the last of them; null where no interaction comes after them. */
  #step(from: InteractionKey, byType: ReadonlyMap<string, readonly NumberedCounter[]>, counts: TraitCounts): InteractionKey | null {
    const start = [from.customerId, from.occurredAt, from.id] as const;
    const end = this.#end.get(...start) as unknown as InteractionKey | undefined;
    // In a strict table a text sorts before any blob, so an empty blob comes after every customer's id.
    const to = end === undefined ? ([new Uint8Array(), 0, ''] as const) : ([end.customerId, end.occurredAt, end.id] as const);
    for (const row of this.#rows.all(...start, ...to, JSON.stringify([...byType.keys()])) as unknown as InteractionRow[]) {
      const interaction = toInteraction(row);
      for (const counter of byType.get(row.type) ?? []) counts.add(counter, row.customer_id, interaction);
    }
    return end ?? null;
  }

  /** Deletes the totals or values of a former counter, by customer, since there is no index by counter. */
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
