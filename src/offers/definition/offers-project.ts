import type { Placement } from '../../model/offer.ts';
import type { OfferFile } from './offer-file.ts';

/** The parts of a project that are about offers. */
export interface OffersProject {
  readonly offers: readonly OfferFile[];
  /** The path of the configuration file as messages show it. */
  readonly configFile: string;
  /** Its text, for positions in messages. */
  readonly configText: string;
  readonly config: {
    /** By name. */
    readonly touchpoints: Readonly<Record<string, unknown>>;
    readonly placements: ReadonlyMap<string, Placement>;
    /** The text of each rule, by name. */
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
  /** The file and the position in it. */
  readonly where: string;
  readonly message: string;
}
