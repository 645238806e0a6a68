import type { CustomerId } from '../../model/customer.ts';
import { identifierKey, type LinkedIdentifier } from '../../model/identifier.ts';
import type { CustomerRow } from './facts.ts';
import type { StoreWrite } from './writes.ts';

/** When a customer was seen, in milliseconds. */
interface Seen {
  readonly first: number;
  readonly last: number;
  /** When a person merged customers into it; null for no such merge. */
  readonly mergedByPersonAt: number | null;
}

/** What a plan has seen of identifiers and customers that it knows: written once for each, however often it was seen. */
export class DraftEvidence {
  /** By identifier key: the last time, in milliseconds. */
  readonly #identifiers = new Map<string, number>();
  readonly #customers = new Map<CustomerId, Seen>();

  /** @param at milliseconds. */
  seeIdentifier(key: string, at: number): void {
    const before = this.#identifiers.get(key);
    if (before === undefined || before < at) this.#identifiers.set(key, at);
  }

  seeCustomer(id: CustomerId, seen: Seen): void {
    const before = this.#customers.get(id);
    this.#customers.set(id, before === undefined ? seen : widened(before, seen));
  }

  /** For an identifier that nobody owns from now on. */
  forget(key: string): void {
    this.#identifiers.delete(key);
  }

  /** For an identifier that gets another value. */
  rename(key: string, to: string): void {
    const at = this.#identifiers.get(key);
    if (at !== undefined) this.seeIdentifier(to, at);
    this.forget(key);
  }

  /** The customer's row with what was seen since. */
  ofCustomer(row: CustomerRow): CustomerRow {
    const seen = this.#customers.get(row.id);
    if (seen === undefined) return row;
    const { first, last, mergedByPersonAt } = widened(seenIn(row), seen);
    return { ...row, firstSeenAt: first, lastSeenAt: last, mergedByPersonAt };
  }

  /** The identifier with what was seen since. */
  ofIdentifier(identifier: LinkedIdentifier): LinkedIdentifier {
    const at = this.#identifiers.get(identifierKey(identifier));
    return at === undefined || at <= identifier.lastSeenAt.getTime() ? identifier : { ...identifier, lastSeenAt: new Date(at) };
  }

  addWrites(writes: StoreWrite[]): void {
    for (const [key, at] of this.#identifiers) writes.push({ kind: 'see-identifier', key, at });
    for (const [id, { first, last, mergedByPersonAt }] of this.#customers) {
      writes.push({ kind: 'see-customer', id, first, last, mergedByPersonAt });
    }
  }
}

export function seenIn({ firstSeenAt, lastSeenAt, mergedByPersonAt }: CustomerRow): Seen {
  return { first: firstSeenAt, last: lastSeenAt, mergedByPersonAt };
}

function widened(a: Seen, b: Seen): Seen {
  const first = Math.min(a.first, b.first);
  const last = Math.max(a.last, b.last);
  if (a.mergedByPersonAt === null) return { first, last, mergedByPersonAt: b.mergedByPersonAt };
  return { first, last, mergedByPersonAt: Math.max(a.mergedByPersonAt, b.mergedByPersonAt ?? 0) };
}
