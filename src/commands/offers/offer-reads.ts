import { inLargestUnit } from '../../model/quantity.ts';
import type { Trait } from '../../model/trait.ts';
import type { CompiledOffers, CompiledPlacement } from '../../offers/definition/compiled-offers.ts';
import type { RuleReads } from '../../offers/rules/rule-set.ts';

/**
 * Lines for the terminal about what rules read: data sources, and counts of interactions. One line for each offer of each placement,
 * and one for each audience.
 */
export function offerReads({ placements, audiences, audienceNames, traits }: CompiledOffers): string[] {
  const byName = new Map(traits.map((trait) => [trait.name, trait]));
  const shown = (reads: RuleReads) => readsText(reads, byName);
  return [
    ...[...placements.values()].flatMap((placement) => placementLines(placement, shown)),
    ...audienceNames.map((name) => `audience ${name} reads ${shown(audiences.readsOf(name))}`),
  ];
}

function placementLines(
  { placement: { name }, offers, rules, fallback }: CompiledPlacement,
  shown: (reads: RuleReads) => string,
): string[] {
  return [
    ...offers.map(
      (offer) => `${name}: ${offer.name} ${offer.when === null ? 'is for everybody' : `reads ${shown(rules.readsOf(offer.name))}`}`,
    ),
    ...(fallback === null ? [] : [`${name}: ${fallback.name} is the fallback`]),
  ];
}

function readsText(reads: RuleReads, traits: ReadonlyMap<string, Trait>): string {
  const counted = reads.traits.flatMap((name) => traits.get(name) ?? []).map(journeyText);
  const parts = [...reads.sources, ...(reads.attributes ? ['attributes'] : []), ...counted];
  return parts.length === 0 ? 'nothing of the customer' : [...new Set(parts)].join(', ');
}

/** `journey(purchase, 30d)`, or `journey(purchase)` for the last one. */
function journeyText({ of, window }: Trait): string {
  return window === null ? `journey(${of})` : `journey(${of}, ${inLargestUnit(window).join('')})`;
}
