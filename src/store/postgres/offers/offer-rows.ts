import type { CustomerId } from '../../../model/customer.ts';
import { recordOf } from '../../offer-rows.ts';
import type { Exposure } from '../../plan/offer-facts.ts';
import type { OfferWrite } from '../../plan/offer-writes.ts';
import type { Gathering } from '../gathering.ts';
import type { Locks } from '../locks.ts';
import type { Statement } from '../statement.ts';
import { capLookup, keyOf, reservationsLookup } from './offer-lookups.ts';
import * as statement from './offer-statements.ts';

/** What the writes of the same plan do to ids of customers (writes/customer-rows.ts). */
export interface OfferOwners {
  /** Every id that resolves to a root by now. */
  idsOf(root: CustomerId): readonly CustomerId[];
  /** Something is written under an id: its customer is locked for it. */
  writeUnder(id: CustomerId): void;
}

type Write<Kind extends OfferWrite['kind']> = Extract<OfferWrite, { kind: Kind }>;
/** Writes of a plan that may be done in any order among themselves, as many as follow each other. */
type Releases = (Write<'delete-exposure'> | Write<'release-reservation'>)[];

/** The customer whose reservations end, with the ids that they had at that moment. */
interface ReleasedCustomer {
  readonly kind: 'release-customer';
  readonly ids: readonly CustomerId[];
}

type Collected = Exclude<OfferWrite, Write<'release-customer'>> | ReleasedCustomer;

/**
 * The writes of one plan about offers and audiences.
 *
 * What is under a customer's ids is written under their lock. Only the end of a reservation that was not presented in time is
 * written by any plan that finds it, so that needs more:
 * - Whatever makes, moves or ends a reservation that counts for caps of everybody locks the lease that it was taken from. So each
 *   reservation is returned to its lease once.
 * - An exposure is deleted only while it still has the reservation for whose end it is deleted.
 * A lease is granted under the lock of the cap, by one process at a time. Others may spend their leases meanwhile, present and
 * release: that never adds to what is given out (plan/shared-caps.ts).
 */
export class OfferRows {
  readonly #gathering: Gathering;
  readonly #owners: OfferOwners;
  readonly #writes: Collected[] = [];

  constructor(gathering: Gathering, owners: OfferOwners) {
    this.#gathering = gathering;
    this.#owners = owners;
  }

  add(write: OfferWrite): void {
    const owner = ownerOf(write);
    if (owner !== null) this.#owners.writeUnder(owner);
    this.#writes.push(write.kind === 'release-customer' ? { kind: write.kind, ids: this.#owners.idsOf(write.root) } : write);
  }

  /** In the order of the writes. To be called once the last one was added. */
  statements(): Statement[] {
    const statements: Statement[] = [];
    let releases: Releases = [];
    for (const write of this.#writes) {
      if (write.kind === 'delete-exposure' || write.kind === 'release-reservation') {
        releases.push(write);
        continue;
      }
      statements.push(...released(releases), ...this.#compile(write));
      releases = [];
    }
    return [...statements, ...released(releases)];
  }

  /** Notes the locks of what lies under no customer. To be called when all answers are known. */
  noteLocks(locks: Locks): void {
    for (const write of this.#writes) {
      if (write.kind === 'save-exposure') lockLeases(locks, write.exposure);
      else if (write.kind === 'release-customer') this.#lockReleased(locks, write);
      else if (write.kind === 'save-lease') this.#lockSaved(locks, write);
      else if (write.kind === 'delete-lease' || write.kind === 'release-reservation')
        locks.name('lease', write.offer, write.per, write.holder);
      else if (write.kind === 'save-evidence') locks.name('evidence', write.placement, write.offer);
    }
  }

  /** A lease may have been granted where the plan has read the cap. */
  #lockSaved(locks: Locks, { offer, per, lease }: Write<'save-lease'>): void {
    locks.name('lease', offer, per, lease.holder);
    if (this.#gathering.knows(capLookup, keyOf(offer, per))) locks.name('cap', offer, per);
  }

  #lockReleased(locks: Locks, { ids }: ReleasedCustomer): void {
    for (const exposure of this.#reservationsOf(ids)) lockLeases(locks, exposure);
  }

  #compile(write: Exclude<Collected, Releases[number]>): Statement[] {
    switch (write.kind) {
      case 'insert-decision': {
        const { customerId, placement, decidedAt, id, stickyUntil } = write.decision;
        const row = [customerId, placement, decidedAt.getTime(), id, stickyUntil?.getTime() ?? null, recordOf(write.decision)];
        return statement.INSERT_DECISION.over([row]);
      }
      case 'save-exposure':
        return saved(write.exposure);
      case 'release-customer':
        return this.#releasedCustomer(write);
      case 'save-lease': {
        const { holder, count, unspent, reserved, usedAt } = write.lease;
        return statement.SAVE_LEASE.over([[write.offer, write.per, holder, count, unspent, reserved, usedAt]]);
      }
      case 'delete-lease':
        return statement.DELETE_LEASE.over([[write.offer, write.per, write.holder]]);
      case 'count-shown':
        return statement.COUNT_SHOWN.over([[write.offer, write.per, write.span, 1]]);
      case 'forget-cap-spans':
        return [{ prepared: statement.FORGET_SPANS, values: [write.offer, write.per, write.before] }];
      case 'save-evidence': {
        const { presented, responded, at } = write.evidence;
        return [{ prepared: statement.SAVE_EVIDENCE, values: [write.placement, write.offer, presented, responded, at] }];
      }
      case 'count-response': {
        const { day, placement, offer, isControl, isShown, response } = write;
        const others = (['CLICKED', 'ACCEPTED', 'DECLINED'] as const).map((each) => (each === response ? 1 : 0));
        return statement.COUNT_RESPONSE.over([[day, placement, offer, isControl, isShown ? 1 : 0, ...others]]);
      }
      case 'enter-audience':
        return statement.ENTER_AUDIENCE.over([[write.customerId, write.audience, write.at]]);
      case 'leave-audience':
        return statement.LEAVE_AUDIENCE.over([[write.customerId, write.audience]]);
      case 'insert-audience-event': {
        const { customerId, at, audience, kind } = write.event;
        return statement.INSERT_AUDIENCE_EVENT.over([[customerId, at.getTime(), audience, kind]]);
      }
      // No version of a store in PostgreSQL is asked for. The janitor deletes what is old.
      case 'count-identity-changes':
      case 'forget-offers':
        return [];
    }
  }

  #releasedCustomer({ ids }: ReleasedCustomer): Statement[] {
    const reservations = this.#reservationsOf(ids);
    const keys = reservations.map(({ customerId, offer, decisionId }) => [customerId, offer, decisionId]);
    return [
      ...returned(reservations.flatMap((exposure) => leasesOf(exposure))),
      ...statement.END_RESERVATION.over(keys),
      ...statement.FORGET_RESERVATION.over(keys),
    ];
  }

  #reservationsOf(ids: readonly CustomerId[]): readonly Exposure[] {
    return this.#gathering.ask(reservationsLookup, keyOf(ids));
  }
}

/** @returns the id under which a write writes; null where it is about no customer, or about one that is locked by other writes. */
function ownerOf(write: OfferWrite): CustomerId | null {
  switch (write.kind) {
    case 'insert-decision':
      return write.decision.customerId;
    case 'save-exposure':
      return write.exposure.customerId;
    case 'release-customer':
      return write.root;
    case 'enter-audience':
    case 'leave-audience':
      return write.customerId;
    case 'insert-audience-event':
      return write.event.customerId;
    default:
      return null;
  }
}

interface LeaseKey {
  readonly offer: string;
  readonly per: number;
  readonly holder: string;
}

/** The leases that a reservation was taken from. */
function leasesOf({ offer, reservation }: Exposure): LeaseKey[] {
  return reservation === null ? [] : reservation.taken.map((per) => ({ offer, per, holder: reservation.holder }));
}

function lockLeases(locks: Locks, exposure: Exposure): void {
  for (const { offer, per, holder } of leasesOf(exposure)) locks.name('lease', offer, per, holder);
}

function saved({ customerId, offer, decisionId, placement, reservation, ...rest }: Exposure): Statement[] {
  const { shownAt, trial, presentedAt, clickedAt, acceptedAt, declinedAt, keptUntil } = rest;
  const key = [customerId, offer, decisionId];
  const reserved = reservation === null ? [null, null, null] : [reservation.until, reservation.holder, JSON.stringify(reservation.taken)];
  const responses = [presentedAt, clickedAt, acceptedAt, declinedAt];
  return [
    ...statement.SAVE_EXPOSURE.over([[...key, placement, ...reserved, shownAt, trial, ...responses, keptUntil]]),
    ...(reservation === null
      ? statement.FORGET_RESERVATION.over([key])
      : statement.SAVE_RESERVATION.over([[offer, customerId, decisionId, placement, ...reserved]])),
  ];
}

/** Of up to a hundred reservations that have ended. */
function released(releases: Releases): Statement[] {
  const deleted = releases.flatMap((write) => (write.kind === 'delete-exposure' ? [write.exposure] : []));
  const rows = deleted.map(({ customerId, offer, decisionId, reservation }) => [customerId, offer, decisionId, reservation?.until ?? null]);
  return [
    ...statement.DELETE_EXPOSURE.over(rows),
    ...statement.DELETE_RESERVATION.over(rows),
    ...returned(releases.flatMap((write) => (write.kind === 'release-reservation' ? [write] : []))),
  ];
}

/** Returns one reservation to each lease, several where it is there several times. */
function returned(leases: readonly LeaseKey[]): Statement[] {
  const byLease = Map.groupBy(leases, ({ offer, per, holder }) => keyOf(offer, per, holder));
  return statement.RETURN_RESERVED.over(
    [...byLease.values()].flatMap((same) => same.slice(0, 1).map(({ offer, per, holder }) => [offer, per, holder, same.length])),
  );
}
