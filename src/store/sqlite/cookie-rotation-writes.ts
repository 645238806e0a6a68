import type { DatabaseSync } from 'node:sqlite';
import { type IdentityRules, personTypesOf } from '../../identity/identity-rules.ts';
import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { IdentityChanges, StoredCustomer } from '../../model/identity.ts';
import type { CookieRotation, RetiredCookie, RotationOutcome } from '../../model/visitor-cookie.ts';
import type { IdentityEventLog } from './identity-event-log.ts';
import type { IdentityReads } from './identity-reads.ts';
import type { IdentityWrites } from './identity-writes.ts';
import type { RetiredCookies } from './retired-cookies.ts';

/** Replaces issued cookies (DESIGN, Capture 6); to be called inside a transaction. */
export class CookieRotationWrites {
  readonly #reads: IdentityReads;
  readonly #graph: IdentityWrites;
  readonly #log: IdentityEventLog;
  readonly #retired: RetiredCookies;
  readonly #personTypes: ReadonlySet<string>;
  readonly #now: () => number;
  readonly #rename;
  readonly #remove;
  readonly #insertCustomer;
  readonly #root;
  readonly #mentioned;

  constructor(
    database: DatabaseSync,
    reads: IdentityReads,
    graph: IdentityWrites,
    log: IdentityEventLog,
    rules: IdentityRules,
    now: () => number,
  ) {
    this.#reads = reads;
    this.#graph = graph;
    this.#log = log;
    this.#retired = reads.retired;
    this.#personTypes = personTypesOf(rules);
    this.#now = now;
    this.#rename = database.prepare('update identifier set id_key = ?2, value = ?3, linked_at = ?4, source = ?5 where id_key = ?1');
    this.#remove = database.prepare('delete from identifier where id_key = ?');
    this.#insertCustomer = database.prepare(
      'insert into customer (id, root_id, created_at, first_seen_at, last_seen_at) values (?1, ?1, ?2, ?3, ?3) on conflict do nothing',
    );
    this.#root = database.prepare('select root_id from customer where id = ?');
    this.#mentioned = database.prepare('select 1 from identity_mention where id_key = ? limit 1');
  }

  rotate(rotation: CookieRotation): RotationOutcome {
    const { cookie, proof, kind, proven } = rotation;
    const [known] = this.#retired.find([cookie]);
    if (known) return { kind: 'retired', cookie: known, changes: [] };
    const owner = this.#ownerOf(cookie);
    if (kind === 'person' && isOf(owner, proven[0])) return { kind: 'current', changes: [] };
    if (kind !== 'reset' && this.#isSpent(successorOf(rotation))) return { kind: 'spent' };

    const isAnothers = owner !== null && this.#isPerson(owner);
    const keepsItsCustomer = kind === 'replace' || (kind === 'person' && !isAnothers);
    const linked = keepsItsCustomer ? this.#link(rotation, [...(kind === 'person' ? proven : []), cookie]) : [];
    // Made for this person already, and a conflict keeps it from them: one more successor would be kept from them, too.
    const isKeptBack = kind === 'person' && keepsItsCustomer && !isOf(this.#ownerOf(cookie), proven[0]);
    if (isKeptBack && this.#retired.isSuccessorFor(cookie, proof)) return { kind: 'current', changes: linked };
    const changes = keepsItsCustomer ? [...linked, ...this.#passOn(rotation)] : this.#takeAway(rotation, owner);
    const keeper = this.#keeperOf(rotation, owner);
    const retired: RetiredCookie = { successor: rotation.successor, proof, retiredAt: rotation.at };
    this.#retired.retire(cookie, retired, keeper, this.#rootOf(keeper));
    if (kind === 'person' && isAnothers) changes.push(...this.#link(rotation, [...proven, successorOf(rotation)]));
    return { kind: 'retired', cookie: retired, changes };
  }

  /** The old value was linked as any event links it, so that an anonymous history is the person's; now it gets its new name. */
  #passOn(rotation: CookieRotation): IdentityChanges[] {
    const { cookie, at, source } = rotation;
    const successor = successorOf(rotation);
    const keeper = this.#ownerOf(cookie);
    // A conflict can have left it where nobody has it.
    if (keeper === null) return [];
    // There already only where the cookie was rotated before, and that was forgotten.
    if (this.#ownerOf(successor) === null) {
      this.#rename.run(identifierKey(cookie), identifierKey(successor), successor.value, this.#now(), source);
    } else this.#remove.run(identifierKey(cookie));
    return [this.#record(keeper.id, rotation, [successor], at)];
  }

  /** The old value leaves its owner, who keeps all that was done with it. */
  #takeAway(rotation: CookieRotation, owner: StoredCustomer | null): IdentityChanges[] {
    if (owner === null) return [];
    this.#remove.run(identifierKey(rotation.cookie));
    return [this.#record(owner.id, rotation, [], rotation.at)];
  }

  #record(customerId: CustomerId, { cookie, source }: CookieRotation, linked: readonly Identifier[], at: Date): IdentityChanges {
    const cut = [{ ...cookie, linkedAt: at, lastSeenAt: at, source }];
    const change: IdentityChanges = { ...NO_CHANGES, rule: 'ROTATE', customerId, linked, cut };
    this.#log.recordChange(change, { source, actor: null, reason: null, occurredAt: at, evidence: [cookie] }, this.#now());
    return change;
  }

  #link({ at, source }: CookieRotation, identifiers: readonly Identifier[]): IdentityChanges[] {
    const decision = this.#graph.commit({ identifiers, occurredAt: at, source, eventId: null });
    return decision.kind === 'changes' ? [decision] : [];
  }

  /**
   * Whose the retired value stays, under the id that its owner had before: a split gives it back to them. A visitor of whom
   * nothing was stored is stored with the id that they were shown.
   */
  #keeperOf({ cookie, successor, at }: CookieRotation, before: StoredCustomer | null): CustomerId {
    const after = this.#ownerOf({ type: cookie.type, value: successor });
    if (before !== null && (after === null || this.#rootOf(before.id) === after.id)) return before.id;
    if (before !== null && this.#isPerson(before)) return before.id;
    if (after !== null) return after.id;
    const [shown] = this.#reads.provisionalIds([cookie]) as [CustomerId];
    this.#insertCustomer.run(shown, this.#now(), at.getTime());
    return shown;
  }

  /**
   * True for a value that was somebody's cookie and is nobody's now. The cookie that it once replaced can come back after it
   * was forgotten, and the same proof makes the same value.
   */
  #isSpent(successor: Identifier): boolean {
    const [retired] = this.#retired.find([successor]);
    return retired != null || (this.#ownerOf(successor) === null && this.#mentioned.get(identifierKey(successor)) !== undefined);
  }

  #isPerson({ identifiers }: StoredCustomer): boolean {
    return identifiers.some(({ type }) => this.#personTypes.has(type));
  }

  #rootOf(id: CustomerId): CustomerId {
    return (this.#root.get(id) as { root_id: CustomerId }).root_id;
  }

  #ownerOf(identifier: Identifier): StoredCustomer | null {
    const [owner] = this.#reads.findOwners([identifier]);
    return owner == null ? null : (this.#reads.findCustomers([owner])[0] ?? null);
  }
}

function successorOf({ cookie, successor }: CookieRotation): Identifier {
  return { type: cookie.type, value: successor };
}

function isOf(customer: StoredCustomer | null, person: Identifier | undefined): boolean {
  return customer?.identifiers.some(({ type, value }) => type === person?.type && value === person.value) ?? false;
}
