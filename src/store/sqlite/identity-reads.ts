import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { IdentityEvent, IdentityState, StoredCustomer } from '../../model/identity.ts';
import { erasedIdentifierHash } from '../keyed-hashes.ts';
import { freeProvisionalId } from '../provisional-id.ts';
import { type CustomerRow, type IdentifierRow, toCustomers } from '../rows.ts';
import { FormerOwners } from './former-owners.ts';
import { identityKeyOf } from './identity-key.ts';
import { RetiredCookies } from './retired-cookies.ts';

/** Who had an identifier at a time and has lost it since. */
export interface FormerOwnerThen {
  /** The customer of today. */
  readonly customerId: CustomerId;
  /** Whether the exact customer who had it was erased. */
  readonly isErased: boolean;
  /** True where the owner of that time is no longer known (former-owners.ts). */
  readonly isNameless: boolean;
}
/** Up to here, a statement for each item costs less than setting up `json_each` (bench/identity.ts). */
const FEW = 8;

/** The identity graph's reads, prepared once. Long lists go in as one JSON parameter: one statement whatever their length. */
export class IdentityReads {
  readonly #owner;
  readonly #owners;
  readonly #isApart;
  readonly #separations;
  readonly #isErased;
  readonly #suppression;
  readonly #formerOwners: FormerOwners;
  readonly #customer;
  readonly #customers;
  readonly #identifiersOfOne;
  readonly #identifiers;
  readonly #taken;
  /** The store's own secret: what it hashes can't be guessed from outside. */
  readonly identityKey: string;
  /** Cookies that were replaced. */
  readonly retired: RetiredCookies;

  constructor(database: DatabaseSync) {
    this.retired = new RetiredCookies(database);
    this.#formerOwners = new FormerOwners(database, this.retired);
    this.#owner = database.prepare('select customer_id from identifier where id_key = ?');
    this.#isApart = database.prepare('select 1 from separation where separated_at >= ? limit 1');
    this.#separations = database.prepare(
      `select s.id_key, c.root_id from json_each(?) asked
       join separation s on s.id_key = asked.value join customer c on c.id = s.customer_id where s.separated_at >= ?`,
    );
    this.#isErased = database.prepare('select 1 from suppression where erased_at >= ? limit 1');
    this.#suppression = database.prepare('select 1 from suppression where value_hash = ? and erased_at >= ?');
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
    this.identityKey = identityKeyOf(database);
  }

  findOwners(identifiers: readonly Identifier[]): (CustomerId | null)[] {
    if (identifiers.length <= FEW) return identifiers.map((identifier) => this.#ownerOf(identifierKey(identifier)) ?? null);
    const owners = this.ownersByKey(identifiers);
    return identifiers.map((identifier) => owners.get(identifierKey(identifier)) ?? null);
  }

  findCustomers(ids: readonly CustomerId[]): (StoredCustomer | null)[] {
    if (ids.length === 0) return [];
    const distinct = [...new Set(ids)];
    const rows =
      distinct.length <= FEW
        ? distinct.flatMap((id) => (this.#customer.get(id) as unknown as CustomerRow | undefined) ?? [])
        : (this.#customers.all(JSON.stringify(distinct)) as unknown as CustomerRow[]);
    return toCustomers(ids, rows, this.#identifiersOf([...new Set(rows.map(({ id }) => id))]));
  }

  provisionalIds(identifiers: readonly Identifier[]): CustomerId[] {
    return identifiers.map((identifier) => this.provisionalIdOf(identifierKey(identifier)));
  }

  /** @param idKey an identifier's key. */
  provisionalIdOf(idKey: string): CustomerId {
    return freeProvisionalId(this.identityKey, idKey, (id) => this.#taken.get(id) !== undefined);
  }

  stateOf({ identifiers, occurredAt }: Pick<IdentityEvent, 'identifiers' | 'occurredAt'>): IdentityState {
    const owners = this.ownersByKey(identifiers);
    const customers = this.customersById([...owners.values()]);
    const unowned = identifiers.filter((identifier) => !owners.has(identifierKey(identifier)));
    const provisional = this.provisionalIds(unowned);
    const former = this.#formerOwnersAt(occurredAt, identifiers);
    return {
      owners,
      customers,
      provisionalIds: new Map(unowned.map((identifier, index) => [identifierKey(identifier), provisional[index] as CustomerId])),
      formerOwners: new Map([...former].map(([key, { customerId }]) => [key, customerId])),
      erased: this.#erasedAmong(occurredAt, identifiers, former),
      separations: this.#separationsSince(occurredAt, [
        ...identifiers,
        ...[...customers.values()].flatMap((customer) => customer.identifiers),
      ]),
    };
  }

  /** Customers of today, by their ids. */
  customersById(ids: readonly CustomerId[]): Map<CustomerId, StoredCustomer> {
    const found = this.findCustomers([...new Set(ids)]).filter((customer) => customer !== null);
    return new Map(found.map((customer) => [customer.id, customer]));
  }

  /** By identifier key; absent for one that nobody owns. */
  ownersByKey(identifiers: readonly Identifier[]): Map<string, CustomerId> {
    const keys = identifiers.map(identifierKey);
    if (keys.length <= FEW) {
      const found = keys.map((key) => [key, this.#ownerOf(key)] as const);
      return new Map(found.filter((entry): entry is [string, CustomerId] => entry[1] !== undefined));
    }
    const rows = this.#owners.all(JSON.stringify(keys)) as { id_key: string; customer_id: string }[];
    return new Map(rows.map((row) => [row.id_key, row.customer_id as CustomerId]));
  }

  /**
   * Keys of those that say something of an erased customer at this time: the identifier was erased then or later, or
   * whoever had it then was erased since.
   */
  erasedSince(at: Date, identifiers: readonly Identifier[]): Set<string> {
    return this.#erasedAmong(at, identifiers, this.#formerOwnersAt(at, identifiers));
  }

  #erasedAmong(at: Date, identifiers: readonly Identifier[], former: ReadonlyMap<string, FormerOwnerThen>): Set<string> {
    const keys = identifiers.map(identifierKey);
    const erased = new Set(keys.filter((key) => former.get(key)?.isErased === true));
    // Usually no erasure is newer than the event; one index probe rules it out.
    if (this.#isErased.get(at.getTime()) === undefined) return erased;
    for (const key of keys) if (this.#suppression.get(this.hashOf(key), at.getTime()) !== undefined) erased.add(key);
    return erased;
  }

  /**
   * Who had an identifier at this time, where it has left them since: the rule of `attributeInteraction` as one index
   * probe. Undefined where it is still with whoever had it.
   */
  formerOwnerAt(idKey: string, at: Date): FormerOwnerThen | undefined {
    const owner = this.#formerOwners.ownerAt(idKey, at.getTime());
    return owner === null ? undefined : { customerId: owner.root, isErased: owner.erasedAt !== null, isNameless: owner.isNameless };
  }

  #formerOwnersAt(at: Date, identifiers: readonly Identifier[]): Map<string, FormerOwnerThen> {
    const found = identifiers.map((identifier) => {
      const key = identifierKey(identifier);
      return [key, this.formerOwnerAt(key, at)] as const;
    });
    return new Map(found.filter((entry): entry is [string, FormerOwnerThen] => entry[1] !== undefined));
  }

  /** What is kept of an erased identifier: recognises it, and says nothing. */
  hashOf(idKey: string): Buffer {
    return erasedIdentifierHash(this.identityKey, idKey);
  }

  #ownerOf(key: string): CustomerId | undefined {
    return (this.#owner.get(key) as { customer_id: CustomerId } | undefined)?.customer_id;
  }

  /** Live events are newer than any separation: one look at an index tells. */
  #separationsSince(at: Date, identifiers: readonly Identifier[]): Map<string, CustomerId[]> {
    if (this.#isApart.get(at.getTime()) === undefined) return new Map();
    const keys = JSON.stringify(identifiers.map(identifierKey));
    const rows = this.#separations.all(keys, at.getTime()) as { id_key: string; root_id: CustomerId }[];
    const grouped = Map.groupBy(rows, ({ id_key }) => id_key);
    return new Map([...grouped].map(([key, taken]) => [key, taken.map(({ root_id }) => root_id)]));
  }

  #identifiersOf(ids: readonly string[]): IdentifierRow[] {
    const rows = ids.length <= FEW ? ids.flatMap((id) => this.#identifiersOfOne.all(id)) : this.#identifiers.all(JSON.stringify(ids));
    return rows as unknown as IdentifierRow[];
  }
}
