import { isEmptyObject } from '../adapters/values.ts';
import type { Ticket } from '../batching/batcher.ts';
import type { Eventual } from '../batching/eventual.ts';
import { OperationBudget } from './operation-budget.ts';
import type { Source } from './source.ts';
import type { RecordFields, SourceAnswer } from './source-answer.ts';
import type { SourceScope } from './source-scope.ts';
import { foundKeys } from './source-searches.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** What one request asked of a source with the same arguments and the same type of keys. */
interface Question {
  readonly source: Source;
  readonly scope: SourceScope;
  /** Whole records, by key. */
  readonly answers: Map<string, Eventual<SourceAnswer>>;
  /** Records with the fields that the operation needs. The same map, unless the source selects fields. */
  readonly parts: Map<string, Eventual<SourceAnswer>>;
}

/**
 * Reads sources for one request: no key is asked for twice in it, unless its whole record is needed after a part of it. Its
 * calls are given up when it ends.
 */
export class SourceReader {
  /** What the request's operation may use: its records are counted here. */
  readonly budget: OperationBudget;
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #headers: Readonly<Record<string, string | undefined>>;
  readonly #questions = new Map<string, Question>();
  readonly #tickets: Ticket<SourceAnswer>[] = [];
  #isOver = false;
  #ended: AbortController | undefined;
  #idle: Promise<void> | undefined;
  /** The reader whose answers this one uses. */
  readonly #shared: SourceReader | null;
  /** The shared answers that count for this reader's budget. */
  readonly #counted: Set<Eventual<SourceAnswer>> | null;

  /**
   * @param headers the request's, lower-case; each source sees only those it forwards.
   * @param shared see `sharedWith`.
   */
  constructor(
    sources: ReadonlyMap<string, Source>,
    headers: Readonly<Record<string, string | undefined>>,
    budget: OperationBudget = new OperationBudget(),
    shared: SourceReader | null = null,
  ) {
    this.budget = budget;
    this.#sources = sources;
    this.#headers = headers;
    this.#shared = shared;
    this.#counted = shared === null ? null : new Set();
  }

  /**
   * A reader for one of several operations that use the answers of this one. What it reads counts for its own budget, also
   * where another operation has asked for it. When it is abandoned, the others go on to wait; the calls are given up when this
   * one is abandoned.
   */
  sharedWith(budget: OperationBudget): SourceReader {
    return new SourceReader(this.#sources, this.#headers, budget, this);
  }

  /**
   * @param fields of the record that the operation needs of this source: null for all, or the same in each call.
   * @param keyType of the key, where it is not the adapter's own `key`.
   * @returns the answer, or a `SourceError` why there is none.
   * @throws GatewayError when the operation has gone beyond one of its limits.
   */
  ask(sourceName: string, key: string, args: Arguments, fields: RecordFields, keyType: string | null): Eventual<SourceAnswer> {
    if (this.#shared !== null) return this.#askShared(this.#shared, sourceName, key, args, fields, keyType);
    const question = this.#questionOf(sourceName, args, keyType, null);
    const known = knownTo(question, key, fields);
    if (known !== undefined) return known;
    const answer = this.#fetch(question, key, fields);
    this.#count(answer);
    this.budget.requireOpen();
    return answer;
  }

  #askShared(
    shared: SourceReader,
    sourceName: string,
    key: string,
    args: Arguments,
    fields: RecordFields,
    keyType: string | null,
  ): Eventual<SourceAnswer> {
    const question = shared.#questionOf(sourceName, args, keyType, fields);
    const answer = knownTo(question, key, fields) ?? shared.#fetch(question, key, fields);
    if (this.#counted?.has(answer)) return answer;
    this.#counted?.add(answer);
    this.#count(answer);
    this.budget.requireOpen();
    return answer;
  }

  #fetch({ source, scope, answers, parts }: Question, key: string, fields: RecordFields): Eventual<SourceAnswer> {
    const ticket = source.ask(key, scope, fields);
    (fields === null ? answers : parts).set(key, ticket.answer);
    this.#tickets.push(ticket);
    if (this.#isOver) ticket.leave();
    return ticket.answer;
  }

  /**
   * Finds keys of a source by a text, best first. For a source whose adapter has `search`.
   * @param first how many are wanted.
   * @throws SourceError when the source fails. GatewayError when the operation has gone beyond one of its limits.
   */
  async search(source: Source, text: string, first: number): Promise<readonly string[]> {
    const ticket = source.search(text, first, this.#headers);
    this.#tickets.push(ticket);
    if (this.#isOver) ticket.leave();
    const keys = foundKeys(await ticket.answer.promise());
    this.budget.countRows(keys.length);
    this.budget.requireOpen();
    return keys;
  }

  /**
   * Drops what this request and the source's cache hold of a key, so that the next `ask` calls the back end.
   * @throws Error when a shared cache can't be reached.
   */
  async forget(sourceName: string, key: string): Promise<void> {
    if (this.#shared !== null) return this.#shared.forget(sourceName, key);
    const source = this.#sources.get(sourceName);
    for (const question of this.#questions.values()) {
      if (question.source !== source) continue;
      question.answers.delete(key);
      question.parts.delete(key);
    }
    await source?.invalidate(key);
  }

  /** Aborted by `abandon`, also of the reader whose answers this one uses. */
  get signal(): AbortSignal {
    this.#ended ??= new AbortController();
    if (this.#isOver) this.#ended.abort();
    const { signal } = this.#ended;
    return this.#shared === null ? signal : AbortSignal.any([signal, this.#shared.signal]);
  }

  /** The client is gone: nobody needs the answers. Other requests that wait for the same ones get them. */
  abandon(): void {
    this.#isOver = true;
    this.#ended?.abort();
    for (const ticket of this.#tickets) ticket.leave();
  }

  /**
   * Resolves once nothing is pending and the answers triggered no further requests. Fields that depend on a record (an
   * order line's product) ask in microtasks or ticks after it came, so a turn of the event loop without a new request means
   * that there will be none, unless a part of the operation goes on in a later one.
   */
  whenIdle(): Promise<void> {
    this.#idle ??= this.#becomeIdle().finally(() => {
      this.#idle = undefined;
    });
    return this.#idle;
  }

  /** An answer counts once, however many fields are read of it. */
  #count(answer: Eventual<SourceAnswer>): void {
    answer.whenSettled(() => {
      const rows = rowsOf(answer);
      if (rows > 0) this.budget.countRows(rows);
    });
  }

  /** @param fields that a shared question is about: operations that share answers need different ones. */
  #questionOf(sourceName: string, args: Arguments, keyType: string | null, fields: RecordFields): Question {
    const by = keyType === null ? sourceName : `${sourceName}:${keyType}`;
    let asked = isEmptyObject(args) ? by : `${by} ${JSON.stringify(args)}`;
    if (fields !== null && this.#sources.get(sourceName)?.adapter.selectsFields) asked += ` ${JSON.stringify([...fields].sort())}`;
    let question = this.#questions.get(asked);
    if (question === undefined) {
      const source = this.#sources.get(sourceName) as Source;
      const answers: Question['answers'] = new Map();
      const parts: Question['parts'] = source.adapter.selectsFields ? new Map() : answers;
      question = { source, scope: source.scope(args, this.#headers, keyType), answers, parts };
      this.#questions.set(asked, question);
    }
    return question;
  }

  async #becomeIdle(): Promise<void> {
    // Of operations that answer one event, each waits for the tickets of all.
    const tickets = (this.#shared ?? this).#tickets;
    for (let asked = -1; asked !== tickets.length || this.budget.paused > 0; ) {
      asked = tickets.length;
      await Promise.allSettled(tickets.map(({ answer }) => answer.isSettled || answer.promise()));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function knownTo({ answers, parts }: Question, key: string, fields: RecordFields): Eventual<SourceAnswer> | undefined {
  return (fields === null ? answers : parts).get(key) ?? answers.get(key);
}

function rowsOf(answer: Eventual<SourceAnswer>): number {
  try {
    const { record } = answer.value();
    return Array.isArray(record) ? record.length : record === null ? 0 : 1;
  } catch {
    // A source that failed has answered nothing; its fields report it.
    return 0;
  }
}
