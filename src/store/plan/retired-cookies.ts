import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../../model/identifier.ts';
import type { RetiredCookie } from '../../model/visitor-cookie.ts';
import type { Facts, RetiredCookieRow } from './facts.ts';
import { once } from './once.ts';
import type { StoreWrite } from './writes.ts';

/** Retired cookies that are kept of one customer (DESIGN, Capture 6). An older one is a cookie of nobody again. */
const KEPT = 10;
/** Rotations that are followed back from one cookie: more than a customer keeps, over a few customers. */
const MAX_CHAIN = 50;

/** What retired cookies need to know of customers. */
interface Customers {
  readonly facts: Facts;
  rootOf(id: CustomerId, base: CustomerId): CustomerId;
  basesOf(root: CustomerId): readonly CustomerId[];
  write(write: StoreWrite): void;
}

/** Cookies that were replaced: facts, and what the plan has added. */
export class RetiredCookies {
  readonly #customers: Customers;
  readonly #rows = new Map<string, RetiredCookieRow | undefined>();
  readonly #added: RetiredCookieRow[] = [];

  constructor(customers: Customers) {
    this.#customers = customers;
  }

  find(cookie: Identifier): RetiredCookie | null {
    const row = this.#row(identifierKey(cookie));
    return row === undefined ? null : toRetiredCookie(row);
  }

  /** The customer of today whose a retired cookie was; undefined for a cookie that was not retired. */
  ownerOf(cookie: Identifier): CustomerId | undefined {
    const row = this.#row(identifierKey(cookie));
    return row === undefined ? undefined : this.#customers.rootOf(row.customerId, row.root);
  }

  /** True when a cookie was made as the successor of another for the same proof. */
  isSuccessorFor(cookie: Identifier, proof: string | null): boolean {
    return proof !== null && this.#replacedBy(identifierKey(cookie)).some((row) => row.proof === proof);
  }

  /** The cookie that a value was replaced by, over several rotations; itself when it was not. */
  currentOf(identifier: Identifier): Identifier {
    let key = identifierKey(identifier);
    for (let step = 0; step < MAX_CHAIN; step++) {
      const next = this.#row(key)?.successorKey;
      if (next == null) break;
      key = next;
    }
    return identifierOf(key);
  }

  /** The cookies that one replaced, over several rotations, the last first. */
  predecessorsOf(key: string): RetiredCookieRow[] {
    const found: RetiredCookieRow[] = [];
    const seen = new Set<string>();
    const waiting = [key];
    for (let next = waiting.pop(); next !== undefined && seen.size < MAX_CHAIN; next = waiting.pop()) {
      for (const row of this.#replacedBy(next)) {
        if (seen.has(row.key)) continue;
        seen.add(row.key);
        waiting.push(row.key);
        found.push({ ...row, root: this.#customers.rootOf(row.customerId, row.root) });
      }
    }
    return found;
  }

  /** Milliseconds: when the last of the cookies that one replaced was replaced; null where it replaced none. */
  lastReplacedAt(key: string): number | null {
    return this.#replacedBy(key).at(-1)?.retiredAt ?? null;
  }

  /** False when no cookie was replaced after this time. @param at milliseconds. */
  isAnyReplacedAfter(at: number): boolean {
    return this.#customers.facts.isAnyCookieRetiredAfter(at) || this.#added.some(({ retiredAt }) => retiredAt > at);
  }

  /** Remembers that a cookie was replaced, and forgets its owner's oldest ones. @param customerId may be an alias. @param root whose alias. */
  retire(cookie: Identifier, { successor, proof, retiredAt }: RetiredCookie, customerId: CustomerId, root: CustomerId): void {
    const row: RetiredCookieRow = {
      key: identifierKey(cookie),
      successorKey: successor === null ? null : identifierKey({ type: cookie.type, value: successor }),
      ...{ proof, retiredAt: retiredAt.getTime(), customerId, root, erasedAt: null },
    };
    this.#rows.set(row.key, row);
    this.#added.push(row);
    const { root: _, erasedAt: __, ...written } = row;
    this.#customers.write({ kind: 'insert-retired-cookie', ...written });
    const surplus = [...this.#allOf(root), row].sort((a, b) => b.retiredAt - a.retiredAt || (a.key < b.key ? -1 : 1)).slice(KEPT);
    for (const { key } of surplus) this.#customers.write({ kind: 'delete-retired-cookie', key });
  }

  /** A customer's, as the facts have them, over all the ids that lead to the customer now. */
  #allOf(root: CustomerId): RetiredCookieRow[] {
    const { facts } = this.#customers;
    const rows = this.#customers.basesOf(root).flatMap((base) => facts.retiredCookiesOf(base));
    return rows.filter((row) => this.#customers.rootOf(row.customerId, row.root) === root);
  }

  #row(key: string): RetiredCookieRow | undefined {
    return once(this.#rows, key, () => this.#customers.facts.retiredCookie(key));
  }

  #replacedBy(key: string): readonly RetiredCookieRow[] {
    const known = this.#customers.facts.replacedBy(key);
    const added = this.#added.filter(({ successorKey }) => successorKey === key);
    return added.length === 0 ? known : [...known, ...added].sort((a, b) => a.retiredAt - b.retiredAt);
  }
}

/** What the port answers of a row. */
export function toRetiredCookie({
  successorKey,
  proof,
  retiredAt,
}: Pick<RetiredCookieRow, 'successorKey' | 'proof' | 'retiredAt'>): RetiredCookie {
  return { successor: successorKey === null ? null : identifierOf(successorKey).value, proof, retiredAt: new Date(retiredAt) };
}
