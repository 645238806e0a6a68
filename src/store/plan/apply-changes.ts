import { identifierKey } from '../../model/identifier.ts';
import type { IdentityChanges } from '../../model/identity.ts';
import type { GraphDraft } from './graph-draft.ts';

/**
 * Makes a draft what an identity decision says. The history is written apart (identity-history.ts).
 * @param source what the identifiers were read from.
 */
export function applyChanges(draft: GraphDraft, changes: IdentityChanges, source: string, occurredAt: Date): void {
  const { rule, customerId, created, merged, aliases, restored, linked, moved, cut, formerly, separated } = changes;
  const at = occurredAt.getTime();
  if (created) draft.insertCustomer(customerId, customerId, at);
  for (const { id } of merged) draft.merge(id, customerId);
  if (rule === 'MERGE') draft.mergedByPerson(customerId, at);
  for (const { id } of aliases) draft.insertCustomer(id, customerId, at);
  for (const id of restored) draft.restore(id, customerId);
  for (const identifier of linked) draft.link(identifier, customerId, at, source);
  for (const identifier of moved) draft.move(identifier, customerId, source);
  for (const identifier of cut) draft.cut(identifier);
  for (const { identifier, until, customerId: owner } of formerly) {
    draft.formerOwners.add(identifierKey(identifier), until.getTime(), owner);
  }
  for (const { identifier, from } of separated) draft.separations.add(identifier, from, at);
}
