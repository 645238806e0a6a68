import type { DatabaseSync } from 'node:sqlite';
import { recordOf } from '../offer-rows.ts';
import type { OfferWrite } from '../plan/offer-writes.ts';
import { LIMIT } from './read-bounds.ts';

/** For some kinds of writes, the function that applies them. */
type Writers<Kind extends OfferWrite['kind'] = OfferWrite['kind']> = {
  readonly [Each in Kind]: (write: Extract<OfferWrite, { kind: Each }>) => void;
};

/** @returns for each kind of write about offers and audiences the function that applies it (apply-writes.ts). */
export function offerWriters(database: DatabaseSync): Writers {
  return { ...decisionWriters(database), ...capWriters(database), ...learningWriters(database), ...audienceWriters(database) };
}

function decisionWriters(database: DatabaseSync) {
  const insert = database.prepare(
    `insert into offer_decision (customer_id, placement, decided_at, id, sticky_until, record) values (?, ?, ?, ?, ?, ?)
     on conflict do nothing`,
  );
  const save = database.prepare(
    `insert or replace into offer_exposure
       (customer_id, offer, decision_id, placement, reserved_until, holder, taken, shown_at, trial,
        presented_at, clicked_at, accepted_at, declined_at, kept_until)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('delete from offer_exposure where customer_id = ? and offer = ? and decision_id = ?');
  const forgetDecisions = database.prepare(
    `delete from offer_decision where (customer_id, placement, decided_at, id) in
       (select customer_id, placement, decided_at, id from offer_decision where decided_at < ? order by decided_at ${LIMIT})`,
  );
  const forgetEvents = database.prepare(
    `delete from audience_event where (customer_id, at, audience, kind) in
       (select customer_id, at, audience, kind from audience_event where at < ? order by at ${LIMIT})`,
  );
  // Counting and deleting find the same rows: both use this order, which is total.
  const old = `select customer_id, offer, decision_id from offer_exposure where kept_until < ?
    order by kept_until, customer_id, offer, decision_id ${LIMIT}`;
  const countFormer = database.prepare(
    `insert into offer_former_exposure (customer_id, offer, shown)
     select customer_id, offer, count(*) from (${old}) where true group by customer_id, offer
     on conflict do update set shown = shown + excluded.shown`,
  );
  const forgetExposures = database.prepare(`delete from offer_exposure where (customer_id, offer, decision_id) in (${old})`);
  return {
    'insert-decision': ({ decision }) => {
      const { customerId, placement, decidedAt, id, stickyUntil } = decision;
      insert.run(customerId, placement, decidedAt.getTime(), id, stickyUntil?.getTime() ?? null, recordOf(decision));
    },
    'save-exposure': ({ exposure }) => {
      const { customerId, offer, decisionId, placement, reservation, shownAt, trial, keptUntil } = exposure;
      const { presentedAt, clickedAt, acceptedAt, declinedAt } = exposure;
      const reserved =
        reservation === null ? [null, null, null] : [reservation.until, reservation.holder, JSON.stringify(reservation.taken)];
      const responses = [presentedAt, clickedAt, acceptedAt, declinedAt];
      save.run(customerId, offer, decisionId, placement, ...reserved, shownAt, trial, ...responses, keptUntil);
    },
    'delete-exposure': ({ exposure }) => remove.run(exposure.customerId, exposure.offer, exposure.decisionId),
    'forget-offers': ({ before, at, limit }) => {
      forgetDecisions.run(before, limit);
      forgetEvents.run(before, limit);
      countFormer.run(at, limit);
      forgetExposures.run(at, limit);
    },
  } satisfies Partial<Writers>;
}

function capWriters(database: DatabaseSync) {
  const save = database.prepare(
    `insert or replace into offer_cap_lease (offer, per, holder, count, unspent, reserved, used_at) values (?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('delete from offer_cap_lease where offer = ? and per = ? and holder = ?');
  const release = database.prepare(
    'update offer_cap_lease set reserved = reserved - 1 where offer = ? and per = ? and holder = ? and reserved > 0',
  );
  const countShown = database.prepare(
    'insert into offer_cap_span (offer, per, span, shown) values (?, ?, ?, 1) on conflict do update set shown = shown + 1',
  );
  const forgetSpans = database.prepare('delete from offer_cap_span where offer = ? and per = ? and span < ?');
  const reserved = 'customer c cross join offer_exposure e on e.customer_id = c.id and e.reserved_until is not null';
  const releaseCustomer = database.prepare(
    `with ended as (
       select e.offer, t.value as per, e.holder, count(*) as n from ${reserved}, json_each(e.taken) t where c.root_id = ? group by 1, 2, 3
     )
     update offer_cap_lease set reserved = max(reserved - ended.n, 0) from ended
     where offer_cap_lease.offer = ended.offer and offer_cap_lease.per = ended.per and offer_cap_lease.holder = ended.holder`,
  );
  const endReservations = database.prepare(
    `update offer_exposure set reserved_until = null, holder = null, taken = null
     where (customer_id, offer, decision_id) in (select e.customer_id, e.offer, e.decision_id from ${reserved} where c.root_id = ?)`,
  );
  return {
    'save-lease': ({ offer, per, lease: { holder, count, unspent, reserved, usedAt } }) =>
      save.run(offer, per, holder, count, unspent, reserved, usedAt),
    'delete-lease': ({ offer, per, holder }) => remove.run(offer, per, holder),
    'release-reservation': ({ offer, per, holder }) => release.run(offer, per, holder),
    'count-shown': ({ offer, per, span }) => countShown.run(offer, per, span),
    'forget-cap-spans': ({ offer, per, before }) => forgetSpans.run(offer, per, before),
    'release-customer': ({ root }) => {
      releaseCustomer.run(root);
      endReservations.run(root);
    },
  } satisfies Partial<Writers>;
}

function learningWriters(database: DatabaseSync) {
  const saveEvidence = database.prepare(
    'insert or replace into offer_evidence (placement, offer, presented, responded, at) values (?, ?, ?, ?, ?)',
  );
  const count = database.prepare(
    `insert into offer_total (day, placement, offer, is_control, presented, clicked, accepted, declined) values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do update set presented = presented + excluded.presented, clicked = clicked + excluded.clicked,
       accepted = accepted + excluded.accepted, declined = declined + excluded.declined`,
  );
  return {
    'save-evidence': ({ placement, offer, evidence: { presented, responded, at } }) =>
      saveEvidence.run(placement, offer, presented, responded, at),
    'count-response': ({ day, placement, offer, isControl, isShown, response }) => {
      const others = (['CLICKED', 'ACCEPTED', 'DECLINED'] as const).map((each) => (each === response ? 1 : 0));
      count.run(day, placement, offer, isControl ? 1 : 0, isShown ? 1 : 0, ...others);
    },
  } satisfies Partial<Writers>;
}

function audienceWriters(database: DatabaseSync) {
  const enter = database.prepare('insert or ignore into audience_member (customer_id, audience, entered_at) values (?, ?, ?)');
  const leave = database.prepare('delete from audience_member where customer_id = ? and audience = ?');
  const insertEvent = database.prepare('insert or ignore into audience_event (customer_id, at, audience, kind) values (?, ?, ?, ?)');
  return {
    'enter-audience': ({ customerId, audience, at }) => enter.run(customerId, audience, at),
    'leave-audience': ({ customerId, audience }) => leave.run(customerId, audience),
    'insert-audience-event': ({ event: { customerId, at, audience, kind } }) => insertEvent.run(customerId, at.getTime(), audience, kind),
  } satisfies Partial<Writers>;
}
