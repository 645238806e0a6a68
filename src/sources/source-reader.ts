import type { Ticket } from '../batching/batcher.ts';
import type { Eventual } from '../batching/eventual.ts';
import type { RecordFields } from './record-fields.ts';
import type { Source, SourceScope } from './source.ts';
import type { SourceAnswer } from './source-calls.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** Reads sources for one request: no key is asked for twice in it, and what it waits for is given up when it ends. */
export class SourceReader {
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #headers: Readonly<Record<string, string | undefined>>;
  readonly #scopes = new Map<string, SourceScope>();
  readonly #tickets = new Map<string, Ticket<SourceAnswer>>();
  #isOver = false;
  #idle: Promise<void> | undefined;

  /** @param headers the request's, lower-case; each source sees only those it forwards. */
  constructor(sources: ReadonlyMap<string, Source>, headers: Readonly<Record<string, string | undefined>>) {
    this.#sources = sources;
    this.#headers = headers;
  }

  /**
   * @param fields of the record that the operation needs of this source, the same for the whole of it; null for all.
   * @param keyType of the key, where it is not the adapter's own `key`.
   * @returns the answer, or a `SourceError` why there is none.
   */
  ask(sourceName: string, key: string, args: Arguments, fields: RecordFields, keyType: string | null): Eventual<SourceAnswer> {
    const by = keyType === null ? sourceName : `${sourceName}:${keyType}`;
    const asked = isEmpty(args) ? by : `${by} ${JSON.stringify(args)}`;
    const place = `${asked}\n${key}`;
    let ticket = this.#tickets.get(place);
    if (ticket === undefined) {
      const source = this.#sources.get(sourceName) as Source;
      let scope = this.#scopes.get(asked);
      if (scope === undefined) {
        scope = source.scope(args, this.#headers, keyType);
        this.#scopes.set(asked, scope);
      }
      ticket = source.ask(key, scope, fields);
      this.#tickets.set(place, ticket);
      if (this.#isOver) ticket.leave();
    }
    return ticket.answer;
  }

  /** The client is gone: nobody needs the answers. Other requests that wait for the same ones get them. */
  abandon(): void {
    this.#isOver = true;
    for (const ticket of this.#tickets.values()) ticket.leave();
  }

  /**
   * Resolves when no answer is waited for and none follows from those that came. Fields that hang on a record (an order
   * line's product) ask in microtasks or ticks after it came, so a turn of the event loop in which nobody asks means that
   * nobody will.
   */
  whenIdle(): Promise<void> {
    this.#idle ??= this.#becomeIdle().finally(() => {
      this.#idle = undefined;
    });
    return this.#idle;
  }

  async #becomeIdle(): Promise<void> {
    for (let asked = -1; asked !== this.#tickets.size; ) {
      asked = this.#tickets.size;
      await Promise.allSettled([...this.#tickets.values()].map(({ answer }) => answer.isSettled || answer.promise()));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function isEmpty(args: Arguments): boolean {
  for (const _ in args) return false;
  return true;
}
