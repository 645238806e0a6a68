import { createHmac } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier } from '../../model/identifier.ts';
import type { Attribute, IdentityEvent, IdentityState, StoredCustomer } from '../../model/ports.ts';
import { freeProvisionalId } from '../provisional-id.ts';

interface CustomerRow {
  asked: string;
  id: string;
  created_at: number;
  first_seen_at: number;
  last_seen_at: number;
}
interface IdentifierRow {
  customer_id: string;
  type: string;
  value: string;
  linked_at: number;
  last_seen_at: number;
  source: string;
}
interface AttributeRow {
  root_id: string;
  name: string;
  value: string;
  touchpoint: string | null;
  captured_at: number;
}

/** The identity graph's reads, prepared once. Lists go in as one JSON parameter: one statement whatever their length. */
export class IdentityReads {
  readonly #owners;
  readonly #customers;
  readonly #identifiers;
  readonly #taken;
  readonly #attributes;
  readonly #identityKey: string;

  constructor(database: DatabaseSync) {
    this.#owners = database.prepare('select i.id_key, i.customer_id from json_each(?) asked join identifier i on i.id_key = asked.value');
    this.#customers = database.prepare(
      `select asked.value as asked, root.id, root.created_at, root.first_seen_at, root.last_seen_at
       from json_each(?) asked join customer given on given.id = asked.value join customer root on root.id = given.root_id`,
    );
    this.#identifiers = database.prepare(
      `select i.customer_id, i.type, i.value, i.linked_at, i.last_seen_at, i.source
       from json_each(?) asked join identifier i on i.customer_id = asked.value order by i.last_seen_at desc, i.id_key`,
    );
    this.#taken = database.prepare('select 1 from customer where id = ?');
    this.#attributes = database.prepare(
      `select given.root_id, a.name, a.value, a.touchpoint, a.captured_at
       from json_each(?) asked join customer given on given.root_id = asked.value join attribute a on a.customer_id = given.id
       order by a.name, a.captured_at`,
    );
    this.#identityKey = (database.prepare(`select value from setting where name = 'identity_key'`).get() as { value: string }).value;
  }

  findOwners(identifiers: readonly Identifier[]): (CustomerId | null)[] {
    const owners = this.#ownersByKey(identifiers);
    return identifiers.map((identifier) => owners.get(identifierKey(identifier)) ?? null);
  }

  findCustomers(ids: readonly CustomerId[]): (StoredCustomer | null)[] {
    if (ids.length === 0) return [];
    const rows = this.#customers.all(JSON.stringify([...new Set(ids)])) as unknown as CustomerRow[];
    const identifiers = this.#identifiersOf([...new Set(rows.map(({ id }) => id))]);
    const found = new Map(rows.map((row) => [row.asked, toCustomer(row, identifiers.get(row.id) ?? [])]));
    return ids.map((id) => found.get(id) ?? null);
  }

  provisionalIds(identifiers: readonly Identifier[]): CustomerId[] {
    const isTaken = (id: CustomerId) => this.#taken.get(id) !== undefined;
    return identifiers.map((identifier) => freeProvisionalId(this.#identityKey, identifierKey(identifier), isTaken));
  }

  stateOf(event: IdentityEvent): IdentityState {
    const owners = this.#ownersByKey(event.identifiers);
    const ids = [...new Set(owners.values())];
    const unowned = event.identifiers.filter((identifier) => !owners.has(identifierKey(identifier)));
    const provisional = this.provisionalIds(unowned);
    return {
      owners,
      customers: new Map(this.findCustomers(ids).map((customer, index) => [ids[index] as CustomerId, customer as StoredCustomer])),
      provisionalIds: new Map(unowned.map((identifier, index) => [identifierKey(identifier), provisional[index] as CustomerId])),
    };
  }

  /** Recognises an event that is told again; says nothing of whose it is. */
  eventKey({ identifiers, occurredAt, eventId }: IdentityEvent): string {
    const keys = [...new Set(identifiers.map(identifierKey))].sort();
    return createHmac('sha256', this.#identityKey)
      .update(JSON.stringify([eventId ?? occurredAt.getTime(), keys]))
      .digest('base64url');
  }

  /** Attributes of current customers; where ids that were merged hold the same name, the latest wins. */
  findAttributes(ids: readonly CustomerId[]): Attribute[][] {
    const latest = new Map<string, Map<string, Attribute>>(ids.map((id) => [id, new Map()]));
    for (const row of this.#attributes.all(JSON.stringify([...latest.keys()])) as unknown as AttributeRow[]) {
      latest.get(row.root_id)?.set(row.name, toAttribute(row));
    }
    return ids.map((id) => [...(latest.get(id)?.values() ?? [])]);
  }

  #ownersByKey(identifiers: readonly Identifier[]): Map<string, CustomerId> {
    if (identifiers.length === 0) return new Map();
    const rows = this.#owners.all(JSON.stringify(identifiers.map(identifierKey))) as { id_key: string; customer_id: string }[];
    return new Map(rows.map((row) => [row.id_key, row.customer_id as CustomerId]));
  }

  #identifiersOf(ids: readonly string[]): Map<string, LinkedIdentifier[]> {
    const byCustomer = new Map<string, LinkedIdentifier[]>(ids.map((id) => [id, []]));
    for (const row of this.#identifiers.all(JSON.stringify(ids)) as unknown as IdentifierRow[]) {
      byCustomer.get(row.customer_id)?.push(toIdentifier(row));
    }
    return byCustomer;
  }
}

function toCustomer(row: CustomerRow, identifiers: readonly LinkedIdentifier[]): StoredCustomer {
  return {
    id: row.id as CustomerId,
    createdAt: new Date(row.created_at),
    firstSeenAt: new Date(row.first_seen_at),
    lastSeenAt: new Date(row.last_seen_at),
    identifiers,
  };
}

function toIdentifier({ type, value, linked_at, last_seen_at, source }: IdentifierRow): LinkedIdentifier {
  return { type, value, linkedAt: new Date(linked_at), lastSeenAt: new Date(last_seen_at), source };
}

function toAttribute({ name, value, touchpoint, captured_at }: AttributeRow): Attribute {
  return { name, value: JSON.parse(value), touchpoint, capturedAt: new Date(captured_at) };
}
