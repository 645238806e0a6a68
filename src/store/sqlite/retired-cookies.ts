import type { DatabaseSync } from 'node:sqlite';
import type { Ownership } from '../../identity/attribute-interaction.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../../model/identifier.ts';
import type { RetiredCookie } from '../../model/visitor-cookie.ts';

interface RetiredRow {
  id_key: string;
  successor_key: string | null;
  proof: string | null;
  retired_at: number;
  root_id: CustomerId;
}

/** Retired cookies that are kept of one customer (DESIGN, Capture 6). An older one is a cookie of nobody again. */
const KEPT = 10;
/** Rotations that are followed back from one cookie: more than a customer keeps, over a few customers. */
const MAX_CHAIN = 50;

/** Cookies that were replaced, prepared once. Reads need no transaction; `retire`, `forget` and `anonymise` do. */
export class RetiredCookies {
  readonly #find;
  readonly #predecessors;
  readonly #insert;
  readonly #surplus;
  readonly #remove;
  readonly #keysOf;
  readonly #anonymise;
  readonly #forgetSuccessor;

  constructor(database: DatabaseSync) {
    const fields = 'r.id_key, r.successor_key, r.proof, r.retired_at, c.root_id';
    const from = `select ${fields} from retired_cookie r join customer c on c.id = r.customer_id`;
    this.#find = database.prepare(`${from} where r.id_key = ?`);
    this.#predecessors = database.prepare(`${from} where r.successor_key = ? order by r.retired_at`);
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
    return proof !== null && this.#predecessorsOf(identifierKey(cookie)).some((row) => row.proof === proof);
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

  /**
   * Who had the cookies that this one replaced, each until it was replaced.
   * @param formerlyOf who had an identifier before its present owner.
   */
  before(cookie: Identifier, formerlyOf: (key: string) => Ownership['formerly']): Ownership['formerly'] {
    const before: Ownership['formerly'][number][] = [];
    const seen = new Set<string>();
    const waiting = [identifierKey(cookie)];
    for (let key = waiting.pop(); key !== undefined && seen.size < MAX_CHAIN; key = waiting.pop()) {
      for (const { id_key, retired_at, root_id } of this.#predecessorsOf(key)) {
        if (seen.has(id_key)) continue;
        seen.add(id_key);
        waiting.push(id_key);
        // Before those that were found already: of one time, the first in the chain is the first.
        before.unshift(...formerlyOf(id_key), { until: new Date(retired_at), customerId: root_id });
      }
    }
    return before.sort((a, b) => a.until.getTime() - b.until.getTime());
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

  #predecessorsOf(key: string): RetiredRow[] {
    return this.#predecessors.all(key) as unknown as RetiredRow[];
  }
}

function toRetired({ successor_key, proof, retired_at }: RetiredRow): RetiredCookie {
  return { successor: successor_key === null ? null : identifierOf(successor_key).value, proof, retiredAt: new Date(retired_at) };
}
