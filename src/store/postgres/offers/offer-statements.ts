import { prepared } from '../statement.ts';
import { Bulk, bulkDelete, bulkInsert, bulkUpdate, bulkUpsert, givenRows } from '../writes/bulk.ts';

/* What is written of offers and audiences. */

export const INSERT_DECISION = bulkInsert(
  'offer_decision',
  { customer_id: 'text', placement: 'text', decided_at: 'bigint', id: 'text', sticky_until: 'bigint', record: 'text' },
  'on conflict do nothing',
);

const EXPOSURE = { customer_id: 'text', offer: 'text', decision_id: 'text' } as const;
const RESERVED = { reserved_until: 'bigint', holder: 'text', taken: 'text' } as const;

export const SAVE_EXPOSURE = bulkUpsert('offer_exposure', EXPOSURE, {
  ...({ placement: 'text', ...RESERVED, shown_at: 'bigint', trial: 'integer' } as const),
  ...({ presented_at: 'bigint', clicked_at: 'bigint', accepted_at: 'bigint', declined_at: 'bigint', kept_until: 'bigint' } as const),
});
/** What the two tables say of a reservation is one truth, so whatever writes one writes the other. */
export const SAVE_RESERVATION = bulkUpsert(
  'offer_reservation',
  { offer: 'text', customer_id: 'text', decision_id: 'text' },
  { placement: 'text', ...RESERVED },
);
export const FORGET_RESERVATION = bulkDelete('offer_reservation', EXPOSURE);
export const END_RESERVATION = bulkUpdate('offer_exposure', EXPOSURE, {}, 'reserved_until = null, holder = null, taken = null');

/** Its last column is the end of the reservation: another one that was made meanwhile stays, and so does a presentation. */
const ENDED = { ...EXPOSURE, reserved_until: 'bigint' } as const;
const sameIn = (table: string) => Object.keys(EXPOSURE).map((name) => `${table}.${name} = given.${name}`);
export const DELETE_EXPOSURE = new Bulk(
  `delete from offer_exposure using ${givenRows(ENDED)} where ${sameIn('offer_exposure').join(' and ')}
     and offer_exposure.reserved_until is not distinct from given.reserved_until and offer_exposure.shown_at is null`,
  ENDED,
);
export const DELETE_RESERVATION = bulkDelete('offer_reservation', ENDED);

const LEASE = { offer: 'text', per: 'bigint', holder: 'text' } as const;
export const SAVE_LEASE = bulkUpsert('offer_cap_lease', LEASE, {
  ...({ count: 'bigint', unspent: 'bigint', reserved: 'bigint', used_at: 'bigint' } as const),
});
export const DELETE_LEASE = bulkDelete('offer_cap_lease', LEASE);
export const RETURN_RESERVED = bulkUpdate(
  'offer_cap_lease',
  LEASE,
  { returned: 'bigint' },
  'reserved = greatest(offer_cap_lease.reserved - given.returned, 0)',
);

export const COUNT_SHOWN = bulkInsert(
  'offer_cap_span',
  { offer: 'text', per: 'bigint', span: 'bigint', shown: 'bigint' },
  'on conflict (offer, per, span) do update set shown = offer_cap_span.shown + excluded.shown',
);
export const FORGET_SPANS = prepared('delete from offer_cap_span where offer = $1 and per = $2 and span < $3');

export const SAVE_EVIDENCE = prepared(
  `insert into offer_evidence (placement, offer, presented, responded, at) values ($1, $2, $3, $4, $5)
   on conflict (placement, offer) do update set presented = excluded.presented, responded = excluded.responded, at = excluded.at`,
);
const RESPONSES = ['presented', 'clicked', 'accepted', 'declined'] as const;
export const COUNT_RESPONSE = bulkInsert(
  'offer_total',
  {
    ...({ day: 'integer', placement: 'text', offer: 'text', is_control: 'boolean' } as const),
    ...({ presented: 'bigint', clicked: 'bigint', accepted: 'bigint', declined: 'bigint' } as const),
  },
  `on conflict (day, placement, offer, is_control) do update set ${RESPONSES.map((name) => `${name} = offer_total.${name} + excluded.${name}`).join(', ')}`,
);

export const ENTER_AUDIENCE = bulkInsert(
  'audience_member',
  { customer_id: 'text', audience: 'text', entered_at: 'bigint' },
  'on conflict do nothing',
);
export const LEAVE_AUDIENCE = bulkDelete('audience_member', { customer_id: 'text', audience: 'text' });
export const INSERT_AUDIENCE_EVENT = bulkInsert(
  'audience_event',
  { customer_id: 'text', at: 'bigint', audience: 'text', kind: 'text' },
  'on conflict do nothing',
);
