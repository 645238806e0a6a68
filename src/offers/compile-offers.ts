import type { GraphQLSchema } from 'graphql';
import type { Profile } from '../profile/profile.ts';
import { checkOffers } from './check-offers.ts';
import type { CompiledOffers } from './compiled-offers.ts';
import type { OfferProblem, OffersProject } from './offers-project.ts';

/**
 * Checks offers, placements and audiences, and compiles their rules.
 * @returns null where the project has no placements and no audiences, and where a problem was reported.
 */
export function compileOffers(
  project: OffersProject,
  _schema: GraphQLSchema,
  _profile: Profile,
  report: (problem: OfferProblem) => void,
): CompiledOffers | null {
  const { placements, audiences } = project.config;
  checkOffers(project, report);
  if (placements.size === 0 && audiences.size === 0) return null;
  report({ where: project.configFile, message: 'rules can not be compiled yet' });
  return null;
}
