import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { InteractionReceipt } from '../../model/interaction.ts';
import type { OfferResponse, ResponseReceipt, ResponseToSave } from '../../model/offer.ts';
import { forgetOffers, type Retention } from './forget-offers.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { InteractionFacts } from './interaction-facts.ts';
import { addLesson, DAY, dayStart, keptUntil, lessonOf } from './learn-offers.ts';
import type { Exposure, OfferFacts } from './offer-facts.ts';
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

/** What `saveResponse` reads from. */
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
  if (draft.customer(response.customerId)?.erasedAt != null) return { outcome: 'erased', interaction: erasedReceipt(draft) };
  const [interaction] = saveInteractions(rules, draft, facts.interactions, [response.interaction]) as [InteractionReceipt];
  if (interaction.outcome === 'erased') return { outcome: 'erased', interaction };
  if (interaction.outcome === 'duplicate') return { outcome: 'repeated', interaction };
  const root = draft.customer(response.customerId)?.root ?? response.customerId;
  const ownIds = ownIdsOf(draft, facts.offers, root, response.customerId);
  const isCounted = countResponse(draft, facts.offers, retention, response, ownIds);
  if (isCounted) forgetOffers(draft, facts.offers, retention, response.occurredAt.getTime());
  return { outcome: isCounted ? 'counted' : 'repeated', interaction };
}

/** @returns false where the response to this offer of the decision was counted before. */
function countResponse(
  draft: GraphDraft,
  facts: OfferFacts,
  retention: Retention,
  given: ResponseToSave,
  ownIds: readonly [CustomerId, ...CustomerId[]],
): boolean {
  const { decisionId, placement, offer, response, isControl } = given;
  const at = given.occurredAt.getTime();
  const known = facts.exposure(ownIds, offer, decisionId);
  if (known !== undefined && known[TIME_OF[response]] !== null) return false;
  // A click or an answer says that the offer was seen.
  const isShown = known === undefined || known.shownAt === null;
  if (isShown) countForCaps(draft, given, known);
  const exposure = {
    ...(known ?? { ...UNSEEN, customerId: ownIds[0], offer, decisionId, placement }),
    reservation: null,
    shownAt: known?.shownAt ?? at,
    keptUntil: known?.keptUntil ?? keptUntil(given, at, retention.decisions),
    [TIME_OF[response]]: at,
  };
  // What the control group does is measured, not learned from.
  const isTrial = !isControl && learn(draft, facts, given, { exposure, known, ownIds });
  draft.write({ kind: 'save-exposure', exposure: { ...exposure, isTrial: exposure.isTrial || isTrial } });
  draft.write({ kind: 'count-response', day: Math.floor(at / DAY), placement, offer, isControl, isShown, response });
  return true;
}

/** The reservation becomes a presentation. One that was not reserved, or not any more, counts all the same. */
function countForCaps(draft: GraphDraft, { offer, caps, occurredAt }: ResponseToSave, known: Exposure | undefined): void {
  const { taken, holder } = known?.reservation ?? { taken: [], holder: '' };
  for (const per of taken) draft.write({ kind: 'release-reservation', offer, per, holder });
  for (const per of new Set([...taken, ...sharedCapsOf(offer, caps).map((cap) => cap.per)])) {
    draft.write({ kind: 'count-shown', offer, per, span: capSpanOf(per, occurredAt.getTime()) });
  }
}

interface Learned {
  readonly exposure: Exposure & { readonly shownAt: number };
  /** The exposure before the response. */
  readonly known: Exposure | undefined;
  readonly ownIds: readonly CustomerId[];
}

/** @returns true where it counts as the customer's presentation of that day. */
function learn(
  draft: GraphDraft,
  facts: OfferFacts,
  { placement, offer, halfLife }: ResponseToSave,
  { exposure, known, ownIds }: Learned,
): boolean {
  const day = dayStart(exposure.shownAt);
  const others = facts.shownBetween(ownIds, exposure, day, day + DAY);
  const isFirst = known === undefined || known.shownAt === null;
  // What was presented in the control group is no trial, so nothing can come of it.
  if (!isFirst && !exposure.isTrial && !others.some(({ isTrial }) => isTrial)) return false;
  const lesson = lessonOf(exposure, known, others);
  if (lesson.presented === 0 && lesson.responded === 0) return false;
  const evidence = addLesson(facts.evidence(placement, offer), lesson, halfLife);
  draft.write({ kind: 'save-evidence', placement, offer, evidence });
  return lesson.presented === 1;
}

const UNSEEN = {
  ...{ reservation: null, shownAt: null, isTrial: false, keptUntil: null },
  ...{ presentedAt: null, clickedAt: null, acceptedAt: null, declinedAt: null },
} as const;

function erasedReceipt(draft: GraphDraft): InteractionReceipt {
  return { outcome: 'erased', customerId: null, identifier: null, recordedAt: new Date(draft.now()), changed: [] };
}
