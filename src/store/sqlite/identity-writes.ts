import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { correct } from '../../identity/correct.ts';
import { decide } from '../../identity/decide.ts';
import { type IdentityRules, orderedByStrength, personTypesOf, pickerOf } from '../../identity/identity-rules.ts';
import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type {
  CorrectionRefusal,
  CorrectionState,
  EventAttributes,
  FormerCustomer,
  IdentityChanges,
  IdentityCorrection,
  IdentityDecision,
  IdentityEvent,
  ShownCustomer,
} from '../../model/identity.ts';
import type { AttributeWrites } from './attribute-writes.ts';
import type { FormerOwners } from './former-owners.ts';
import type { IdentityEventLog } from './identity-event-log.ts';
import type { IdentityReads } from './identity-reads.ts';

/** Every write of the identity graph, each to be called inside a transaction. */
export class IdentityWrites {
  readonly #rules: IdentityRules;
  readonly #now: () => number;
  readonly #reads: IdentityReads;
  readonly #log: IdentityEventLog;
  readonly #attributes: AttributeWrites;
  readonly #database: DatabaseSync;
  readonly #formerOwners: FormerOwners;
  readonly #insertCustomer;
  readonly #moveAliases;
  readonly #restore;
  readonly #moveIdentifiers;
  readonly #insertIdentifier;
  readonly #moveIdentifier;
  readonly #cutIdentifier;
  readonly #insertSeparation;
  readonly #seeIdentifier;
  readonly #seeCustomer;
  readonly #seeMerged;
  readonly #mergedByPerson;

  constructor(
    database: DatabaseSync,
    reads: IdentityReads,
    log: IdentityEventLog,
    attributes: AttributeWrites,
    formerOwners: FormerOwners,
    rules: IdentityRules,
    now: () => number,
  ) {
    this.#database = database;
    this.#attributes = attributes;
    this.#rules = rules;
    this.#now = now;
    this.#reads = reads;
    this.#log = log;
    this.#formerOwners = formerOwners;
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
    this.#insertSeparation = database.prepare(
      `insert into separation (id_key, customer_id, separated_at) values (?, ?, ?)
       on conflict do update set separated_at = max(separated_at, excluded.separated_at)`,
    );
    this.#seeIdentifier = database.prepare('update identifier set last_seen_at = max(last_seen_at, ?2) where id_key = ?1');
    this.#seeCustomer = database.prepare(
      'update customer set first_seen_at = min(first_seen_at, ?2), last_seen_at = max(last_seen_at, ?3) where id = ?1',
    );
    // A customer's own row says when all that was merged into it was seen.
    this.#seeMerged = database.prepare(
      `update customer set
         first_seen_at = min(customer.first_seen_at, merged.first_seen_at),
         last_seen_at = max(customer.last_seen_at, merged.last_seen_at),
         person_merged_at = nullif(max(coalesce(customer.person_merged_at, 0), coalesce(merged.person_merged_at, 0)), 0)
       from (select first_seen_at, last_seen_at, person_merged_at from customer where id = ?2) as merged
       where customer.id = ?1`,
    );
    this.#mergedByPerson = database.prepare('update customer set person_merged_at = max(coalesce(person_merged_at, 0), ?2) where id = ?1');
  }

  commit(event: IdentityEvent): IdentityDecision {
    const replayed = this.#log.replayed(event);
    if (replayed !== null) return replayed;
    const retired = event.identifiers.filter((identifier) => this.#reads.retired.ownerOf(identifier) !== undefined);
    if (retired.length > 0) return this.#commitWithout(retired, event);
    let decision = decide(this.#rules, this.#reads.stateOf(event), event);
    if (decision.kind === 'changes') {
      this.#apply(decision, event.source, event.occurredAt);
      // What was left out is no evidence for the one who has it, and what is new was written with its time.
      const settled = new Set([...decision.leftOut, ...decision.linked].map(identifierKey));
      for (const key of event.identifiers.map(identifierKey)) {
        if (!settled.has(key)) this.seeIdentifier(key, event.occurredAt.getTime());
      }
      if (!decision.created) this.seeCustomer(decision.customerId, event.occurredAt.getTime(), event.occurredAt.getTime());
      decision = { ...decision, attributed: this.#attribute(event, decision.customerId) };
    }
    this.#log.recordEvent(event, decision, this.#now());
    return decision;
  }

  /** A retired cookie is no evidence for anybody but its owner, to whom it says nothing new. */
  #commitWithout(retired: readonly Identifier[], event: IdentityEvent): IdentityDecision {
    const owners = retired.map((cookie) => this.#reads.retired.ownerOf(cookie) as CustomerId);
    const identifiers = event.identifiers.filter((identifier) => !retired.includes(identifier));
    const [owner] = owners as [CustomerId];
    if (identifiers.length === 0) {
      return { ...NO_CHANGES, rule: 'TOGETHER', customerId: owner, attributed: this.#attribute(event, owner) };
    }
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

  /**
   * What is said of a customer is theirs who had the deciding identifier then: an identifier that has moved on since must
   * not bring its present owner what was said of another. A former owner gets attributes from trusted viewers only. Events
   * and interactions alike.
   * @param deciding the identifier that picks the event's customer, or decides over the interaction.
   * @param customerId who has it now, or had it then.
   * @returns who got them; null where there are none, or where nobody living and known had the identifier then.
   */
  saveAttributes(deciding: Identifier, customerId: CustomerId, attributes: EventAttributes, occurredAt: Date): CustomerId | null {
    if (Object.keys(attributes.values).length === 0) return null;
    const then = this.#reads.formerOwnerAt(identifierKey(deciding), occurredAt);
    if (then?.isErased === true || then?.isNameless === true) return null;
    const owner = then?.customerId ?? customerId;
    // Whoever has a cookie now could write whatever they like about whoever had it before.
    if (then !== undefined && attributes.isVouchedFor !== true && this.#reads.findOwners([deciding])[0] !== owner) return null;
    this.#attributes.save(owner, attributes.values, attributes.touchpoint, occurredAt);
    return owner;
  }

  #attribute({ attributes, identifiers, occurredAt }: IdentityEvent, customerId: CustomerId): CustomerId | null {
    if (attributes === undefined) return null;
    return this.saveAttributes(pickerOf(this.#rules, orderedByStrength(this.#rules, identifiers)), customerId, attributes, occurredAt);
  }

  /** Stores customers who were only shown. One that is stored by now, or is shown with another id by now, is left as it is. */
  storeShown(shown: readonly ShownCustomer[], source: string): void {
    for (const { id, identifier } of shown) {
      const isNobodys = this.#reads.findOwners([identifier])[0] === null;
      if (!isNobodys || this.#reads.provisionalIds([identifier])[0] !== id) continue;
      const { type, value } = identifier;
      const changes: IdentityChanges = {
        ...NO_CHANGES,
        rule: 'TOGETHER',
        customerId: id,
        created: true,
        linked: [{ type, value }] as readonly Identifier[],
      };
      const occurredAt = new Date(this.#now());
      this.#apply(changes, source, occurredAt);
      this.#log.recordChange(changes, { source, actor: null, reason: null, occurredAt, evidence: changes.linked }, this.#now());
    }
  }

  correct(correction: IdentityCorrection): IdentityChanges | CorrectionRefusal {
    const decisions = this.correctAll([correction]);
    return 'kind' in decisions ? decisions : (decisions[0] as IdentityChanges);
  }

  /** All of them, or, where one is refused, none. */
  correctAll(corrections: readonly IdentityCorrection[]): readonly IdentityChanges[] | CorrectionRefusal {
    this.#database.exec('savepoint corrections');
    const decisions: IdentityChanges[] = [];
    for (const correction of corrections) {
      this.storeShown(correction.shown ?? [], correction.source);
      const decision = this.#correctOne(correction);
      if (decision.kind === 'refused') {
        this.#database.exec('rollback to corrections; release corrections');
        return decision;
      }
      decisions.push(decision);
    }
    this.#database.exec('release corrections');
    return decisions;
  }

  #correctOne(correction: IdentityCorrection): IdentityChanges | CorrectionRefusal {
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
    const freshId = randomUUID() as string as CustomerId;
    return { roots, owners, customers, formerCustomers, personTypes: personTypesOf(this.#rules), freshId };
  }

  /** With cookies under the value that they were replaced by since. */
  #formerCustomers(root: CustomerId): FormerCustomer[] {
    const current = (identifier: Identifier) => this.#reads.retired.currentOf(identifier);
    return this.#log.formerCustomers(root).map((former) => ({ ...former, identifiers: former.identifiers.map(current) }));
  }

  #apply(changes: IdentityChanges, source: string, occurredAt: Date): void {
    const { rule, customerId, created, merged, aliases, restored, linked, moved, cut, formerly, separated } = changes;
    const at = occurredAt.getTime();
    if (created) this.#insertCustomer.run(customerId, customerId, this.#now(), at);
    for (const { id } of merged) {
      this.#moveAliases.run(id, customerId);
      this.#moveIdentifiers.run(id, customerId);
      this.#seeMerged.run(customerId, id);
    }
    if (rule === 'MERGE') this.#mergedByPerson.run(customerId, at);
    for (const { id } of aliases) this.#insertCustomer.run(id, customerId, this.#now(), at);
    for (const id of restored) {
      this.#restore.run(id, customerId);
      if (id !== customerId) this.#seeMerged.run(customerId, id);
    }
    for (const { type, value } of linked) {
      this.#insertIdentifier.run(identifierKey({ type, value }), type, value, customerId, this.#now(), at, source);
    }
    for (const identifier of moved) this.#moveIdentifier.run(identifierKey(identifier), customerId, this.#now(), source);
    for (const identifier of cut) this.#cutIdentifier.run(identifierKey(identifier));
    for (const { identifier, until, customerId: owner } of formerly) {
      this.#formerOwners.add(identifierKey(identifier), until.getTime(), owner, this.#now());
    }
    for (const { identifier, from } of separated) this.#insertSeparation.run(identifierKey(identifier), from, at);
  }
}
