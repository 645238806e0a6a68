import type { Confirmation } from '../../../model/confirmation.ts';
import type { CustomerId } from '../../../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../../../model/identifier.ts';
import type { StoredCustomer } from '../../../model/identity.ts';
import type { RetiredCookie } from '../../../model/visitor-cookie.ts';
import { agentHash } from '../../keyed-hashes.ts';
import { compareTexts } from '../../merge-pages.ts';
import type { RetiredCookieRow } from '../../plan/facts.ts';
import { toRetiredCookie } from '../../plan/retired-cookies.ts';
import { freeProvisionalId } from '../../provisional-id.ts';
import { type CustomerRow, type IdentifierRow, toCustomers } from '../../rows.ts';
import { customerLookup, ownerLookup } from '../facts/customer-lookups.ts';
import { Gathering } from '../gathering.ts';
import { type Connection, prepared } from '../statement.ts';
import { followRoots } from './own-ids.ts';

/** One statement, so that a customer is never read without the identifiers that a merge gives to another at that moment. */
const CUSTOMERS = prepared(
  `select c.id, c.root_id as root, c.created_at, c.first_seen_at, c.last_seen_at as customer_last_seen_at, c.erased_at, c.person_merged_at,
     i.id_key, i.linked_at, i.last_seen_at, i.source
   from customer c left join identifier i on i.customer_id = c.id where c.id = any($1)`,
);
const CONFIRMATIONS = prepared(
  `select c.id, c.root_id as root, f.method, f.confirmed_at, f.expires_at
   from customer c left join confirmation f on f.customer_id = c.id and f.agent = $2 where c.id = any($1) and c.erased_at is null`,
);
const RETIRED = prepared(
  'select id_key as key, successor_key as "successorKey", proof, retired_at as "retiredAt" from retired_cookie where id_key = any($1)',
);

/** A customer with one of their identifiers; the identifier's columns are null for a customer without any. */
interface JoinedRow extends Omit<CustomerRow, 'asked' | 'last_seen_at'>, Omit<IdentifierRow, 'customer_id' | 'type' | 'value'> {
  readonly root: CustomerId;
  readonly id_key: string | null;
  readonly customer_last_seen_at: number;
}

interface FoundCustomer {
  readonly root: CustomerId;
  readonly customer: CustomerRow;
  readonly identifiers: readonly IdentifierRow[];
}

interface ConfirmationRow {
  readonly id: CustomerId;
  readonly root: CustomerId;
  readonly method: string | null;
  readonly confirmed_at: number;
  readonly expires_at: number;
}

/** The identity graph's reads: one statement for any number of items. */
export class IdentityReads {
  readonly #connection: Connection;
  readonly #secret: string;

  /** @param secret the store's own, for keyed hashes. */
  constructor(connection: Connection, secret: string) {
    this.#connection = connection;
    this.#secret = secret;
  }

  async findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]> {
    if (identifiers.length === 0) return [];
    const keys = identifiers.map(identifierKey);
    const owners = await ownerLookup.load(this.#connection, [...new Set(keys)]);
    return keys.map((key) => owners.get(key) ?? null);
  }

  async findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]> {
    const found = await followRoots(ids, async (some) => {
      const { rows } = await this.#connection.run({ prepared: CUSTOMERS, values: [some] });
      const byId = Map.groupBy(rows as unknown as readonly JoinedRow[], ({ id }) => id);
      return new Map([...byId].map(([id, ofOne]) => [id, toFound(ofOne)]));
    });
    // A customer who was asked for by several ids may have been read in two rounds: one of them counts, whole.
    const byRoot = new Map([...found.values()].map((each) => [each.root, each]));
    const customers = [...found].map(([asked, { root }]) => ({ ...(byRoot.get(root) as FoundCustomer).customer, asked }));
    const identifiers = [...byRoot.values()].flatMap((each) => each.identifiers);
    return toCustomers(ids, customers, identifiers);
  }

  async provisionalIds(identifiers: readonly Identifier[]): Promise<CustomerId[]> {
    const gathering = new Gathering();
    const isTaken = (id: CustomerId) => gathering.ask(customerLookup, id) !== null;
    for (;;) {
      const ids = identifiers.map((identifier) => freeProvisionalId(this.#secret, identifierKey(identifier), isTaken));
      if (gathering.isComplete) return ids;
      await gathering.load(this.#connection);
    }
  }

  async findRetired(cookies: readonly Identifier[]): Promise<(RetiredCookie | null)[]> {
    if (cookies.length === 0) return [];
    const keys = cookies.map(identifierKey);
    const { rows } = await this.#connection.run({ prepared: RETIRED, values: [[...new Set(keys)]] });
    const byKey = new Map((rows as unknown as readonly RetiredCookieRow[]).map((row) => [row.key, toRetiredCookie(row)]));
    return keys.map((key) => byKey.get(key) ?? null);
  }

  /** In the order of the ids. */
  async findConfirmations(agent: string, ids: readonly CustomerId[]): Promise<(Confirmation | null)[]> {
    const hash = agentHash(this.#secret, agent);
    const found = await followRoots(ids, async (some) => {
      const { rows } = await this.#connection.run({ prepared: CONFIRMATIONS, values: [some, hash] });
      return new Map((rows as unknown as readonly ConfirmationRow[]).map((row) => [row.id, row]));
    });
    return ids.map((id) => {
      const row = found.get(id);
      if (row === undefined || row.method === null) return null;
      return { method: row.method, confirmedAt: new Date(row.confirmed_at), expiresAt: new Date(row.expires_at) };
    });
  }
}

function toFound(rows: readonly JoinedRow[]): FoundCustomer {
  const { id, root, created_at, first_seen_at, customer_last_seen_at, erased_at, person_merged_at } = rows[0] as JoinedRow;
  const customer = { asked: id, id, created_at, first_seen_at, last_seen_at: customer_last_seen_at, erased_at, person_merged_at };
  const identifiers = rows.flatMap(({ id_key, linked_at, last_seen_at, source }) =>
    id_key === null ? [] : [{ id_key, customer_id: id, ...identifierOf(id_key), linked_at, last_seen_at, source }],
  );
  // For a few rows this takes less than a sort of the database.
  if (identifiers.length > 1) identifiers.sort((a, b) => b.last_seen_at - a.last_seen_at || compareTexts(a.id_key, b.id_key));
  return { root, customer, identifiers };
}
