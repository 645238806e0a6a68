import type { Exposure, OfferFacts } from './offer-facts.ts';
import type { OfferWrite } from './offer-writes.ts';
import { type CapLease, firstCapSpan, grantLease, reserveFrom, type SharedCap, unspentOf } from './shared-caps.ts';

/** Reserves from the caps that everybody shares, and releases reservations, within one plan. It returns the writes. */
export class CapLedger {
  readonly #facts: OfferFacts;
  readonly #holder: string;
  /** Milliseconds. */
  readonly #at: number;
  /** By offer, window and holder: reservations that the plan has released. */
  readonly #released = new Map<string, number>();
  readonly #releasedRows = new Set<string>();

  constructor(facts: OfferFacts, holder: string, at: number) {
    this.#facts = facts;
    this.#holder = holder;
    this.#at = at;
  }

  /** Ends a reservation that was not presented. @returns what to write; nothing for one that the plan has released already. */
  release(exposure: Exposure): OfferWrite[] {
    const { customerId, offer, decisionId, reservation } = exposure;
    const row = JSON.stringify([customerId, offer, decisionId]);
    if (this.#releasedRows.has(row)) return [];
    this.#releasedRows.add(row);
    const writes: OfferWrite[] = [{ kind: 'delete-exposure', exposure }];
    for (const per of reservation?.taken ?? []) {
      const { holder } = reservation as NonNullable<typeof reservation>;
      const key = leaseKey(offer, per, holder);
      this.#released.set(key, (this.#released.get(key) ?? 0) + 1);
      writes.push({ kind: 'release-reservation', offer, per, holder });
    }
    return writes;
  }

  /** Reserves one presentation of each cap. @returns what to write; null where one of them has none left. */
  reserve(caps: readonly SharedCap[]): OfferWrite[] | null {
    const writes: OfferWrite[] = [];
    for (const cap of caps) {
      const taken = this.#reserveOne(cap);
      if (taken === null) return null;
      writes.push(...taken);
    }
    return writes;
  }

  #reserveOne(cap: SharedCap): OfferWrite[] | null {
    const { offer, per } = cap;
    const spent = reserveFrom(this.#withReleased(cap, this.#facts.capLease(offer, per, this.#holder)), cap, this.#at);
    if (spent !== null) return [{ kind: 'save-lease', offer, per, lease: spent }];
    const leases = this.#facts.capLeases(offer, per).map((lease) => this.#withReleased(cap, lease));
    const first = firstCapSpan(per, this.#at);
    const granted = grantLease(cap, this.#facts.capShown(offer, per, first), leases, this.#holder, this.#at);
    if (granted === null) return null;
    const ended = leases.filter((lease) => lease.holder !== this.#holder && unspentOf(lease, this.#at) === 0);
    return [
      ...ended.flatMap((lease) => endLease(cap, lease)),
      { kind: 'forget-cap-spans', offer, per, before: first },
      { kind: 'save-lease', offer, per, lease: granted },
    ];
  }

  #withReleased<Lease extends CapLease | undefined>({ offer, per }: SharedCap, lease: Lease): Lease {
    if (lease === undefined) return lease;
    const released = this.#released.get(leaseKey(offer, per, lease.holder)) ?? 0;
    return released === 0 ? lease : { ...lease, reserved: Math.max(lease.reserved - released, 0) };
  }
}

/** The end of a lease is written, because the clock of its holder may be behind: its unspent presentations may be granted to another. */
function endLease({ offer, per }: SharedCap, lease: CapLease): OfferWrite[] {
  if (lease.reserved === 0) return [{ kind: 'delete-lease', offer, per, holder: lease.holder }];
  return lease.unspent === 0 ? [] : [{ kind: 'save-lease', offer, per, lease: { ...lease, unspent: 0 } }];
}

function leaseKey(offer: string, per: number, holder: string): string {
  return JSON.stringify([offer, per, holder]);
}
