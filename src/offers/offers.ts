import { randomUUID } from 'node:crypto';
import DataLoader from 'dataloader';
import { yieldWhenLong } from '../batching/event-loop.ts';
import type { Secrets } from '../capture/secrets.ts';
import type { IdentityGraph } from '../identity/identity-graph.ts';
import type { InteractionServices } from '../journey/capture-interactions.ts';
import { isAtLeast } from '../model/assurance.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import type { Identifier } from '../model/identifier.ts';
import type { Decision, OfferState, OfferStateQuestion, OfferTotalsRange } from '../model/offer.ts';
import type { OfferStore } from '../model/ports.ts';
import { isTrusted } from '../model/viewer.ts';
import type { Profile } from '../profile/profile.ts';
import type { ChoiceKeys } from './choosing/choice-keys.ts';
import { DecisionMaker } from './choosing/decision-maker.ts';
import { type GivenOffer, giveOffer } from './choosing/given-offer.ts';
import { KeptDecisions } from './choosing/kept-decisions.ts';
import { LearnedEvidence } from './choosing/learned-evidence.ts';
import { decisionCount, requireLocale, sizeOf } from './choosing/offer-arguments.ts';
import { explainablePlacement, placementFor, placementsFor } from './choosing/placement-for-viewer.ts';
import { RuleInputs } from './choosing/rule-inputs.ts';
import type { ExplainedOffer } from './decision/decision-state.ts';
import type { CompiledOffers, CompiledPlacement } from './definition/compiled-offers.ts';
import type { OfferObserver } from './offer-observer.ts';
import type { OfferScope } from './offer-scope.ts';
import { type OfferPerformance, performanceOf } from './performance/offer-performance.ts';
import { OfferTokens } from './responses/offer-token.ts';
import { type OfferResponder, type RespondedTo, type RespondInput, respondToOffer } from './responses/respond-to-offer.ts';
import { strongestIdentifier } from './responses/strongest-identifier.ts';

/** What offers are chosen with. */
export interface OfferServices {
  /** Null where the project has neither placements nor audiences. */
  readonly compiled: CompiledOffers | null;
  readonly profile: Profile;
  readonly store: OfferStore;
  readonly secrets: Secrets;
  readonly keys: ChoiceKeys;
  readonly observer: OfferObserver;
  readonly graph: Pick<IdentityGraph, 'isSame' | 'findByIds'>;
  readonly interactions: Pick<InteractionServices, 'live' | 'onInteractions' | 'pageParameters' | 'identifierTypes'>;
  readonly now: () => Date;
}

/** Which offers are asked for. */
export interface OfferQuestion {
  readonly placement: string;
  /** How many at most; the placement's slots if left out. */
  readonly first?: number | null | undefined;
  /** The language of their content (BCP 47). */
  readonly locale?: string | null | undefined;
}

/** Why a customer gets which offers at a placement. */
export interface OfferExplanation {
  readonly customerId: CustomerId;
  readonly placement: string;
  readonly isControl: boolean;
  /** Names of the offers that the customer gets: of the choice that is kept for them, or of a decision of now, or the fallback. */
  readonly chosen: readonly string[];
  /** Until when a choice is kept for the customer; null where none is. */
  readonly keptUntil: Date | null;
  /** By a decision of now. */
  readonly offers: readonly ExplainedOffer[];
  /** False where the customer is not proven well enough for the placement: what was shown to them says what its rules read. */
  readonly showsDecisions: boolean;
}

/** Chooses offers, says why, and counts responses: the use cases behind GraphQL and the OpenFeature routes. */
export class Offers {
  readonly #services: OfferServices;
  readonly #tokens: OfferTokens;
  readonly #evidence: LearnedEvidence;
  readonly #decisions: DecisionMaker;
  readonly #audienceInputs: RuleInputs | null;

  constructor(services: OfferServices) {
    const { compiled, profile, store, secrets, keys, observer, now } = services;
    this.#services = services;
    this.#tokens = new OfferTokens(secrets, now);
    this.#evidence = new LearnedEvidence(store, now);
    this.#audienceInputs = compiled && new RuleInputs(profile, compiled.audiences);
    // Requests that ask in the same turn share one read.
    const states = new DataLoader<OfferStateQuestion, OfferState>((questions) => store.findOfferStates(questions), {
      cache: false,
      maxBatchSize: 100,
    });
    this.#decisions = new DecisionMaker({
      keys,
      inputs: new Map([...(compiled?.placements ?? [])].map(([name, { rules }]) => [name, new RuleInputs(profile, rules)])),
      evidence: this.#evidence,
      states,
      kept: new KeptDecisions(store, observer.onDecisionLost),
      holder: randomUUID(),
      observer,
      now,
    });
  }

  /**
   * The offers for a customer at a placement, best first. A capped offer that is given is reserved.
   * @throws GatewayError BAD_USER_INPUT for an unknown placement, a `first` out of range, or too long a `locale`; FORBIDDEN or
   * UNAUTHENTICATED for a placement that this viewer may not ask for.
   */
  async choose(scope: OfferScope, customer: ResolvedCustomer, { placement: name, first, locale }: OfferQuestion): Promise<GivenOffer[]> {
    const { settings, found } = this.#placement(name, scope);
    const size = sizeOf(first, found.placement.slots);
    const asked = { ...scope, locale: requireLocale(locale ?? scope.locale) };
    const decision = await this.#decisions.choose({ scope: asked, customer, compiled: found, settings, size });
    const identifier = this.#unknownOf(scope, customer);
    const token = (offer: string) => this.#tokens.create(decision, offer, identifier);
    return decision.offers.slice(0, size).flatMap(({ name: chosen }) => {
      const offer = found.offers.find((each) => each.name === chosen) ?? (found.fallback?.name === chosen ? found.fallback : undefined);
      return offer === undefined ? [] : [giveOffer(offer, decision, asked.locale, token)];
    });
  }

  /**
   * What this customer gets, and why: every offer of the placement, with the step that it reaches in a new decision. Nothing is
   * reserved or kept.
   * @throws GatewayError as `choose`.
   */
  async explain(scope: OfferScope, customer: ResolvedCustomer, name: string): Promise<OfferExplanation> {
    const { compiled } = this.#services;
    const found = explainablePlacement(compiled, name, scope.viewer);
    const { settings } = compiled as CompiledOffers;
    const { decided, kept } = await this.#decisions.decide({ scope, customer, compiled: found, settings, size: found.placement.slots });
    return {
      customerId: customer.id,
      placement: name,
      isControl: decided.isControl,
      chosen: (kept?.offers ?? decided.chosen).map((offer) => offer.name),
      keptUntil: kept?.stickyUntil ?? null,
      offers: decided.explain(),
      showsDecisions: isAtLeast(customer.assurance, found.placement.min),
    };
  }

  /**
   * The stored decisions for a customer at a placement, newest first; none where `showsDecisions` is false.
   * @throws GatewayError BAD_USER_INPUT for a `first` out of range.
   */
  async decisionsOf({ customerId, placement, showsDecisions }: OfferExplanation, first: number | null | undefined): Promise<Decision[]> {
    const count = decisionCount(first);
    return showsDecisions ? this.#services.store.findDecisions(customerId, placement, count) : [];
  }

  /** Names of the audiences that this customer is part of. One that needs a source that failed is left out. */
  async audiencesOf(scope: OfferScope, customer: ResolvedCustomer): Promise<string[]> {
    const { compiled, now } = this.#services;
    if (compiled === null || this.#audienceInputs === null || compiled.audienceNames.length === 0) return [];
    const read = await this.#audienceInputs.gather(scope, customer, now());
    // One operation may ask for the audiences of many customers: as in `decideInTurn`.
    const turn = yieldWhenLong();
    if (turn !== undefined) await turn;
    const verdictOf = compiled.audiences.over(read);
    return compiled.audienceNames.filter((name) => verdictOf(name).kind === 'TRUE');
  }

  /**
   * Counts a response to an offer, once, and learns from it.
   * @throws GatewayError as `respondToOffer`: NOT_FOUND for an invalid token or one of another customer, INSUFFICIENT_ASSURANCE,
   * BAD_USER_INPUT.
   */
  respond(responder: OfferResponder, input: RespondInput): Promise<RespondedTo> {
    const { compiled, store, graph, observer, interactions, now } = this.#services;
    const services = { compiled, store, graph, observer, ...interactions, tokens: this.#tokens, evidence: this.#evidence, now };
    return respondToOffer(services, responder, input);
  }

  /** How offers did, by placement and offer. */
  async performance(range: OfferTotalsRange): Promise<OfferPerformance[]> {
    return performanceOf(await this.#services.store.findOfferTotals(range));
  }

  /** True for the name of a placement, also of one for other viewers. */
  has(placement: string): boolean {
    return this.#services.compiled?.placements.has(placement) ?? false;
  }

  /** Names of the placements that this viewer may ask for. */
  placementsFor({ viewer }: Pick<OfferScope, 'viewer'>): string[] {
    return placementsFor(this.#services.compiled, viewer);
  }

  /** `OfferedTo.identifier`. Customers respond for themselves, so their own tokens need none, and are the same before and after. */
  #unknownOf({ viewer }: OfferScope, { firstSeenAt, identifiers }: ResolvedCustomer): Identifier | null {
    if (firstSeenAt !== null || !isTrusted(viewer)) return null;
    return strongestIdentifier(this.#services.interactions.identifierTypes.keys(), identifiers);
  }

  #placement(name: string, { viewer }: OfferScope): { settings: CompiledOffers['settings']; found: CompiledPlacement } {
    const { compiled } = this.#services;
    const found = placementFor(compiled, name, viewer);
    return { settings: (compiled as CompiledOffers).settings, found };
  }
}
