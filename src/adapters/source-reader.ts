import type { Ticket } from '../batching/batcher.ts';
import type { RecordFields } from './record-fields.ts';
import type { Source, SourceAnswer, SourceScope } from './source.ts';

type Arguments = Readonly<Record<string, unknown>>;

interface Asked {
  readonly scope: SourceScope;
  readonly tickets: Map<string, Ticket<SourceAnswer>>;
}

/** Reads sources for one request: no key is asked for twice in it, and what it waits for is given up when it ends. */
export class SourceReader {
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #headers: Readonly<Record<string, string | undefined>>;
  readonly #asked = new Map<string, Asked>();
  #isOver = false;

  /** @param headers the request's, lower-case; each source sees only those it forwards. */
  constructor(sources: ReadonlyMap<string, Source>, headers: Readonly<Record<string, string | undefined>>) {
    this.#sources = sources;
    this.#headers = headers;
  }

  /**
   * @param fields of the record that the operation needs of this source, the same for the whole of it; null for all.
   * Rejects with a `SourceError`.
   */
  load(sourceName: string, key: string, args: Arguments, fields: RecordFields): Promise<SourceAnswer> {
    const { scope, tickets } = this.#askedWith(sourceName, args);
    let ticket = tickets.get(key);
    if (ticket === undefined) {
      ticket = (this.#sources.get(sourceName) as Source).ask(key, scope, fields);
      tickets.set(key, ticket);
      if (this.#isOver) ticket.leave();
    }
    return ticket.answer;
  }

  /** The client is gone: nobody needs the answers. Other requests that wait for the same ones get them. */
  abandon(): void {
    this.#isOver = true;
    for (const { tickets } of this.#asked.values()) for (const ticket of tickets.values()) ticket.leave();
  }

  #askedWith(sourceName: string, args: Arguments): Asked {
    const id = `${sourceName} ${JSON.stringify(args)}`;
    let asked = this.#asked.get(id);
    if (asked === undefined) {
      asked = { scope: (this.#sources.get(sourceName) as Source).scope(args, this.#headers), tickets: new Map() };
      this.#asked.set(id, asked);
    }
    return asked;
  }
}
