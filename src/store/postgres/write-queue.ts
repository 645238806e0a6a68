import type { IdentityRules } from '../../identity/identity-rules.ts';
import { identifierKey } from '../../model/identifier.ts';
import type { IdentityDecision, IdentityEvent } from '../../model/identity.ts';
import type { InteractionReceipt, InteractionToSave } from '../../model/interaction.ts';
import type { GraphDraft } from '../plan/graph-draft.ts';
import { recordEvent } from '../plan/record-event.ts';
import { saveInteractions } from '../plan/save-interactions.ts';
import { Lane, Lanes, type Waiting } from './lane.ts';
import { StoreUnavailable } from './retry.ts';
import type { Expect, PlanFacts, Transactions } from './transactions.ts';

/** Shared transactions that run at the same time, beside the one of patient writes. */
const LANES = 2;

/** What one call asks to be written. */
type Input =
  | { readonly kind: 'event'; readonly event: IdentityEvent }
  | { readonly kind: 'interactions'; readonly interactions: readonly InteractionToSave[] };

/** One call of `commit` or `saveInteractions`. */
class Write implements Waiting {
  readonly input: Input;
  readonly keys: readonly string[];
  readonly size: number;
  readonly settled: Promise<void>;
  readonly result: Promise<unknown>;
  resolve: (result: unknown) => void = () => {};
  reject: (error: unknown) => void = () => {};

  constructor(input: Input) {
    this.input = input;
    this.keys = keysOf(input);
    this.size = input.kind === 'event' ? 1 : input.interactions.length;
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    const settle = () => {};
    this.settled = this.result.then(settle, settle);
  }

  /**
   * Repetitions are recognised by what is stored, so two events of one id never share a transaction. Within one, events go first: one
   * that must come after interactions is for the next.
   */
  isApartFrom(others: readonly this[]): boolean {
    const { input } = this;
    if (input.kind !== 'event') return false;
    const keys = new Set(this.keys);
    return others.some((other) => {
      if (other.input.kind === 'interactions') return other.keys.some((key) => keys.has(key));
      return other.input.event.eventId !== null && other.input.event.eventId === input.event.eventId;
    });
  }
}

/**
 * Group commit: what arrives while a transaction runs shares the next one. All that shares one is ONE plan over one draft: each
 * is decided over what those before it changed, and what several need is locked and loaded once. Calls about the same identifier
 * are decided in their order.
 */
export class WriteQueue {
  readonly #rules: IdentityRules;
  readonly #transactions: Transactions;
  readonly #urgent: Lanes<Write>;
  readonly #patient: Lane<Write>;

  constructor(rules: IdentityRules, transactions: Transactions) {
    this.#rules = rules;
    this.#transactions = transactions;
    const settle = (writes: readonly Write[]) => this.#settle(writes);
    const lanes = Array.from({ length: LANES }, () => new Lane(settle)) as [Lane<Write>, ...Lane<Write>[]];
    this.#urgent = new Lanes(lanes);
    this.#patient = new Lane(settle, () => this.#urgent.isEmpty);
    for (const lane of lanes) lane.onEmpty = () => this.#patient.start();
  }

  commit(event: IdentityEvent): Promise<IdentityDecision> {
    return this.#push({ kind: 'event', event }, false) as Promise<IdentityDecision>;
  }

  /** @param isPatient others go first; calls that are patient keep their order. */
  saveInteractions(interactions: readonly InteractionToSave[], isPatient: boolean): Promise<InteractionReceipt[]> {
    return this.#push({ kind: 'interactions', interactions }, isPatient) as Promise<InteractionReceipt[]>;
  }

  #push(input: Input, isPatient: boolean): Promise<unknown> {
    const write = new Write(input);
    if (isPatient) this.#patient.push(write);
    else this.#urgent.push(write);
    return write.result;
  }

  async #settle(writes: readonly Write[]): Promise<void> {
    try {
      const results = await this.#transactions.run((draft, facts) => this.#decide(writes, draft, facts), expectedBy(writes));
      for (const [index, write] of writes.entries()) write.resolve(results[index]);
    } catch (error) {
      // One of them may be at fault: then it fails alone.
      if (writes.length > 1 && !(error instanceof StoreUnavailable)) for (const write of writes) await this.#settle([write]);
      else for (const write of writes) write.reject(error);
    }
  }

  /** @returns the result of each write, in their order. */
  #decide(writes: readonly Write[], draft: GraphDraft, facts: PlanFacts): readonly unknown[] {
    const results = new Map<Write, unknown>();
    const saving: { readonly write: Write; readonly interactions: readonly InteractionToSave[] }[] = [];
    for (const write of writes) {
      if (write.input.kind === 'event') results.set(write, recordEvent(this.#rules, draft, write.input.event));
      else saving.push({ write, interactions: write.input.interactions });
    }
    // One call for all: it knows which it has stored itself.
    const all = saving.flatMap(({ interactions }) => interactions);
    const receipts = all.length === 0 ? [] : saveInteractions(this.#rules, draft, facts.interactions, all);
    let from = 0;
    for (const { write, interactions } of saving) {
      results.set(write, receipts.slice(from, from + interactions.length));
      from += interactions.length;
    }
    return writes.map((write) => results.get(write));
  }
}

function expectedBy(writes: readonly Write[]): Expect {
  return ({ identity, interactions }) => {
    for (const { input } of writes) {
      if (input.kind === 'event') identity.expect(input.event.identifiers);
      else interactions.expect(input.interactions);
    }
  };
}

function keysOf(input: Input): readonly string[] {
  if (input.kind === 'event') return input.event.identifiers.map(identifierKey);
  const keys = input.interactions.flatMap(({ identifiers, customer }) =>
    customer === undefined ? identifiers.map(identifierKey) : [`customer ${customer.id}`],
  );
  return [...new Set(keys)];
}
