import type { Identifier } from '../model/identifier.ts';
import type { IdentityChanges } from '../model/identity.ts';

/**
 * Explains in a sentence what a change would do, and whose history would go where. It names types of identifiers, never values.
 * @param interactions how many would belong to another customer.
 * @param rejected identifiers that would not count.
 */
export function explainPreview(changes: IdentityChanges, interactions: number, rejected: readonly Identifier[] = []): string {
  const parts = [...consequencesOf(changes, interactions), ...withoutCounting(changes, rejected)];
  return parts.length === 0 ? 'Nothing would change.' : sentence(parts.join('; '));
}

function consequencesOf({ rule, created, merged, linked, moved, cut, restored }: IdentityChanges, interactions: number): string[] {
  switch (rule) {
    case 'REPLAY':
      return ['nothing would change, because this event is known already'];
    case 'MERGE':
      return merged.length === 0 ? [] : [`${merged.length + 1} customers would become one`, mergedHistory(interactions)];
    case 'UNLINK':
      return [`nobody would have ${listed(cut)} any more`, 'all interactions so far would stay with the customer'];
    case 'SPLIT':
      return restored.length === 0
        ? [`${listed(moved)} would belong to a new customer`, 'all interactions so far would stay with the present one']
        : [
            `${listed(moved)} would belong to a customer with an id from before they came together`,
            `${interactions === 0 ? 'no interaction' : counted(interactions)} of that time would go along, and all others would stay`,
          ];
    default:
      return [
        created && `a new customer would have ${listed(linked)}`,
        !created && linked.length > 0 && `the customer would gain ${listed(linked)}`,
        merged.length > 0 && `${merged.length + 1} customers would become one`,
        merged.length > 0 && mergedHistory(interactions),
        moved.length > 0 && `${listed(moved)} would leave the customer who has ${itOrThem(moved)}, and leave all interactions so far there`,
        cut.length > 0 && `nobody would have ${listed(cut)} any more, to stay within a limit`,
      ].filter((text) => text !== false);
  }
}

function mergedHistory(interactions: number): string {
  return interactions === 0
    ? 'none of the others has an interaction'
    : `${counted(interactions)} of the others would belong to the one who stays`;
}

function withoutCounting({ leftOut }: IdentityChanges, rejected: readonly Identifier[]): string[] {
  return [
    leftOut.length > 0 && `${listed(leftOut)} would stay where ${leftOut.length === 1 ? 'it is' : 'they are'}`,
    rejected.length > 0 && `${listed(rejected)} would be rejected`,
  ].filter((text) => text !== false);
}

function counted(interactions: number): string {
  return interactions === 1 ? '1 interaction' : `${interactions} interactions`;
}

/** `crmId, 2 of email`. */
function listed(identifiers: readonly Identifier[]): string {
  const byType = Map.groupBy(identifiers, ({ type }) => type);
  return [...byType].map(([type, { length }]) => (length === 1 ? type : `${length} of ${type}`)).join(', ');
}

function itOrThem({ length }: readonly Identifier[]): string {
  return length === 1 ? 'it' : 'them';
}

/** Types keep their case, so only what begins with a word of the sentence gets a capital. */
function sentence(text: string): string {
  const starts = /^(nothing|nobody|a|the|none)\b/.test(text);
  return `${starts ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text}.`;
}
