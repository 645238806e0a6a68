import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { Decision } from '../../model/offer.ts';
import { type DecisionRow, type ExposureRow, toDecision, toExposure, trialsInOrder } from '../offer-rows.ts';
import type { Exposure, OfferFacts, StoredEvidence, Trial } from '../plan/offer-facts.ts';
import type { CapLease } from '../plan/shared-caps.ts';
import { OfferCounts } from './offer-counts.ts';
import { OWN } from './own-ids.ts';
import { LIMIT } from './read-bounds.ts';

/** Answers what plans ask about offers, with prepared statements. To be used inside the plan's transaction. */
export class SqliteOfferFacts implements OfferFacts {
  readonly #counts: OfferCounts;
  readonly #statements;

  constructor(database: DatabaseSync) {
    this.#counts = new OfferCounts(database);
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      decision: prepare(
        `select d.*, coalesce(c.root_id, d.customer_id) as root from offer_decision d left join customer c on c.id = d.customer_id
         where d.id = ? and c.erased_at is null`,
      ),
      exposure: prepare('select * from offer_exposure where customer_id = ? and offer = ? and decision_id = ?'),
      openReservation: prepare(
        `select * from offer_exposure where customer_id = ? and offer = ? and reserved_until > ? and placement = ?
         order by reserved_until desc limit 1`,
      ),
      trialsBetween: prepare(
        `select * from offer_exposure
         where customer_id = ? and offer = ? and shown_at >= ? and shown_at < ? and placement = ? and trial > 0`,
      ),
      expiredOf: prepare(`select * from offer_exposure where offer = ? and reserved_until <= ? order by reserved_until ${LIMIT}`),
      expired: prepare(`select * from offer_exposure where reserved_until <= ? order by reserved_until ${LIMIT}`),
      evidence: prepare('select presented, responded, at from offer_evidence where placement = ? and offer = ?'),
      memberships: prepare(
        `select m.customer_id as customerId, m.audience from ${OWN} cross join audience_member m on m.customer_id = own.id
         where m.audience in (select value from json_each(?2))`,
      ),
      isAnythingOld: prepare(
        `select exists (select 1 from offer_decision where decided_at < ?1) or exists (select 1 from audience_event where at < ?1)
           or exists (select 1 from offer_exposure where kept_until < ?2) as isAny`,
      ),
    };
  }

  exposedIdsOf(root: CustomerId): readonly CustomerId[] {
    return this.#counts.exposedIdsOf(root);
  }

  decision(id: string, root: CustomerId): Decision | undefined {
    const row = this.#statements.decision.get(id) as (DecisionRow & { readonly root: CustomerId }) | undefined;
    return row?.root === root ? toDecision(row) : undefined;
  }

  stickyDecision(root: CustomerId, placement: string, at: number): Decision | undefined {
    return this.#counts.stickyDecision(root, placement, at);
  }

  exposure(ownIds: readonly CustomerId[], offer: string, decisionId: string): Exposure | undefined {
    for (const id of ownIds) {
      const row = this.#statements.exposure.get(id, offer, decisionId) as ExposureRow | undefined;
      if (row !== undefined) return toExposure(row);
    }
    return undefined;
  }

  openReservation(ownIds: readonly CustomerId[], offer: string, placement: string, at: number): Exposure | undefined {
    const rows = ownIds.flatMap((id) => (this.#statements.openReservation.get(id, offer, at, placement) as ExposureRow | undefined) ?? []);
    const [row] = rows.sort((a, b) => (b.reserved_until ?? 0) - (a.reserved_until ?? 0));
    return row === undefined ? undefined : toExposure(row);
  }

  countOf(ownIds: readonly CustomerId[], offer: string, since: number | null, at: number, limit: number): number {
    return this.#counts.ofCustomer({ ownIds, offer, since, at, limit, withoutPlacement: null });
  }

  trialsBetween(
    ownIds: readonly CustomerId[],
    { offer, placement }: Pick<Exposure, 'offer' | 'placement'>,
    since: number,
    until: number,
  ): readonly Trial[] {
    const rows = ownIds.flatMap((id) => this.#statements.trialsBetween.all(id, offer, since, until, placement)) as unknown as ExposureRow[];
    return trialsInOrder(rows.map(toExposure));
  }

  expiredReservations(offers: readonly string[], at: number, limit: number): readonly Exposure[] {
    const found = new Map<string, ExposureRow>();
    const add = (rows: unknown) => {
      for (const row of rows as ExposureRow[]) {
        if (found.size < limit) found.set(JSON.stringify([row.customer_id, row.offer, row.decision_id]), row);
      }
    };
    for (const offer of offers) if (found.size < limit) add(this.#statements.expiredOf.all(offer, at, limit));
    if (found.size < limit) add(this.#statements.expired.all(at, limit));
    return [...found.values()].map(toExposure);
  }

  capLease(offer: string, per: number, holder: string): CapLease | undefined {
    return this.#counts.capLease(offer, per, holder);
  }

  capLeases(offer: string, per: number): readonly CapLease[] {
    return this.#counts.capLeases(offer, per);
  }

  capShown(offer: string, per: number, firstSpan: number): number {
    return this.#counts.capShown(offer, per, firstSpan);
  }

  evidence(placement: string, offer: string): StoredEvidence | undefined {
    return this.#statements.evidence.get(placement, offer) as StoredEvidence | undefined;
  }

  memberships(root: CustomerId, audiences: readonly string[]): readonly { readonly customerId: CustomerId; readonly audience: string }[] {
    return this.#statements.memberships.all(root, JSON.stringify(audiences)) as { customerId: CustomerId; audience: string }[];
  }

  isAnythingOld(before: number, at: number): boolean {
    return (this.#statements.isAnythingOld.get(before, at) as { isAny: 0 | 1 }).isAny === 1;
  }
}
