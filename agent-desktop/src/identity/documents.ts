import { graphql } from '../generated/index.ts';

/** A page of a customer's identity events, newest first, with the identifiers of now. */
export const IDENTITY_HISTORY = graphql(`
  query IdentityHistory($id: ID!, $first: Int!, $after: String) {
    node(id: $id) {
      id
      ... on Customer {
        firstSeenAt
        identifiers {
          ...HeldIdentifier
        }
        identityEvents(first: $first, after: $after) {
          edges {
            node {
              ...HistoryEvent
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`);

graphql(`
  fragment HeldIdentifier on Identifier {
    type
    value
    linkedAt
    lastSeenAt
    source
  }
`);

graphql(`
  fragment HistoryEvent on IdentityEvent {
    id
    rule
    explanation
    customerId
    source
    actor
    reason
    occurredAt
    recordedAt
    evidence {
      type
      value
    }
    leftOut
    linked {
      type
      value
      from
    }
    cut {
      type
      value
    }
    merged
  }
`);

/** What a sheet shows of a customer whom a change names: what the gateway itself knows, of which no owner's field is needed. */
graphql(`
  fragment Side on Customer {
    id
    assurance
    firstSeenAt
    lastSeenAt
    identifiers {
      ...HeldIdentifier
    }
    attributes {
      name
      value
      capturedAt
    }
  }
`);

export const SIDE_OF = graphql(`
  query SideOf($id: ID!, $first: Int!) {
    node(id: $id) {
      id
      ... on Customer {
        ...Side
        interactions(first: $first) {
          edges {
            cursor
          }
          pageInfo {
            hasNextPage
          }
        }
      }
    }
  }
`);

graphql(`
  fragment Preview on IdentityPreview {
    customer {
      id
      firstSeenAt
    }
    others {
      id
      firstSeenAt
    }
    linked {
      type
      value
    }
    moved {
      type
      value
      from
    }
    cut {
      type
      value
    }
    interactions
    explanation
  }
`);

export const PREVIEW_MERGE = graphql(`
  query PreviewMerge($input: MergeCustomersInput!) {
    previewMerge(input: $input) {
      ...Preview
    }
  }
`);

export const PREVIEW_SPLIT = graphql(`
  query PreviewSplit($input: SplitCustomerInput!) {
    previewSplit(input: $input) {
      ...Preview
    }
  }
`);

export const PREVIEW_UNLINK = graphql(`
  query PreviewUnlink($input: UnlinkIdentifierInput!) {
    previewUnlink(input: $input) {
      ...Preview
    }
  }
`);

export const PREVIEW_IDENTIFY = graphql(`
  query PreviewIdentify($input: IdentifyInput!) {
    previewIdentify(input: $input) {
      ...Preview
    }
  }
`);

export const MERGE = graphql(`
  mutation Merge($input: MergeCustomersInput!) {
    mergeCustomers(input: $input) {
      customer {
        id
      }
    }
  }
`);

export const SPLIT = graphql(`
  mutation Split($input: SplitCustomerInput!) {
    splitCustomer(input: $input) {
      customer {
        id
      }
      splitOff {
        id
      }
    }
  }
`);

export const UNLINK = graphql(`
  mutation Unlink($input: UnlinkIdentifierInput!) {
    unlinkIdentifier(input: $input) {
      customer {
        id
      }
    }
  }
`);

export const LINK = graphql(`
  mutation Link($input: IdentifyInput!) {
    identify(input: $input) {
      customer {
        id
      }
      outcome
      rejected {
        type
        value
        reason
        message
      }
    }
  }
`);

export const ERASE = graphql(`
  mutation Erase($input: EraseCustomerInput!) {
    eraseCustomer(input: $input) {
      complete
      sources {
        name
        erased
        errorCode
      }
    }
  }
`);
