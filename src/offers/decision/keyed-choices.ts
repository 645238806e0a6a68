import { createHmac, type KeyObject } from 'node:crypto';
import type { CustomerId } from '../../model/customer.ts';
import type { DecidedOffer } from '../../model/offer.ts';

/** Milliseconds. Within one hour (UTC) the same state gives the same decision, so that loading a page again changes nothing. */
export const DECISION_HOUR = 3_600_000;

/**
 * The beginning of the hour (UTC) for which a decision is the same. Evidence is decayed until then and not until now: a weight that
 * changes with every millisecond would change the sampled propensities although nothing was learned.
 * @param now milliseconds. @returns milliseconds.
 */
export function hourOf(now: number): number {
  return Math.floor(now / DECISION_HOUR) * DECISION_HOUR;
}

/** A `KeyObject` that is made once takes a fifth of the time: from bytes, Node.js makes a new one for each hash. */
type Key = Uint8Array | KeyObject;

/**
 * True for customers of the control group: those whose keyed hash, as a fraction of 1, is below the share. So a customer stays in the
 * group over time and in every process, and a larger share only adds customers. A merge changes nothing for the id that stays.
 * @param key `ChoiceKeys.control`. Another key means another control group.
 * @param share 0: nobody, to 1: everybody.
 */
export function inControlGroup(key: Key, customerId: CustomerId, share: number): boolean {
  if (share <= 0) return false;
  return createHmac('sha256', key).update(customerId).digest().readUIntBE(0, 6) / 2 ** 48 < share;
}

/**
 * The seed of all random numbers of a decision: 32 bytes, the same for a customer and placement during an hour (UTC).
 * @param key `ChoiceKeys.seed`.
 * @param now milliseconds.
 */
export function seedOf(key: Key, customerId: CustomerId, placement: string, now: number): Uint8Array {
  return createHmac('sha256', key)
    .update(JSON.stringify(['seed', customerId, placement, Math.floor(now / DECISION_HOUR)]))
    .digest();
}

/** What the id of a decision is made from: decisions that differ in none of it are the same. */
export interface DecisionIdentity {
  readonly customerId: CustomerId;
  readonly placement: string;
  readonly touchpoint: string | null;
  /** Milliseconds. */
  readonly decidedAt: number;
  /** Milliseconds for which the choice is kept from `decidedAt` on; null: it is not. */
  readonly keptFor: number | null;
  /** An offer that is also the fallback may be ranked, or given because no offer was chosen. */
  readonly isFallback: boolean;
  readonly isControl: boolean;
  readonly offers: readonly Pick<DecidedOffer, 'name' | 'version'>[];
}

/**
 * The id of a decision: 22 characters of base64url. The same choice in the same hour (UTC) has the same id, so asking again
 * stores nothing new.
 *
 * For a choice that is kept, a period as long as it is kept replaces the hour. So the choice that follows it, at least a
 * period later, has another id. And a client that makes the gateway decide again and again within a period, by asking in turn from
 * two channels with different offers, gets no new decision and no further token each time.
 * @param key `ChoiceKeys.seed`. The hashed text begins with another word than that of a seed, so the two never coincide.
 */
export function decisionIdOf(key: Key, identity: DecisionIdentity): string {
  const { customerId, placement, touchpoint, decidedAt, keptFor, isFallback, isControl, offers } = identity;
  const period = keptFor === null ? ['hour', Math.floor(decidedAt / DECISION_HOUR)] : ['kept', keptFor, Math.floor(decidedAt / keptFor)];
  const chosen = offers.map(({ name, version }) => [name, version]);
  return createHmac('sha256', key)
    .update(JSON.stringify(['decision', customerId, placement, touchpoint, period, isFallback, isControl, chosen]))
    .digest()
    .toString('base64url', 0, 16);
}
