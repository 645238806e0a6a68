import { createHmac, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { isChange, NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type {
  FormerCustomer,
  IdentityChanges,
  IdentityDecision,
  IdentityEvent,
  IdentityRecord,
  IdentityRule,
} from '../../model/identity.ts';
import type { IdentityEventPage } from '../../model/ports.ts';

interface EventRow {
  id: string;
  event_customer_id: CustomerId;
  rule: IdentityRule;
  source: string;
  actor: string | null;
  reason: string | null;
  occurred_at: number;
  recorded_at: number;
  changes: string;
}

/** What the column `changes` holds. */
interface KeptChanges extends Pick<IdentityRecord, 'evidence' | 'leftOut' | 'linked' | 'cut'> {
  readonly merged: IdentityChanges['merged'];
  readonly aliases: IdentityChanges['aliases'];
}

interface Told {
  readonly source: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly occurredAt: Date;
  readonly evidence: readonly Identifier[];
}

/** Stands in a history for a value that was erased. */
const ERASED_VALUE = '(erased)';

/** What changed the graph, and which events it has heard. */
export class IdentityEventLog {
  readonly #key: string;
  readonly #findHeard;
  readonly #insertHeard;
  readonly #insert;
  readonly #page;
  readonly #aliases;
  readonly #changes;
  readonly #root;
  readonly #rewrite;

  /** @param key the store's secret. */
  constructor(database: DatabaseSync, key: string) {
    this.#key = key;
    this.#findHeard = database.prepare(
      `select h.refused_type, c.root_id, c.erased_at
       from heard_event h left join customer c on c.id = h.customer_id where h.event_key = ?`,
    );
    this.#insertHeard = database.prepare('insert into heard_event values (?, ?, ?)');
    this.#insert = database.prepare('insert into identity_event values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const fields = 'e.id, e.recorded_at, e.event_customer_id, e.rule, e.source, e.actor, e.reason, e.occurred_at, e.changes';
    this.#page = database.prepare(
      `select distinct ${fields} from customer c join identity_event e on e.customer_id = c.id
       where c.root_id = (select root_id from customer where id = ?1) and (?2 is null or (e.recorded_at, e.id) < (?2, ?3))
       order by e.recorded_at desc, e.id desc limit ?4`,
    );
    this.#aliases = database.prepare('select id, created_at from customer where root_id = ?1 and id <> ?1');
    this.#changes = database.prepare(
      `select distinct e.id, e.recorded_at, e.event_customer_id, e.occurred_at, e.changes from customer c join identity_event e on e.customer_id = c.id
       where c.root_id = ? order by e.recorded_at, e.id`,
    );
    this.#root = database.prepare('select root_id from customer where id = ?');
    this.#rewrite = database.prepare(
      `update identity_event set changes = ?3, reason = null
       where customer_id in (select id from customer where root_id = ?1) and id = ?2`,
    );
  }

  /**
   * What an event meant when it was told first, or a refusal where its customer was erased since; null for one that is
   * new or can't be recognised.
   */
  replayed(event: IdentityEvent): IdentityDecision | null {
    if (event.eventId === null) return null;
    const row = this.#findHeard.get(this.#keyOf(event.eventId, event)) as
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
      this.#insertHeard.run(this.#keyOf(eventId, event), id, refused);
    }
    if (decision.kind === 'changes' && isChange(decision)) {
      this.recordChange(decision, { source, actor: null, reason: null, occurredAt, evidence }, now);
    }
  }

  recordChange({ customerId, rule, merged, aliases, linked, moved, cut, leftOut }: IdentityChanges, told: Told, now: number): void {
    const foreign = new Set(leftOut.map(identifierKey));
    const changes: KeptChanges = {
      // A customer's history holds nothing that was never theirs: so whoever erases a customer knows where to look.
      evidence: told.evidence.filter((identifier) => !foreign.has(identifierKey(identifier))).map(plain),
      leftOut: leftOut.map(({ type }) => type),
      linked: [
        ...linked.map((identifier) => ({ ...plain(identifier), from: null })),
        ...moved.map((each) => ({ ...plain(each), from: each.from })),
      ],
      cut: cut.map(plain),
      merged,
      aliases,
    };
    const { source, actor, reason, occurredAt } = told;
    const [id, text] = [randomUUID(), JSON.stringify(changes)];
    for (const changed of new Set([customerId, ...moved.map(({ from }) => from)])) {
      this.#insert.run(changed, now, id, customerId, rule, source, actor, reason, occurredAt.getTime(), text);
    }
  }

  page(id: CustomerId, { limit, after }: IdentityEventPage): IdentityRecord[] {
    const rows = this.#page.all(id, after?.recordedAt.getTime() ?? null, after?.id ?? null, limit) as unknown as EventRow[];
    return rows.map(toRecord);
  }

  /** Who is an alias of this customer by now, with what they brought when they became one; the last time counts. */
  formerCustomers(root: CustomerId): FormerCustomer[] {
    const createdAt = new Map((this.#aliases.all(root) as { id: CustomerId; created_at: number }[]).map((row) => [row.id, row.created_at]));
    const former = new Map<CustomerId, FormerCustomer>();
    for (const row of this.#changes.all(root) as { occurred_at: number; changes: string }[]) {
      const { merged, aliases } = JSON.parse(row.changes) as KeptChanges;
      for (const { id, identifiers } of [...merged, ...aliases.map((alias) => ({ id: alias.id, identifiers: [alias.of] }))]) {
        const created = createdAt.get(id);
        if (created !== undefined) former.set(id, { id, identifiers, createdAt: new Date(created), mergedAt: new Date(row.occurred_at) });
      }
    }
    return [...former.values()];
  }

  /** Customers of today whom this one's history names. */
  customersIn(root: CustomerId): CustomerId[] {
    const named = (this.#changes.all(root) as { event_customer_id: CustomerId; changes: string }[]).flatMap((row) => [
      row.event_customer_id,
      ...(JSON.parse(row.changes) as KeptChanges).linked.flatMap(({ from }) => from ?? []),
    ]);
    return [...new Set(named)].flatMap((id) => (this.#root.get(id) as { root_id: CustomerId } | undefined)?.root_id ?? []);
  }

  /** Takes these identifiers' values, and what people wrote about them, out of a customer's history. @param keys identifier keys. */
  scrub(root: CustomerId, keys: ReadonlySet<string>): void {
    const erased = <Named extends Identifier>(identifier: Named): Named =>
      keys.has(identifierKey(identifier)) ? { ...identifier, value: ERASED_VALUE } : identifier;
    for (const row of this.#changes.all(root) as { id: string; changes: string }[]) {
      const { evidence, leftOut, linked, cut, merged, aliases } = JSON.parse(row.changes) as KeptChanges;
      const scrubbed: KeptChanges = {
        ...{ evidence: evidence.map(erased), leftOut, linked: linked.map(erased), cut: cut.map(erased) },
        merged: merged.map(({ id, identifiers }) => ({ id, identifiers: identifiers.map(erased) })),
        aliases: aliases.map(({ id, of }) => ({ id, of: erased(of) })),
      };
      const text = JSON.stringify(scrubbed);
      if (text !== row.changes) this.#rewrite.run(root, row.id, text);
    }
  }

  /** Says nothing of whose the event is. */
  #keyOf(eventId: string, { identifiers }: IdentityEvent): Buffer {
    const keys = [...new Set(identifiers.map(identifierKey))].sort();
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([eventId, keys]))
      .digest()
      .subarray(0, 16);
  }
}

function plain({ type, value }: Identifier): Identifier {
  return { type, value };
}

function toRecord(row: EventRow): IdentityRecord {
  const { evidence, leftOut, linked, cut, merged } = JSON.parse(row.changes) as KeptChanges;
  return {
    id: row.id,
    rule: row.rule,
    customerId: row.event_customer_id,
    source: row.source,
    actor: row.actor,
    reason: row.reason,
    occurredAt: new Date(row.occurred_at),
    recordedAt: new Date(row.recorded_at),
    evidence,
    leftOut,
    linked,
    cut,
    merged: merged.map(({ id }) => id),
  };
}
