import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../../model/identifier.ts';
import type { RetiredCookie } from '../../model/visitor-cookie.ts';

interface RetiredRow {
  id_key: string;
  successor_key: string | null;
  proof: string | null;
  retired_at: number;
  customer_id: CustomerId;
  root_id: CustomerId;
  erased_at: number | null;
}

/** A cookie that another one replaced. */
export interface Predecessor {
  readonly key: string;
  /** Milliseconds. */
  readonly retiredAt: number;
  /** Whose it was, under the id of that time. */
  readonly customerId: CustomerId;
  /** The customer of today. */
  readonly root: CustomerId;
  /** Milliseconds; null for one who was not erased. */
  readonly erasedAt: number | null;
}

/** Retired cookies that are kept of one customer (DESIGN, Capture 6). An older one is a cookie of nobody again. */
const KEPT = 10;
/** Rotations that are followed back from one cookie: more than a customer keeps, over a few customers. */
const MAX_CHAIN = 50;

/** Cookies that were replaced, prepared once. Reads need no transaction; `retire`, `forget` and `anonymise` do. */
export class RetiredCookies {
  readonly #find;
  readonly #predecessors;
  readonly #isAnyAfter;
  readonly #insert;
  readonly #surplus;
  readonly #remove;
  readonly #keysOf;
  readonly #anonymise;
  readonly #forgetSuccessor;

  constructor(database: DatabaseSync) {
    const fields = 'r.id_key, r.successor_key, r.proof, r.retired_at, r.customer_id, c.root_id, c.erased_at';
    const from = `select ${fields} from retired_cookie r join customer c on c.id = r.customer_id`;
    this.#find = database.prepare(`${from} where r.id_key = ?`);
    this.#predecessors = database.prepare(`${from} where r.successor_key = ? order by r.retired_at`);
    this.#isAnyAfter = database.prepare('select 1 from retired_cookie where retired_at > ? limit 1');
    this.#insert = database.prepare(
      'insert into retired_cookie (id_key, successor_key, proof, retired_at, customer_id) values (?, ?, ?, ?, ?)',
    );
    this.#surplus = database.prepare(
      `select r.id_key from customer c join retired_cookie r on r.customer_id = c.id where c.root_id = ?
       order by r.retired_at desc, r.id_key limit -1 offset ${KEPT}`,
    );
    this.#remove = database.prepare('delete from retired_cookie where id_key = ?');
    this.#keysOf = database.prepare('select r.id_key from customer c join retired_cookie r on r.customer_id = c.id where c.root_id = ?');
    this.#anonymise = database.prepare('update retired_cookie set id_key = ?2, proof = null where id_key = ?1');
    this.#forgetSuccessor = database.prepare('update retired_cookie set successor_key = null where successor_key = ?');
  }

  /** In the order of the cookies. */
  find(cookies: readonly Identifier[]): (RetiredCookie | null)[] {
    return cookies.map((cookie) => {
      const row = this.#row(identifierKey(cookie));
      return row === undefined ? null : toRetired(row);
    });
  }

  /** The customer of today whose a retired cookie was; undefined for a cookie that was not retired. */
  ownerOf(cookie: Identifier): CustomerId | undefined {
    return this.#row(identifierKey(cookie))?.root_id;
  }

  /** True when a cookie was made as the successor of another for the same proof. */
  isSuccessorFor(cookie: Identifier, proof: string | null): boolean {
    return proof !== null && this.#replacedBy(identifierKey(cookie)).some((row) => row.proof === proof);
  }

  /** The cookie that a value was replaced by, over several rotations; itself when it was not. */
  currentOf(identifier: Identifier): Identifier {
    let key = identifierKey(identifier);
    for (let step = 0; step < MAX_CHAIN; step++) {
      const next = this.#row(key)?.successor_key;
      if (next == null) break;
      key = next;
    }
    return identifierOf(key);
  }

  /** The cookies that one replaced, over several rotations, the last first. */
  predecessorsOf(key: string): Predecessor[] {
    const found: Predecessor[] = [];
    const seen = new Set<string>();
    const waiting = [key];
    for (let next = waiting.pop(); next !== undefined && seen.size < MAX_CHAIN; next = waiting.pop()) {
      for (const row of this.#replacedBy(next)) {
        if (seen.has(row.id_key)) continue;
        seen.add(row.id_key);
        waiting.push(row.id_key);
        const { id_key, retired_at, customer_id, root_id, erased_at } = row;
        found.push({ key: id_key, retiredAt: retired_at, customerId: customer_id, root: root_id, erasedAt: erased_at });
      }
    }
    return found;
  }

  /** Milliseconds: when the last of the cookies that one replaced was replaced; null where it replaced none. */
  lastReplacedAt(key: string): number | null {
    return this.#replacedBy(key).at(-1)?.retired_at ?? null;
  }

  /** False when no cookie was replaced after this time: one index probe. @param at milliseconds. */
  isAnyReplacedAfter(at: number): boolean {
    return this.#isAnyAfter.get(at) !== undefined;
  }

  /** Remembers that a cookie was replaced, and forgets its owner's oldest ones. @param customerId may be an alias. */
  retire(cookie: Identifier, { successor, proof, retiredAt }: RetiredCookie, customerId: CustomerId, root: CustomerId): void {
    const successorKey = successor === null ? null : identifierKey({ type: cookie.type, value: successor });
    this.#insert.run(identifierKey(cookie), successorKey, proof, retiredAt.getTime(), customerId);
    for (const { id_key } of this.#surplus.all(root) as { id_key: string }[]) this.#remove.run(id_key);
  }

  /** Keys of a customer's retired cookies. */
  keysOf(root: CustomerId): string[] {
    return (this.#keysOf.all(root) as { id_key: string }[]).map(({ id_key }) => id_key);
  }

  /** Takes erased values out, and keeps until when the erased customer had them. @param hashOf a value that recognises a key and can't be turned back. */
  erase(keys: readonly string[], hashOf: (key: string) => Buffer): void {
    for (const key of keys) {
      this.#anonymise.run(key, `erased:${hashOf(key).toString('base64url')}`);
      this.#forgetSuccessor.run(key);
    }
  }

  #row(key: string): RetiredRow | undefined {
    return this.#find.get(key) as RetiredRow | undefined;
  }

  #replacedBy(key: string): RetiredRow[] {
    return this.#predecessors.all(key) as unknown as RetiredRow[];
  }
}

function toRetired({ successor_key, proof, retired_at }: RetiredRow): RetiredCookie {
  return { successor: successor_key === null ? null : identifierOf(successor_key).value, proof, retiredAt: new Date(retired_at) };
}
