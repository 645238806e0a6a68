import type { DatabaseSync } from 'node:sqlite';
import { attributeInteraction, decidingIdentifier } from '../../identity/attribute-interaction.ts';
import { erasedDecides } from '../../identity/erased-decides.ts';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { InteractionReceipt, InteractionToSave } from '../../model/interaction.ts';
import type { GraphDraft } from '../plan/graph-draft.ts';
import { erasedSince } from '../plan/identity-state.ts';
import { recordEvent } from '../plan/record-event.ts';
import { saveAttributes } from '../plan/save-attributes.ts';
import type { ErasedInteractions } from './erased-interactions.ts';
import type { Planner } from './planner.ts';
import type { Repetitions } from './repetitions.ts';
import type { TraitCounters } from './trait-counters.ts';

/** What the graph says of identifiers seen together. */
interface Sighting {
  readonly deciding: Identifier;
  /** Who owns each identifier now, in their order; null for one that nobody owns. */
  readonly owners: readonly (CustomerId | null)[];
  /** Who owns the deciding one now. */
  readonly owner: CustomerId | null;
  /** When the owner of today was erased, in milliseconds. */
  readonly erasedAt: number | null;
  /** When the last former owner of the deciding identifier lost it, in milliseconds: for later times, the owner of today counts. */
  readonly lostAt: number | null;
  /** Whether all of the identifiers are the same customer's. */
  readonly isOneCustomer: boolean;
}

/** Whose an interaction is. */
interface Attribution {
  /** A customer of today; null where nobody has the deciding identifier and nobody had it then. */
  readonly customerId: CustomerId | null;
  /** False where somebody else, or nobody, has the deciding identifier by now. */
  readonly isPresentOwner: boolean;
  readonly isNameless: boolean;
  /** Whether the customer was erased since. */
  readonly isErased: boolean;
}

/** When something was seen, first and last, in milliseconds. */
interface Seen {
  readonly first: number;
  readonly last: number;
}

/** What the writes of interactions are made of. */
export interface InteractionWriteParts {
  readonly planner: Planner;
  readonly repetitions: Repetitions;
  readonly erased: ErasedInteractions;
  readonly traits: TraitCounters;
}

/** Writes of interactions, each to be called inside a transaction. */
export class InteractionWrites {
  readonly #parts: InteractionWriteParts;
  readonly #rules: IdentityRules;
  readonly #now: () => number;
  readonly #insert;
  readonly #mention;
  /** Good until the graph changes. */
  #draft: GraphDraft;
  /** Good until the graph changes: most of what is told together is of the same few customers. */
  readonly #sightings = new Map<string, Sighting>();
  /** By customer and identifier key, within one call: what stands in `interaction_mention` already. */
  readonly #mentioned = new Set<string>();
  /** Evidence for what is known, not yet written: by identifier key, and by customer. */
  readonly #seenIdentifiers = new Map<string, Seen>();
  readonly #seenCustomers = new Map<CustomerId, Seen>();

  /** @param now milliseconds. */
  constructor(database: DatabaseSync, parts: InteractionWriteParts, rules: IdentityRules, now: () => number) {
    this.#parts = parts;
    this.#draft = parts.planner.newDraft();
    this.#rules = rules;
    this.#now = now;
    this.#insert = database.prepare('insert into interaction values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing');
    this.#mention = database.prepare(
      'insert or ignore into interaction_mention (identifier_value, identifier_type, customer_id) values (?, ?, ?)',
    );
  }

  saveInteractions(interactions: readonly InteractionToSave[]): InteractionReceipt[] {
    // What a call left behind that failed half way, and was rolled back, never was.
    for (const each of [this.#mentioned, this.#sightings, this.#seenIdentifiers, this.#seenCustomers]) each.clear();
    this.#draft = this.#parts.planner.newDraft();
    this.#parts.traits.refresh();
    this.#parts.erased.refresh(this.#now());
    const receipts = interactions.map((interaction) => this.#save(interaction));
    this.#writeSeen();
    return receipts;
  }

  #save(given: InteractionToSave): InteractionReceipt {
    const recordedAt = this.#now();
    const receipt = { identifier: null, recordedAt: new Date(recordedAt), changed: [] };
    const interaction = this.#withoutErased(given);
    if (interaction === null) return { ...receipt, outcome: 'erased', customerId: null };
    const { occurredAt } = interaction;
    let sighting = this.#sight(interaction.identifiers);
    const { deciding } = sighting;
    let attribution = this.#attribute(sighting, occurredAt);
    if (attribution.isErased) return { ...receipt, outcome: 'erased', customerId: null };

    // What was told before is no evidence, under whose login it comes now: it would take Tom's cookie to Summer.
    let holder = this.#parts.repetitions.holderOf({ interaction, ...sighting, ...attribution }, this.#draft.formerOwners);
    if (holder === null && this.#parts.erased.has(interaction.id, deciding)) return { ...receipt, outcome: 'erased', customerId: null };
    const changed = new Set<CustomerId>();
    if (holder === null && attribution.isPresentOwner && !sighting.isOneCustomer) {
      this.#tellTheGraph(interaction, deciding, changed);
      sighting = this.#sight(interaction.identifiers);
      attribution = this.#attribute(sighting, occurredAt);
      // By the change, it may have become the interaction of somebody who has one of this id.
      holder = this.#parts.repetitions.holderOf({ interaction, ...sighting, ...attribution }, this.#draft.formerOwners);
    } else if (holder === null && attribution.isPresentOwner) {
      for (const identifier of interaction.identifiers) note(this.#seenIdentifiers, identifierKey(identifier), occurredAt.getTime());
    }
    if (holder !== null) {
      changed.delete(holder);
      return { ...receipt, outcome: 'duplicate', customerId: holder, identifier: deciding, changed: [...changed] };
    }

    const customerId = attribution.customerId as CustomerId;
    const stored = this.#insertNew(interaction, customerId, deciding, recordedAt);
    if (stored) {
      note(this.#seenCustomers, customerId, occurredAt.getTime());
      this.#parts.traits.count(customerId, interaction);
      const { attributes: values, touchpoint, isVouchedFor = false } = interaction;
      if (Object.keys(values).length > 0) {
        this.#parts.planner.run((draft) => saveAttributes(draft, deciding, customerId, { values, touchpoint, isVouchedFor }, occurredAt));
      }
    }
    changed.delete(customerId);
    return { ...receipt, outcome: stored ? 'stored' : 'duplicate', customerId, identifier: deciding, changed: [...changed] };
  }

  /** What was proven before an erasure brings nothing back, however late it is used. @returns null for what is refused as a whole. */
  #withoutErased(interaction: InteractionToSave): InteractionToSave | null {
    const { identifiers, occurredAt, provenAt } = interaction;
    const evidenceAt = provenAt !== null && provenAt < occurredAt ? provenAt : occurredAt;
    const erased = erasedSince(this.#draft, evidenceAt, identifiers);
    if (erased.size === 0) return interaction;
    if (erasedDecides(this.#rules, identifiers, erased)) return null;
    return { ...interaction, identifiers: identifiers.filter((identifier) => !erased.has(identifierKey(identifier))) };
  }

  #sight(identifiers: readonly Identifier[]): Sighting {
    const key = JSON.stringify(identifiers.map(identifierKey));
    const known = this.#sightings.get(key);
    if (known !== undefined) return known;
    const deciding = decidingIdentifier(this.#rules, identifiers);
    const draft = this.#draft;
    // A cookie that was replaced is still its owner's in what is written with it.
    const owners = identifiers.map((identifier) => draft.ownerOf(identifier) ?? draft.retired.ownerOf(identifier) ?? null);
    const owner = owners[identifiers.indexOf(deciding)] ?? null;
    const sighting: Sighting = {
      ...{ deciding, owners, owner },
      erasedAt: owner === null ? null : (draft.customer(owner)?.erasedAt ?? null),
      lostAt: draft.formerOwners.lastUntil(identifierKey(deciding)),
      isOneCustomer: owner !== null && owners.every((each) => each === owner),
    };
    // While they are several customers', the next interaction changes what they mean.
    if (sighting.isOneCustomer) this.#sightings.set(key, sighting);
    return sighting;
  }

  /** (identity/attribute-interaction.ts says why.) */
  #attribute({ deciding, owner, erasedAt, lostAt }: Sighting, occurredAt: Date): Attribution {
    const at = occurredAt.getTime();
    const then = lostAt === null || lostAt <= at ? null : this.#draft.formerOwners.ownerAt(identifierKey(deciding), at);
    const formerly = then === null ? [] : [{ until: new Date(lostAt as number), customerId: then.root }];
    const customerId = attributeInteraction({ now: owner, formerly }, occurredAt);
    return {
      customerId,
      isPresentOwner: customerId === owner,
      isNameless: then?.isNameless ?? false,
      // Nothing is written under an id that was erased. Of a former owner it is the id of that time that says so.
      isErased: then === null ? erasedAt !== null && erasedAt >= at : then.erasedAt !== null,
    };
  }

  /** @returns false for one that is there. */
  #insertNew(
    { id, type, occurredAt, touchpoint, pageUrl, properties, source }: InteractionToSave,
    customerId: CustomerId,
    deciding: Identifier,
    recordedAt: number,
  ): boolean {
    const about = [type, touchpoint, pageUrl, JSON.stringify(properties), recordedAt, deciding.type, deciding.value, source];
    const isNew = this.#insert.run(customerId, occurredAt.getTime(), id, ...about).changes === 1;
    if (isNew) this.#noteMention(customerId, deciding);
    return isNew;
  }

  #noteMention(customerId: CustomerId, deciding: Identifier): void {
    const key = `${customerId} ${identifierKey(deciding)}`;
    if (this.#mentioned.has(key)) return;
    this.#mentioned.add(key);
    this.#mention.run(deciding.value, deciding.type, customerId);
  }

  /**
   * An interaction is evidence like any event; most say what is known. Where they contradict each other nothing is
   * linked, but it must be somebody's: afterwards the deciding identifier has a customer, or the event itself cut it.
   * The stored interaction is all that is remembered of it: by that a repetition is recognised.
   * @param changed learns who else was changed by it.
   */
  #tellTheGraph({ identifiers, occurredAt, source }: InteractionToSave, deciding: Identifier, changed: Set<CustomerId>): void {
    this.#sightings.clear();
    // What the rules decide depends on when identifiers were seen last.
    this.#writeSeen();
    const commit = (seen: readonly Identifier[]) =>
      this.#parts.planner.run((draft) => recordEvent(this.#rules, draft, { identifiers: seen, occurredAt, source, eventId: null }));
    const decision = commit(identifiers);
    if (decision.kind === 'changes') {
      const { customerId, merged, aliases, moved } = decision;
      for (const other of [customerId, ...[...merged, ...aliases].map((each) => each.id), ...moved.map(({ from }) => from)])
        changed.add(other);
    }
    this.#draft = this.#parts.planner.newDraft();
    if (this.#draft.ownerOf(deciding) !== null) return;
    if (this.#draft.formerOwners.ownerAt(identifierKey(deciding), occurredAt.getTime()) !== null) return;
    commit([deciding]);
    this.#draft = this.#parts.planner.newDraft();
  }

  #writeSeen(): void {
    this.#parts.planner.run((draft) => {
      for (const [key, { last }] of this.#seenIdentifiers) draft.seeIdentifier(key, last);
      for (const [id, { first, last }] of this.#seenCustomers) draft.seeCustomer(id, first, last);
    });
    this.#seenIdentifiers.clear();
    this.#seenCustomers.clear();
  }
}

/** @param at milliseconds. */
function note<Key>(seen: Map<Key, Seen>, key: Key, at: number): void {
  const known = seen.get(key);
  seen.set(key, { first: Math.min(at, known?.first ?? at), last: Math.max(at, known?.last ?? at) });
}
