import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type {
  AudienceEvent,
  CapQuestion,
  Decision,
  OfferEvidence,
  OfferState,
  OfferStateQuestion,
  OfferTotals,
  OfferTotalsRange,
} from '../../model/offer.ts';
import {
  type AudienceEventRow,
  type DecisionRow,
  daysOf,
  type EvidenceRow,
  newestAudienceEvents,
  newestDecisions,
  type TotalsRow,
  toEvidence,
  toTotals,
} from '../offer-rows.ts';
import { RELEASED_AT_ONCE } from '../plan/reserve-offers.ts';
import { firstCapSpan } from '../plan/shared-caps.ts';
import { OfferCounts } from './offer-counts.ts';
import { OWN } from './own-ids.ts';
import { LIMIT, type ReadBounds } from './read-bounds.ts';

/** Rows of a cap of everybody, about: its spans, and a lease for each process. For the bounds of reads. */
const ROWS_OF_SHARED_CAP = 20;

/** Reads of decisions, caps, evidence and audiences. A read that would go beyond the bounds answers null. */
export class OfferReads {
  readonly #bounds: ReadBounds;
  readonly #counts: OfferCounts;
  readonly #statements;

  constructor(database: DatabaseSync, bounds: ReadBounds) {
    this.#bounds = bounds;
    this.#counts = new OfferCounts(database);
    const prepare = (sql: string) => database.prepare(sql);
    const days = 'day >= ?1 and day < ?2';
    this.#statements = {
      root: prepare('select root_id as root from customer where id = ?'),
      ownIds: prepare(`select own.id from ${OWN} limit ${bounds.ids + 1}`),
      nextPlacement: prepare('select min(placement) as placement from offer_decision where customer_id = ? and placement > ?'),
      decisions: prepare(`select * from offer_decision where customer_id = ? and placement = ? order by decided_at desc, id desc ${LIMIT}`),
      events: prepare(`select * from audience_event where customer_id = ? order by at desc, audience desc, kind desc ${LIMIT}`),
      ownReserved: prepare(
        `select count(*) as n from offer_exposure e where e.customer_id = ?1 and e.offer = ?2 and e.reserved_until > ?3 and e.placement = ?4
           and exists (select 1 from json_each(e.taken) t where t.value = ?5)`,
      ),
      expired: prepare(
        `select count(*) as n from (select 1 from offer_exposure e where e.offer = ?1 and e.reserved_until <= ?2
           and exists (select 1 from json_each(e.taken) t where t.value = ?3) limit ${RELEASED_AT_ONCE})`,
      ),
      evidence: prepare(`select placement, offer, presented, responded, at from offer_evidence limit ${bounds.rows + 1}`),
      totalRows: prepare(`select count(*) as n from (select 1 from offer_total where ${days} limit ${bounds.rows + 1})`),
      totals: prepare(
        `select placement, offer, is_control, sum(presented) as presented, sum(clicked) as clicked, sum(accepted) as accepted,
           sum(declined) as declined
         from offer_total where ${days} and (?3 is null or placement = ?3) group by placement, offer, is_control
         order by placement, offer, is_control`,
      ),
    };
  }

  findStates(questions: readonly OfferStateQuestion[]): OfferState[] | null {
    const states: OfferState[] = [];
    let rows = 0;
    for (const question of questions) {
      const { customerId, placement, at, caps } = question;
      const root = this.#rootOf(customerId);
      if (this.#ownIdsOf(root).length > this.#bounds.ids) return null;
      const ownIds = caps.length === 0 ? [] : this.#counts.exposedIdsOf(root);
      const counts: number[] = [];
      for (const each of caps) {
        const count = each.cap.of === 'customer' ? this.#ofCustomer(each, ownIds, question) : this.#ofEverybody(each, ownIds, question);
        counts.push(count);
        rows += ownIds.length + (each.cap.of === 'customer' ? count : ROWS_OF_SHARED_CAP);
        if (rows > this.#bounds.rows) return null;
      }
      states.push({ sticky: this.#counts.stickyDecision(root, placement, at.getTime()) ?? null, counts });
    }
    return states;
  }

  /** The newest first. */
  findDecisions(id: CustomerId, placement: string | null, limit: number): Decision[] | null {
    const ids = this.#ownIdsOf(this.#rootOf(id));
    if (ids.length > this.#bounds.ids || limit > this.#bounds.rows) return null;
    const rows = ids.flatMap((own) => {
      const placements = placement === null ? [...this.#placementsOf(own)] : [placement];
      return placements.flatMap((each) => this.#statements.decisions.all(own, each, limit) as unknown as DecisionRow[]);
    });
    return newestDecisions(rows, limit);
  }

  findEvidence(): OfferEvidence[] | null {
    const rows = this.#statements.evidence.all() as unknown as EvidenceRow[];
    return rows.length > this.#bounds.rows ? null : rows.map(toEvidence);
  }

  findTotals(range: OfferTotalsRange): OfferTotals[] | null {
    const { first, end } = daysOf(range);
    if ((this.#statements.totalRows.get(first, end) as { n: number }).n > this.#bounds.rows) return null;
    return (this.#statements.totals.all(first, end, range.placement) as unknown as TotalsRow[]).map(toTotals);
  }

  /** The newest first. */
  findAudienceEvents(id: CustomerId, limit: number): AudienceEvent[] | null {
    const ids = this.#ownIdsOf(this.#rootOf(id));
    if (ids.length > this.#bounds.ids || limit > this.#bounds.rows) return null;
    const rows = ids.flatMap((own) => this.#statements.events.all(own, limit) as unknown as AudienceEventRow[]);
    return newestAudienceEvents(rows, limit);
  }

  #ofCustomer({ offer, cap }: CapQuestion, ownIds: readonly CustomerId[], { placement, at: asked }: OfferStateQuestion): number {
    const at = asked.getTime();
    const since = cap.per === null ? null : at - cap.per;
    const limit = Math.min(cap.count, this.#bounds.rows + 1);
    return this.#counts.ofCustomer({ ownIds, offer, since, at, limit, withoutPlacement: placement });
  }

  #ofEverybody({ offer, cap }: CapQuestion, ownIds: readonly CustomerId[], { placement, at: asked }: OfferStateQuestion): number {
    const at = asked.getTime();
    const per = cap.per ?? 0;
    const reserved = this.#counts.capLeases(offer, per).reduce((sum, lease) => sum + lease.reserved, 0);
    const shown = this.#counts.capShown(offer, per, firstCapSpan(per, at));
    if (reserved === 0) return shown;
    const own = ownIds.reduce((sum, id) => sum + this.#number(this.#statements.ownReserved.get(id, offer, at, placement, per)), 0);
    // The next decision releases this many ended reservations, so they do not count.
    const expired = this.#number(this.#statements.expired.get(offer, at, per));
    return shown + Math.max(reserved - own - expired, 0);
  }

  *#placementsOf(id: CustomerId): Iterable<string> {
    const next = (after: string) => (this.#statements.nextPlacement.get(id, after) as { placement: string | null }).placement;
    for (let placement = next(''); placement !== null; placement = next(placement)) yield placement;
  }

  #ownIdsOf(root: CustomerId): CustomerId[] {
    return (this.#statements.ownIds.all(root) as { id: CustomerId }[]).map(({ id }) => id);
  }

  #rootOf(id: CustomerId): CustomerId {
    return (this.#statements.root.get(id) as { root: CustomerId } | undefined)?.root ?? id;
  }

  #number(row: unknown): number {
    return (row as { readonly n: number }).n;
  }
}
