import fc from 'fast-check';
import type { IdentityRules } from '../../src/identity/identity-rules.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import type { ConflictPolicy } from '../../src/model/identity.ts';

/** Small limits and few values, so that short histories have every conflict. */
export const rulesWith = (conflict: ConflictPolicy): IdentityRules => ({
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'email', class: 'person', unique: false, limit: 2, window: null },
    { name: 'phone', class: 'person', unique: false, limit: 1, window: 10 },
    { name: 'visitorId', class: 'cookie', unique: false, limit: Number.MAX_SAFE_INTEGER, window: null },
  ],
  conflict,
  capacity: 6,
});

/** Milliseconds; few, so that some events are late and some have the same time. */
const time = fc.integer({ min: 1, max: 40 });
export const identifier: fc.Arbitrary<Identifier> = fc.record({
  type: fc.constantFrom('crmId', 'email', 'phone', 'visitorId'),
  value: fc.constantFrom('a', 'b', 'c', 'd'),
});
/** Of a type without a limit. */
export const unlimited: fc.Arbitrary<Identifier> = fc.record({
  type: fc.constant('visitorId'),
  value: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
});

/** Identifiers that were seen together. */
export interface EvidenceStep {
  readonly kind: 'evidence';
  readonly identifiers: readonly Identifier[];
  readonly at: number;
}
export type Step =
  | EvidenceStep
  | { readonly kind: 'interaction'; readonly identifiers: readonly Identifier[]; readonly at: number; readonly id: string }
  | { readonly kind: 'merge'; readonly of: readonly [Identifier, Identifier] }
  | { readonly kind: 'split' | 'unlink'; readonly of: Identifier };

const together = fc.uniqueArray(identifier, { minLength: 1, maxLength: 4, selector: ({ type, value }) => type + value });
const evidenceStep: fc.Arbitrary<EvidenceStep> = fc.record({ kind: fc.constant('evidence'), identifiers: together, at: time });
export const evidenceSteps = fc.array(evidenceStep, { minLength: 1, maxLength: 12 });
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: evidenceStep },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('interaction'), identifiers: together, at: time, id: fc.constantFrom('i', 'j', 'k') }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge'), of: fc.tuple(identifier, identifier) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('split', 'unlink'), of: identifier }) },
  ),
  { minLength: 1, maxLength: 14 },
) as fc.Arbitrary<Step[]>;
