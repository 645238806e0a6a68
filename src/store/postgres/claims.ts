import { randomUUID } from 'node:crypto';
import { type Connection, prepared } from './statement.ts';

// Locks the rows that are there, to answer with whose they are.
const CLAIM = prepared(
  `insert into single_use (id, expires_at, claimed_by) select * from unnest($1::text[], $2::bigint[], $3::text[])
   on conflict (id) do update set expires_at = single_use.expires_at returning id, claimed_by`,
);

interface Claim {
  readonly id: string;
  /** Milliseconds. */
  readonly expiresAt: number;
  /** A random name of this call: a claim whose answer was lost recognises itself when it is repeated. */
  readonly by: string;
  resolve(isFirst: boolean): void;
  reject(error: unknown): void;
}

/** Claims of tokens that may be used once. What is claimed in one turn of the event loop shares two statements. */
export class Claims {
  readonly #connection: Connection;
  #waiting: Claim[] = [];

  /** @param connection repeats what is transient. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @returns true for the first call with this id. */
  claim(id: string, expiresAt: Date): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const claim = { id, expiresAt: expiresAt.getTime(), by: randomUUID(), resolve, reject };
      if (this.#waiting.push(claim) === 1) setImmediate(() => void this.#settle());
    });
  }

  async #settle(): Promise<void> {
    const claims = this.#waiting;
    this.#waiting = [];
    // The first of an id speaks for it; the others come too late. Sorted, so that two statements never wait for each other.
    const firsts = [...new Map(claims.toReversed().map((claim) => [claim.id, claim])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    try {
      const values = [firsts.map(({ id }) => id), firsts.map(({ expiresAt }) => expiresAt), firsts.map(({ by }) => by)];
      const { rows } = await this.#connection.run({ prepared: CLAIM, values });
      const claimedBy = new Map(rows.map((row) => [row.id, row.claimed_by]));
      for (const { id, by, resolve } of claims) resolve(claimedBy.get(id) === by);
    } catch (error) {
      for (const { reject } of claims) reject(error);
    }
  }
}
