import type { DatabaseSync } from 'node:sqlite';
import { decide } from '../../identity/decide.ts';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import { identifierKey } from '../../model/identifier.ts';
import type { Attribute, IdentityChanges, IdentityDecision, IdentityEvent } from '../../model/ports.ts';
import { IdentityReads } from './identity-reads.ts';

const NOTHING = { kind: 'changes', created: false, merged: [], aliases: [], linked: [], moved: [], cut: [], leftOut: [] } as const;

function isChange({ created, merged, linked, moved, cut }: IdentityChanges): boolean {
  return created || merged.length + linked.length + moved.length + cut.length > 0;
}

/** Every write, each to be called inside a transaction. Lives on the writer's thread. */
export class IdentityWrites {
  readonly #rules: IdentityRules;
  readonly #now: () => number;
  readonly #reads: IdentityReads;
  readonly #insertCustomer;
  readonly #moveAliases;
  readonly #moveIdentifiers;
  readonly #insertIdentifier;
  readonly #moveIdentifier;
  readonly #cutIdentifier;
  readonly #findEvent;
  readonly #insertEvent;
  readonly #seeIdentifier;
  readonly #seeCustomer;
  readonly #saveAttribute;
  readonly #claim;
  readonly #forgetClaims;

  constructor(database: DatabaseSync, rules: IdentityRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
    this.#reads = new IdentityReads(database);
    this.#insertCustomer = database.prepare(
      'insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?1, ?2, ?3, ?4, ?4) on conflict do nothing',
    );
    this.#moveAliases = database.prepare('update customer set root_id = ?2 where root_id = ?1');
    this.#moveIdentifiers = database.prepare('update identifier set customer_id = ?2 where customer_id = ?1');
    this.#insertIdentifier = database.prepare(
      `insert into identifier (id_key, type, value, customer_id, linked_at, last_seen_at, source) values (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#moveIdentifier = database.prepare('update identifier set customer_id = ?2, linked_at = ?3, source = ?4 where id_key = ?1');
    this.#cutIdentifier = database.prepare('delete from identifier where id_key = ?');
    this.#findEvent = database.prepare(
      'select c.root_id as id from identity_event e join customer c on c.id = e.customer_id where e.event_key = ?',
    );
    this.#insertEvent = database.prepare(
      `insert into identity_event (event_key, customer_id, rule, source, occurred_at, recorded_at, changes) values (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#seeIdentifier = database.prepare('update identifier set last_seen_at = max(last_seen_at, ?2) where id_key = ?1');
    this.#seeCustomer = database.prepare(
      `update customer set
         first_seen_at = (select min(min(c.first_seen_at), ?2) from customer c where c.root_id = ?1),
         last_seen_at = (select max(max(c.last_seen_at), ?2) from customer c where c.root_id = ?1)
       where id = ?1`,
    );
    this.#saveAttribute = database.prepare(
      `insert into attribute (customer_id, name, value, touchpoint, captured_at) values (?1, ?2, ?3, ?4, ?5)
       on conflict do update set value = excluded.value, touchpoint = excluded.touchpoint, captured_at = excluded.captured_at
       where excluded.captured_at >= captured_at`,
    );
    this.#claim = database.prepare('insert into single_use (id, expires_at) values (?, ?) on conflict do nothing');
    this.#forgetClaims = database.prepare('delete from single_use where expires_at < ?');
  }

  commit(event: IdentityEvent): IdentityDecision {
    const eventKey = this.#reads.eventKey(event);
    const known = this.#findEvent.get(eventKey) as { id: CustomerId } | undefined;
    if (known) return { ...NOTHING, rule: 'replay', customerId: known.id };
    const decision = decide(this.#rules, this.#reads.stateOf(event), event);
    if (decision.kind === 'changes') {
      this.#apply(decision, event);
      if (isChange(decision)) this.#record(eventKey, decision, event);
    }
    return decision;
  }

  saveAttributes(id: CustomerId, attributes: readonly Attribute[]): void {
    for (const { name, value, touchpoint, capturedAt } of attributes) {
      this.#saveAttribute.run(id, name, JSON.stringify(value), touchpoint, capturedAt.getTime());
    }
  }

  claim(id: string, expiresAt: Date): boolean {
    this.#forgetClaims.run(this.#now());
    return this.#claim.run(id, expiresAt.getTime()).changes === 1;
  }

  #record(eventKey: string, { customerId, rule, merged, linked, moved, cut }: IdentityChanges, event: IdentityEvent): void {
    const changes = JSON.stringify({ evidence: event.identifiers, merged, linked, moved, cut });
    this.#insertEvent.run(eventKey, customerId, rule, event.source, event.occurredAt.getTime(), this.#now(), changes);
  }

  #apply({ customerId, created, merged, aliases, linked, moved, cut, leftOut }: IdentityChanges, event: IdentityEvent): void {
    const occurredAt = event.occurredAt.getTime();
    if (created) this.#insertCustomer.run(customerId, customerId, this.#now(), occurredAt);
    for (const loser of merged) {
      this.#moveAliases.run(loser, customerId);
      this.#moveIdentifiers.run(loser, customerId);
    }
    for (const alias of aliases) this.#insertCustomer.run(alias, customerId, this.#now(), occurredAt);
    for (const { type, value } of linked) {
      this.#insertIdentifier.run(identifierKey({ type, value }), type, value, customerId, this.#now(), occurredAt, event.source);
    }
    for (const identifier of moved) this.#moveIdentifier.run(identifierKey(identifier), customerId, this.#now(), event.source);
    for (const identifier of cut) this.#cutIdentifier.run(identifierKey(identifier));
    // What was left out is no evidence for the one who has it.
    const ignored = new Set(leftOut.map(identifierKey));
    for (const key of event.identifiers.map(identifierKey)) if (!ignored.has(key)) this.#seeIdentifier.run(key, occurredAt);
    this.#seeCustomer.run(customerId, occurredAt);
  }
}
