import type { CustomerId } from '../../../model/customer.ts';
import { identifierKey, identifierOf } from '../../../model/identifier.ts';
import type { IdentifierWrite } from '../../plan/writes.ts';
import type { Statement } from '../statement.ts';
import { bulkDelete, bulkInsert, bulkUpdate } from './bulk.ts';
import type { CustomerRows } from './customer-rows.ts';
import type { WriteFacts } from './write-facts.ts';

const OWNER = { id_key: 'text', customer_id: 'text' } as const;
const ROW = { customer_id: 'text', id_key: 'text' } as const;
// Another transaction that links an identifier meanwhile makes this one fail, and it is repeated.
const INSERT_OWNER = bulkInsert('identifier_owner', OWNER);
const CHANGE_OWNER = bulkUpdate('identifier_owner', { id_key: 'text' }, { customer_id: 'text' }, 'customer_id = given.customer_id');
const DELETE_OWNER = bulkDelete('identifier_owner', { id_key: 'text' });
const INSERT = bulkInsert('identifier', {
  ...ROW,
  ...({ type: 'text', value: 'text', linked_at: 'bigint', last_seen_at: 'bigint', source: 'text' } as const),
});
const CHANGE = bulkUpdate(
  'identifier',
  ROW,
  { linked_at: 'bigint', last_seen_at: 'bigint', source: 'text' },
  `linked_at = coalesce(given.linked_at, identifier.linked_at), source = coalesce(given.source, identifier.source),
   last_seen_at = greatest(identifier.last_seen_at, given.last_seen_at)`,
);
const DELETE = bulkDelete('identifier', ROW);
const SEPARATE = bulkInsert(
  'separation',
  { id_key: 'text', customer_id: 'text', separated_at: 'bigint' },
  'on conflict (id_key, customer_id) do update set separated_at = greatest(separation.separated_at, excluded.separated_at)',
);
const FORGET_SEPARATIONS = bulkDelete('separation', { id_key: 'text' });

type Write<Kind extends IdentifierWrite['kind']> = Extract<IdentifierWrite, { kind: Kind }>;

/** Times are in milliseconds. */
interface Link {
  readonly linkedAt: number;
  readonly seenAt: number;
  readonly source: string;
}

/** An identifier that the writes change. */
interface Changed {
  readonly key: string;
  /** The owner that is stored; null for nobody. */
  readonly stored: CustomerId | null;
  owner: CustomerId | null;
  /** True where the writes deleted its row: one of the same owner is another row then, with times of its own. */
  isDeleted: boolean;
  /** Null where it is as it is stored, and was not asked for. */
  link: Link | null;
  /** Milliseconds: evidence for it since; null for none. */
  seenAt: number | null;
}

/** Rows of `identifier`, `identifier_owner` and `separation`: what is stored, with what the writes have changed so far. */
export class IdentifierRows {
  readonly #facts: WriteFacts;
  readonly #customers: CustomerRows;
  readonly #changed = new Map<string, Changed>();
  readonly #separations = new Map<string, Write<'insert-separation'>>();
  readonly #erased = new Set<string>();

  constructor(facts: WriteFacts, customers: CustomerRows) {
    this.#facts = facts;
    this.#customers = customers;
  }

  insert({ identifier, customerId, linkedAt, seenAt, source }: Write<'insert-identifier'>): void {
    this.#give(identifierKey(identifier), customerId, { linkedAt, seenAt, source });
  }

  moveAll({ from, to }: Write<'move-identifiers'>): void {
    this.#customers.writeUnder(from);
    this.#customers.writeUnder(to);
    const stored = this.#customers.isNew(from) ? [] : (this.#facts.identifiersOf([from]).get(from) ?? []);
    for (const { linkedAt, lastSeenAt, source, ...identifier } of stored) {
      const changed = this.#changeOf(identifierKey(identifier), from);
      if (changed.owner !== from) continue;
      changed.link ??= { linkedAt: linkedAt.getTime(), seenAt: lastSeenAt.getTime(), source };
    }
    for (const each of this.#changed.values()) if (each.owner === from) each.owner = to;
  }

  move({ key, customerId, linkedAt, source }: Write<'move-identifier'>): void {
    const link = this.#take(key);
    if (link !== null) this.#give(key, customerId, { ...link, linkedAt, source });
  }

  rename({ key, identifier, linkedAt, source }: Write<'rename-identifier'>): void {
    const changed = this.#changeOf(key);
    const { owner } = changed;
    const link = this.#take(key);
    if (owner === null || link === null) return;
    changed.isDeleted = true;
    this.#give(identifierKey(identifier), owner, { ...link, linkedAt, source });
  }

  see({ key, at }: Write<'see-identifier'>): void {
    const changed = this.#changeOf(key);
    if (changed.owner === null) return;
    this.#customers.writeUnder(changed.owner);
    changed.seenAt = Math.max(at, changed.seenAt ?? at);
  }

  delete(key: string): void {
    const changed = this.#changeOf(key);
    changed.isDeleted = true;
    this.#cut(changed);
  }

  /** Deletes it with its separations. */
  erase(key: string): void {
    this.delete(key);
    this.#erased.add(key);
    for (const [name, each] of this.#separations) if (each.key === key) this.#separations.delete(name);
  }

  separate(write: Write<'insert-separation'>): void {
    this.#customers.writeUnder(write.customerId);
    const name = `${write.customerId} ${write.key}`;
    const known = this.#separations.get(name);
    if (known === undefined || known.at < write.at) this.#separations.set(name, write);
  }

  statements(): Statement[] {
    const all = [...this.#changed.values()];
    const isOther = ({ stored, owner, isDeleted }: Changed) => isDeleted || owner !== stored;
    const kept = all.filter((each) => each.owner !== null && !isOther(each));
    const left = all.filter((each) => each.stored !== null && isOther(each));
    const given = all.filter((each) => each.owner !== null && isOther(each));
    return [
      ...DELETE_OWNER.over(left.filter(({ owner }) => owner === null).map(({ key }) => [key])),
      ...CHANGE_OWNER.over(left.filter(({ stored, owner }) => owner !== null && owner !== stored).map(({ key, owner }) => [key, owner])),
      ...INSERT_OWNER.over(given.filter(({ stored }) => stored === null).map(({ key, owner }) => [key, owner])),
      ...DELETE.over(left.map(({ key, stored }) => [stored, key])),
      ...INSERT.over(given.map(rowOf)),
      ...CHANGE.over(kept.filter(({ link, seenAt }) => link !== null || seenAt !== null).map(changeOf)),
      ...FORGET_SEPARATIONS.over([...this.#erased].map((key) => [key])),
      ...SEPARATE.over([...this.#separations.values()].map(({ key, customerId, at }) => [key, customerId, at])),
    ];
  }

  /** @param stored the owner that is stored, where that is known. */
  #changeOf(key: string, stored?: CustomerId): Changed {
    const known = this.#changed.get(key);
    if (known !== undefined) return known;
    const owner = stored ?? this.#facts.ownersOf([key]).get(key) ?? null;
    const changed: Changed = { key, stored: owner, owner, isDeleted: false, link: null, seenAt: null };
    this.#changed.set(key, changed);
    return changed;
  }

  #cut(changed: Changed): void {
    if (changed.owner !== null) this.#customers.writeUnder(changed.owner);
    Object.assign(changed, { owner: null, link: null, seenAt: null });
  }

  #give(key: string, owner: CustomerId, link: Link): void {
    const changed = this.#changeOf(key);
    if (changed.owner !== null) throw new Error('an identifier that has an owner got another: expected it to be taken from them first');
    this.#customers.writeUnder(owner);
    Object.assign(changed, { owner, link, seenAt: null });
  }

  /** @returns its row with what was seen since; null for one that nobody owns. */
  #take(key: string): Link | null {
    const changed = this.#changeOf(key);
    if (changed.owner === null) return null;
    const link = changed.link ?? this.#storedLinkOf(changed);
    const { seenAt } = changed;
    this.#cut(changed);
    if (link === null) return null;
    return { ...link, seenAt: Math.max(link.seenAt, seenAt ?? link.seenAt) };
  }

  #storedLinkOf({ key, stored }: Changed): Link | null {
    if (stored === null) return null;
    const row = this.#facts
      .identifiersOf([stored])
      .get(stored)
      ?.find((each) => identifierKey(each) === key);
    if (row === undefined) return null;
    return { linkedAt: row.linkedAt.getTime(), seenAt: row.lastSeenAt.getTime(), source: row.source };
  }
}

function rowOf({ key, owner, link, seenAt }: Changed) {
  const { type, value } = identifierOf(key);
  const { linkedAt, source } = link ?? { linkedAt: null, source: null };
  return [owner, key, type, value, linkedAt, lastOf(link, seenAt), source];
}

function changeOf({ key, owner, link, seenAt }: Changed) {
  return [owner, key, link?.linkedAt ?? null, lastOf(link, seenAt), link?.source ?? null];
}

function lastOf(link: Link | null, seenAt: number | null): number | null {
  if (link === null || seenAt === null) return seenAt ?? link?.seenAt ?? null;
  return Math.max(link.seenAt, seenAt);
}
