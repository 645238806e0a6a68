import type { OfferDecisionResolvers, OfferExplanationResolvers } from '../generated/resolver-types.ts';

export const OfferExplanation: OfferExplanationResolvers = {
  decisions: (explanation, { first }, { engine }) => engine.offers.decisionsOf(explanation, first),
};

export const OfferDecision: OfferDecisionResolvers = {
  viewer: ({ viewerRole }) => viewerRole,

  offers: ({ offers }) => [...offers],
};
