import type { DatabaseSync } from 'node:sqlite';
import { attributeInteraction, decidingIdentifier, type Ownership } from '../../identity/attribute-interaction.ts';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { Interaction, InteractionReceipt, InteractionToSave } from '../../model/interaction.ts';
import type { IdentityReads } from './identity-reads.ts';
import type { IdentityWrites } from './identity-writes.ts';

interface InteractionRow {
  id: string;
  type: string;
  occurred_at: number;
  touchpoint: string | null;
  page_url: string | null;
  properties: string;
}

/** Reads of interactions. */
export class InteractionReads {
  readonly #newest;

  constructor(database: DatabaseSync) {
    this.#newest = database.prepare(
      `select i.id, i.type, i.occurred_at, i.touchpoint, i.page_url, i.properties
       from customer c join interaction i on i.customer_id = c.id
       where c.root_id = (select root_id from customer where id = ?1) order by i.occurred_at desc, i.id desc limit ?2`,
    );
  }

  find(id: CustomerId, limit: number): Interaction[] {
    return (this.#newest.all(id, limit) as unknown as InteractionRow[]).map((row) => ({
      id: row.id,
      type: row.type,
      occurredAt: new Date(row.occurred_at),
      touchpoint: row.touchpoint,
      pageUrl: row.page_url,
      properties: JSON.parse(row.properties),
    }));
  }
}

const ERASED: InteractionReceipt = { outcome: 'erased', customerId: null };

/** Writes of interactions, each to be called inside a transaction. */
export class InteractionWrites {
  readonly #reads: IdentityReads;
  readonly #graph: IdentityWrites;
  readonly #rules: IdentityRules;
  readonly #now: () => number;
  readonly #formerly;
  readonly #isThere;
  readonly #wasErased;
  readonly #insert;

  constructor(database: DatabaseSync, reads: IdentityReads, graph: IdentityWrites, rules: IdentityRules, now: () => number) {
    this.#reads = reads;
    this.#graph = graph;
    this.#rules = rules;
    this.#now = now;
    this.#formerly = database.prepare(
      'select f.until, c.root_id from former_owner f join customer c on c.id = f.customer_id where f.id_key = ? order by f.until',
    );
    this.#isThere = database.prepare(
      `select 1 from json_each(?1) asked join customer c on c.root_id = asked.value
       join interaction i on i.customer_id = c.id and i.id = ?2 limit 1`,
    );
    this.#wasErased = database.prepare('select 1 from customer where id = ? and erased_at >= ?');
    this.#insert = database.prepare('insert into interaction values (?, ?, ?, ?, ?, ?, ?, ?)');
  }

  saveInteractions(interactions: readonly InteractionToSave[]): InteractionReceipt[] {
    return interactions.map((interaction) => this.#save(interaction));
  }

  #save(interaction: InteractionToSave): InteractionReceipt {
    const { id, type, occurredAt, touchpoint, pageUrl, properties } = interaction;
    const erased = this.#reads.erasedSince(occurredAt, interaction.identifiers);
    const identifiers = interaction.identifiers.filter((identifier) => !erased.has(identifierKey(identifier)));
    if (identifiers.length === 0) return ERASED;
    const deciding = this.#tellTheGraph({ ...interaction, identifiers });
    const ownerships = identifiers.map((identifier) => this.#ownershipOf(identifier));
    const customerId = attributeInteraction(ownerships[identifiers.indexOf(deciding)] as Ownership, occurredAt);
    if (this.#wasErased.get(customerId, occurredAt.getTime()) !== undefined) return ERASED;
    // Told again after an identifier has moved on, it may look like somebody else's.
    const candidates = ownerships.flatMap(({ now, formerly }) => [now, ...formerly.map((each) => each.customerId)]);
    if (this.#isThere.get(JSON.stringify([...new Set(candidates)]), id)) return { outcome: 'duplicate', customerId };
    this.#insert.run(customerId, occurredAt.getTime(), id, type, touchpoint, pageUrl, JSON.stringify(properties), this.#now());
    return { outcome: 'stored', customerId };
  }

  /**
   * An interaction is evidence like any event; most say what is known. Where they contradict each other nothing is
   * linked, but it must be somebody's.
   * @returns the identifier that says whose it is, which has a customer now.
   */
  #tellTheGraph({ id, identifiers, occurredAt, source }: InteractionToSave): Identifier {
    const deciding = decidingIdentifier(this.#rules, identifiers);
    const owners = this.#reads.findOwners(identifiers);
    if (owners[0] !== null && owners.every((owner) => owner === owners[0])) return deciding;
    this.#graph.commit({ identifiers, occurredAt, source, eventId: `interaction:${id}` });
    if (this.#reads.findOwners([deciding])[0] === null) this.#graph.commit({ identifiers: [deciding], occurredAt, source, eventId: null });
    return deciding;
  }

  #ownershipOf(identifier: Identifier): Ownership {
    const rows = this.#formerly.all(identifierKey(identifier)) as { until: number; root_id: CustomerId }[];
    const formerly = rows.map(({ until, root_id }) => ({ until: new Date(until), customerId: root_id }));
    const now = this.#reads.findOwners([identifier])[0] ?? (this.#reads.provisionalIds([identifier])[0] as CustomerId);
    return { now, formerly };
  }
}
