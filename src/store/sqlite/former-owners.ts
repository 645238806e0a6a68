import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { RetiredCookies } from './retired-cookies.ts';

/** Whose an identifier was at some time. */
export interface FormerOwnership {
  /** The id that the customer had then: data of that time lies under it, and whether it was erased is said there. */
  readonly customerId: CustomerId;
  /** Milliseconds, exclusive: until when it was theirs. */
  readonly until: number;
  /** The customer of today. */
  readonly root: CustomerId;
  /** Milliseconds; null for one who was not erased. */
  readonly erasedAt: number | null;
  /** True where the owner of that time is no longer known, and the customer stands for nobody in particular. */
  readonly isNameless: boolean;
}

/** Former owners of one identifier that are kept one by one: those with the latest ends. */
const KEPT_OWNERS = 1_000;
/** How many older ones are replaced at most with one write. More than come with one write, so an old store catches up. */
const COLLAPSED_AT_ONCE = 100;

/**
 * Whose identifiers were until when; writes are to be called inside a transaction. At most `KEPT_OWNERS` are kept for
 * each identifier. Older ones become one row of a customer without identifiers, so that an interaction that comes very
 * late is kept and is given to nobody whose it is not. Which customers that row stands for is remembered, so that the
 * erasure of one of them is known to it. Of several who lost an identifier in the same millisecond, the first had it until then.
 */
export class FormerOwners {
  readonly #retired: RetiredCookies;
  readonly #at;
  readonly #last;
  readonly #wasOwner;
  readonly #roots;
  readonly #insert;
  readonly #beyond;
  readonly #oldest;
  readonly #insertNameless;
  readonly #deleteUpTo;
  readonly #insertCustomer;
  readonly #insertMember;
  readonly #namelessOf;
  readonly #renameNameless;
  readonly #forgetMember;

  /** @param retired by these, a cookie's past is that of the cookies that it replaced, too. */
  constructor(database: DatabaseSync, retired: RetiredCookies) {
    this.#retired = retired;
    this.#at = database.prepare(
      `select f.customer_id, f.until, c.root_id, c.erased_at, f.is_nameless from former_owner f join customer c on c.id = f.customer_id
       where f.id_key = ? and f.until > ? order by f.until, f.ordinal limit 1`,
    );
    this.#last = database.prepare('select until from former_owner where id_key = ? order by until desc limit 1');
    this.#wasOwner = database.prepare('select 1 from former_owner where customer_id = ? and id_key = ?');
    this.#roots = database.prepare(
      'select c.root_id from former_owner f join customer c on c.id = f.customer_id where f.id_key = ? order by f.until, f.ordinal',
    );
    this.#insert = database.prepare(
      `insert into former_owner (id_key, until, ordinal, customer_id)
       select ?1, ?2, (select coalesce(max(ordinal) + 1, 0) from former_owner where id_key = ?1 and until = ?2), ?3
       where not exists (select 1 from former_owner where customer_id = ?3 and id_key = ?1 and until = ?2)`,
    );
    this.#beyond = database.prepare(
      `select until, ordinal from former_owner where id_key = ? order by until desc, ordinal desc limit 1 offset ${KEPT_OWNERS}`,
    );
    this.#oldest = database.prepare(
      `select f.until, f.ordinal, f.customer_id, f.is_nameless, c.erased_at from former_owner f join customer c on c.id = f.customer_id
       where f.id_key = ? and (f.until, f.ordinal) <= (?, ?) order by f.until, f.ordinal limit ${COLLAPSED_AT_ONCE}`,
    );
    this.#deleteUpTo = database.prepare('delete from former_owner where id_key = ? and (until, ordinal) <= (?, ?)');
    this.#insertNameless = database.prepare(
      'insert into former_owner (id_key, until, ordinal, customer_id, is_nameless) values (?, ?, ?, ?, 1)',
    );
    this.#insertMember = database.prepare('insert or ignore into nameless_owner (customer_id, id_key) values (?, ?)');
    this.#namelessOf = database.prepare(
      `select n.id_key, n.customer_id as member, f.until, f.ordinal, nameless.erased_at
       from customer c join nameless_owner n on n.customer_id = c.id
       left join former_owner f on f.id_key = n.id_key and f.is_nameless = 1
       left join customer nameless on nameless.id = f.customer_id
       where c.root_id = ?`,
    );
    this.#renameNameless = database.prepare('update former_owner set customer_id = ?4 where id_key = ?1 and until = ?2 and ordinal = ?3');
    this.#forgetMember = database.prepare('delete from nameless_owner where customer_id = ? and id_key = ?');
    this.#insertCustomer = database.prepare(
      'insert into customer (id, root_id, created_at, first_seen_at, last_seen_at, erased_at) values (?1, ?1, ?2, ?3, ?3, ?4)',
    );
  }

  /** Who had an identifier at a time and lost it later; null for nobody. Usually two index probes. @param at milliseconds. */
  ownerAt(key: string, at: number): FormerOwnership | null {
    const own = this.#ownOwnerAt(key, at);
    if (!this.#retired.isAnyReplacedAfter(at)) return own;
    // Of two that were replaced at the same time, the one that came first in the chain was the owner's then.
    const before = this.#retired
      .predecessorsOf(key)
      .reverse()
      .flatMap(({ key: replaced, retiredAt, ...whose }) => [
        this.#ownOwnerAt(replaced, at),
        retiredAt > at ? { ...whose, until: retiredAt, isNameless: false } : null,
      ]);
    return [...before, own].reduce((first, each) => (each !== null && (first === null || each.until < first.until) ? each : first), null);
  }

  /** Milliseconds: when the last former owner lost the identifier; null where nobody did. */
  lastUntil(key: string): number | null {
    const own = (this.#last.get(key) as { until: number } | undefined)?.until ?? null;
    const replaced = this.#retired.lastReplacedAt(key);
    return own === null || replaced === null ? (own ?? replaced) : Math.max(own, replaced);
  }

  /** Whether this id, as it stands in the store, is a former owner's. A few index probes. */
  wasOwner(key: string, id: CustomerId): boolean {
    const isIn = (each: string) => this.#wasOwner.get(id, each) !== undefined;
    return isIn(key) || this.#retired.predecessorsOf(key).some((replaced) => replaced.customerId === id || isIn(replaced.key));
  }

  /** Customers of today who had the identifier before, or the cookies that it replaced; some of them more than once. */
  rootsOf(key: string): CustomerId[] {
    const own = (each: string) => (this.#roots.all(each) as { root_id: CustomerId }[]).map(({ root_id }) => root_id);
    return [...own(key), ...this.#retired.predecessorsOf(key).flatMap(({ key: replaced, root }) => [...own(replaced), root])];
  }

  /** @param until milliseconds, exclusive. @param now milliseconds. */
  add(key: string, until: number, customerId: CustomerId, now: number): void {
    this.#insert.run(key, until, customerId);
    this.#collapseOldest(key, now);
  }

  /**
   * For the erasure of a customer, with all the ids they ever had: where a nameless row stands for one of them, what
   * comes so late is refused from now on, since it may be theirs. @param erasedAt milliseconds. @param now milliseconds.
   */
  refuseNameless(root: CustomerId, erasedAt: number, now: number): void {
    // Two ids of the customer may be among those that one row stands for.
    const refused = new Set<string>();
    for (const { id_key, member, until, ordinal, erased_at } of this.#namelessOf.all(root) as unknown as MemberRow[]) {
      const row = JSON.stringify([id_key, until, ordinal]);
      if (until !== null && erased_at === null && !refused.has(row)) {
        this.#renameNameless.run(id_key, until, ordinal, this.#newNameless(until, erasedAt, now));
        refused.add(row);
      }
      this.#forgetMember.run(member, id_key);
    }
  }

  #ownOwnerAt(key: string, at: number): FormerOwnership | null {
    const row = this.#at.get(key, at) as
      | { customer_id: CustomerId; until: number; root_id: CustomerId; erased_at: number | null; is_nameless: number }
      | undefined;
    if (row === undefined) return null;
    const { customer_id, until, root_id, erased_at, is_nameless } = row;
    return { customerId: customer_id, until, root: root_id, erasedAt: erased_at, isNameless: is_nameless === 1 };
  }

  #collapseOldest(key: string, now: number): void {
    const boundary = this.#beyond.get(key) as { until: number; ordinal: number } | undefined;
    if (boundary === undefined) return;
    const rows = this.#oldest.all(key, boundary.until, boundary.ordinal) as unknown as OldRow[];
    const last = rows.at(-1) as OldRow;
    if (rows.length === 1 && last.is_nameless === 1) return;
    const customerId = this.#namelessFor(rows, last.until, now);
    this.#deleteUpTo.run(key, last.until, last.ordinal);
    this.#insertNameless.run(key, last.until, last.ordinal, customerId);
    for (const { customer_id, is_nameless } of rows) if (is_nameless === 0) this.#insertMember.run(customer_id, key);
  }

  /**
   * The same customer each time, unless one of the owners that it stands for was erased: from then on what comes that
   * late is refused, since it may be theirs, and what is kept already stays.
   */
  #namelessFor(rows: readonly OldRow[], seenAt: number, now: number): CustomerId {
    const erasures = rows.map(({ erased_at }) => erased_at).filter((at) => at !== null);
    const before = rows.find(({ is_nameless }) => is_nameless === 1);
    if (before !== undefined && (before.erased_at !== null || erasures.length === 0)) return before.customer_id;
    return this.#newNameless(seenAt, erasures.length === 0 ? null : Math.max(...erasures), now);
  }

  #newNameless(seenAt: number, erasedAt: number | null, now: number): CustomerId {
    const id = randomUUID() as string as CustomerId;
    this.#insertCustomer.run(id, now, seenAt, erasedAt);
    return id;
  }
}

interface OldRow {
  /** Milliseconds. */
  until: number;
  ordinal: number;
  customer_id: CustomerId;
  is_nameless: number;
  /** Milliseconds. */
  erased_at: number | null;
}

/** A former owner for whom a nameless row stands; the row's columns are null once the identifier was erased. */
interface MemberRow {
  id_key: string;
  member: CustomerId;
  /** Milliseconds. */
  until: number | null;
  ordinal: number | null;
  /** Milliseconds: when the nameless row began to refuse; null where it does not. */
  erased_at: number | null;
}
