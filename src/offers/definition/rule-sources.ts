import { CAPTURED, COMPUTED, JOURNEY } from '../../profile/field-binding.ts';
import type { RuleReads } from '../rules/rule-set.ts';

/** Names of the data sources that answer what rules read, built-in ones included. */
export function sourcesOf({ sources, attributes, traits }: RuleReads): string[] {
  return [...new Set([...sources, ...(attributes ? [CAPTURED] : []), ...(traits.length > 0 ? [JOURNEY] : [])])];
}

/** The built-in sources: they answer from the gateway's own store. */
const STORED: ReadonlySet<string> = new Set([CAPTURED, COMPUTED, JOURNEY]);

/** True for a rule that depends only on the gateway's store and the time: on no back end and no request. */
export function isStored(reads: RuleReads): boolean {
  return !reads.isOfRequest && sourcesOf(reads).every((source) => STORED.has(source));
}
