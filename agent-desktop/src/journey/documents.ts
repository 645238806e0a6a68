import { graphql } from '../generated/index.ts';

/** A page of a customer's journey, newest first with `first`, oldest of those before a cursor with `last`. */
export const JOURNEY = graphql(`
  query Journey(
    $id: ID!
    $first: Int
    $after: String
    $last: Int
    $before: String
    $types: [String!]
    $touchpoints: [String!]
    $since: DateTime
    $until: DateTime
  ) {
    node(id: $id) {
      id
      ... on Customer {
        interactions(
          first: $first
          after: $after
          last: $last
          before: $before
          types: $types
          touchpoints: $touchpoints
          since: $since
          until: $until
        ) {
          edges {
            cursor
            node {
              ...JourneyInteraction
            }
          }
          pageInfo {
            hasNextPage
            hasPreviousPage
            startCursor
            endCursor
          }
        }
      }
    }
  }
`);

graphql(`
  fragment JourneyInteraction on Interaction {
    id
    type
    occurredAt
    recordedAt
    touchpoint
    channel
    pageUrl
    properties
    source
    actor
  }
`);

/** Each interaction of a customer, after it is stored. */
export const INTERACTION_CAPTURED = graphql(`
  subscription InteractionCaptured($id: ID!) {
    interactionCaptured(customerId: $id) {
      ...JourneyInteraction
    }
  }
`);
