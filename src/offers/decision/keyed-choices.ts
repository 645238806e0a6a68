import { createHmac, type KeyObject } from 'node:crypto';
import type { CustomerId } from '../../model/customer.ts';
import type { DecidedOffer } from '../../model/offer.ts';

const HOUR = 3_600_000;

/**
 * The hour (UTC) for which a decision is the same. Evidence is decayed until then and not until now: a weight that changes with every
 * millisecond would change what is drawn, though nothing was learned.
 * @param now milliseconds. @returns its first millisecond.
 */
export function hourOf(now: number): number {
  return Math.floor(now / HOUR) * HOUR;
}

/** Made once, a `KeyObject` takes a fifth of the time of bytes: Node.js makes one of those for each hash. */
type Key = Uint8Array | KeyObject;

/**
 * True for customers of the control group: a keyed hash of the id, as a fraction, is below the share. So a customer stays in it
 * over time and on every replica, and a larger share only adds customers. A merge changes nothing for the id that stays.
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
    .update(JSON.stringify(['seed', customerId, placement, Math.floor(now / HOUR)]))
    .digest();
}

/** What makes one decision another. */
export interface DecisionIdentity {
  readonly customerId: CustomerId;
  readonly placement: string;
  readonly touchpoint: string | null;
  /** Milliseconds. */
  readonly decidedAt: number;
  /** Milliseconds for which the choice is kept from `decidedAt` on; null: it is not. */
  readonly keptFor: number | null;
  readonly offers: readonly Pick<DecidedOffer, 'name' | 'version'>[];
}

/**
 * The id of a decision: 22 characters of base64url. The same choice in the same hour (UTC) has the same id, so asking again
 * stores nothing new.
 *
 * For a choice that is kept, a period as long as it is kept takes the place of the hour. So the one that follows it has another
 * id: it is at least a period later. And who makes the gateway decide again and again within a period, by asking in turn from
 * two channels that have different offers, gets no new decision, and no further token, each time.
 * @param key `ChoiceKeys.seed`; the text begins with another word than that of a seed.
 */
export function decisionIdOf(key: Key, identity: DecisionIdentity): string {
  const { customerId, placement, touchpoint, decidedAt, keptFor, offers } = identity;
  const period = keptFor === null ? ['hour', Math.floor(decidedAt / HOUR)] : ['kept', keptFor, Math.floor(decidedAt / keptFor)];
  const chosen = offers.map(({ name, version }) => [name, version]);
  return createHmac('sha256', key)
    .update(JSON.stringify(['decision', customerId, placement, touchpoint, period, chosen]))
    .digest()
    .toString('base64url', 0, 16);
}
