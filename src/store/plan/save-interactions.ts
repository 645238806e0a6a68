import { afterEvidence } from '../../identity/assembly.ts';
import { erasedDecides } from '../../identity/erased-decides.ts';
import { type IdentityRules, overfullType } from '../../identity/identity-rules.ts';
import { losersOf } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { InteractionReceipt, InteractionToSave, NamedCustomer } from '../../model/interaction.ts';
import { storeShown } from './correct-graph.ts';
import type { GraphDraft } from './graph-draft.ts';
import { erasedSince } from './identity-state.ts';
import { InteractionDraft } from './interaction-draft.ts';
import type { InteractionFacts } from './interaction-facts.ts';
import { attribute, type SeenTogether, seenTogether } from './interaction-owner.ts';
import { recordEvent } from './record-event.ts';
import { holderOf } from './repetitions.ts';
import { saveAttributes, writeAttributes } from './save-attributes.ts';
import { unconfirmedAmong } from './unconfirmed.ts';

/**
 * Decides over interactions one after the other, each over what the ones before it have changed
 * (`JourneyStore.saveInteractions`).
 * @returns a receipt for each, in their order.
 */
export function saveInteractions(
  rules: IdentityRules,
  graph: GraphDraft,
  facts: InteractionFacts,
  interactions: readonly InteractionToSave[],
): InteractionReceipt[] {
  const plan = new SaveInteractions(rules, new InteractionDraft(graph, facts));
  return plan.save(interactions);
}

class SaveInteractions {
  readonly #rules: IdentityRules;
  readonly #graph: GraphDraft;
  readonly #interactions: InteractionDraft;
  /** Names of the types whose limit counts within a window: only of these, evidence can break a limit for what is linked. */
  readonly #windowed: ReadonlySet<string>;
  /** By identifiers; good until the graph changes. Most interactions of one call are of the same few customers. */
  readonly #together = new Map<string, SeenTogether>();
  /** Milliseconds: no erasure and no rotation of a cookie is as new as this. */
  #quietSince = Number.POSITIVE_INFINITY;

  constructor(rules: IdentityRules, interactions: InteractionDraft) {
    this.#rules = rules;
    this.#graph = interactions.graph;
    this.#interactions = interactions;
    this.#windowed = new Set(rules.types.filter(({ window }) => window !== null).map(({ name }) => name));
  }

  save(interactions: readonly InteractionToSave[]): InteractionReceipt[] {
    const receipts = interactions.map((interaction) => this.#save(interaction));
    this.#interactions.finish();
    return receipts;
  }

  #save(given: InteractionToSave): InteractionReceipt {
    if (given.customer !== undefined) return this.#saveNamed(given, given.customer);
    const recordedAt = new Date(this.#graph.now());
    const unsaved = { customerId: null, identifier: null, recordedAt, changed: [], losers: [] };
    const erased: InteractionReceipt = { outcome: 'erased', ...unsaved };
    let together = this.#seenTogether(given.identifiers);
    const interaction = this.#withoutErased(given, together);
    if (interaction === null) return erased;
    const { id, identifiers, occurredAt } = interaction;
    if (interaction !== given) together = this.#seenTogether(identifiers);
    const { deciding } = together;
    let attribution = attribute(this.#graph, together, occurredAt);
    if (attribution.isErased) return erased;

    // An interaction that is sent again is no evidence: another person may be logged in now, and would get the cookie of the first.
    let holder = holderOf(this.#interactions, { interaction, ...together, ...attribution });
    if (holder === null && this.#interactions.isErased(id, deciding)) return erased;
    let { changed, losers }: Pick<InteractionReceipt, 'changed' | 'losers'> = erased;
    const isEvidence = holder === null && attribution.isPresentOwner;
    if (isEvidence && (!together.isOneCustomer || this.#breaksLimit(interaction, together))) {
      if (unconfirmedAmong(this.#graph, identifiers, given.onlyConfirmedBy).length > 0) return { outcome: 'unconfirmed', ...unsaved };
      ({ changed, losers } = this.#recordEvidence(interaction, deciding));
      together = this.#seenTogether(identifiers);
      attribution = attribute(this.#graph, together, occurredAt);
      // By the change, it may have become the interaction of a customer who has one of this id.
      holder = holderOf(this.#interactions, { interaction, ...together, ...attribution });
    } else if (isEvidence) {
      for (const identifier of identifiers) this.#graph.seeIdentifier(identifierKey(identifier), occurredAt.getTime());
    }
    const customerId = holder ?? (attribution.customerId as CustomerId);
    const isStored = holder === null && this.#store(interaction, customerId, together, recordedAt);
    if (changed.length > 0) changed = changed.filter((each) => each !== customerId);
    return { outcome: isStored ? 'stored' : 'duplicate', customerId, identifier: deciding, recordedAt, changed, losers };
  }

  /** An interaction whose customer is named by id is no evidence for any identifier. Nothing is stored under an erased id. */
  #saveNamed(interaction: InteractionToSave, { id, shown }: NamedCustomer): InteractionReceipt {
    const receipt = { identifier: null, recordedAt: new Date(this.#graph.now()), changed: [], losers: [] };
    if (shown !== undefined) storeShown(this.#graph, [shown], interaction.source);
    const customer = this.#graph.find(id);
    if (customer === undefined || customer.isErased) return { ...receipt, outcome: 'erased', customerId: null };
    const customerId = customer.id;
    const possible = { interaction, deciding: null, customerId, isNameless: false, owners: [] };
    const isThere = holderOf(this.#interactions, possible) !== null || this.#interactions.has(interaction.id, customerId);
    if (isThere) return { ...receipt, outcome: 'duplicate', customerId };
    const { attributes: values, touchpoint, occurredAt } = interaction;
    this.#interactions.insert(interaction, customerId, null, receipt.recordedAt.getTime());
    this.#graph.seeCustomer(customerId, occurredAt.getTime(), occurredAt.getTime());
    writeAttributes(this.#graph, customerId, { values, touchpoint }, occurredAt);
    return { ...receipt, outcome: 'stored', customerId };
  }

  /** Evidence that is not newer than an erasure brings nothing back, however late it is used. @returns null for what is refused as a whole. */
  #withoutErased(interaction: InteractionToSave, { anyLostAt }: SeenTogether): InteractionToSave | null {
    const { identifiers, occurredAt, provenAt } = interaction;
    const evidenceAt = provenAt !== null && provenAt < occurredAt ? provenAt : occurredAt;
    if ((anyLostAt === null || anyLostAt <= evidenceAt.getTime()) && this.#isQuietSince(evidenceAt.getTime())) return interaction;
    const erased = erasedSince(this.#graph, evidenceAt, identifiers);
    if (erased.size === 0) return interaction;
    if (erasedDecides(this.#rules, identifiers, erased)) return null;
    return { ...interaction, identifiers: identifiers.filter((identifier) => !erased.has(identifierKey(identifier))) };
  }

  /** @param at milliseconds. @returns false when somebody was erased, or a cookie was replaced, at this time or later. */
  #isQuietSince(at: number): boolean {
    if (at >= this.#quietSince) return true;
    if (this.#graph.facts.isAnyErasedSince(at) || this.#graph.retired.isAnyReplacedAfter(at)) return false;
    this.#quietSince = at;
    return true;
  }

  #seenTogether(identifiers: readonly Identifier[]): SeenTogether {
    const key = JSON.stringify(identifiers.map(identifierKey));
    const known = this.#together.get(key);
    if (known !== undefined) return known;
    const together = seenTogether(this.#rules, this.#graph, identifiers);
    this.#together.set(key, together);
    return together;
  }

  /** Whether late evidence for what one customer has would bring more into one window than the limit: then the rules decide. */
  #breaksLimit({ identifiers, occurredAt }: InteractionToSave, { owner }: SeenTogether): boolean {
    if (!identifiers.some(({ type }) => this.#windowed.has(type))) return false;
    const customer = this.#graph.find(owner as CustomerId);
    return customer !== undefined && overfullType(this.#rules, afterEvidence(customer, identifiers, occurredAt.getTime())) !== null;
  }

  /**
   * An interaction is evidence like any event; most say what is known. Where its identifiers contradict each other nothing
   * is linked, but the interaction must be somebody's: afterwards the deciding identifier has a customer, or the event itself
   * cut it. The event is remembered by the stored interaction only, by which a repetition is recognised.
   * @returns the customers whom it changed.
   */
  #recordEvidence(
    { identifiers, occurredAt, source }: InteractionToSave,
    deciding: Identifier,
  ): Pick<InteractionReceipt, 'changed' | 'losers'> {
    this.#together.clear();
    const decision = recordEvent(this.#rules, this.#graph, { identifiers, occurredAt, source, eventId: null });
    const isSomebodys =
      this.#graph.ownerOf(deciding) !== null || this.#graph.formerOwners.ownerAt(identifierKey(deciding), occurredAt.getTime()) !== null;
    if (!isSomebodys) recordEvent(this.#rules, this.#graph, { identifiers: [deciding], occurredAt, source, eventId: null });
    if (decision.kind === 'refused') return { changed: [], losers: [] };
    const { customerId, merged, aliases, moved } = decision;
    const changed = [...new Set([customerId, ...[...merged, ...aliases].map(({ id }) => id), ...moved.map(({ from }) => from)])];
    return { changed, losers: losersOf(decision) };
  }

  /** @returns false for one that is there. */
  #store(interaction: InteractionToSave, customerId: CustomerId, together: SeenTogether, recordedAt: Date): boolean {
    const { id, occurredAt, attributes: values, touchpoint, isVouchedFor = false } = interaction;
    const { deciding, owner, erasedAt } = together;
    const at = occurredAt.getTime();
    // Only rows of an erased customer are left out when repetitions are looked for.
    const mayBeThere = customerId !== owner || erasedAt !== null;
    if (mayBeThere && this.#interactions.has(id, customerId)) return false;
    this.#interactions.insert(interaction, customerId, deciding, recordedAt.getTime());
    this.#graph.seeCustomer(customerId, at, at);
    saveAttributes(this.#graph, deciding, customerId, { values, touchpoint, isVouchedFor }, occurredAt);
    return true;
  }
}
