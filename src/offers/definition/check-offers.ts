import type { Offer } from '../../model/offer.ts';
import { whereOfKey } from '../../model/position-of-key.ts';
import { unknownName } from '../did-you-mean.ts';
import type { OfferFile } from './offer-file.ts';
import type { OfferProblem, OffersProject } from './offers-project.ts';

/** Reports names of placements and offers that do not exist, and offers that nothing can show. */
export function checkOffers(project: OffersProject, report: (problem: OfferProblem) => void): void {
  const { offers, config, configFile, configText } = project;
  const placements = new Set(config.placements.keys());
  const fallbacks = new Set([...config.placements.values()].map(({ fallback }) => fallback));
  // Also those of files with a problem: their names exist.
  const names = new Set(offers.map(({ name }) => name));
  for (const { file, text, offer } of offers) {
    if (offer === null) continue;
    const wrong = (path: readonly PropertyKey[], message: string) => report({ where: whereOfKey(file, text, path), message });
    for (const [index, name] of offer.placements.entries())
      if (!placements.has(name)) wrong(['placements', index], unknownName('a placement of the configuration', name, [...placements]));
    for (const [index, name] of offer.excludes.entries())
      if (!names.has(name)) wrong(['excludes', index], unknownName('the name of an offer', name, [...names]));
    if (offer.placements.length === 0 && !fallbacks.has(offer.name)) {
      const message = `expected at least one placement, or a placement whose fallback is ${offer.name}; received none`;
      wrong(['placements'], message);
    }
  }
  for (const { name, fallback } of config.placements.values()) {
    if (fallback === null || names.has(fallback)) continue;
    const where = whereOfKey(configFile, configText, ['placements', name, 'fallback']);
    report({ where, message: unknownName('the name of an offer', fallback, [...names]) });
  }
}

/** Warns of what is allowed, but probably a mistake: offers that have ended, placements that show nothing. @param now the time of the start. */
export function offerWarnings(project: OffersProject, now: Date): OfferProblem[] {
  const { offers, config, configFile, configText } = project;
  const warnings: OfferProblem[] = [];
  const fallbacks = new Set([...config.placements.values()].map(({ fallback }) => fallback));
  const parsed = offers.flatMap((file) => (file.offer === null ? [] : [{ file, offer: file.offer }]));
  for (const { file, offer } of parsed) {
    if (offer.ends !== null && offer.ends <= now.getTime() && !fallbacks.has(offer.name)) warnings.push(ended(file, offer.ends));
  }
  for (const { name, fallback } of config.placements.values()) {
    if (fallback !== null || parsed.some(({ offer }) => canBeShown(offer, name, now))) continue;
    const where = whereOfKey(configFile, configText, ['placements', name]);
    warnings.push({ where, message: 'no offer that has not ended names this placement, and it has no fallback: it shows nothing' });
  }
  return warnings;
}

function ended({ file, text }: OfferFile, ends: number): OfferProblem {
  const message = `the offer ended at ${new Date(ends).toISOString()}, so no placement shows it any more; remove the file, or change ends`;
  return { where: whereOfKey(file, text, ['ends']), message };
}

function canBeShown({ placements, ends }: Offer, placement: string, now: Date): boolean {
  return placements.includes(placement) && (ends === null || ends > now.getTime());
}
