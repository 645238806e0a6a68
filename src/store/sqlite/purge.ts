import type { DatabaseSync } from 'node:sqlite';
import { mentionedIn, withoutValues } from '../kept-changes.ts';
import { erasedInteractionHash } from '../keyed-hashes.ts';
import { identityKeyOf } from './identity-key.ts';
import { type EventRowKey, IdentityMentions } from './identity-mentions.ts';

/** Rows that are deleted or rewritten between two looks at the clock: a few milliseconds where each is read from the disk. */
const ROWS_PER_STEP = 25;
/** Rows that are looked at between two looks at the clock, of which few are rewritten. */
const ROWS_LOOKED_AT = 100;

/** Tables with data under a customer's id, beside interactions and events, with the rest of their primary keys. */
const CUSTOMER_TABLES = {
  attribute: ['name'],
  confirmation: ['agent'],
  interaction_mention: ['identifier_value', 'identifier_type'],
  trait_bucket: ['counter_id', 'bucket'],
  trait_value: ['counter_id', 'value'],
  offer_decision: ['placement', 'decided_at', 'id'],
  offer_exposure: ['offer', 'decision_id'],
  offer_former_exposure: ['offer'],
  audience_member: ['audience'],
  audience_event: ['at', 'audience', 'kind'],
} as const;

interface Task {
  readonly seq: number;
  readonly customer_id: string;
  readonly id_key: string | null;
  /** The last interaction that was looked at for `id_key`; null before the first. */
  readonly after_occurred_at: number | null;
  readonly after_id: string | null;
}

/** An interaction of a customer. */
interface LookedAt {
  readonly occurred_at: number;
  readonly id: string;
  /** 1 where the identifier decided whose it is. */
  readonly is_named: 0 | 1;
}

type Values = (string | number | Buffer)[];

interface InteractionRow {
  readonly occurred_at: number;
  readonly id: string;
  readonly identifier_type: string | null;
  readonly identifier_value: string | null;
}

/**
 * Deletes what was erased, after the erasure itself has made it unreadable. The work stands in the table `purge` and is
 * done in slices, each to be called inside a transaction of its own, so other writes come between.
 */
export class Purge {
  readonly #mentions: IdentityMentions;
  readonly #identityKey: string;
  readonly #rememberErased;
  readonly #now: () => number;
  readonly #next;
  readonly #done;
  readonly #isPending;
  readonly #deletions;
  readonly #ofCustomer;
  readonly #deleteInteraction;
  readonly #events;
  readonly #deleteEvent;
  readonly #event;
  readonly #rewriteEvent;
  readonly #interactions;
  readonly #goOnAfter;
  readonly #forgetMention;
  readonly #forgetIdentifier;

  /** @param now milliseconds. */
  constructor(database: DatabaseSync, now: () => number = Date.now) {
    this.#mentions = new IdentityMentions(database);
    this.#identityKey = identityKeyOf(database);
    this.#rememberErased = database.prepare('insert or ignore into erased_interaction (interaction_key, deleted_at) values (?, ?)');
    this.#now = now;
    this.#next = database.prepare('select seq, customer_id, id_key, after_occurred_at, after_id from purge order by seq limit 1');
    this.#done = database.prepare('delete from purge where seq = ?');
    this.#isPending = database.prepare('select 1 from purge where erasure = ? limit 1');
    this.#deletions = Object.entries(CUSTOMER_TABLES).map(([table, key]) => {
      const columns = key.join(', ');
      const last = `select ${columns} from ${table} where customer_id = ? order by ${columns} limit 1 offset ${ROWS_PER_STEP - 1}`;
      return {
        last: database.prepare(last),
        upTo: database.prepare(`delete from ${table} where customer_id = ? and (${columns}) <= (${key.map(() => '?').join(', ')})`),
        rest: database.prepare(`delete from ${table} where customer_id = ?`),
      };
    });
    this.#ofCustomer = database.prepare(
      `select occurred_at, id, identifier_type, identifier_value from interaction where customer_id = ? limit ${ROWS_PER_STEP}`,
    );
    this.#deleteInteraction = database.prepare('delete from interaction where customer_id = ? and occurred_at = ? and id = ?');
    // The record of the erasure itself stays.
    this.#events = database.prepare(
      `select customer_id, recorded_at, id as event_id, changes from identity_event
       where customer_id = ? and rule <> 'ERASE' limit ${ROWS_PER_STEP}`,
    );
    const oneEvent = 'where customer_id = ? and recorded_at = ? and id = ?';
    this.#deleteEvent = database.prepare(`delete from identity_event ${oneEvent}`);
    this.#event = database.prepare(`select changes from identity_event ${oneEvent}`);
    // What a person wrote about the change may name the value too.
    this.#rewriteEvent = database.prepare(`update identity_event set changes = ?, reason = null ${oneEvent}`);
    this.#interactions = database.prepare(
      `select occurred_at, id, identifier_value is ?1 and identifier_type is ?2 as is_named from interaction
       where customer_id = ?3 and (occurred_at, id) > (?4, ?5) order by occurred_at, id limit ${ROWS_LOOKED_AT}`,
    );
    this.#goOnAfter = database.prepare('update purge set after_occurred_at = ?, after_id = ? where seq = ?');
    this.#forgetMention = database.prepare(
      'delete from interaction_mention where identifier_value = ? and identifier_type = ? and customer_id = ?',
    );
    this.#forgetIdentifier = database.prepare(
      'update interaction set identifier_value = null where customer_id = ? and occurred_at = ? and id = ?',
    );
  }

  hasWork(): boolean {
    return this.#next.get() !== undefined;
  }

  /** True until everything that an erasure ordered is deleted. @param erasure what `Erasure.erase` returned. */
  isPending(erasure: string): boolean {
    return this.#isPending.get(erasure) !== undefined;
  }

  /** Works for about so long, or until nothing is left. */
  slice(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    do {
      const task = this.#next.get() as Task | undefined;
      if (task === undefined) return;
      const { customer_id, id_key } = task;
      const worked = id_key === null ? this.#delete(customer_id) : this.#scrub(id_key, task);
      if (!worked) this.#done.run(task.seq);
    } while (performance.now() < end);
  }

  /** @returns false when nothing was left under this id. */
  #delete(customerId: string): boolean {
    for (const { last, upTo, rest } of this.#deletions) {
      const end = last.get(customerId);
      const { changes } = end === undefined ? rest.run(customerId) : upTo.run(customerId, ...(Object.values(end) as Values));
      if (changes !== 0) return true;
    }
    if (this.#deleteInteractions(customerId)) return true;
    const events = this.#events.all(customerId) as unknown as (EventRowKey & { readonly changes: string })[];
    for (const event of events) {
      for (const key of mentionedIn(event.changes)) this.#mentions.forget(key, event);
      this.#deleteEvent.run(event.customer_id, event.recorded_at, event.event_id);
    }
    return events.length > 0;
  }

  /** Of each, a keyed hash is kept, so that it is recognised when it is sent again. @returns false when there was none. */
  #deleteInteractions(customerId: string): boolean {
    const rows = this.#ofCustomer.all(customerId) as unknown as InteractionRow[];
    for (const { occurred_at, id, identifier_type: type, identifier_value: value } of rows) {
      if (type !== null && value !== null)
        this.#rememberErased.run(erasedInteractionHash(this.#identityKey, id, { type, value }), this.#now());
      this.#deleteInteraction.run(customerId, occurred_at, id);
    }
    return rows.length > 0;
  }

  /** Takes an identifier's value out of what lies under another's id. @returns false when nothing was left. */
  #scrub(key: string, task: Task): boolean {
    const { customer_id: customerId } = task;
    const events = this.#mentions.of(key, customerId, ROWS_PER_STEP);
    for (const event of events) {
      const rowKey = [event.customer_id, event.recorded_at, event.event_id] as const;
      const row = this.#event.get(...rowKey) as { changes: string } | undefined;
      if (row !== undefined)
        this.#rewriteEvent.run(
          withoutValues(row.changes, (each) => each === key),
          ...rowKey,
        );
      this.#mentions.forget(key, event);
    }
    return this.#scrubInteractions(key, task) || events.length > 0;
  }

  /** @returns false when the last was looked at. */
  #scrubInteractions(key: string, { seq, customer_id, after_occurred_at, after_id }: Task): boolean {
    const [type, value] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
    // Before the first is looked at: what comes from now on is not forgotten, and stands there again.
    if (after_occurred_at === null && this.#forgetMention.run(value, type, customer_id).changes === 0) return false;
    const after = [after_occurred_at ?? Number.MIN_SAFE_INTEGER, after_id ?? ''] as const;
    const interactions = this.#interactions.all(value, type, customer_id, ...after) as unknown as LookedAt[];
    for (const { occurred_at, id, is_named } of interactions) if (is_named === 1) this.#forgetIdentifier.run(customer_id, occurred_at, id);
    const last = interactions.at(-1);
    if (last === undefined) return false;
    this.#goOnAfter.run(last.occurred_at, last.id, seq);
    return true;
  }
}
