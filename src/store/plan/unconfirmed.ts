import type { ConfirmingAgent } from '../../model/confirmation.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { CorrectionRefusal, CorrectionState, IdentityCorrection } from '../../model/identity.ts';
import { agentHash } from '../keyed-hashes.ts';
import type { GraphDraft } from './graph-draft.ts';

/**
 * The identifiers because of which an agent who must confirm may not link all of these: those of customers whom the agent has not
 * confirmed. Where none of them has an owner, also those that a back end may know: who links the number of a customer whom only a
 * back end knows with another identifier makes that customer's data readable by the other one. One identifier alone links nothing.
 */
export function unconfirmedAmong(
  draft: GraphDraft,
  identifiers: readonly Identifier[],
  by: ConfirmingAgent | undefined,
): readonly Identifier[] {
  if (by === undefined || new Set(identifiers.map(identifierKey)).size < 2) return [];
  const owners = draft.ownersOf(identifiers);
  if (owners.every((owner) => owner === null)) return identifiers.filter(({ type }) => by.askableTypes.includes(type));
  return identifiers.filter((_, index) => owners[index] != null && !isConfirmed(draft, owners[index], by));
}

/** The refusal of a correction that concerns a customer whom an agent who must confirm has not confirmed; null where none does. */
export function unconfirmedIn(
  draft: GraphDraft,
  { roots, owners }: Pick<CorrectionState, 'roots' | 'owners'>,
  correction: IdentityCorrection,
): CorrectionRefusal | null {
  const { onlyConfirmedBy: by } = correction;
  if (by === undefined) return null;
  const isUnconfirmed = (root: CustomerId | undefined) => root !== undefined && !isConfirmed(draft, root, by);
  const named = correction.kind === 'merge' ? correction.customerIds : correction.customerId === null ? [] : [correction.customerId];
  const identifiers = correction.kind === 'merge' ? [] : correction.identifiers;
  const concerned = [...named.map((id) => roots.get(id)), ...identifiers.map((identifier) => owners.get(identifierKey(identifier)))];
  const index = concerned.findIndex(isUnconfirmed);
  return index < 0 ? null : { kind: 'refused', why: 'unconfirmed', index };
}

function isConfirmed(draft: GraphDraft, root: CustomerId, { agent, at }: ConfirmingAgent): boolean {
  if (agent === null) return false;
  const until = draft.facts.confirmedUntil(root, agentHash(draft.facts.secret, agent));
  return until !== null && until > at.getTime();
}
