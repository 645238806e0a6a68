import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { StoredCustomer } from '../../model/identity.ts';
import type { RetiredCookieRow } from '../plan/facts.ts';
import { freeProvisionalId } from '../provisional-id.ts';
import { type CustomerRow, type IdentifierRow, toCustomers } from '../rows.ts';
import { identityKeyOf } from './identity-key.ts';

/** The columns of a `RetiredCookieRow`, of a retired cookie `r` and its customer `c`. */
export const RETIRED_COOKIE = `r.id_key as key, r.successor_key as successorKey, r.proof, r.retired_at as retiredAt,
  r.customer_id as customerId, c.root_id as root, c.erased_at as erasedAt`;
/** Up to here, a statement for each item costs less than setting up `json_each` (bench/identity.ts). */
const FEW = 8;

/** The identity graph's reads, prepared once. Long lists go in as one JSON parameter: one statement whatever their length. */
export class IdentityReads {
  readonly #owner;
  readonly #owners;
  readonly #customer;
  readonly #customers;
  readonly #identifiersOfOne;
  readonly #identifiers;
  readonly #taken;
  readonly #retiredCookie;
  /** The store's own secret, for keyed hashes: what it hashes can't be guessed from outside. */
  readonly identityKey: string;

  constructor(database: DatabaseSync) {
    this.#owner = database.prepare('select customer_id from identifier where id_key = ?');
    this.#owners = database.prepare('select i.id_key, i.customer_id from json_each(?) asked join identifier i on i.id_key = asked.value');
    this.#customer = database.prepare(
      `select given.id as asked, root.id, root.created_at, root.first_seen_at, root.last_seen_at, root.erased_at, root.person_merged_at
       from customer given join customer root on root.id = given.root_id where given.id = ?`,
    );
    this.#identifiersOfOne = database.prepare(
      `select customer_id, type, value, linked_at, last_seen_at, source
       from identifier where customer_id = ? order by last_seen_at desc, id_key`,
    );
    this.#customers = database.prepare(
      `select asked.value as asked, root.id, root.created_at, root.first_seen_at, root.last_seen_at, root.erased_at, root.person_merged_at
       from json_each(?) asked join customer given on given.id = asked.value join customer root on root.id = given.root_id`,
    );
    this.#identifiers = database.prepare(
      `select i.customer_id, i.type, i.value, i.linked_at, i.last_seen_at, i.source
       from json_each(?) asked join identifier i on i.customer_id = asked.value order by i.last_seen_at desc, i.id_key`,
    );
    this.#taken = database.prepare('select 1 from customer where id = ?');
    this.#retiredCookie = database.prepare(
      `select ${RETIRED_COOKIE} from retired_cookie r join customer c on c.id = r.customer_id where r.id_key = ?`,
    );
    this.identityKey = identityKeyOf(database);
  }

  findOwners(identifiers: readonly Identifier[]): (CustomerId | null)[] {
    if (identifiers.length <= FEW) return identifiers.map((identifier) => this.#ownerOf(identifierKey(identifier)) ?? null);
    const keys = identifiers.map(identifierKey);
    const owners = this.ownersByKey(keys);
    return keys.map((key) => owners.get(key) ?? null);
  }

  findCustomers(ids: readonly CustomerId[]): (StoredCustomer | null)[] {
    if (ids.length === 0) return [];
    const distinct = [...new Set(ids)];
    const rows =
      distinct.length <= FEW
        ? distinct.flatMap((id) => (this.#customer.get(id) as unknown as CustomerRow | undefined) ?? [])
        : (this.#customers.all(JSON.stringify(distinct)) as unknown as CustomerRow[]);
    return toCustomers(ids, rows, this.identifiersOf([...new Set(rows.map(({ id }) => id))]));
  }

  provisionalIds(identifiers: readonly Identifier[]): CustomerId[] {
    const isTaken = (id: CustomerId) => this.#taken.get(id) !== undefined;
    return identifiers.map((identifier) => freeProvisionalId(this.identityKey, identifierKey(identifier), isTaken));
  }

  /** By identifier key; absent for one that nobody owns. */
  ownersByKey(keys: readonly string[]): Map<string, CustomerId> {
    const owners = new Map<string, CustomerId>();
    if (keys.length > FEW) {
      const rows = this.#owners.all(JSON.stringify(keys)) as { id_key: string; customer_id: CustomerId }[];
      for (const { id_key, customer_id } of rows) owners.set(id_key, customer_id);
      return owners;
    }
    for (const key of keys) {
      const owner = this.#ownerOf(key);
      if (owner !== undefined) owners.set(key, owner);
    }
    return owners;
  }

  /** Of customers of today; of each, the most recent evidence first. */
  identifiersOf(roots: readonly CustomerId[]): IdentifierRow[] {
    const rows = roots.length <= FEW ? roots.flatMap((id) => this.#identifiersOfOne.all(id)) : this.#identifiers.all(JSON.stringify(roots));
    return rows as unknown as IdentifierRow[];
  }

  retiredCookie(key: string): RetiredCookieRow | undefined {
    return this.#retiredCookie.get(key) as RetiredCookieRow | undefined;
  }

  #ownerOf(key: string): CustomerId | undefined {
    return (this.#owner.get(key) as { customer_id: CustomerId } | undefined)?.customer_id;
  }
}
