import type { CustomerId } from '../../../model/customer.ts';
import type {
  AudienceEvent,
  CapQuestion,
  Decision,
  OfferEvidence,
  OfferState,
  OfferStateQuestion,
  OfferTotals,
  OfferTotalsRange,
} from '../../../model/offer.ts';
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
} from '../../offer-rows.ts';
import { RELEASED_AT_ONCE } from '../../plan/reserve-offers.ts';
import { firstCapSpan } from '../../plan/shared-caps.ts';
import { customerLookup } from '../facts/customer-lookups.ts';
import { Gathering } from '../gathering.ts';
import { ownIdsOf } from '../reads/own-ids.ts';
import { askable, type Connection, type Prepared, prepared, type Row } from '../statement.ts';
import { OfferCounts, shownSince } from './offer-counts.ts';
import { expiredCountLookup, keyOf } from './offer-lookups.ts';

const DECISION = 'customer_id, placement, decided_at, id, sticky_until, record';
const NEWEST_DECISIONS = prepared(
  `select ${DECISION} from offer_decision where customer_id = $1 order by decided_at desc, id desc limit $2`,
);
const NEWEST_DECISIONS_AT = prepared(
  `select ${DECISION} from offer_decision where customer_id = $1 and placement = $3 order by decided_at desc, id desc limit $2`,
);
const NEWEST_EVENTS = prepared(
  `select customer_id, at, audience, kind from audience_event where customer_id = $1
   order by at desc, audience desc, kind desc limit $2`,
);
const EVIDENCE = prepared('select placement, offer, presented, responded, at from offer_evidence');
const TOTALS = prepared(
  `select placement, offer, is_control::int as is_control, sum(presented)::bigint as presented, sum(clicked)::bigint as clicked,
     sum(accepted)::bigint as accepted, sum(declined)::bigint as declined
   from offer_total where day >= $1::bigint and day < $2::bigint and ($3::text is null or placement = $3)
   group by placement, offer, is_control order by placement, offer, is_control`,
);

/** Ids of one customer that are read at once: others who read over the same connection wait for so many short statements. */
const IDS_AT_ONCE = 64;

/** Reads of decisions, caps, evidence and audiences. */
export class OfferReads {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** One round trip for a customer with one id, two for others. */
  findStates(questions: readonly OfferStateQuestion[]): Promise<OfferState[]> {
    return this.#gather((gathering) => questions.map((question) => stateOf(gathering, question)));
  }

  /** The newest first. */
  async findDecisions(id: CustomerId, placement: string | null, limit: number): Promise<Decision[]> {
    const rows = (await (placement === null
      ? this.#newestOf(id, NEWEST_DECISIONS, limit)
      : this.#newestOf(id, NEWEST_DECISIONS_AT, limit, placement))) as unknown as DecisionRow[];
    return newestDecisions(rows, limit);
  }

  async findEvidence(): Promise<OfferEvidence[]> {
    const { rows } = await this.#connection.run({ prepared: EVIDENCE, values: [] });
    return (rows as unknown as EvidenceRow[]).map(toEvidence);
  }

  async findTotals(range: OfferTotalsRange): Promise<OfferTotals[]> {
    const { first, end } = daysOf(range);
    const { rows } = await this.#connection.run({ prepared: TOTALS, values: [first, end, range.placement] });
    return (rows as unknown as TotalsRow[]).map(toTotals);
  }

  /** The newest first. */
  async findAudienceEvents(id: CustomerId, limit: number): Promise<AudienceEvent[]> {
    const rows = (await this.#newestOf(id, NEWEST_EVENTS, limit)) as unknown as AudienceEventRow[];
    return newestAudienceEvents(rows, limit);
  }

  /** Asks what `answer` turns out to need, until it knows everything. */
  async #gather<Answer>(answer: (gathering: Gathering) => Answer): Promise<Answer> {
    const gathering = new Gathering();
    for (;;) {
      const answered = answer(gathering);
      if (gathering.isComplete) return answered;
      await gathering.load(this.#connection);
    }
  }

  /** The newest rows under each id of a customer that was not erased. @param newest has an id, the limit and the others as parameters. */
  async #newestOf(id: CustomerId, newest: Prepared, limit: number, ...others: readonly string[]): Promise<Row[]> {
    const customer = (await ownIdsOf(this.#connection, [id])).get(id);
    const ids = customer === undefined ? askable([id]) : customer.own.filter(({ isErased }) => !isErased).map((own) => own.id);
    const found: Row[] = [];
    for (let first = 0; first < ids.length; first += IDS_AT_ONCE) {
      const asked = ids.slice(first, first + IDS_AT_ONCE);
      const answers = await Promise.all(asked.map((own) => this.#connection.run({ prepared: newest, values: [own, limit, ...others] })));
      for (const { rows } of answers) found.push(...rows);
    }
    return found;
  }
}

function stateOf(gathering: Gathering, question: OfferStateQuestion): OfferState {
  const { customerId, placement, at, caps } = question;
  const counts = new OfferCounts(gathering);
  const root = gathering.ask(customerLookup, customerId)?.root ?? customerId;
  const ownIds = caps.length === 0 ? [] : counts.exposedIdsOf(root);
  const countOf = (each: CapQuestion): number => {
    const { offer, cap } = each;
    if (cap.of === 'everybody') return ofEverybody(gathering, each, ownIds, question);
    const since = cap.per === null ? null : at.getTime() - cap.per;
    return counts.ofCustomer({ ownIds, offer, since, at: at.getTime(), limit: cap.count, withoutPlacement: placement });
  };
  return { sticky: counts.stickyDecision(root, placement, at.getTime()) ?? null, counts: caps.map(countOf) };
}

/** @returns presentations in the window and open reservations, without those of this customer at this placement. */
function ofEverybody(
  gathering: Gathering,
  { offer, cap }: CapQuestion,
  ownIds: readonly CustomerId[],
  { placement, at: asked }: OfferStateQuestion,
): number {
  const at = asked.getTime();
  const per = cap.per ?? 0;
  const counts = new OfferCounts(gathering);
  const state = counts.cap(offer, per);
  const reserved = state.leases.reduce((sum, lease) => sum + lease.reserved, 0);
  const own = counts
    .openReservations(ownIds, offer, at)
    .filter((each) => each.placement === placement && each.reservation?.taken.includes(per));
  // The next decision releases this many ended reservations, so they do not count.
  const expired = gathering
    .ask(expiredCountLookup, keyOf(offer, at, RELEASED_AT_ONCE))
    .reduce((sum, { taken, n }) => (taken.includes(per) ? sum + n : sum), 0);
  return shownSince(state, firstCapSpan(per, at)) + Math.max(reserved - own.length - expired, 0);
}
