import { randomUUID } from 'node:crypto';
import { type Connection, prepared, type Statement } from './statement.ts';

const SETTLE = prepared(
  `insert into settled (writer, token, settled_at) values ($1, $2, $3)
   on conflict (writer) do update set token = excluded.token, settled_at = excluded.settled_at`,
);
const IS_SETTLED = prepared('select 1 from settled where writer = $1 and token = $2');

/**
 * Names under which transactions say that they were committed: each writes a token into the row of its name, in the same commit. So
 * after a connection was lost, one look shows whether the commit whose answer was lost was made. A name is used again by the next
 * transaction, so there are as many rows as transactions that ran at the same time.
 */
export class Settlements {
  readonly #free: string[] = [];

  /** For one transaction and its repetitions; to be given back when it is over. */
  take<Result>(): Settlement<Result> {
    return new Settlement(this.#free.pop() ?? randomUUID());
  }

  giveBack({ writer }: Settlement<unknown>): void {
    this.#free.push(writer);
  }
}

/** What became of one transaction and its repetitions. */
export class Settlement<Result> {
  readonly writer: string;
  #last: { readonly token: string; readonly result: Result } | null = null;
  #isInDoubt = false;

  constructor(writer: string) {
    this.writer = writer;
  }

  /** To be written with the commit. @param result what the transaction answers when it is committed. */
  mark(result: Result): Statement {
    const token = randomUUID();
    this.#last = { token, result };
    return { prepared: SETTLE, values: [this.writer, token, Date.now()] };
  }

  /** The connection was lost: nobody knows yet whether the last attempt was committed. */
  doubt(): void {
    this.#isInDoubt = this.#last !== null;
  }

  /**
   * To be asked when the repetition has all its locks: then the attempt before it is over, on the server, too.
   * @returns what an attempt before this one has committed; null for nothing.
   */
  async earlier(connection: Connection): Promise<{ readonly result: Result } | null> {
    if (this.#last === null || !this.#isInDoubt) return null;
    const { rows } = await connection.run({ prepared: IS_SETTLED, values: [this.writer, this.#last.token] });
    this.#isInDoubt = false;
    return rows.length > 0 ? this.#last : null;
  }
}
