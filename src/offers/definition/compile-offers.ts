import type { GraphQLSchema } from 'graphql';
import { PURPOSES } from '../../capture/consent.ts';
import type { Offer, Placement } from '../../model/offer.ts';
import { fileAtKey } from '../../model/position-of-key.ts';
import type { Trait } from '../../model/trait.ts';
import type { Profile } from '../../profile/profile.ts';
import { compileRank } from '../rules/compile-rank.ts';
import { compileRuleSet } from '../rules/compile-rule-set.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { type RuleText, reportOnce } from '../rules/rule-text.ts';
import type { RuleVocabulary } from '../rules/rule-vocabulary.ts';
import { checkOffers } from './check-offers.ts';
import type { CompiledOffers, CompiledPlacement, DecisionSettings } from './compiled-offers.ts';
import type { OfferProblem, OffersProject } from './offers-project.ts';
import { isStored, sourcesOf } from './rule-sources.ts';

/** The option of the configuration that has the audiences. */
const AUDIENCES = 'audiences';

/**
 * Checks offers, placements and audiences, and compiles their rules.
 * @param schema the composed one, whose `Customer` says the types of what rules read.
 * @returns null where the project has no placements and no audiences, and where a problem was reported.
 */
export function compileOffers(
  project: OffersProject,
  schema: GraphQLSchema,
  profile: Profile,
  report: (problem: OfferProblem) => void,
): CompiledOffers | null {
  const { placements, audiences, touchpoints } = project.config;
  checkOffers(project, report);
  if (placements.size === 0 && audiences.size === 0) return null;
  const once = reportOnce(report);
  const texts = audienceTexts(project);
  const common = { schema, profile, audiences: texts, purposes: PURPOSES, touchpoints: Object.keys(touchpoints) };
  const settings = settingsOf(project, once);
  // Any viewer may see which audiences a customer is part of, from RECOGNIZED.
  const audienceRules = compileRuleSet([...texts.values()], { ...common, reader: 'audiences', min: 'RECOGNIZED', viewers: null }, once);
  // Mistakes of audiences are reported by now, and no placement is stricter than audiences are.
  const ofOffers: typeof once = (problem) => problem.message.startsWith(`${AUDIENCES}.`) || once(problem);
  const compiled = [...placements.values()].map((placement) => compilePlacement(project, placement, common, ofOffers));
  if (settings === null || audienceRules === null) return null;
  const complete = compiled.filter((placement) => placement !== null);
  if (complete.length < compiled.length) return null;
  const sets = [audienceRules, ...complete.map(({ rules }) => rules)];
  return {
    placements: new Map(complete.map((placement) => [placement.placement.name, placement])),
    audiences: audienceRules,
    audienceNames: [...audiences.keys()],
    storedAudiences: [...audiences.keys()].filter((name) => isStored(audienceRules.readsOf(name))),
    settings,
    traits: traitsOf(sets),
    sources: new Set(sets.flatMap(({ reads }) => sourcesOf(reads))),
  };
}

function compilePlacement(
  { offers }: OffersProject,
  placement: Placement,
  common: Pick<RuleVocabulary, 'schema' | 'profile' | 'audiences' | 'purposes' | 'touchpoints'>,
  report: (problem: OfferProblem) => void,
): CompiledPlacement | null {
  const { name, min, viewers, fallback } = placement;
  const shown = offers.flatMap((file) => (file.offer?.placements.includes(name) ? [{ ...file, offer: file.offer }] : []));
  const texts = shown.map(({ file, text, offer }) => ruleText(offer.name, offer.when, file, text, 'when'));
  const rules = compileRuleSet(texts, { ...common, reader: `placement ${name}`, min, viewers }, report);
  if (rules === null) return null;
  return { placement, offers: shown.map(({ offer }) => offer).sort(byName), rules, fallback: offerNamed(offers, fallback) };
}

function ruleText(name: string, text: string | null, file: string, fileText: string, label: string): RuleText {
  const at = fileAtKey(file, fileText, label.split('.'));
  return { name, text, origin: { file, at, fileText: fileText === '' ? null : fileText, label } };
}

function audienceTexts({ config, configFile, configText }: OffersProject): ReadonlyMap<string, RuleText> {
  return new Map([...config.audiences].map(([name, text]) => [name, ruleText(name, text, configFile, configText, `${AUDIENCES}.${name}`)]));
}

function offerNamed(offers: OffersProject['offers'], name: string | null): Offer | null {
  return offers.find((file) => file.name === name)?.offer ?? null;
}

function byName(a: Offer, b: Offer): number {
  return a.name < b.name ? -1 : 1;
}

function settingsOf(project: OffersProject, report: (problem: OfferProblem) => void): DecisionSettings | null {
  const { rank, ...settings } = project.config.decisions;
  const { configFile, configText } = project;
  const compiled = compileRank(rank, ruleText('rank', rank, configFile, configText, 'decisions.rank').origin, report);
  return compiled && { ...settings, ...compiled };
}

function traitsOf(sets: readonly RuleSet[]): Trait[] {
  return [...new Map(sets.flatMap(({ traits }) => traits.map((trait) => [trait.name, trait]))).values()];
}
