import type { CustomerId } from '../model/customer.ts';
import type { IdentityChanges } from '../model/identity.ts';

/** What a decision begins with. */
export const NO_CHANGES = {
  kind: 'changes',
  created: false,
  merged: [],
  aliases: [],
  restored: [],
  linked: [],
  moved: [],
  cut: [],
  seen: [],
  leftOut: [],
  formerly: [],
  brought: [],
  separated: [],
  attributed: null,
} as const satisfies Omit<IdentityChanges, 'rule' | 'customerId'>;

/** Whether anybody has something else than before. */
export function isChange({ created, merged, linked, moved, cut }: IdentityChanges): boolean {
  return created || merged.length + linked.length + moved.length + cut.length > 0;
}

/** The customers who lost an identifier to `customerId` and stay customers of their own, so that they changed as well. */
export function losersOf({ customerId, merged, moved }: IdentityChanges): CustomerId[] {
  const gone = new Set([customerId, ...merged.map(({ id }) => id)]);
  return [...new Set(moved.map(({ from }) => from))].filter((id) => !gone.has(id));
}
