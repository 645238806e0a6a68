import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { InteractionReceipt } from '../../model/interaction.ts';
import type { OfferEvidence, OfferResponse, ResponseReceipt, ResponseToSave } from '../../model/offer.ts';
import { forgetOffers, type Retention } from './forget-offers.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { InteractionFacts } from './interaction-facts.ts';
import { attribute, seenTogether } from './interaction-owner.ts';
import { addLesson, DAY, dayStart, isSame, keptUntil, lessonOf, type Shown } from './learn-offers.ts';
import { type Exposure, type OfferFacts, UNSEEN } from './offer-facts.ts';
import { ownIdsOf } from './own-ids.ts';
import { sharedCapsOf } from './reserve-offers.ts';
import { saveInteractions } from './save-interactions.ts';
import { capSpanOf } from './shared-caps.ts';

/** The time of each response in its exposure. */
const TIME_OF = {
  PRESENTED: 'presentedAt',
  CLICKED: 'clickedAt',
  ACCEPTED: 'acceptedAt',
  DECLINED: 'declinedAt',
} as const satisfies Record<OfferResponse, keyof Exposure>;

/** The facts that `saveResponse` reads. */
export interface ResponseFacts {
  readonly interactions: InteractionFacts;
  readonly offers: OfferFacts;
}

/** Stores a response with its interaction, counts it and learns from it (`OfferStore.saveResponse`). */
export function saveResponse(
  rules: IdentityRules,
  draft: GraphDraft,
  facts: ResponseFacts,
  retention: Retention,
  response: ResponseToSave,
): ResponseReceipt {
  if (draft.customer(response.customerId)?.erasedAt != null)
    return { outcome: 'erased', interaction: erasedReceipt(draft), evidence: null };
  if (isForeign(rules, draft, response)) return { outcome: 'foreign', interaction: erasedReceipt(draft), evidence: null };
  // Before the interaction is stored: after a split, the one of the first time may be another customer's.
  if (isAnswered(exposureOf(draft, facts.offers, response).known, response))
    return { outcome: 'repeated', interaction: repeatedReceipt(draft, response), evidence: null };
  const [interaction] = saveInteractions(rules, draft, facts.interactions, [response.interaction]) as [InteractionReceipt];
  if (interaction.outcome === 'erased' || interaction.outcome === 'unconfirmed') return { outcome: 'erased', interaction, evidence: null };
  if (interaction.outcome === 'duplicate') return { outcome: 'repeated', interaction, evidence: null };
  const counted = countResponse(draft, facts.offers, retention, response);
  if (counted === null) return { outcome: 'repeated', interaction, evidence: null };
  forgetOffers(draft, facts.offers, retention, response.occurredAt.getTime());
  return { outcome: 'counted', interaction, evidence: counted.evidence };
}

/** @returns null where the response to this offer of the decision was counted before. */
function countResponse(
  draft: GraphDraft,
  facts: OfferFacts,
  retention: Retention,
  given: ResponseToSave,
): Pick<ResponseReceipt, 'evidence'> | null {
  const { customerId, decisionId, placement, offer, response, isControl } = given;
  const at = given.occurredAt.getTime();
  // Storing the interaction may have merged customers.
  const { known, ownIds } = exposureOf(draft, facts, given);
  if (isAnswered(known, given)) return null;
  // An offer that was clicked, accepted or declined was presented.
  const isShown = known === undefined || known.shownAt === null;
  if (isShown) countForCaps(draft, given, known);
  const before: Exposure = known ?? { customerId, offer, decisionId, placement, ...UNSEEN };
  const exposure: Shown = {
    ...before,
    reservation: null,
    shownAt: before.shownAt ?? at,
    keptUntil: before.keptUntil ?? keptUntil(given, at, retention.decisions),
    [TIME_OF[response]]: at,
  };
  // Responses of the control group are measured, and nothing is learned from them.
  const learned = isControl ? null : learn(draft, facts, given, { exposure, isFirst: isShown, ownIds });
  const trial = learned?.trial ?? null;
  const isOwn = trial !== null && isSame(trial, exposure);
  if (trial !== null && !isOwn) draft.write({ kind: 'save-exposure', exposure: trial });
  draft.write({ kind: 'save-exposure', exposure: isOwn ? { ...exposure, trial: trial.trial } : exposure });
  draft.write({ kind: 'count-response', day: Math.floor(at / DAY), placement, offer, isControl, isShown, response });
  return { evidence: learned?.evidence ?? null };
}

/** Turns the reservation into a presentation. A presentation without an open reservation counts all the same. */
function countForCaps(draft: GraphDraft, { offer, caps, occurredAt }: ResponseToSave, known: Exposure | undefined): void {
  const { taken, holder } = known?.reservation ?? { taken: [], holder: '' };
  for (const per of taken) draft.write({ kind: 'release-reservation', offer, per, holder });
  for (const per of new Set([...taken, ...sharedCapsOf(offer, caps).map((cap) => cap.per)])) {
    draft.write({ kind: 'count-shown', offer, per, span: capSpanOf(per, occurredAt.getTime()) });
  }
}

interface RespondedExposure {
  readonly exposure: Shown;
  /** True for the first response to it. */
  readonly isFirst: boolean;
  readonly ownIds: readonly CustomerId[];
}

/** @returns the trial that has changed, and the new evidence; null where nothing is learned. */
function learn(
  draft: GraphDraft,
  facts: OfferFacts,
  { placement, offer, halfLife, response }: ResponseToSave,
  { exposure, isFirst, ownIds }: RespondedExposure,
): { readonly trial: Shown; readonly evidence: OfferEvidence } | null {
  const day = dayStart(exposure.shownAt);
  const learned = lessonOf(exposure, response, isFirst, facts.trialsBetween(ownIds, exposure, day, day + DAY));
  if (learned === null) return null;
  const evidence = addLesson(facts.evidence(placement, offer), learned.lesson, halfLife);
  draft.write({ kind: 'save-evidence', placement, offer, evidence });
  return { trial: learned.trial, evidence: { placement, offer, ...evidence, at: new Date(evidence.at) } };
}

/** A cookie that was replaced may write for its owner, of whom the request knows nothing. Nobody owns what a visitor sends first. */
function isForeign(rules: IdentityRules, draft: GraphDraft, { customerId, interaction }: ResponseToSave): boolean {
  const { customerId: owner } = attribute(draft, seenTogether(rules, draft, interaction.identifiers), interaction.occurredAt);
  return owner !== null && owner !== (draft.customer(customerId)?.root ?? customerId);
}

/** Exposures lie under the id of their decision, which the token names: so each part of a split has its own. */
function exposureOf(draft: GraphDraft, facts: OfferFacts, { customerId, offer, decisionId }: ResponseToSave) {
  const root = draft.customer(customerId)?.root ?? customerId;
  const ownIds = ownIdsOf(draft, facts, root, customerId);
  return { ownIds, known: facts.exposure(ownIds, offer, decisionId) };
}

function isAnswered(known: Exposure | undefined, { response }: ResponseToSave): boolean {
  return known !== undefined && known[TIME_OF[response]] !== null;
}

function repeatedReceipt(draft: GraphDraft, { customerId }: ResponseToSave): InteractionReceipt {
  const root = draft.customer(customerId)?.root ?? customerId;
  return { outcome: 'duplicate', customerId: root, identifier: null, recordedAt: new Date(draft.now()), changed: [], losers: [] };
}

/** Of a response of which nothing is stored. */
function erasedReceipt(draft: GraphDraft): InteractionReceipt {
  return { outcome: 'erased', customerId: null, identifier: null, recordedAt: new Date(draft.now()), changed: [], losers: [] };
}
