import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { isChange, NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import type { FormerCustomer, IdentityChanges, IdentityDecision, IdentityEvent } from '../../model/identity.ts';
import { broughtBy, keptChangesText } from '../kept-changes.ts';
import { identityEventHash } from '../keyed-hashes.ts';
import { IdentityMentions } from './identity-mentions.ts';

interface Told {
  readonly source: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly occurredAt: Date;
  readonly evidence: readonly Identifier[];
}

/**
 * How long an event that was told is remembered, in milliseconds: 400 days, the longest that a browser keeps a cookie
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#section-5.5). Told again later, it is evidence
 * of its time like any other.
 */
const REMEMBERED_MS = 400 * 24 * 60 * 60 * 1_000;
/** How many events are forgotten at most with one that is remembered: more than come, so that old ones go in small parts. */
const FORGOTTEN_AT_ONCE = 4;

/** What changed the graph, and which events it has heard. */
export class IdentityEventLog {
  readonly #key: string;
  readonly #mentions: IdentityMentions;
  readonly #findHeard;
  readonly #insertHeard;
  readonly #forgetHeard;
  readonly #insert;
  readonly #aliases;
  readonly #changes;

  /** @param key the store's secret. */
  constructor(database: DatabaseSync, key: string) {
    this.#key = key;
    this.#mentions = new IdentityMentions(database);
    this.#findHeard = database.prepare(
      `select h.refused_type, c.root_id, c.erased_at
       from heard_event h left join customer c on c.id = h.customer_id where h.event_key = ?`,
    );
    this.#insertHeard = database.prepare('insert into heard_event (event_key, customer_id, refused_type, heard_at) values (?, ?, ?, ?)');
    this.#forgetHeard = database.prepare(
      `delete from heard_event where event_key in
         (select event_key from heard_event where heard_at < ? order by heard_at limit ${FORGOTTEN_AT_ONCE})`,
    );
    this.#insert = database.prepare('insert into identity_event values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#aliases = database.prepare('select id, created_at from customer where root_id = ?1 and id <> ?1');
    this.#changes = database.prepare(
      `select distinct e.id, e.recorded_at, e.event_customer_id, e.occurred_at, e.changes from customer c join identity_event e on e.customer_id = c.id
       where c.root_id = ? and c.erased_at is null order by e.recorded_at, e.id`,
    );
  }

  /**
   * What an event meant when it was told first, or a refusal where its customer was erased since; null for one that is
   * new or can't be recognised.
   */
  replayed(event: IdentityEvent): IdentityDecision | null {
    if (event.eventId === null) return null;
    const row = this.#findHeard.get(identityEventHash(this.#key, event.eventId, event.identifiers)) as
      | { refused_type: string | null; root_id: CustomerId | null; erased_at: number | null }
      | undefined;
    if (row === undefined) return null;
    if (row.root_id === null) return { kind: 'refused', type: row.refused_type };
    // Of the id that the event was recorded for: its customer of today may be somebody who lives.
    if (row.erased_at !== null) return { kind: 'refused', type: null };
    return { ...NO_CHANGES, rule: 'REPLAY', customerId: row.root_id };
  }

  /** Remembers what an event meant, if it changed something or can be told again. @param now milliseconds. */
  recordEvent(event: IdentityEvent, decision: IdentityDecision, now: number): void {
    const { eventId, source, occurredAt, identifiers: evidence } = event;
    if (eventId !== null) {
      const [id, refused] = decision.kind === 'refused' ? [null, decision.type] : [decision.customerId, null];
      this.#insertHeard.run(identityEventHash(this.#key, eventId, evidence), id, refused, now);
      this.#forgetHeard.run(now - REMEMBERED_MS);
    }
    if (decision.kind === 'changes' && isChange(decision)) {
      this.recordChange(decision, { source, actor: null, reason: null, occurredAt, evidence }, now);
    }
  }

  recordChange(changes: IdentityChanges, told: Told, now: number): void {
    const { customerId, rule, moved } = changes;
    const { source, actor, reason, occurredAt } = told;
    const [id, text] = [randomUUID(), keptChangesText(changes, told.evidence)];
    for (const changed of new Set([customerId, ...moved.map(({ from }) => from)])) {
      this.#insert.run(changed, now, id, customerId, rule, source, actor, reason, occurredAt.getTime(), text);
      this.#mentions.record({ customer_id: changed, recorded_at: now, event_id: id }, text);
    }
  }

  /** Who is an alias of this customer by now, with what they brought when they became one; the last time counts. */
  formerCustomers(root: CustomerId): FormerCustomer[] {
    const createdAt = new Map((this.#aliases.all(root) as { id: CustomerId; created_at: number }[]).map((row) => [row.id, row.created_at]));
    const former = new Map<CustomerId, FormerCustomer>();
    for (const row of this.#changes.all(root) as { occurred_at: number; event_customer_id: CustomerId; changes: string }[]) {
      for (const each of broughtBy(row.changes, new Date(row.occurred_at), row.event_customer_id)) {
        const created = createdAt.get(each.id);
        if (created !== undefined) former.set(each.id, { ...each, createdAt: new Date(created) });
      }
    }
    return [...former.values()];
  }
}
