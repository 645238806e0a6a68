import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { LinkedIdentifier } from '../../model/identifier.ts';
import type { ChangeRow, CustomerRow, Facts, FormerOwnerRow, NamelessMember, RememberedEvent, RetiredCookieRow } from '../plan/facts.ts';
import { toIdentifier } from '../rows.ts';
import { type IdentityReads, RETIRED_COOKIE } from './identity-reads.ts';
import { LIMIT } from './read-bounds.ts';

const FORMER_OWNER =
  'f.until, f.ordinal, f.customer_id as customerId, c.root_id as root, c.erased_at as erasedAt, f.is_nameless as isNameless';
const FORMER_OWNERS = 'former_owner f join customer c on c.id = f.customer_id';

type FormerOwnerColumns = Omit<FormerOwnerRow, 'isNameless'> & { readonly isNameless: 0 | 1 };

/** Answers what plans ask, each question with a statement that is prepared once. To be asked inside the plan's transaction. */
export class SqliteFacts implements Facts {
  readonly secret: string;
  readonly #reads: IdentityReads;
  readonly #statements;

  constructor(database: DatabaseSync, reads: IdentityReads) {
    this.secret = reads.identityKey;
    this.#reads = reads;
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      customer: prepare(
        `select id, root_id as root, created_at as createdAt, first_seen_at as firstSeenAt, last_seen_at as lastSeenAt,
           erased_at as erasedAt, person_merged_at as mergedByPersonAt from customer where id = ?`,
      ),
      // Most interactions ask for nothing else, and a whole row takes twice as long.
      erasedAt: prepare('select erased_at as erasedAt from customer where id = ?'),
      aliases: prepare('select id, created_at as createdAt from customer where root_id = ?1 and id <> ?1'),
      newestEvidence: prepare(
        `select max(seen) as newest from (
           select max(last_seen_at) as seen from customer where root_id = ?1
           union all select max(last_seen_at) from identifier where customer_id = ?1)`,
      ),
      isAnySeparated: prepare('select 1 from separation where separated_at >= ? limit 1'),
      separations: prepare(
        `select s.id_key as key, c.id, c.root_id as root from json_each(?) asked
         join separation s on s.id_key = asked.value join customer c on c.id = s.customer_id where s.separated_at >= ?`,
      ),
      isAnyErased: prepare('select 1 from suppression where erased_at >= ? limit 1'),
      suppression: prepare('select 1 from suppression where value_hash = ? and erased_at >= ?'),
      confirmedUntil: prepare('select expires_at as until from confirmation where customer_id = ? and agent = ?'),
      formerOwner: prepare(
        `select ${FORMER_OWNER} from ${FORMER_OWNERS} where f.id_key = ? and f.until > ? order by f.until, f.ordinal limit 1`,
      ),
      lastUntil: prepare('select until from former_owner where id_key = ? order by until desc limit 1'),
      newestTooOld: prepare('select until, ordinal from former_owner where id_key = ? order by until desc, ordinal desc limit 1 offset ?'),
      oldest: prepare(
        `select ${FORMER_OWNER} from ${FORMER_OWNERS} where f.id_key = ? and (f.until, f.ordinal) <= (?, ?) order by f.until, f.ordinal ${LIMIT}`,
      ),
      formerOwners: prepare(
        `select f.until, f.customer_id as customerId, c.root_id as root from ${FORMER_OWNERS} where f.id_key = ? order by f.until, f.ordinal`,
      ),
      wasFormerOwner: prepare('select 1 from former_owner where customer_id = ? and id_key = ?'),
      namelessMembers: prepare(
        `select n.id_key as key, n.customer_id as customerId, f.until, f.ordinal, nameless.erased_at as erasedAt
         from customer c join nameless_owner n on n.customer_id = c.id
         left join former_owner f on f.id_key = n.id_key and f.is_nameless = 1
         left join customer nameless on nameless.id = f.customer_id
         where c.root_id = ?`,
      ),
      lostKeys: prepare(
        `select lost.id_key as key from (
           select f.id_key from customer c join former_owner f on f.customer_id = c.id where c.root_id = ?1
           union select n.id_key from customer c join nameless_owner n on n.customer_id = c.id where c.root_id = ?1
         ) lost left join identifier i on i.id_key = lost.id_key
         where i.id_key is null and not exists (select 1 from retired_cookie r where r.id_key = lost.id_key)`,
      ),
      replacedBy: prepare(
        `select ${RETIRED_COOKIE} from retired_cookie r join customer c on c.id = r.customer_id where r.successor_key = ? order by r.retired_at`,
      ),
      isAnyCookieRetired: prepare('select 1 from retired_cookie where retired_at > ? limit 1'),
      retiredCookies: prepare(`select ${RETIRED_COOKIE} from customer c join retired_cookie r on r.customer_id = c.id where c.root_id = ?`),
      rememberedEvent: prepare(
        `select h.refused_type as refusedType, c.root_id as root, c.erased_at as erasedAt
         from heard_event h left join customer c on c.id = h.customer_id where h.event_key = ?`,
      ),
      changes: prepare(
        `select e.customer_id as customerId, e.id as eventId, e.event_customer_id as into_id, e.recorded_at as recordedAt,
           e.occurred_at as occurredAt, e.changes
         from customer c join identity_event e on e.customer_id = c.id where c.root_id = ? and c.erased_at is null`,
      ),
      isMentioned: prepare('select 1 from identity_mention where id_key = ? limit 1'),
    };
  }

  ownersOf(keys: readonly string[]): Map<string, CustomerId> {
    return this.#reads.ownersByKey(keys);
  }

  customer(id: CustomerId): CustomerRow | undefined {
    return this.#statements.customer.get(id) as CustomerRow | undefined;
  }

  erasedAt(id: CustomerId): number | null {
    return (this.#statements.erasedAt.get(id) as { erasedAt: number | null } | undefined)?.erasedAt ?? null;
  }

  identifiersOf(roots: readonly CustomerId[]): Map<CustomerId, LinkedIdentifier[]> {
    const found = new Map<CustomerId, LinkedIdentifier[]>(roots.map((root) => [root, []]));
    for (const row of this.#reads.identifiersOf(roots)) found.get(row.customer_id)?.push(toIdentifier(row));
    return found;
  }

  aliasesOf(root: CustomerId): Pick<CustomerRow, 'id' | 'createdAt'>[] {
    return this.#statements.aliases.all(root) as unknown as Pick<CustomerRow, 'id' | 'createdAt'>[];
  }

  newestEvidenceOf(root: CustomerId): number {
    return (this.#statements.newestEvidence.get(root) as { newest: number | null }).newest ?? 0;
  }

  isAnySeparatedSince(at: number): boolean {
    return this.#statements.isAnySeparated.get(at) !== undefined;
  }

  separationsSince(keys: readonly string[], at: number): { key: string; id: CustomerId; root: CustomerId }[] {
    return this.#statements.separations.all(JSON.stringify(keys), at) as { key: string; id: CustomerId; root: CustomerId }[];
  }

  isAnyErasedSince(at: number): boolean {
    return this.#statements.isAnyErased.get(at) !== undefined;
  }

  isSuppressed(hash: Buffer, at: number): boolean {
    return this.#statements.suppression.get(hash, at) !== undefined;
  }

  confirmedUntil(root: CustomerId, agent: Buffer): number | null {
    return (this.#statements.confirmedUntil.get(root, agent) as { until: number } | undefined)?.until ?? null;
  }

  formerOwnerAt(key: string, at: number): FormerOwnerRow | undefined {
    const row = this.#statements.formerOwner.get(key, at) as FormerOwnerColumns | undefined;
    return row === undefined ? undefined : toFormerOwner(row);
  }

  lastFormerUntil(key: string): number | null {
    return (this.#statements.lastUntil.get(key) as { until: number } | undefined)?.until ?? null;
  }

  oldestFormerOwners(key: string, kept: number, limit: number): FormerOwnerRow[] {
    const end = this.#statements.newestTooOld.get(key, kept) as { until: number; ordinal: number } | undefined;
    if (end === undefined) return [];
    return (this.#statements.oldest.all(key, end.until, end.ordinal, limit) as unknown as FormerOwnerColumns[]).map(toFormerOwner);
  }

  formerOwnersOf(key: string): Pick<FormerOwnerRow, 'until' | 'customerId' | 'root'>[] {
    return this.#statements.formerOwners.all(key) as unknown as Pick<FormerOwnerRow, 'until' | 'customerId' | 'root'>[];
  }

  /** All of them: they are a thousand probes of the file at most. */
  fewFormerOwnersOf(key: string): Pick<FormerOwnerRow, 'until' | 'customerId' | 'root'>[] {
    return this.formerOwnersOf(key);
  }

  wasFormerOwner(key: string, id: CustomerId): boolean {
    return this.#statements.wasFormerOwner.get(id, key) !== undefined;
  }

  namelessMembersOf(root: CustomerId): NamelessMember[] {
    const rows = this.#statements.namelessMembers.all(root) as unknown as (Pick<NamelessMember, 'key' | 'customerId'> & {
      readonly until: number | null;
      readonly ordinal: number | null;
      readonly erasedAt: number | null;
    })[];
    return rows.map(({ key, customerId, until, ordinal, erasedAt }) => ({
      ...{ key, customerId },
      row: until === null || ordinal === null ? null : { until, ordinal, erasedAt },
    }));
  }

  lostKeysOf(root: CustomerId): string[] {
    return (this.#statements.lostKeys.all(root) as { key: string }[]).map(({ key }) => key);
  }

  retiredCookie(key: string): RetiredCookieRow | undefined {
    return this.#reads.retiredCookie(key);
  }

  replacedBy(key: string): RetiredCookieRow[] {
    return this.#statements.replacedBy.all(key) as unknown as RetiredCookieRow[];
  }

  isAnyCookieRetiredAfter(at: number): boolean {
    return this.#statements.isAnyCookieRetired.get(at) !== undefined;
  }

  retiredCookiesOf(root: CustomerId): RetiredCookieRow[] {
    return this.#statements.retiredCookies.all(root) as unknown as RetiredCookieRow[];
  }

  rememberedEvent(hash: Buffer): RememberedEvent | undefined {
    const row = this.#statements.rememberedEvent.get(hash) as
      | { refusedType: string | null; root: CustomerId | null; erasedAt: number | null }
      | undefined;
    if (row === undefined) return undefined;
    const { refusedType, root, erasedAt } = row;
    return { customer: root === null ? null : { root, isErased: erasedAt !== null }, refusedType };
  }

  changesOf(root: CustomerId): ChangeRow[] {
    const rows = this.#statements.changes.all(root) as unknown as (Omit<ChangeRow, 'into'> & { readonly into_id: CustomerId })[];
    return rows.map(({ into_id: into, ...row }) => ({ ...row, into }));
  }

  isMentioned(key: string): boolean {
    return this.#statements.isMentioned.get(key) !== undefined;
  }
}

function toFormerOwner({ isNameless, ...row }: FormerOwnerColumns): FormerOwnerRow {
  return { ...row, isNameless: isNameless === 1 };
}
