import type { GraphQLSchema } from 'graphql';
import type { Placement } from '../model/offer.ts';
import type { Profile } from '../profile/profile.ts';
import type { CompiledOffers } from './compiled-offers.ts';
import type { OfferFile } from './offer-file.ts';

/** What an owner wrote about offers. */
export interface OffersProject {
  readonly offers: readonly OfferFile[];
  /** The configuration file, as it is shown in messages. */
  readonly configFile: string;
  /** Its text, for positions in messages. */
  readonly configText: string;
  readonly config: {
    readonly placements: ReadonlyMap<string, Placement>;
    readonly audiences: ReadonlyMap<string, string>;
    readonly decisions: {
      readonly control: number;
      readonly exploration: number;
      readonly halfLife: number;
      readonly minimumEvidence: number;
      readonly rank: string;
    };
  };
}

/** A mistake, or a warning. */
export interface OfferProblem {
  readonly where: string;
  readonly message: string;
}

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
  if (placements.size === 0 && audiences.size === 0) return null;
  report({ where: project.configFile, message: 'rules can not be compiled yet' });
  return null;
}
