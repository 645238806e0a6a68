import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { IdentityEvent, IdentityState } from '../../model/identity.ts';
import { erasedIdentifierHash } from '../keyed-hashes.ts';
import type { FormerOwnership } from './facts.ts';
import type { GraphDraft } from './graph-draft.ts';

/** What an event's identifiers mean before it: the input of identity/decide.ts. */
export function stateOf(draft: GraphDraft, { identifiers, occurredAt }: Pick<IdentityEvent, 'identifiers' | 'occurredAt'>): IdentityState {
  const owners = draft.ownersByKey(identifiers);
  const customers = draft.customersById(owners.values());
  const unowned = identifiers.map(identifierKey).filter((key) => !owners.has(key));
  const former = formerOwnersAt(draft, occurredAt, identifiers);
  const concerned = [...identifiers, ...[...customers.values()].flatMap((customer) => customer.identifiers)];
  return {
    owners,
    customers,
    provisionalIds: new Map(unowned.map((key) => [key, draft.provisionalId(key)])),
    formerOwners: new Map([...former].map(([key, { root }]) => [key, root])),
    erased: erasedAmong(draft, occurredAt, identifiers, former),
    separations: draft.separations.since(concerned.map(identifierKey), occurredAt.getTime()),
  };
}

/**
 * @returns the keys of those that are evidence of an erased customer at this time: the identifier was erased then or later,
 * or its owner of that time was erased since.
 */
export function erasedSince(draft: GraphDraft, at: Date, identifiers: readonly Identifier[]): Set<string> {
  return erasedAmong(draft, at, identifiers, formerOwnersAt(draft, at, identifiers));
}

function erasedAmong(
  { facts }: GraphDraft,
  at: Date,
  identifiers: readonly Identifier[],
  former: ReadonlyMap<string, FormerOwnership>,
): Set<string> {
  const keys = identifiers.map(identifierKey);
  const erased = new Set(keys.filter((key) => former.get(key)?.erasedAt != null));
  // Usually no erasure is newer than the event; one probe rules it out.
  if (!facts.isAnyErasedSince(at.getTime())) return erased;
  for (const key of keys) if (facts.isSuppressed(erasedIdentifierHash(facts.secret, key), at.getTime())) erased.add(key);
  return erased;
}

/** Who had each identifier at this time, where it has left them since. */
function formerOwnersAt(draft: GraphDraft, at: Date, identifiers: readonly Identifier[]): Map<string, FormerOwnership> {
  const found = new Map<string, FormerOwnership>();
  for (const key of identifiers.map(identifierKey)) {
    const owner = draft.formerOwners.ownerAt(key, at.getTime());
    if (owner !== null) found.set(key, owner);
  }
  return found;
}
