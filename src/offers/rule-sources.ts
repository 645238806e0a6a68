import { CAPTURED, COMPUTED, JOURNEY } from '../profile/field-binding.ts';
import type { Profile } from '../profile/profile.ts';
import type { RuleReads } from './rules/rule-set.ts';

/** Names of the data sources that answer what rules read. */
export function sourcesOf(reads: RuleReads, profile: Profile): string[] {
  const fields = reads.customer.flatMap((name) => profile.field(`Customer.${name}`)?.binding?.sources ?? []);
  const own = [...(reads.attributes ? [CAPTURED] : []), ...(reads.traits.length > 0 ? [JOURNEY] : [])];
  return [...new Set([...fields.map(({ source }) => source), ...own])];
}

/** What the gateway itself stores of a customer. */
const STORED: ReadonlySet<string> = new Set([CAPTURED, COMPUTED, JOURNEY]);

/** True for an audience that depends on nothing but what the gateway stores: on no back end, and on no request. */
export function isStored(reads: RuleReads, profile: Profile): boolean {
  return sourcesOf(reads, profile).every((source) => STORED.has(source));
}
