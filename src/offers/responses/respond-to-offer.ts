import { provenOf } from '../../capture/capture.ts';
import type { CaptureSession } from '../../capture/capture-session.ts';
import { consentOf } from '../../capture/consent.ts';
import type { IdentityGraph } from '../../identity/identity-graph.ts';
import type { InteractionServices } from '../../journey/capture-interactions.ts';
import { publishCaptured } from '../../journey/publish-captured.ts';
import { isProven } from '../../model/assurance.ts';
import { causeOf, evidenceCause } from '../../model/cause.ts';
import type { CustomerId, ResolvedCustomer } from '../../model/customer.ts';
import { GatewayError } from '../../model/errors.ts';
import { requireEventTime } from '../../model/event-time.ts';
import type { InteractionToSave } from '../../model/interaction.ts';
import type { OfferCap, OfferResponse } from '../../model/offer.ts';
import type { OfferStore } from '../../model/ports.ts';
import { isTrusted } from '../../model/viewer.ts';
import { offerId } from '../choosing/given-offer.ts';
import type { LearnedEvidence } from '../choosing/learned-evidence.ts';
import type { CompiledOffers } from '../definition/compiled-offers.ts';
import type { OfferObserver } from '../offer-observer.ts';
import type { OfferedTo, OfferTokens } from './offer-token.ts';
import { strongestIdentifier } from './strongest-identifier.ts';

export interface ResponseServices extends Pick<InteractionServices, 'live' | 'onInteractions' | 'pageParameters' | 'identifierTypes'> {
  readonly compiled: CompiledOffers | null;
  readonly store: Pick<OfferStore, 'saveResponse'>;
  readonly graph: Pick<IdentityGraph, 'isSame' | 'findByIds'>;
  readonly tokens: OfferTokens;
  readonly evidence: LearnedEvidence;
  readonly observer: OfferObserver;
  readonly now: () => Date;
}

/** The request of a response, and its customer; null where nothing was captured. */
export interface OfferResponder {
  readonly session: Pick<CaptureSession, 'request' | 'read'>;
  readonly customer: ResolvedCustomer | null;
}

export interface RespondInput {
  readonly token: string;
  readonly response: OfferResponse;
  /** Now if left out. */
  readonly occurredAt?: Date | null | undefined;
}

/** The result of a response. */
export interface RespondedTo {
  /** REPEATED: it was counted before. */
  readonly outcome: 'COUNTED' | 'REPEATED';
  /** The customer of the offer, by the id in the token. */
  readonly customerId: CustomerId;
}

/** Milliseconds: the half-life for a token that is still valid when its project has no placements any more. */
const DEFAULT_HALF_LIFE = 30 * 86_400_000;

/**
 * Stores a response as an interaction of the customer, counts it and learns from it. Without consent to store, the response is
 * answered like any other, and nothing of it is stored.
 * @throws GatewayError NOT_FOUND for a token that is forged, expired or another customer's; INSUFFICIENT_ASSURANCE for a customer who
 * is not RECOGNIZED; BAD_USER_INPUT for a time before the offer was chosen or in the future.
 */
export async function respondToOffer(services: ResponseServices, responder: OfferResponder, input: RespondInput): Promise<RespondedTo> {
  const { compiled, store, live, evidence, observer, now } = services;
  const { request } = responder.session;
  const offered = services.tokens.read(input.token);
  const identifiers = isTrusted(request.viewer)
    ? await identifiersFor(services, responder, offered)
    : await ownIdentifiers(services, responder, offered);
  if (offered === null || identifiers === null) throw notFound();
  const { decisionId, customerId, placement, offer, isControl } = offered;
  const occurredAt = timeOf(input, offered, now());
  if (!consentOf(request).mayStore) return { outcome: 'COUNTED', customerId };

  const { response } = input;
  const interaction = interactionOf(services, responder, offered, { ...identifiers, response, occurredAt });
  const caps = compiled === null ? [] : capsOf(compiled, offer);
  const halfLife = compiled?.settings.halfLife ?? DEFAULT_HALF_LIFE;
  const toSave = { customerId, decisionId, placement, offer, caps, response, isControl, occurredAt, halfLife, interaction };
  const receipt = await store.saveResponse(toSave);
  if (receipt.outcome === 'erased' || receipt.outcome === 'foreign') throw notFound();
  publishCaptured(live, [interaction], [receipt.interaction]);
  services.onInteractions(receipt.interaction.outcome === 'stored' ? 'accepted' : 'duplicate', 1);
  if (receipt.outcome === 'repeated') return { outcome: 'REPEATED', customerId };
  if (receipt.evidence !== null) evidence.learn(receipt.evidence);
  observer.onResponse(placement, response);
  return { outcome: 'COUNTED', customerId };
}

/** A presentation counts for the caps of its offer wherever it was given, also as a fallback. An offer whose file is gone has none. */
function capsOf({ placements }: CompiledOffers, name: string): readonly OfferCap[] {
  for (const { offers, fallback } of placements.values()) {
    const found = fallback?.name === name ? fallback : offers.find((each) => each.name === name);
    if (found !== undefined) return found.caps;
  }
  return [];
}

type Identified = Pick<InteractionToSave, 'identifiers' | 'source'>;

/** For an AGENT or a SERVICE: the strongest identifier of the token's customer. Null for a customer who has none. */
async function identifiersFor(
  { graph, identifierTypes }: ResponseServices,
  { session }: OfferResponder,
  offered: OfferedTo | null,
): Promise<Identified | null> {
  if (offered === null) return null;
  const [customer] = await graph.findByIds([offered.customerId], session.request.viewer);
  // Of a customer of whom nothing is stored yet, the token says who it is.
  const identifier = customer == null ? offered.identifier : strongestIdentifier(identifierTypes.keys(), customer.identifiers);
  const { source } = causeOf(session.request.viewer, 'respondToOffer');
  return identifier && { identifiers: [identifier], source };
}

/**
 * For any other viewer: the proven identifiers of the request. A request with a cookie that was replaced a moment ago has no customer,
 * but may still write for the cookie's owner (DESIGN, Capture 6): the store finds the owner. Null where the offer was another customer's.
 */
async function ownIdentifiers(
  { graph }: ResponseServices,
  { session, customer }: OfferResponder,
  offered: OfferedTo | null,
): Promise<Identified | null> {
  const actual = customer?.assurance ?? 'ANONYMOUS';
  const capture = await session.read();
  if (customer === null || !isProven(actual)) {
    const retired = capture.newVisitor === null ? (capture.retired ?? []) : [];
    if (retired.length > 0) return offered && written(retired);
    const message = `respondToOffer needs a customer who is RECOGNIZED, this one is ${actual}`;
    throw new GatewayError('INSUFFICIENT_ASSURANCE', message, { required: 'RECOGNIZED', actual });
  }
  if (offered === null || !(await graph.isSame(customer.id, offered.customerId))) return null;
  return written(provenOf(capture));
}

function written(evidence: ReturnType<typeof provenOf>): Identified {
  return { identifiers: evidence.map(({ type, value }) => ({ type, value })), source: evidenceCause(evidence).source };
}

function timeOf({ occurredAt }: RespondInput, { decidedIn }: OfferedTo, now: Date): Date {
  const time = occurredAt ?? now;
  requireEventTime(time, now);
  if (time.getTime() >= decidedIn) return time;
  const expected = new Date(decidedIn).toISOString();
  const message = `occurredAt: expected a time since the offer was chosen (${expected}), received ${time.toISOString()}`;
  throw new GatewayError('BAD_USER_INPUT', message);
}

function interactionOf(
  { pageParameters }: ResponseServices,
  { session: { request } }: OfferResponder,
  { decisionId, placement, offer }: OfferedTo,
  { response, occurredAt, identifiers, source }: Identified & { readonly response: OfferResponse; readonly occurredAt: Date },
): InteractionToSave {
  const kind = response.toLowerCase();
  const id = offerId(decisionId, offer);
  // The request of an agent or a server has the address of their own page, not of the customer's.
  const pageUrl = isTrusted(request.viewer) ? undefined : request.pageUrl;
  return {
    id: `${id}:${kind}`,
    type: `offer_${kind}`,
    touchpoint: request.touchpoint,
    pageUrl: pageUrl === undefined ? null : pageParameters.strip(pageUrl),
    properties: { offerId: id, offer, placement },
    attributes: {},
    provenAt: null,
    isVouchedFor: isTrusted(request.viewer),
    ...{ occurredAt, identifiers, source },
  };
}

function notFound(): GatewayError {
  return new GatewayError('NOT_FOUND', 'token: expected the token of an offer of this customer, at most 30 days old; received another one');
}
