import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, type Parameter, prepared } from '../postgres/statement.ts';
import { COPY_STATE, type CopyState } from '../postgres/unfinished-copy.ts';
import { COPIED_TABLES } from './copied-tables.ts';

/** Tables that a gateway fills when it starts. */
const MADE_BY_A_START = new Set(['trait_counter', 'trait_recount', 'trait_dropped']);

/** The setting that differs in all stores: a copy has its source's. */
const IDENTITY_KEY = 'identity_key';

/** Programs that use the database under the same name (`application_name`) as this one; a gateway has its own name unless the URL names it. */
const OTHERS = `select current_setting('application_name') as name, (select count(*) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name = current_setting('application_name')) as others`;
/** A connection that was closed is still counted for a moment. In milliseconds. */
const LOOK_EVERY = 100;
const MOST_LOOKS = 10;

/** How far a copy is, kept in the settings of the store that is copied to. */
export class TargetState {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Marks the store as unfinished, and gives it the source's settings: its keys, without which no hash means anything.
   * @throws Error for a store that is not empty and no unfinished copy of this source, or that is in use.
   */
  async begin(settings: ReadonlyMap<string, string>): Promise<void> {
    const there = await this.#settings();
    const state = there.get(COPY_STATE) as CopyState | undefined;
    if (state === undefined) await this.#expectEmpty();
    else if (there.get(IDENTITY_KEY) !== settings.get(IDENTITY_KEY)) {
      throw new Error('the database holds the copy of another store: give the URL of an empty database');
    } else if (state === 'complete') {
      throw new Error(
        'the database holds the complete copy of this store, and may be in use: nothing is changed. For a new copy, give an empty database',
      );
    }
    await this.#expectUnused();
    // Each part is in a transaction of its own, of which some may be lost when the server stops: the next run finds what is missing.
    await this.#run('set synchronous_commit = off');
    const kept = [...settings, [COPY_STATE, 'unfinished' satisfies CopyState] as const];
    await this.#run('begin');
    await this.#run('delete from setting');
    await this.#run('insert into setting (name, value) select unnest($1::text[]), unnest($2::text[])', [
      kept.map(([name]) => name),
      kept.map(([, value]) => value),
    ]);
    await this.#run('commit');
  }

  /** So that PostgreSQL knows how many rows there are before the first gateway asks. */
  async analyze(): Promise<void> {
    for (const { name } of COPIED_TABLES) await this.#run(`analyze ${name}`);
  }

  /** With this, everything before it is on disk, too. */
  async complete(): Promise<void> {
    await this.#run('set synchronous_commit = on');
    await this.#run('update setting set value = $2 where name = $1', [COPY_STATE, 'complete' satisfies CopyState]);
  }

  async #settings(): Promise<Map<string, string>> {
    const { rows } = await this.#run('select name, value from setting');
    return new Map(rows.map(({ name, value }) => [name as string, value as string]));
  }

  async #expectEmpty(): Promise<void> {
    for (const { name } of COPIED_TABLES) {
      if (MADE_BY_A_START.has(name)) continue;
      const { rows } = await this.#run(`select 1 from ${name} limit 1`);
      if (rows.length > 0)
        throw new Error(`the database holds a store with data of its own ('${name}' has rows): give the URL of an empty database`);
    }
  }

  /** A gateway has read the keys when it started, and would go on with those. */
  async #expectUnused(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const { rows } = await this.#run(OTHERS);
      const { name, others } = rows[0] as { name: string; others: number };
      if (others === 0) return;
      if (tries === MOST_LOOKS)
        throw new Error(`a gateway or another copy uses the database (${others} connections named '${name}'): stop it first`);
      await sleep(LOOK_EVERY);
    }
  }

  #run(text: string, values: readonly Parameter[] = []) {
    return this.#connection.run({ prepared: prepared(text), values });
  }
}
