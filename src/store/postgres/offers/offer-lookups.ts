import type { CustomerId } from '../../../model/customer.ts';
import type { Decision } from '../../../model/offer.ts';
import { type DecisionRow, type ExposureRow, toDecision, toExposure } from '../../offer-rows.ts';
import { type Exposure, type StoredEvidence, UNSEEN } from '../../plan/offer-facts.ts';
import type { CapLease } from '../../plan/shared-caps.ts';
import type { Lookup } from '../gathering.ts';
import { type Parameter, prepared, type Row } from '../statement.ts';

/*
 * Questions about offers and audiences. Each has one statement, and a key is the JSON of its parameters (`keyOf`): a plan asks a
 * few of each, and all go in one round trip. "ids" are ids of one customer. Times are in milliseconds.
 */

/** @returns the key for a lookup of this file. */
export function keyOf(...parameters: readonly Parameter[]): string {
  return JSON.stringify(parameters);
}

/** A lookup that runs a statement for each key. */
function lookupBy<Answer>(name: string, sql: string, answer: (rows: readonly Row[]) => Answer): Lookup<Answer> {
  const statement = prepared(sql);
  return {
    name,
    absent: answer([]),
    load: async (connection, keys) => {
      const results = await Promise.all(keys.map((key) => connection.run({ prepared: statement, values: JSON.parse(key) as Parameter[] })));
      return new Map(keys.map((key, index) => [key, answer(results[index]?.rows ?? [])]));
    },
  };
}

const DECISION = 'customer_id, placement, decided_at, id, sticky_until, record';
const EXPOSURE = `customer_id, offer, decision_id, placement, reserved_until, holder, taken, shown_at, trial,
  presented_at, clicked_at, accepted_at, declined_at, kept_until`;
const RESERVATION = 'customer_id, offer, decision_id, placement, reserved_until, holder, taken';

const decisionIn = ([row]: readonly Row[]): Decision | undefined =>
  row === undefined ? undefined : toDecision(row as unknown as DecisionRow);
const exposuresIn = (rows: readonly Row[]): readonly Exposure[] => rows.map((row) => toExposure(row as unknown as ExposureRow));
/** A row of `offer_reservation` says all of its exposure: nothing that is reserved was responded to. */
const reservedIn = (rows: readonly Row[]): readonly Exposure[] =>
  rows.map((row) => {
    const { customerId, offer, decisionId, placement, reservation } = toExposure(row as unknown as ExposureRow);
    return { customerId, offer, decisionId, placement, ...UNSEEN, reservation };
  });

/** `[ids, id]`: the decision with this id. */
export const decisionLookup = lookupBy(
  'offer-decision',
  `select ${DECISION} from offer_decision where customer_id = any($1) and id = $2 limit 1`,
  decisionIn,
);

/** `[ids, placement, at]`: the newest decision that is kept until later than `at`. */
export const stickyLookup = lookupBy(
  'offer-sticky',
  `select ${DECISION} from offer_decision where customer_id = any($1) and placement = $2 and sticky_until > $3
   order by decided_at desc, id limit 1`,
  decisionIn,
);

/** `[ids, first, limit]`: those with presentations or reservations, `first` first, then in the order of ids. All are stored. */
export const exposedLookup: Lookup<readonly CustomerId[]> = (() => {
  const having = (table: string) =>
    prepared(
      `select c.id from customer c where c.id = any($1) and exists (select 1 from ${table} e where e.customer_id = c.id)
       order by c.id <> $2, c.id limit $3`,
    );
  const statements = ['offer_exposure', 'offer_former_exposure'].map(having);
  return {
    name: 'offer-exposed',
    absent: [],
    load: async (connection, keys) => {
      const asked = keys.map((key) => JSON.parse(key) as [string[], string, number]);
      const found = await Promise.all(
        asked.map((values) => Promise.all(statements.map((statement) => connection.run({ prepared: statement, values })))),
      );
      return new Map(
        keys.map((key, index) => {
          const [, first, limit] = asked[index] as [string[], string, number];
          const ids = new Set(found[index]?.flatMap(({ rows }) => rows.map(({ id }) => id as CustomerId)));
          const others = [...ids].filter((id) => id !== first).sort((a, b) => (a < b ? -1 : 1));
          return [key, [...(ids.has(first as CustomerId) ? [first as CustomerId] : []), ...others].slice(0, limit)];
        }),
      );
    },
  };
})();

/** `[ids, offer, decisionId]`. */
export const exposureLookup = lookupBy(
  'offer-exposure',
  `select ${EXPOSURE} from offer_exposure where customer_id = any($1) and offer = $2 and decision_id = $3`,
  exposuresIn,
);

/** `[ids, offer, at]`: open reservations, those that last longest first. A customer has about one at each placement. */
export const openLookup = lookupBy(
  'offer-open',
  `select ${EXPOSURE} from offer_exposure where customer_id = any($1) and offer = $2 and reserved_until > $3
   order by reserved_until desc limit 1000`,
  exposuresIn,
);

/** `[ids, offer, placement, since, until]`: presentations that learning counts. */
export const trialsLookup = lookupBy(
  'offer-trials',
  `select ${EXPOSURE} from offer_exposure where customer_id = any($1) and offer = $2 and placement = $3
     and shown_at >= $4 and shown_at < $5 and trial > 0`,
  exposuresIn,
);

/** What counts for a customer's cap. */
export interface Counts {
  /** Presentations whose rows were deleted. */
  readonly former: number;
  readonly shown: number;
  readonly reserved: number;
}

/**
 * `[ids, offer, since, limit, at, placement]`: presentations after `since`, and reservations that are open at `at`, those at
 * `placement` left out; each counted up to the limit. One statement: what turns from one into the other is counted once.
 */
export const countsLookup = lookupBy(
  'offer-counts',
  `select 'shown' as what, count(*) as n from (
     select 1 from offer_exposure where customer_id = any($1) and offer = $2 and shown_at > $3 limit $4) shown
   union all select 'reserved', count(*) from (
     select 1 from offer_exposure where customer_id = any($1) and offer = $2 and reserved_until > $5
       and placement is distinct from $6 limit $4) reserved
   union all select 'former', coalesce(sum(shown), 0)::bigint from offer_former_exposure where customer_id = any($1) and offer = $2`,
  (rows): Counts => ({ former: 0, shown: 0, reserved: 0, ...Object.fromEntries(rows.map(({ what, n }) => [what, n])) }),
);

/** `[ids]`: all reservations, those that have ended as well. */
export const reservationsLookup = lookupBy(
  'offer-reservations',
  `select ${EXPOSURE} from offer_exposure where customer_id = any($1) and reserved_until is not null`,
  exposuresIn,
);

/** `[offer, at, limit]`: reservations that have ended, the oldest first. */
export const expiredLookup = lookupBy(
  'offer-expired',
  `select ${RESERVATION} from offer_reservation where offer = $1 and reserved_until <= $2 order by reserved_until limit $3`,
  reservedIn,
);

/** `[at, limit]`: the same of all offers. It asks all nodes of a cluster. */
export const anyExpiredLookup = lookupBy(
  'offer-any-expired',
  `select ${RESERVATION} from offer_reservation where reserved_until <= $1 order by reserved_until limit $2`,
  reservedIn,
);

/** `[offer, at, limit]`: how many of the reservations that `expiredLookup` finds have taken from which caps. */
export const expiredCountLookup = lookupBy(
  'offer-expired-count',
  `select taken, count(*) as n from (
     select taken from offer_reservation where offer = $1 and reserved_until <= $2 order by reserved_until limit $3) expired
   group by taken`,
  (rows): readonly { readonly taken: readonly number[]; readonly n: number }[] =>
    rows.map(({ taken, n }) => ({ taken: JSON.parse(taken as string) as number[], n: n as number })),
);

const LEASE = 'holder, count, unspent, reserved, used_at as "usedAt"';

/** `[offer, per, holder]`. */
export const leaseLookup = lookupBy(
  'offer-lease',
  `select ${LEASE} from offer_cap_lease where offer = $1 and per = $2 and holder = $3`,
  ([row]): CapLease | undefined => row as unknown as CapLease | undefined,
);

/** What is given out and was presented of a cap that everybody shares. */
export interface CapState {
  readonly leases: readonly CapLease[];
  readonly spans: readonly { readonly span: number; readonly shown: number }[];
}

/** `[offer, per]`. One statement: what turns from a reservation into a presentation is never missed, and never there twice. */
export const capLookup = lookupBy(
  'offer-cap',
  `select ${LEASE}, null::bigint as span, null::bigint as shown from offer_cap_lease where offer = $1 and per = $2
   union all select null, null, null, null, null, span, shown from offer_cap_span where offer = $1 and per = $2`,
  (rows): CapState => {
    const [spans, leases] = [rows.filter(({ span }) => span !== null), rows.filter(({ span }) => span === null)];
    return {
      spans: spans.map(({ span, shown }) => ({ span: span as number, shown: shown as number })),
      leases: leases.map(({ holder, count, unspent, reserved, usedAt }) => ({ holder, count, unspent, reserved, usedAt }) as CapLease),
    };
  },
);

/** `[placement, offer]`. */
export const evidenceLookup = lookupBy(
  'offer-evidence',
  'select presented, responded, at from offer_evidence where placement = $1 and offer = $2',
  ([row]): StoredEvidence | undefined => row as unknown as StoredEvidence | undefined,
);

/** `[ids, audiences]`. */
export const membershipLookup = lookupBy(
  'audience-memberships',
  `select customer_id as "customerId", audience from audience_member where customer_id = any($1) and audience = any($2)
   order by customer_id, audience`,
  (rows) => rows as unknown as readonly { readonly customerId: CustomerId; readonly audience: string }[],
);
