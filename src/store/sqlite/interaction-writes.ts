import type { DatabaseSync } from 'node:sqlite';
import { attributeInteraction, decidingIdentifier, type Ownership } from '../../identity/attribute-interaction.ts';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { InteractionReceipt, InteractionToSave } from '../../model/interaction.ts';
import type { AttributeWrites } from './attribute-writes.ts';
import type { IdentityReads } from './identity-reads.ts';
import type { IdentityWrites } from './identity-writes.ts';
import type { TraitCounters } from './trait-counters.ts';

/** What the graph says of identifiers seen together, once it was told. */
interface Sighting {
  readonly deciding: Identifier;
  readonly ownership: Ownership;
  /** By customer of today, every id they ever had: of everybody whose one of the identifiers is or was. */
  readonly everybody: ReadonlyMap<CustomerId, readonly CustomerId[]>;
  /** Whether all of the identifiers are the same customer's. */
  readonly isOneCustomer: boolean;
}

/** An interaction that is stored already. */
interface Repetition {
  readonly deciding: Identifier;
  /** Who has it. */
  readonly holder: CustomerId;
}

/** When something was seen, first and last, in milliseconds. */
interface Seen {
  readonly first: number;
  readonly last: number;
}

/** Writes of interactions, each to be called inside a transaction. */
export class InteractionWrites {
  readonly #reads: IdentityReads;
  readonly #graph: IdentityWrites;
  readonly #attributes: AttributeWrites;
  readonly #traits: TraitCounters;
  readonly #rules: IdentityRules;
  readonly #now: () => number;
  readonly #formerly;
  readonly #ids;
  readonly #isThere;
  readonly #erasedAt;
  readonly #insert;
  /** Good until the graph changes: most of what is told together is of the same few customers. */
  readonly #sightings = new Map<string, Sighting>();
  /** Evidence for what is known, not yet written: by identifier key, and by customer. */
  readonly #seenIdentifiers = new Map<string, Seen>();
  readonly #seenCustomers = new Map<CustomerId, Seen>();

  constructor(
    database: DatabaseSync,
    reads: IdentityReads,
    graph: IdentityWrites,
    attributes: AttributeWrites,
    traits: TraitCounters,
    rules: IdentityRules,
    now: () => number,
  ) {
    this.#reads = reads;
    this.#graph = graph;
    this.#attributes = attributes;
    this.#traits = traits;
    this.#rules = rules;
    this.#now = now;
    this.#formerly = database.prepare(
      'select f.until, c.root_id from former_owner f join customer c on c.id = f.customer_id where f.id_key = ? order by f.until',
    );
    this.#ids = database.prepare('select id from customer where root_id = ?');
    this.#isThere = database.prepare('select occurred_at, type from interaction where customer_id = ? and id = ?');
    this.#erasedAt = database.prepare('select erased_at from customer where id = ?');
    this.#insert = database.prepare('insert into interaction values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing');
  }

  saveInteractions(interactions: readonly InteractionToSave[]): InteractionReceipt[] {
    this.#sightings.clear();
    this.#traits.refresh();
    const receipts = interactions.map((interaction) => this.#save(interaction));
    this.#writeSeen();
    return receipts;
  }

  #save(interaction: InteractionToSave): InteractionReceipt {
    const { occurredAt, provenAt } = interaction;
    const recordedAt = this.#now();
    const refused = { outcome: 'erased', customerId: null, identifier: null, recordedAt: new Date(recordedAt), changed: [] } as const;
    // What was proven before an erasure brings nothing back, however late it is used.
    const evidenceAt = provenAt !== null && provenAt < occurredAt ? provenAt : occurredAt;
    const erased = this.#reads.erasedSince(evidenceAt, interaction.identifiers);
    const identifiers = interaction.identifiers.filter((identifier) => !erased.has(identifierKey(identifier)));
    if (identifiers.length === 0) return refused;
    const changed = new Set<CustomerId>();
    const sighting = this.#sight({ ...interaction, identifiers }, changed);
    if ('holder' in sighting) {
      const { deciding, holder } = sighting;
      return { outcome: 'duplicate', customerId: holder, identifier: deciding, recordedAt: new Date(recordedAt), changed: [] };
    }
    const { deciding, ownership, everybody } = sighting;
    const customerId = attributeInteraction(ownership, occurredAt);
    const erasedAt = (this.#erasedAt.get(customerId) as { erased_at: number | null } | undefined)?.erased_at;
    if (typeof erasedAt === 'number' && erasedAt >= occurredAt.getTime()) return refused;

    // Under the id that it would be written with, the insertion tells.
    const isNew = this.#holderOf(interaction, customerId, everybody, customerId) === null;
    const stored = isNew && this.#insertNew(interaction, customerId, deciding, recordedAt);
    if (stored) {
      note(this.#seenCustomers, customerId, occurredAt.getTime());
      this.#traits.count(customerId, interaction);
      // Whoever has an identifier now says nothing about whom it was taken from.
      if (customerId === ownership.now) this.#attributes.save(customerId, interaction.attributes, interaction.touchpoint, occurredAt);
    }
    changed.delete(customerId);
    const outcome = stored ? 'stored' : 'duplicate';
    return { outcome, customerId, identifier: deciding, recordedAt: new Date(recordedAt), changed: [...changed] };
  }

  /**
   * An id is its customer's, over all the ids they had. Told again after an identifier has moved on, an interaction looks
   * like somebody else's: there it is a repetition only when it is alike.
   * @param skipped an id that is not looked under.
   * @returns the customer who has it already; null for one that is new.
   */
  #holderOf(
    { id, type, occurredAt }: InteractionToSave,
    customerId: CustomerId,
    everybody: Sighting['everybody'],
    skipped: CustomerId | null,
  ): CustomerId | null {
    for (const [root, ids] of everybody) {
      for (const other of ids) {
        const found = other === skipped ? undefined : (this.#isThere.get(other, id) as { occurred_at: number; type: string } | undefined);
        if (found === undefined) continue;
        if (root === customerId || (found.occurred_at === occurredAt.getTime() && found.type === type)) return root;
      }
    }
    return null;
  }

  /** @returns false for one that is there. */
  #insertNew(
    { id, type, occurredAt, touchpoint, pageUrl, properties, source }: InteractionToSave,
    customerId: CustomerId,
    deciding: Identifier,
    recordedAt: number,
  ): boolean {
    const about = [type, touchpoint, pageUrl, JSON.stringify(properties), recordedAt, deciding.type, deciding.value, source];
    return this.#insert.run(customerId, occurredAt.getTime(), id, ...about).changes === 1;
  }

  #sight(interaction: InteractionToSave, changed: Set<CustomerId>): Sighting | Repetition {
    const keys = interaction.identifiers.map(identifierKey);
    const key = JSON.stringify(keys);
    const known = this.#sightings.get(key);
    if (known !== undefined) {
      for (const each of keys) note(this.#seenIdentifiers, each, interaction.occurredAt.getTime());
      return known;
    }
    const deciding = decidingIdentifier(this.#rules, interaction.identifiers);
    const owners = this.#reads.findOwners(interaction.identifiers);
    if (owners[0] !== null && owners.every((owner) => owner === owners[0])) {
      for (const each of keys) note(this.#seenIdentifiers, each, interaction.occurredAt.getTime());
    } else {
      // What was told before is no evidence, under whose login it comes now: it would take Tom's cookie to Summer.
      const before = this.#readSighting(interaction.identifiers, deciding);
      const customerId = attributeInteraction(before.ownership, interaction.occurredAt);
      const holder = this.#holderOf(interaction, customerId, before.everybody, null);
      if (holder !== null) return { deciding, holder };
      this.#tellTheGraph(interaction, deciding, changed);
    }
    const sighting = this.#readSighting(interaction.identifiers, deciding);
    // While they are several customers', what they mean depends on when they are seen.
    if (sighting.isOneCustomer) this.#sightings.set(key, sighting);
    return sighting;
  }

  #readSighting(identifiers: readonly Identifier[], deciding: Identifier): Sighting {
    const ownerships = identifiers.map((identifier) => this.#ownershipOf(identifier));
    const roots = new Set(ownerships.flatMap(({ now, formerly }) => [now, ...formerly.map((each) => each.customerId)]));
    return {
      deciding,
      ownership: ownerships[identifiers.indexOf(deciding)] as Ownership,
      everybody: new Map([...roots].map((root) => [root, (this.#ids.all(root) as { id: CustomerId }[]).map(({ id }) => id)])),
      isOneCustomer: new Set(ownerships.map(({ now }) => now)).size === 1,
    };
  }

  /**
   * An interaction is evidence like any event; most say what is known. Where they contradict each other nothing is
   * linked, but it must be somebody's: afterwards the deciding identifier has a customer.
   * @param changed learns who else was changed by it.
   */
  #tellTheGraph({ id, identifiers, occurredAt, source }: InteractionToSave, deciding: Identifier, changed: Set<CustomerId>): void {
    this.#sightings.clear();
    // What the rules decide depends on when identifiers were seen last.
    this.#writeSeen();
    const decision = this.#graph.commit({ identifiers, occurredAt, source, eventId: `interaction:${id}` });
    if (decision.kind === 'changes') {
      const { customerId, merged, aliases, moved } = decision;
      for (const other of [customerId, ...[...merged, ...aliases].map((each) => each.id), ...moved.map(({ from }) => from)])
        changed.add(other);
    }
    if (this.#reads.findOwners([deciding])[0] === null) this.#graph.commit({ identifiers: [deciding], occurredAt, source, eventId: null });
  }

  #writeSeen(): void {
    for (const [key, { last }] of this.#seenIdentifiers) this.#graph.seeIdentifier(key, last);
    for (const [id, { first, last }] of this.#seenCustomers) this.#graph.seeCustomer(id, first, last);
    this.#seenIdentifiers.clear();
    this.#seenCustomers.clear();
  }

  #ownershipOf(identifier: Identifier): Ownership {
    const { retired } = this.#reads;
    const formerlyOf = (key: string) =>
      (this.#formerly.all(key) as { until: number; root_id: CustomerId }[]).map((row) => ({
        until: new Date(row.until),
        customerId: row.root_id,
      }));
    // A cookie's past is that of the cookies that it replaced.
    const formerly = [...retired.before(identifier, formerlyOf), ...formerlyOf(identifierKey(identifier))];
    const now = this.#reads.findOwners([identifier])[0] ?? retired.ownerOf(identifier) ?? this.#reads.provisionalIds([identifier])[0];
    return { now: now as CustomerId, formerly };
  }
}

/** @param at milliseconds. */
function note<Key>(seen: Map<Key, Seen>, key: Key, at: number): void {
  const known = seen.get(key);
  seen.set(key, { first: Math.min(at, known?.first ?? at), last: Math.max(at, known?.last ?? at) });
}
