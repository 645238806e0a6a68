import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { correct } from '../../identity/correct.ts';
import { decide } from '../../identity/decide.ts';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type {
  CorrectionRefusal,
  CorrectionState,
  FormerCustomer,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
} from '../../model/identity.ts';
import type { IdentityEventLog } from './identity-event-log.ts';
import type { IdentityReads } from './identity-reads.ts';

/** Every write of the identity graph, each to be called inside a transaction. */
export class IdentityWrites {
  readonly #rules: IdentityRules;
  readonly #now: () => number;
  readonly #reads: IdentityReads;
  readonly #log: IdentityEventLog;
  readonly #insertCustomer;
  readonly #moveAliases;
  readonly #restore;
  readonly #moveIdentifiers;
  readonly #insertIdentifier;
  readonly #moveIdentifier;
  readonly #cutIdentifier;
  readonly #insertFormerOwner;
  readonly #insertSeparation;
  readonly #seeIdentifier;
  readonly #seeCustomer;
  readonly #seeMerged;

  constructor(database: DatabaseSync, reads: IdentityReads, log: IdentityEventLog, rules: IdentityRules, now: () => number) {
    this.#rules = rules;
    this.#now = now;
    this.#reads = reads;
    this.#log = log;
    this.#insertCustomer = database.prepare(
      'insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?1, ?2, ?3, ?4, ?4) on conflict do nothing',
    );
    this.#moveAliases = database.prepare('update customer set root_id = ?2 where root_id = ?1');
    this.#restore = database.prepare('update customer set root_id = ?2 where id = ?1');
    this.#moveIdentifiers = database.prepare('update identifier set customer_id = ?2 where customer_id = ?1');
    this.#insertIdentifier = database.prepare(
      `insert into identifier (id_key, type, value, customer_id, linked_at, last_seen_at, source) values (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#moveIdentifier = database.prepare('update identifier set customer_id = ?2, linked_at = ?3, source = ?4 where id_key = ?1');
    this.#cutIdentifier = database.prepare('delete from identifier where id_key = ?');
    // Two moves in the same millisecond leave an empty interval between them, which needs no row.
    this.#insertFormerOwner = database.prepare('insert or ignore into former_owner (id_key, until, customer_id) values (?, ?, ?)');
    this.#insertSeparation = database.prepare(
      `insert into separation (id_key, customer_id, separated_at) values (?, ?, ?)
       on conflict do update set separated_at = max(separated_at, excluded.separated_at)`,
    );
    this.#seeIdentifier = database.prepare('update identifier set last_seen_at = max(last_seen_at, ?2) where id_key = ?1');
    this.#seeCustomer = database.prepare(
      'update customer set first_seen_at = min(first_seen_at, ?2), last_seen_at = max(last_seen_at, ?3) where id = ?1',
    );
    this.#seeMerged = database.prepare(
      `update customer set
         first_seen_at = (select min(c.first_seen_at) from customer c where c.root_id = ?1),
         last_seen_at = (select max(c.last_seen_at) from customer c where c.root_id = ?1)
       where id = ?1`,
    );
  }

  commit(event: IdentityEvent): IdentityDecision {
    const replayed = this.#log.replayed(event);
    if (replayed !== null) return replayed;
    const retired = event.identifiers.filter((identifier) => this.#reads.retired.ownerOf(identifier) !== undefined);
    if (retired.length > 0) return this.#commitWithout(retired, event);
    const decision = decide(this.#rules, this.#reads.stateOf(event), event);
    if (decision.kind === 'changes') {
      this.#apply(decision, event.source, event.occurredAt);
      // What was left out is no evidence for the one who has it, and what is new was written with its time.
      const settled = new Set([...decision.leftOut, ...decision.linked].map(identifierKey));
      for (const key of event.identifiers.map(identifierKey)) {
        if (!settled.has(key)) this.seeIdentifier(key, event.occurredAt.getTime());
      }
      if (!decision.created) this.seeCustomer(decision.customerId, event.occurredAt.getTime(), event.occurredAt.getTime());
    }
    this.#log.recordEvent(event, decision, this.#now());
    return decision;
  }

  /** A retired cookie is no evidence for anybody but its owner, to whom it says nothing new. */
  #commitWithout(retired: readonly Identifier[], event: IdentityEvent): IdentityDecision {
    const owners = retired.map((cookie) => this.#reads.retired.ownerOf(cookie) as CustomerId);
    const identifiers = event.identifiers.filter((identifier) => !retired.includes(identifier));
    if (identifiers.length === 0) return { ...NO_CHANGES, rule: 'TOGETHER', customerId: owners[0] as CustomerId };
    const decision = this.commit({ ...event, identifiers });
    if (decision.kind === 'refused') return decision;
    const foreign = retired.filter((_, index) => owners[index] !== decision.customerId);
    return {
      ...decision,
      leftOut: [...decision.leftOut, ...foreign.map((cookie) => ({ ...cookie, reason: 'CONFLICTING_IDENTIFIERS' as const }))],
    };
  }

  /** Evidence for an identifier that changes nothing else. @param at milliseconds. */
  seeIdentifier(key: string, at: number): void {
    this.#seeIdentifier.run(key, at);
  }

  /** That a customer was seen. @param first @param last milliseconds. */
  seeCustomer(id: CustomerId, first: number, last: number): void {
    this.#seeCustomer.run(id, first, last);
  }

  correct(correction: IdentityCorrection): IdentityChanges | CorrectionRefusal {
    const state = this.#correctionState(correction);
    const decision = correct(state, correction);
    if (decision.kind === 'refused') return decision;
    const { at, source, actor, reason } = correction;
    this.#apply(decision, source, at);
    const evidence =
      correction.kind === 'merge'
        ? decision.merged.flatMap(({ identifiers }) => identifiers)
        : correction.identifiers.map(({ type, value }) => ({ type, value }));
    this.#log.recordChange(decision, { source, actor, reason, occurredAt: at, evidence }, this.#now());
    return decision;
  }

  #correctionState(correction: IdentityCorrection): CorrectionState {
    const ids = correction.kind === 'merge' ? correction.customerIds : correction.customerId === null ? [] : [correction.customerId];
    const owners = this.#reads.ownersByKey(correction.kind === 'merge' ? [] : correction.identifiers);
    const named = this.#reads.findCustomers(ids);
    const roots = new Map(ids.flatMap((id, index) => (named[index] ? [[id, named[index].id] as const] : [])));
    const formerCustomers = correction.kind === 'split' ? [...new Set(owners.values())].flatMap((root) => this.#formerCustomers(root)) : [];
    const customers = this.#reads.customersById([...roots.values(), ...owners.values()]);
    return { roots, owners, customers, formerCustomers, freshId: randomUUID() as string as CustomerId };
  }

  /** With cookies under the value that they were replaced by since. */
  #formerCustomers(root: CustomerId): FormerCustomer[] {
    const current = (identifier: Identifier) => this.#reads.retired.currentOf(identifier);
    return this.#log.formerCustomers(root).map((former) => ({ ...former, identifiers: former.identifiers.map(current) }));
  }

  #apply(changes: IdentityChanges, source: string, occurredAt: Date): void {
    const { customerId, created, merged, aliases, restored, linked, moved, cut, formerly, separated } = changes;
    const at = occurredAt.getTime();
    if (created) this.#insertCustomer.run(customerId, customerId, this.#now(), at);
    for (const { id } of merged) {
      this.#moveAliases.run(id, customerId);
      this.#moveIdentifiers.run(id, customerId);
    }
    if (merged.length > 0) this.#seeMerged.run(customerId);
    for (const { id } of aliases) this.#insertCustomer.run(id, customerId, this.#now(), at);
    for (const id of restored) this.#restore.run(id, customerId);
    for (const { type, value } of linked) {
      this.#insertIdentifier.run(identifierKey({ type, value }), type, value, customerId, this.#now(), at, source);
    }
    for (const identifier of moved) this.#moveIdentifier.run(identifierKey(identifier), customerId, this.#now(), source);
    for (const identifier of cut) this.#cutIdentifier.run(identifierKey(identifier));
    for (const { identifier, until, customerId: owner } of formerly) {
      this.#insertFormerOwner.run(identifierKey(identifier), until.getTime(), owner);
    }
    for (const { identifier, from } of separated) this.#insertSeparation.run(identifierKey(identifier), from, at);
  }
}
