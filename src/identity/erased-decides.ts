import { type Identifier, identifierKey } from '../model/identifier.ts';
import { decidingIdentifier } from './attribute-interaction.ts';
import type { IdentityRules } from './identity-rules.ts';

/**
 * Whether the identifier that says whose a record is was erased. Such a record is refused as a whole: without that
 * identifier, it would become somebody else's who stands beside it. Erased identifiers that don't decide are left out.
 * (DESIGN, Identity 7.)
 * @param identifiers at least one.
 * @param erasedKeys keys of those that were erased at the record's time or later.
 */
export function erasedDecides(rules: IdentityRules, identifiers: readonly Identifier[], erasedKeys: ReadonlySet<string>): boolean {
  return erasedKeys.size > 0 && erasedKeys.has(identifierKey(decidingIdentifier(rules, identifiers)));
}
