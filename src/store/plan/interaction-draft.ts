import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { InteractionToSave } from '../../model/interaction.ts';
import { erasedInteractionHash } from '../keyed-hashes.ts';
import { TraitCounts } from './count-traits.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { Alike, InteractionFacts, KnownInteraction } from './interaction-facts.ts';
import type { StoreWrite } from './writes.ts';

/** How long an erased interaction is recognised, in milliseconds: 400 days, as long as an identity event. */
export const REMEMBERED_MS = 400 * 24 * 60 * 60 * 1_000;
/** How many hashes of erased interactions are forgotten at most with one plan, so that many old ones go in small parts. */
const FORGOTTEN_AT_ONCE = 100;

/** The interactions that one plan may read: the store's facts with those that the plan has added. The graph is a draft as well. */
export class InteractionDraft {
  readonly graph: GraphDraft;
  readonly #facts: InteractionFacts;
  /** By interaction id, as the plan added them. */
  readonly #added = new Map<string, (Omit<KnownInteraction, 'root' | 'attributedBy'> & { readonly attributedBy: string | null })[]>();
  /** By customer and identifier key. */
  readonly #mentioned = new Set<string>();
  #counts: TraitCounts | null = null;
  #counters: ReturnType<InteractionFacts['counters']> | null = null;
  readonly #erased;

  constructor(graph: GraphDraft, facts: InteractionFacts) {
    this.graph = graph;
    this.#facts = facts;
    this.#erased = facts.erasedInteractions();
    if (!this.#erased.isAnyRemembered) return;
    this.#write({ kind: 'forget-erased-interactions', before: graph.now() - REMEMBERED_MS, limit: FORGOTTEN_AT_ONCE });
  }

  /** Rows of an interaction id under ids of customers who were not erased, as `InteractionFacts.interactionsOf`, and those added. */
  interactionsOf(id: string, limit: number): KnownInteraction[] | null {
    const known = this.#facts.interactionsOf(id, limit);
    return known === null ? null : this.#withAdded(id, known);
  }

  /** As `InteractionFacts.interactionsAlike`, for customers of today. */
  interactionsAlike(alike: Alike): KnownInteraction[] {
    const before = (roots: readonly CustomerId[]) => roots.flatMap((root) => this.graph.basesOf(root));
    const customers = alike.customers === null ? null : before(alike.customers);
    return this.#withAdded(alike.id, this.#facts.interactionsAlike({ ...alike, own: before(alike.own), customers }));
  }

  /** Whether an interaction of this id lies under exactly this customer id, also under an erased one. */
  has(id: string, customerId: CustomerId): boolean {
    const isAdded = this.#added.get(id)?.some((each) => each.customerId === customerId) ?? false;
    return isAdded || this.#facts.hasInteraction(id, customerId);
  }

  /** True for an interaction that an erasure deleted, or is about to delete. It is recognised whatever time it comes with. */
  isErased(id: string, attributedBy: Identifier): boolean {
    const { isAnyRemembered, isAnyBeingDeleted } = this.#erased;
    if (!isAnyRemembered && !isAnyBeingDeleted) return false;
    const { facts, now } = this.graph;
    const hash = erasedInteractionHash(facts.secret, id, attributedBy);
    return this.#facts.isInteractionErased({ id, attributedBy, hash, since: now() - REMEMBERED_MS });
  }

  /**
   * Stores an interaction that is not there, and counts it for traits.
   * @param attributedBy null where its customer was named by id. @param recordedAt milliseconds.
   */
  insert(interaction: InteractionToSave, customerId: CustomerId, attributedBy: Identifier | null, recordedAt: number): void {
    const { id, type, source } = interaction;
    const key = attributedBy === null ? null : identifierKey(attributedBy);
    const row = { customerId, occurredAt: interaction.occurredAt.getTime(), type, attributedBy: key };
    const added = this.#added.get(id);
    if (added === undefined) this.#added.set(id, [row]);
    else added.push(row);
    this.#write({ kind: 'insert-interaction', customerId, interaction, attributedBy, source, recordedAt });
    if (attributedBy !== null && key !== null) this.#mention(customerId, attributedBy, key);
    this.#counters ??= this.#facts.counters();
    const counters = this.#counters.get(type);
    if (counters === undefined) return;
    this.#counts ??= new TraitCounts((key) => this.#facts.storedTotals(key));
    this.#counts.count(counters, customerId, interaction);
  }

  /** To be called once, at the end of the plan. */
  finish(): void {
    for (const write of this.#counts?.writes() ?? []) this.#write(write);
  }

  #mention(customerId: CustomerId, identifier: Identifier, key: string): void {
    const name = `${customerId} ${key}`;
    if (this.#mentioned.has(name)) return;
    this.#mentioned.add(name);
    this.#write({ kind: 'insert-interaction-mention', identifier, customerId });
  }

  #withAdded(id: string, known: readonly KnownInteraction[]): KnownInteraction[] {
    const now = known.map((each) => ({ ...each, root: this.graph.rootOf(each.customerId, each.root) }));
    for (const each of this.#added.get(id) ?? []) {
      const customer = this.graph.customer(each.customerId);
      if (customer?.erasedAt == null) now.push({ ...each, root: customer?.root ?? each.customerId });
    }
    return now;
  }

  #write(write: StoreWrite): void {
    this.graph.write(write);
  }
}
