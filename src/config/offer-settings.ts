import { z } from 'zod';
import { ASSURANCES } from '../model/assurance.ts';
import { TOKEN_LIFETIME } from '../model/offer.ts';
import { type Duration, parseDuration, quantity } from '../model/quantity.ts';
import { VIEWER_ROLES } from '../model/viewer.ts';
import { EXPECTED_OFFER_NAME, OFFER_NAME } from '../offers/definition/define-offer.ts';

/** The limit of `first` in GraphQL lists, so that one answer can have all slots. */
const MAX_SLOTS = 200;

/**
 * Milliseconds: a day less than a token is valid. A kept choice is given with the tokens of its decision, so in a longer one they would
 * have expired, and no response would be accepted.
 */
const MAX_STICKY = TOKEN_LIFETIME - 86_400_000;

const NAME = z.string().regex(OFFER_NAME, EXPECTED_OFFER_NAME);
const duration = (example: string) =>
  quantity<Duration>(parseDuration, `expected a duration such as '${example}'`, (milliseconds) => milliseconds > 0);
const share = z.number().min(0).max(1);

const placementSchema = z.strictObject({
  /** How many offers it shows at most. */
  slots: z.number().int().min(1).max(MAX_SLOTS).default(1),
  /** The offer that is shown when no other one can be. */
  fallback: z.string().min(1).optional(),
  /** How long a choice is kept for a customer, for example `'1h'`; at most `'29d'`. Without it, a choice is made on every request. */
  sticky: quantity<Duration>(
    parseDuration,
    "expected a duration such as '1h', of at most '29d'",
    (milliseconds) => milliseconds > 0 && milliseconds <= MAX_STICKY,
  ).optional(),
  /** The assurance that a customer needs for more than the fallback. */
  min: z.enum(ASSURANCES).default('RECOGNIZED'),
  /** The viewers that may ask for it. All if not given. */
  viewers: z.array(z.enum(VIEWER_ROLES)).min(1).optional(),
});

/** `placements` of `gateway.config.ts`: where offers are shown, by name. */
export const placementsSchema = z.record(NAME, placementSchema);

/** `audiences` of `gateway.config.ts`: rules (CEL) by name. */
export const audiencesSchema = z.record(NAME, z.string().min(1));

/** `decisions` of `gateway.config.ts`: how offers are chosen. */
export const decisionsSchema = z.strictObject({
  /** The share of customers, 0 to 1, who get only the fallback, so that the effect of offers can be measured. */
  control: share.default(0),
  /** The share of decisions, 0 to 1, that try offers in a random order. */
  exploration: share.default(0.05),
  /** The time in which a response loses half of its weight. */
  halfLife: duration('30d').prefault('30d'),
  /** Presentations below which an offer comes first in decisions that try offers. */
  minimumEvidence: z.number().int().min(0).default(20),
  /** The formula (CEL) by which offers are ranked, over `propensity`, `value` and `priority`. */
  rank: z.string().min(1).default('propensity * value * priority'),
});

/** `retention` of `gateway.config.ts`: how long something is kept. */
export const retentionSchema = z.strictObject({
  /** How long decisions are kept. */
  decisions: duration('1y').prefault('1y'),
});
