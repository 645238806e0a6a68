import type { GraphQLSchema } from 'graphql';
import type { Assurance } from '../../model/assurance.ts';
import type { ViewerRole } from '../../model/viewer.ts';
import type { Profile } from '../../profile/profile.ts';
import type { RuleText } from './rule-text.ts';

/** What rules may name, and which viewers see what they decide. */
export interface RuleVocabulary {
  /** The composed schema. */
  readonly schema: GraphQLSchema;
  readonly profile: Profile;
  /** All audiences by name, for `audience("loyal")`. */
  readonly audiences: ReadonlyMap<string, RuleText>;
  /** Names of the purposes of consent: `tracking`, `personalisation`, `sharing`. */
  readonly purposes: readonly string[];
  /** Names of the touchpoints. */
  readonly touchpoints: readonly string[];
  /** Who the rules are for, in messages: `placement home-hero`, `audiences`. */
  readonly reader: string;
  /** The placement's: customers with less get no offer. Rules may read fields that need this much or RECOGNIZED, whichever is more. */
  readonly min: Assurance;
  /** Roles that see what the rules decide: a rule may read only what all of them may see. Null: all roles. */
  readonly viewers: readonly ViewerRole[] | null;
}
