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
  event_key: string;
  customer_id: CustomerId;
  rule: IdentityRule;
  source: string;
  actor: string | null;
  reason: string | null;
  occurred_at: number;
  recorded_at: number;
  changes: string;
}

/** What the column `changes` holds. */
interface KeptChanges extends Pick<IdentityRecord, 'evidence' | 'linked' | 'cut'> {
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

/** What changed the graph, and which events it has heard. */
export class IdentityEventLog {
  readonly #key: string;
  readonly #find;
  readonly #insert;
  readonly #insertCustomer;
  readonly #page;
  readonly #aliases;
  readonly #changes;

  /** @param key the store's secret. */
  constructor(database: DatabaseSync, key: string) {
    this.#key = key;
    this.#find = database.prepare(
      `select e.rule, e.changes, c.root_id from identity_event e left join customer c on c.id = e.customer_id where e.event_key = ?`,
    );
    this.#insert = database.prepare('insert into identity_event values (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertCustomer = database.prepare('insert or ignore into identity_event_customer values (?, ?, ?)');
    this.#page = database.prepare(
      `select distinct e.* from customer c
       join identity_event_customer ec on ec.customer_id = c.id join identity_event e on e.event_key = ec.event_key
       where c.root_id = (select root_id from customer where id = ?1) and (?2 is null or (ec.recorded_at, ec.event_key) < (?2, ?3))
       order by e.recorded_at desc, e.event_key desc limit ?4`,
    );
    this.#aliases = database.prepare('select id, created_at from customer where root_id = ?1 and id <> ?1');
    this.#changes = database.prepare(
      `select distinct e.event_key, e.recorded_at, e.occurred_at, e.changes from customer c
       join identity_event_customer ec on ec.customer_id = c.id join identity_event e on e.event_key = ec.event_key
       where c.root_id = ? order by e.recorded_at, e.event_key`,
    );
  }

  /** What an event meant when it was told first; null for one that is new or can't be recognised. */
  replayed(event: IdentityEvent): IdentityDecision | null {
    if (event.eventId === null) return null;
    const row = this.#find.get(this.#keyOf(event.eventId, event)) as
      | { rule: string; changes: string; root_id: CustomerId | null }
      | undefined;
    if (row === undefined) return null;
    if (row.root_id === null) return { kind: 'refused', type: JSON.parse(row.changes) };
    return { ...NO_CHANGES, rule: 'REPLAY', customerId: row.root_id };
  }

  /** Remembers what an event meant, if it changed something or can be told again. */
  recordEvent(event: IdentityEvent, decision: IdentityDecision, now: number): void {
    const key = event.eventId === null ? randomUUID() : this.#keyOf(event.eventId, event);
    const told = { source: event.source, actor: null, reason: null, occurredAt: event.occurredAt, evidence: event.identifiers };
    if (decision.kind === 'changes' && isChange(decision)) this.recordChange(decision, told, now, key);
    else if (event.eventId === null) return;
    else if (decision.kind === 'changes') this.#write(key, decision.customerId, decision.rule, told, now, null);
    else this.#write(key, null, 'REFUSED', told, now, JSON.stringify(decision.type));
  }

  recordChange(
    { customerId, rule, merged, aliases, linked, moved, cut }: IdentityChanges,
    told: Told,
    now: number,
    key = randomUUID() as string,
  ): void {
    const changes: KeptChanges = {
      evidence: told.evidence,
      linked: [
        ...linked.map((identifier) => ({ ...plain(identifier), from: null })),
        ...moved.map((each) => ({ ...plain(each), from: each.from })),
      ],
      cut: cut.map(plain),
      merged,
      aliases,
    };
    this.#write(key, customerId, rule, told, now, JSON.stringify(changes));
    for (const id of new Set([customerId, ...moved.map(({ from }) => from)])) this.#insertCustomer.run(id, now, key);
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

  #write(key: string, id: CustomerId | null, rule: string, told: Told, now: number, changes: string | null): void {
    this.#insert.run(key, id, rule, told.source, told.actor, told.reason, told.occurredAt.getTime(), now, changes);
  }

  /** Says nothing of whose the event is. */
  #keyOf(eventId: string, { identifiers }: IdentityEvent): string {
    const keys = [...new Set(identifiers.map(identifierKey))].sort();
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([eventId, keys]))
      .digest('base64url');
  }
}

function plain({ type, value }: Identifier): Identifier {
  return { type, value };
}

function toRecord(row: EventRow): IdentityRecord {
  const { evidence, linked, cut, merged } = JSON.parse(row.changes) as KeptChanges;
  return {
    id: row.event_key,
    rule: row.rule,
    customerId: row.customer_id,
    source: row.source,
    actor: row.actor,
    reason: row.reason,
    occurredAt: new Date(row.occurred_at),
    recordedAt: new Date(row.recorded_at),
    evidence,
    linked,
    cut,
    merged: merged.map(({ id }) => id),
  };
}
