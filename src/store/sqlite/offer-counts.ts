import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { Decision } from '../../model/offer.ts';
import { type CustomerCount, MAX_EXPOSED_IDS } from '../offer-counts.ts';
import { type DecisionRow, toDecision } from '../offer-rows.ts';
import type { CapLease } from '../plan/shared-caps.ts';
import { OWN } from './own-ids.ts';
import { LIMIT } from './read-bounds.ts';

const IS_EXPOSED = `(exists (select 1 from offer_exposure e where e.customer_id = own.id)
  or exists (select 1 from offer_former_exposure f where f.customer_id = own.id))`;

/** The questions about caps and sticky decisions that reads and plans have in common. */
export class OfferCounts {
  readonly #statements;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      exposedIds: prepare(
        `select own.id from ${OWN} where own.id = ?1 and ${IS_EXPOSED}
         union all select own.id from ${OWN} where own.id <> ?1 and ${IS_EXPOSED} limit ${MAX_EXPOSED_IDS}`,
      ),
      sticky: prepare(
        `select d.* from ${OWN} cross join offer_decision d on d.customer_id = own.id and d.placement = ?2 and d.sticky_until > ?3
         order by d.decided_at desc, d.id limit 1`,
      ),
      shown: prepare(
        `select count(*) as n from (select 1 from offer_exposure where customer_id = ? and offer = ? and shown_at > ? ${LIMIT})`,
      ),
      reserved: prepare(
        `select count(*) as n from (
           select 1 from offer_exposure where customer_id = ? and offer = ? and reserved_until > ? and placement is not ? ${LIMIT})`,
      ),
      former: prepare('select shown as n from offer_former_exposure where customer_id = ? and offer = ?'),
      lease: prepare(
        `select holder, count, unspent, reserved, used_at as usedAt from offer_cap_lease where offer = ? and per = ? and holder = ?`,
      ),
      leases: prepare('select holder, count, unspent, reserved, used_at as usedAt from offer_cap_lease where offer = ? and per = ?'),
      capShown: prepare('select coalesce(sum(shown), 0) as n from offer_cap_span where offer = ? and per = ? and span >= ?'),
    };
  }

  /** That of today first, and at most `MAX_EXPOSED_IDS`. */
  exposedIdsOf(root: CustomerId): CustomerId[] {
    return (this.#statements.exposedIds.all(root) as { id: CustomerId }[]).map(({ id }) => id);
  }

  stickyDecision(root: CustomerId, placement: string, at: number): Decision | undefined {
    const row = this.#statements.sticky.get(root, placement, at) as DecisionRow | undefined;
    return row === undefined ? undefined : toDecision(row);
  }

  /** Reads no more rows than it counts. */
  ofCustomer({ ownIds, offer, since, at, limit, withoutPlacement }: CustomerCount): number {
    let count = 0;
    for (const id of ownIds) {
      if (since === null) count += (this.#statements.former.get(id, offer) as { n: number } | undefined)?.n ?? 0;
      if (count < limit) count += this.#count(this.#statements.shown.get(id, offer, since ?? Number.MIN_SAFE_INTEGER, limit - count));
      if (count < limit) count += this.#count(this.#statements.reserved.get(id, offer, at, withoutPlacement, limit - count));
      if (count >= limit) return limit;
    }
    return count;
  }

  capLease(offer: string, per: number, holder: string): CapLease | undefined {
    return this.#statements.lease.get(offer, per, holder) as CapLease | undefined;
  }

  capLeases(offer: string, per: number): CapLease[] {
    return this.#statements.leases.all(offer, per) as unknown as CapLease[];
  }

  capShown(offer: string, per: number, firstSpan: number): number {
    return this.#count(this.#statements.capShown.get(offer, per, firstSpan));
  }

  #count(row: unknown): number {
    return (row as { readonly n: number }).n;
  }
}
