import type { CustomerId } from '../../../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier } from '../../../model/identifier.ts';
import type { ChangeRow, CustomerRow, Facts, FormerOwnerRow, NamelessMember, RememberedEvent, RetiredCookieRow } from '../../plan/facts.ts';
import { freeProvisionalId } from '../../provisional-id.ts';
import { toIdentifier } from '../../rows.ts';
import type { Gathering } from '../gathering.ts';
import type { Locks } from '../locks.ts';
import { type RetiredCookieKey, replacedKeysLookup, retiredCookieLookup, retiredKeysLookup } from './cookie-lookups.ts';
import { type AliasRow, aliasLookup, customerLookup, identifierLookup, ownerLookup } from './customer-lookups.ts';
import {
  FEW_FORMER_OWNERS,
  type FormerOwnerKey,
  formerIdentifiersLookup,
  formerOwnerAtLookup,
  formerOwnersLookup,
  lastUntilLookup,
  namelessKeysLookup,
  namelessRowsLookup,
  newestFormerOwnersLookup,
  oldestFormerOwnersLookup,
  wasFormerOwnerLookup,
} from './former-owner-lookups.ts';
import {
  changesLookup,
  confirmationLookup,
  mentionedLookup,
  type Newest,
  newestLookup,
  rememberedEventLookup,
  separationLookup,
  suppressionLookup,
} from './history-lookups.ts';

type FormerOwner = Pick<FormerOwnerRow, 'until' | 'customerId' | 'root'>;

/**
 * Answers what plans ask from what was gathered. Rows name customers by the id of their time; whose that id is today is asked
 * for apart, because the tables are distributed by different columns. While that is not known, such a row is left out.
 *
 * On a cluster, questions that would be asked of all shards are answered "perhaps": the question by key, which follows, is answered
 * exactly.
 */
export class IdentityFacts implements Facts {
  readonly secret: string;
  readonly #gathering: Gathering;
  readonly #locks: Locks | null;
  readonly #isCluster: boolean;

  /**
   * @param locks null for a plan that writes nothing. @param secret the store's own, for keyed hashes.
   * @param isCluster true where a question that names no key would be asked of all shards.
   */
  constructor(gathering: Gathering, locks: Locks | null, secret: string, isCluster: boolean) {
    this.#isCluster = isCluster;
    this.secret = secret;
    this.#gathering = gathering;
    this.#locks = locks;
  }

  /** Locks each owner, or the identifier where nobody owns it: who owns it stays so until the transaction ends. */
  ownersOf(keys: readonly string[]): Map<string, CustomerId> {
    const owners = new Map<string, CustomerId>();
    for (const key of keys) {
      const owner = this.#gathering.ask(ownerLookup, key);
      if (owner !== null) owners.set(key, owner);
      if (this.#gathering.knows(ownerLookup, key)) this.#lockOwner(key, owner);
    }
    return owners;
  }

  /**
   * Asks for what a plan about identifiers that were seen together nearly always asks, as far as that can be known: first for the
   * owners, and once they are known for the rest.
   */
  expect(identifiers: readonly Identifier[]): void {
    const keys = identifiers.map(identifierKey);
    const owners = this.ownersOf(keys);
    for (const key of keys) {
      if (!this.#gathering.knows(ownerLookup, key)) continue;
      const owner = owners.get(key);
      this.lastFormerUntil(key);
      this.#gathering.ask(retiredCookieLookup, key);
      this.#gathering.ask(replacedKeysLookup, key);
      this.customer(owner ?? freeProvisionalId(this.secret, key, () => false));
      // What is seen alone changes nobody's identifiers.
      if (owner !== undefined && keys.length > 1) this.#gathering.ask(identifierLookup, owner);
    }
    if (!this.#isCluster) this.#gathering.ask(newestLookup, '');
  }

  customer(id: CustomerId): CustomerRow | undefined {
    return this.#gathering.ask(customerLookup, id) ?? undefined;
  }

  erasedAt(id: CustomerId): number | null {
    return this.customer(id)?.erasedAt ?? null;
  }

  identifiersOf(roots: readonly CustomerId[]): Map<CustomerId, LinkedIdentifier[]> {
    return new Map(roots.map((root) => [root, this.#gathering.ask(identifierLookup, root).map(toIdentifier)]));
  }

  aliasesOf(root: CustomerId): Pick<CustomerRow, 'id' | 'createdAt'>[] {
    return this.aliases(root).map(({ id, createdAt }) => ({ id, createdAt }));
  }

  /** Every other id that leads to a customer of today, also erased ones. */
  aliases(root: CustomerId): readonly AliasRow[] {
    return this.#gathering.ask(aliasLookup, root);
  }

  /** All ids that lead to a customer of today, also erased ones: the root first. */
  ownIds(root: CustomerId): readonly CustomerId[] {
    return [root, ...this.aliases(root).map(({ id }) => id)];
  }

  newestEvidenceOf(root: CustomerId): number {
    const ids = this.ownIds(root).map((id) => this.customer(id)?.lastSeenAt ?? 0);
    const identifiers = this.#gathering.ask(identifierLookup, root).map(({ last_seen_at }) => last_seen_at);
    return [...ids, ...identifiers].reduce((newest, each) => Math.max(newest, each), 0);
  }

  isAnySeparatedSince(at: number): boolean {
    return isSince(this.newest?.separated, at);
  }

  separationsSince(keys: readonly string[], at: number): { key: string; id: CustomerId; root: CustomerId }[] {
    return keys.flatMap((key) =>
      this.#gathering
        .ask(separationLookup, key)
        .filter((separation) => separation.at >= at)
        .flatMap(({ customerId: id }) => {
          const root = this.customer(id)?.root;
          return root === undefined ? [] : [{ key, id, root }];
        }),
    );
  }

  isAnyErasedSince(at: number): boolean {
    return isSince(this.newest?.erased, at);
  }

  isSuppressed(hash: Buffer, at: number): boolean {
    const erasedAt = this.#gathering.ask(suppressionLookup, hash.toString('base64'));
    return erasedAt !== null && erasedAt >= at;
  }

  confirmedUntil(root: CustomerId, agent: Buffer): number | null {
    return this.#gathering.ask(confirmationLookup, JSON.stringify([root, agent.toString('base64')]));
  }

  /** Most identifiers have no former owner, or none who lost it so late: that is known without a further question. */
  formerOwnerAt(key: string, at: number): FormerOwnerRow | undefined {
    const last = this.lastFormerUntil(key);
    if (last === null || last <= at) return undefined;
    const row = this.#gathering.ask(formerOwnerAtLookup, JSON.stringify([key, at]));
    return row === null ? undefined : this.#formerOwners([row])[0];
  }

  lastFormerUntil(key: string): number | null {
    return this.#gathering.ask(lastUntilLookup, key);
  }

  oldestFormerOwners(key: string, kept: number, limit: number): FormerOwnerRow[] {
    return this.#formerOwners(this.#gathering.ask(oldestFormerOwnersLookup, JSON.stringify([key, kept, limit])));
  }

  formerOwnersOf(key: string): FormerOwner[] {
    return this.#formerOwners(this.#gathering.ask(formerOwnersLookup, key)).map(toFormer);
  }

  fewFormerOwnersOf(key: string): FormerOwner[] | null {
    const newest = this.#gathering.ask(newestFormerOwnersLookup, key);
    return newest.length > FEW_FORMER_OWNERS ? null : this.#formerOwners(newest.toReversed()).map(toFormer);
  }

  wasFormerOwner(key: string, id: CustomerId): boolean {
    return this.#gathering.ask(wasFormerOwnerLookup, JSON.stringify([id, key]));
  }

  /** Locks who has the identifiers now: only then the nameless rows stay as they are until the transaction ends. */
  namelessMembersOf(root: CustomerId): NamelessMember[] {
    return this.ownIds(root).flatMap((customerId) =>
      this.#gathering.ask(namelessKeysLookup, customerId).flatMap((key): NamelessMember[] => {
        this.ownersOf([key]);
        const rows = this.#gathering.ask(namelessRowsLookup, key);
        if (rows.length === 0) return [{ key, customerId, row: null }];
        return rows.map((row) => {
          return { key, customerId, row: { until: row.until, ordinal: row.ordinal, erasedAt: this.erasedAt(row.customerId) } };
        });
      }),
    );
  }

  /** Locks them: nobody gets one of them until the transaction ends. */
  lostKeysOf(root: CustomerId): string[] {
    const had = this.ownIds(root).flatMap((id) => [
      ...this.#gathering.ask(formerIdentifiersLookup, id),
      ...this.#gathering.ask(namelessKeysLookup, id),
    ]);
    return [...new Set(had)].sort().filter((key) => {
      if (this.#gathering.ask(ownerLookup, key) !== null) return false;
      if (this.#gathering.knows(ownerLookup, key)) this.#lockOwner(key, null);
      return this.#gathering.ask(retiredCookieLookup, key) === null;
    });
  }

  retiredCookie(key: string): RetiredCookieRow | undefined {
    const row = this.#gathering.ask(retiredCookieLookup, key);
    return row === null ? undefined : this.#retiredCookies([row])[0];
  }

  replacedBy(key: string): RetiredCookieRow[] {
    const rows = this.#gathering.ask(replacedKeysLookup, key).flatMap((replaced) => {
      // A plan follows rotations back one by one. Those of one customer are gathered together.
      this.#gathering.ask(replacedKeysLookup, replaced);
      const row = this.#gathering.ask(retiredCookieLookup, replaced);
      if (row === null) return [];
      for (const other of this.#gathering.ask(retiredKeysLookup, row.customerId)) {
        this.#gathering.ask(replacedKeysLookup, other);
        this.#gathering.ask(retiredCookieLookup, other);
      }
      return [row];
    });
    return this.#retiredCookies(rows).sort((a, b) => a.retiredAt - b.retiredAt || (a.key < b.key ? -1 : 1));
  }

  isAnyCookieRetiredAfter(at: number): boolean {
    return isSince(this.newest?.retired, at + 1);
  }

  retiredCookiesOf(root: CustomerId): RetiredCookieRow[] {
    const keys = this.ownIds(root).flatMap((id) => this.#gathering.ask(retiredKeysLookup, id));
    return this.#retiredCookies(keys.flatMap((key) => this.#gathering.ask(retiredCookieLookup, key) ?? []));
  }

  rememberedEvent(hash: Buffer): RememberedEvent | undefined {
    const event = this.#gathering.ask(rememberedEventLookup, hash.toString('base64'));
    if (event === null) return undefined;
    const row = event.customerId === null ? undefined : this.customer(event.customerId);
    return { customer: row === undefined ? null : { root: row.root, isErased: row.erasedAt !== null }, refusedType: event.refusedType };
  }

  changesOf(root: CustomerId): ChangeRow[] {
    return this.ownIds(root)
      .filter((id) => this.erasedAt(id) === null)
      .flatMap((id) => this.#gathering.ask(changesLookup, id));
  }

  isMentioned(key: string): boolean {
    return this.#gathering.ask(mentionedLookup, key);
  }

  /** When something last happened to anybody; null on a cluster, where that is not asked. */
  get newest(): Newest | null {
    return this.#isCluster ? null : this.#gathering.ask(newestLookup, '');
  }

  /** @param owner null where nobody owns the identifier. */
  #lockOwner(key: string, owner: CustomerId | null): void {
    if (owner !== null) this.#locks?.customer(owner);
    else if (this.#locks !== null) {
      this.#locks.name('identifier', key);
      // A customer who is stored for it gets this id, except in rare cases. Locked only then, it would cost a round trip.
      this.#locks.name(
        'customer',
        freeProvisionalId(this.secret, key, () => false),
      );
    }
  }

  #formerOwners(rows: readonly FormerOwnerKey[]): FormerOwnerRow[] {
    return rows.flatMap((row) => this.#ofToday(row));
  }

  #retiredCookies(rows: readonly RetiredCookieKey[]): RetiredCookieRow[] {
    return rows.flatMap((row) => this.#ofToday(row));
  }

  #ofToday<Row extends { readonly customerId: CustomerId }>(row: Row): (Row & Pick<CustomerRow, 'root' | 'erasedAt'>)[] {
    const customer = this.customer(row.customerId);
    return customer === undefined ? [] : [{ ...row, root: customer.root, erasedAt: customer.erasedAt }];
  }
}

/** @param newest undefined where it is not known: then perhaps. */
function isSince(newest: number | null | undefined, at: number): boolean {
  return newest === undefined || (newest !== null && newest >= at);
}

function toFormer({ until, customerId, root }: FormerOwnerRow): FormerOwner {
  return { until, customerId, root };
}
