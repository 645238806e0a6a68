import { CAPTURED, COMPUTED, JOURNEY } from '../../profile/field-binding.ts';
import type { RuleReads } from '../rules/rule-set.ts';

/** Names of the data sources that answer what rules read, with those that are built in. */
export function sourcesOf({ sources, attributes, traits }: RuleReads): string[] {
  return [...new Set([...sources, ...(attributes ? [CAPTURED] : []), ...(traits.length > 0 ? [JOURNEY] : [])])];
}

/** What the gateway itself stores of a customer. */
const STORED: ReadonlySet<string> = new Set([CAPTURED, COMPUTED, JOURNEY]);

/** True for a rule that depends on nothing but what the gateway stores, and on the time: on no back end, and on no request. */
export function isStored(reads: RuleReads): boolean {
  return !reads.isOfRequest && sourcesOf(reads).every((source) => STORED.has(source));
}
