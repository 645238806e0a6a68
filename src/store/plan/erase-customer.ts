import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import { identifierKey } from '../../model/identifier.ts';
import type { ErasureOrder } from '../../model/identity.ts';
import { erasedIdentifierHash } from '../keyed-hashes.ts';
import { storeShown } from './correct-graph.ts';
import type { GraphDraft } from './graph-draft.ts';
import { recordChange } from './identity-history.ts';

/** What became of an order to erase. */
export interface StartedErasure {
  /** False when the customer has identifiers that the order does not expect: nothing was erased. */
  readonly isExpected: boolean;
  /** The erasure's name in the list of what is to be deleted, until all is; null when there is nothing to delete. */
  readonly pending: string | null;
}

/**
 * Makes a customer's data unreadable (`IdentityStore.erase`). It costs what the customer has of ids and identifiers: the
 * data is listed here, and deleted afterwards in slices.
 */
export function eraseCustomer(draft: GraphDraft, order: ErasureOrder): StartedErasure {
  const expected = order.expected && new Set(order.expected.map(identifierKey));
  const customer = draft.find(order.customerId);
  if (expected && customer?.identifiers.some((identifier) => !expected.has(identifierKey(identifier)))) {
    return { isExpected: false, pending: null };
  }
  if (order.shown) storeShown(draft, [order.shown], order.source);
  const root = draft.customer(order.customerId)?.root;
  return { isExpected: true, pending: root === undefined ? null : erase(draft, root, order) };
}

/** @returns the erasure's name. */
function erase(draft: GraphDraft, root: CustomerId, { at, source, actor }: ErasureOrder): string {
  const { facts } = draft;
  const erasure = draft.freshId();
  const { createdAt, lastSeenAt, identifiers } = whatIsKnownOf(draft, root);
  const keys = [...identifiers.map(identifierKey), ...facts.lostKeysOf(root), ...facts.retiredCookiesOf(root).map(({ key }) => key)];
  // An event may be ahead of this clock; sent again, it must bring nothing back.
  const erasedAt = Math.max(draft.now(), lastSeenAt);
  // The customer's own data first: what is deleted there needs no scrubbing.
  draft.write({ kind: 'purge-customer', erasure, root });
  // What is reserved returns to the caps; once the rows are deleted, nobody knows of it.
  draft.write({ kind: 'release-customer', root });
  for (const key of keys) {
    const hash = erasedIdentifierHash(facts.secret, key);
    // Others may have had the identifier until later than the customer was seen.
    draft.write({ kind: 'suppress', hash, at: Math.max(erasedAt, facts.lastFormerUntil(key) ?? 0) });
    draft.write({ kind: 'erase-identifier', key });
    // Processes remember which identifier an id was shown for, until that id is stored. So it is stored, as the erased
    // customer's: no process answers the identifier by it any more.
    draft.insertCustomer(draft.provisionalId(key), root, createdAt, { createdAt, erasedAt });
    draft.write({ kind: 'purge-identifier', erasure, key, except: root });
  }
  for (const key of keys) draft.write({ kind: 'erase-retired-cookie', key, hash: erasedIdentifierHash(facts.secret, key) });
  refuseNameless(draft, root, erasedAt);
  draft.write({ kind: 'erase-customer', root, at: erasedAt });
  const cause = { source, actor, reason: null, occurredAt: at, evidence: [] };
  recordChange(draft, { ...NO_CHANGES, rule: 'ERASE', customerId: root }, cause);
  return erasure;
}

/** Of the customer and all that was merged into it. Times are in milliseconds. */
function whatIsKnownOf(draft: GraphDraft, root: CustomerId) {
  const customer = draft.find(root);
  const identifiers = customer?.identifiers ?? [];
  const seen = [customer?.lastSeenAt, ...identifiers.map(({ lastSeenAt }) => lastSeenAt)].map((at) => at?.getTime() ?? 0);
  return {
    createdAt: customer?.createdAt.getTime() ?? 0,
    lastSeenAt: Math.max(draft.facts.newestEvidenceOf(root), ...seen),
    identifiers,
  };
}

/**
 * Where the nameless row of an identifier stands for one of the customer's ids, what comes so late is refused from now on,
 * since it may be theirs (former-owners.ts).
 */
function refuseNameless(draft: GraphDraft, root: CustomerId, erasedAt: number): void {
  // Two ids of the customer may be among those that one row stands for.
  const refused = new Set<string>();
  for (const { key, customerId, row } of draft.facts.namelessMembersOf(root)) {
    const name = `${row?.until} ${row?.ordinal} ${key}`;
    if (row !== null && row.erasedAt === null && !refused.has(name)) {
      refused.add(name);
      const { until, ordinal } = row;
      draft.write({ kind: 'rename-former-owner', key, until, ordinal, customerId: draft.insertNameless(until, erasedAt) });
    }
    draft.write({ kind: 'delete-nameless-member', key, customerId });
  }
}
