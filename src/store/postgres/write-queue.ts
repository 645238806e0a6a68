import type { IdentityRules } from '../../identity/identity-rules.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { IdentityDecision, IdentityEvent } from '../../model/identity.ts';
import type { InteractionReceipt, InteractionToSave } from '../../model/interaction.ts';
import type { GraphDraft } from '../plan/graph-draft.ts';
import { recordEvent } from '../plan/record-event.ts';
import { saveInteractions } from '../plan/save-interactions.ts';
import { StoreUnavailable } from './retry.ts';
import type { PlanFacts, Transactions } from './transactions.ts';

/** Transactions of urgent writes that run at the same time. */
const LANES = 2;

/** Events and interactions that share one transaction: more would make those that wait for its locks wait long. */
const MOST_SHARED = 500;

/** One call of `commit` or `saveInteractions`. */
type Write =
  | { readonly kind: 'event'; readonly event: IdentityEvent; resolve(decision: IdentityDecision): void; reject(error: unknown): void }
  | {
      readonly kind: 'interactions';
      readonly interactions: readonly InteractionToSave[];
      resolve(receipts: InteractionReceipt[]): void;
      reject(error: unknown): void;
    };

/**
 * Group commit: what arrives while a transaction runs shares the next one. All that shares one is ONE plan over one draft: each
 * is decided over what those before it changed, and what several need is locked and loaded once.
 */
export class WriteQueue {
  readonly #rules: IdentityRules;
  readonly #transactions: Transactions;
  readonly #lanes = Array.from({ length: LANES }, () => new Lane((writes) => this.#settle(writes)));
  readonly #patient: Lane;

  constructor(rules: IdentityRules, transactions: Transactions) {
    this.#rules = rules;
    this.#transactions = transactions;
    this.#patient = new Lane(
      (writes) => this.#settle(writes),
      () => this.#lanes.every((lane) => lane.isEmpty),
    );
    for (const lane of this.#lanes) lane.onEmpty = () => this.#patient.start();
  }

  commit(event: IdentityEvent): Promise<IdentityDecision> {
    return new Promise((resolve, reject) => this.#laneOf(event.identifiers).push({ kind: 'event', event, resolve, reject }));
  }

  /** @param isPatient others go first; calls that are patient keep their order. */
  saveInteractions(interactions: readonly InteractionToSave[], isPatient: boolean): Promise<InteractionReceipt[]> {
    const lane = isPatient ? this.#patient : this.#laneOf(interactions[0]?.identifiers ?? []);
    return new Promise((resolve, reject) => lane.push({ kind: 'interactions', interactions, resolve, reject }));
  }

  /** What is about one customer usually goes one way, so that two transactions seldom wait for each other. */
  #laneOf(identifiers: readonly Identifier[]): Lane {
    const [first] = identifiers;
    return this.#lanes[first === undefined ? 0 : hashOf(identifierKey(first)) % LANES] as Lane;
  }

  async #settle(writes: readonly Write[]): Promise<void> {
    try {
      const results = await this.#transactions.run((draft, facts) => this.#decide(writes, draft, facts), identifiersOf(writes));
      for (const [index, write] of writes.entries()) write.resolve(results[index] as never);
    } catch (error) {
      // One of them may be at fault: then it fails alone.
      if (writes.length > 1 && !(error instanceof StoreUnavailable)) for (const write of writes) await this.#settle([write]);
      else for (const write of writes) write.reject(error);
    }
  }

  /** @returns the result of each write, in their order. */
  #decide(writes: readonly Write[], draft: GraphDraft, facts: PlanFacts): readonly unknown[] {
    const results = new Map<Write, unknown>();
    for (const write of writes) if (write.kind === 'event') results.set(write, recordEvent(this.#rules, draft, write.event));
    const saving = writes.filter((write) => write.kind === 'interactions');
    if (saving.length > 0) {
      const receipts = saveInteractions(
        this.#rules,
        draft,
        facts.interactions,
        saving.flatMap(({ interactions }) => interactions),
      );
      let from = 0;
      for (const write of saving) {
        results.set(write, receipts.slice(from, from + write.interactions.length));
        from += write.interactions.length;
      }
    }
    return writes.map((write) => results.get(write));
  }
}

/** Writes that go one way: one transaction at a time. */
class Lane {
  /** Called when nothing waits here any more. */
  onEmpty: () => void = () => {};
  readonly #settle: (writes: readonly Write[]) => Promise<void>;
  readonly #isFree: () => boolean;
  #waiting: Write[] = [];
  #isRunning = false;

  /** @param settle never throws. @param isFree false while nothing here may begin; when it becomes true, `start` is to be called. */
  constructor(settle: (writes: readonly Write[]) => Promise<void>, isFree: () => boolean = () => true) {
    this.#settle = settle;
    this.#isFree = isFree;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  push(write: Write): void {
    this.#waiting.push(write);
    this.start();
  }

  start(): void {
    if (this.#isRunning || this.isEmpty) return;
    this.#isRunning = true;
    // What the same turn of the event loop still asks for comes along.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (!this.isEmpty && this.#isFree()) {
      const shared = this.#take();
      if (this.isEmpty) this.onEmpty();
      await this.#settle(shared);
    }
    this.#isRunning = false;
  }

  /** Removes the oldest that can share one transaction. */
  #take(): Write[] {
    const events = new Set<string>();
    let size = 0;
    const end = this.#waiting.findIndex((write, index) => {
      size += write.kind === 'event' ? 1 : write.interactions.length;
      return (index > 0 && size > MOST_SHARED) || isRepeated(write, events);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }
}

function identifiersOf(writes: readonly Write[]): readonly Identifier[] {
  return writes.flatMap((write) =>
    write.kind === 'event' ? write.event.identifiers : write.interactions.flatMap(({ identifiers }) => identifiers),
  );
}

/** Repetitions are recognised by what is stored, so two events of one id never share a transaction. */
function isRepeated(write: Write, ids: Set<string>): boolean {
  if (write.kind !== 'event' || write.event.eventId === null) return false;
  if (ids.has(write.event.eventId)) return true;
  ids.add(write.event.eventId);
  return false;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
