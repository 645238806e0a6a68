import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { InteractionReceipt } from '../../model/interaction.ts';
import type { OfferEvidence, OfferResponse, ResponseReceipt, ResponseToSave } from '../../model/offer.ts';
import { forgetOffers, type Retention } from './forget-offers.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { InteractionFacts } from './interaction-facts.ts';
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
  const [interaction] = saveInteractions(rules, draft, facts.interactions, [response.interaction]) as [InteractionReceipt];
  if (interaction.outcome === 'erased') return { outcome: 'erased', interaction, evidence: null };
  if (interaction.outcome === 'duplicate') return { outcome: 'repeated', interaction, evidence: null };
  const root = draft.customer(response.customerId)?.root ?? response.customerId;
  const ownIds = ownIdsOf(draft, facts.offers, root, response.customerId);
  const counted = countResponse(draft, facts.offers, retention, response, ownIds);
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
  ownIds: readonly [CustomerId, ...CustomerId[]],
): Pick<ResponseReceipt, 'evidence'> | null {
  const { decisionId, placement, offer, response, isControl } = given;
  const at = given.occurredAt.getTime();
  const known = facts.exposure(ownIds, offer, decisionId);
  if (known !== undefined && known[TIME_OF[response]] !== null) return null;
  // An offer that was clicked, accepted or declined was presented.
  const isShown = known === undefined || known.shownAt === null;
  if (isShown) countForCaps(draft, given, known);
  const before: Exposure = known ?? { customerId: ownIds[0], offer, decisionId, placement, ...UNSEEN };
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

function erasedReceipt(draft: GraphDraft): InteractionReceipt {
  return { outcome: 'erased', customerId: null, identifier: null, recordedAt: new Date(draft.now()), changed: [] };
}
