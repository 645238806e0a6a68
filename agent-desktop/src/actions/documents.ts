import { graphql } from '../generated/index.ts';

/** The agent has made sure who is calling. */
export const CONFIRM_IDENTITY = graphql(`
  mutation ConfirmIdentity($customerId: ID!, $method: String!) {
    confirmIdentity(input: { customerId: $customerId, method: $method }) {
      expiresAt
    }
  }
`);

/** What to offer, why not the rest, and what was recorded of these offers before. */
export const OFFERS = graphql(`
  query Offers($id: ID!, $placement: String!, $locale: String) {
    node(id: $id) {
      id
      ... on Customer {
        offers(placement: $placement, locale: $locale) {
          id
          name
          content
          token
        }
        interactions(first: 50, types: ["offer_presented", "offer_accepted", "offer_declined"]) {
          edges {
            node {
              id
              type
              occurredAt
              offer
            }
          }
        }
      }
    }
    explainOffers(customerId: $id, placement: $placement) {
      isControl
      chosen
      offers {
        name
        step
        reason
        propensity
      }
    }
  }
`);

/** An offer was presented, or how the customer answered. */
export const RESPOND_TO_OFFER = graphql(`
  mutation RespondToOffer($token: String!, $response: OfferResponse!) {
    respondToOffer(input: { token: $token, response: $response }) {
      outcome
    }
  }
`);

/** A note about a customer, of the agent who writes it. */
export const SAVE_NOTE = graphql(`
  mutation SaveNote($customerId: ID!, $id: String!, $properties: JSON!) {
    captureInteractions(input: { customerId: $customerId, interactions: [{ id: $id, type: "note", properties: $properties }] }) {
      accepted
      duplicates
      rejected {
        code
        message
      }
    }
  }
`);
