/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation ConfirmIdentity($customerId: ID!, $method: String!) {\n    confirmIdentity(input: { customerId: $customerId, method: $method }) {\n      expiresAt\n    }\n  }\n": typeof types.ConfirmIdentityDocument,
    "\n  query Offers($id: ID!, $placement: String!, $locale: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        offers(placement: $placement, locale: $locale) {\n          id\n          name\n          content\n          token\n        }\n        interactions(first: 50, types: [\"offer_presented\", \"offer_accepted\", \"offer_declined\"]) {\n          edges {\n            node {\n              id\n              type\n              occurredAt\n              offer\n            }\n          }\n        }\n      }\n    }\n    explainOffers(customerId: $id, placement: $placement) {\n      isControl\n      chosen\n      offers {\n        name\n        step\n        reason\n        propensity\n      }\n    }\n  }\n": typeof types.OffersDocument,
    "\n  mutation RespondToOffer($token: String!, $response: OfferResponse!) {\n    respondToOffer(input: { token: $token, response: $response }) {\n      outcome\n    }\n  }\n": typeof types.RespondToOfferDocument,
    "\n  mutation SaveNote($customerId: ID!, $id: String!, $properties: JSON!) {\n    captureInteractions(input: { customerId: $customerId, interactions: [{ id: $id, type: \"note\", properties: $properties }] }) {\n      accepted\n      duplicates\n      rejected {\n        code\n        message\n      }\n    }\n  }\n": typeof types.SaveNoteDocument,
    "\n  subscription CustomerChanged($id: ID!) {\n    customerChanged(customerId: $id) {\n      id\n    }\n  }\n": typeof types.CustomerChangedDocument,
    "\n  query IdentityHistory($id: ID!, $first: Int!, $after: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        firstSeenAt\n        identifiers {\n          ...HeldIdentifier\n        }\n        identityEvents(first: $first, after: $after) {\n          edges {\n            node {\n              ...HistoryEvent\n            }\n          }\n          pageInfo {\n            hasNextPage\n            endCursor\n          }\n        }\n      }\n    }\n  }\n": typeof types.IdentityHistoryDocument,
    "\n  fragment HeldIdentifier on Identifier {\n    type\n    value\n    linkedAt\n    lastSeenAt\n    source\n  }\n": typeof types.HeldIdentifierFragmentDoc,
    "\n  fragment HistoryEvent on IdentityEvent {\n    id\n    rule\n    explanation\n    customerId\n    source\n    actor\n    reason\n    occurredAt\n    recordedAt\n    evidence {\n      type\n      value\n    }\n    leftOut\n    linked {\n      type\n      value\n      from\n    }\n    cut {\n      type\n      value\n    }\n    merged\n  }\n": typeof types.HistoryEventFragmentDoc,
    "\n  fragment Side on Customer {\n    id\n    assurance\n    firstSeenAt\n    lastSeenAt\n    identifiers {\n      ...HeldIdentifier\n    }\n    attributes {\n      name\n      value\n      capturedAt\n    }\n  }\n": typeof types.SideFragmentDoc,
    "\n  query SideOf($id: ID!, $first: Int!) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        ...Side\n        interactions(first: $first) {\n          edges {\n            cursor\n          }\n          pageInfo {\n            hasNextPage\n          }\n        }\n      }\n    }\n  }\n": typeof types.SideOfDocument,
    "\n  fragment Preview on IdentityPreview {\n    customer {\n      id\n      firstSeenAt\n    }\n    others {\n      id\n      firstSeenAt\n    }\n    linked {\n      type\n      value\n    }\n    moved {\n      type\n      value\n      from\n    }\n    cut {\n      type\n      value\n    }\n    interactions\n    explanation\n  }\n": typeof types.PreviewFragmentDoc,
    "\n  query PreviewMerge($input: MergeCustomersInput!) {\n    previewMerge(input: $input) {\n      ...Preview\n    }\n  }\n": typeof types.PreviewMergeDocument,
    "\n  query PreviewSplit($input: SplitCustomerInput!) {\n    previewSplit(input: $input) {\n      ...Preview\n    }\n  }\n": typeof types.PreviewSplitDocument,
    "\n  query PreviewUnlink($input: UnlinkIdentifierInput!) {\n    previewUnlink(input: $input) {\n      ...Preview\n    }\n  }\n": typeof types.PreviewUnlinkDocument,
    "\n  query PreviewIdentify($input: IdentifyInput!) {\n    previewIdentify(input: $input) {\n      ...Preview\n    }\n  }\n": typeof types.PreviewIdentifyDocument,
    "\n  mutation Merge($input: MergeCustomersInput!) {\n    mergeCustomers(input: $input) {\n      customer {\n        id\n      }\n    }\n  }\n": typeof types.MergeDocument,
    "\n  mutation Split($input: SplitCustomerInput!) {\n    splitCustomer(input: $input) {\n      customer {\n        id\n      }\n      splitOff {\n        id\n      }\n    }\n  }\n": typeof types.SplitDocument,
    "\n  mutation Unlink($input: UnlinkIdentifierInput!) {\n    unlinkIdentifier(input: $input) {\n      customer {\n        id\n      }\n    }\n  }\n": typeof types.UnlinkDocument,
    "\n  mutation Link($input: IdentifyInput!) {\n    identify(input: $input) {\n      customer {\n        id\n      }\n      outcome\n      rejected {\n        type\n        value\n        reason\n        message\n      }\n    }\n  }\n": typeof types.LinkDocument,
    "\n  mutation Erase($input: EraseCustomerInput!) {\n    eraseCustomer(input: $input) {\n      complete\n      sources {\n        name\n        erased\n        errorCode\n      }\n    }\n  }\n": typeof types.EraseDocument,
    "\n  query Journey(\n    $id: ID!\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n    $types: [String!]\n    $touchpoints: [String!]\n    $since: DateTime\n    $until: DateTime\n  ) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        interactions(\n          first: $first\n          after: $after\n          last: $last\n          before: $before\n          types: $types\n          touchpoints: $touchpoints\n          since: $since\n          until: $until\n        ) {\n          edges {\n            cursor\n            node {\n              ...JourneyInteraction\n            }\n          }\n          pageInfo {\n            hasNextPage\n            hasPreviousPage\n            startCursor\n            endCursor\n          }\n        }\n      }\n    }\n  }\n": typeof types.JourneyDocument,
    "\n  fragment JourneyInteraction on Interaction {\n    id\n    type\n    occurredAt\n    recordedAt\n    touchpoint\n    channel\n    pageUrl\n    properties\n    source\n    actor\n  }\n": typeof types.JourneyInteractionFragmentDoc,
    "\n  subscription InteractionCaptured($id: ID!) {\n    interactionCaptured(customerId: $id) {\n      ...JourneyInteraction\n    }\n  }\n": typeof types.InteractionCapturedDocument,
};
const documents: Documents = {
    "\n  mutation ConfirmIdentity($customerId: ID!, $method: String!) {\n    confirmIdentity(input: { customerId: $customerId, method: $method }) {\n      expiresAt\n    }\n  }\n": types.ConfirmIdentityDocument,
    "\n  query Offers($id: ID!, $placement: String!, $locale: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        offers(placement: $placement, locale: $locale) {\n          id\n          name\n          content\n          token\n        }\n        interactions(first: 50, types: [\"offer_presented\", \"offer_accepted\", \"offer_declined\"]) {\n          edges {\n            node {\n              id\n              type\n              occurredAt\n              offer\n            }\n          }\n        }\n      }\n    }\n    explainOffers(customerId: $id, placement: $placement) {\n      isControl\n      chosen\n      offers {\n        name\n        step\n        reason\n        propensity\n      }\n    }\n  }\n": types.OffersDocument,
    "\n  mutation RespondToOffer($token: String!, $response: OfferResponse!) {\n    respondToOffer(input: { token: $token, response: $response }) {\n      outcome\n    }\n  }\n": types.RespondToOfferDocument,
    "\n  mutation SaveNote($customerId: ID!, $id: String!, $properties: JSON!) {\n    captureInteractions(input: { customerId: $customerId, interactions: [{ id: $id, type: \"note\", properties: $properties }] }) {\n      accepted\n      duplicates\n      rejected {\n        code\n        message\n      }\n    }\n  }\n": types.SaveNoteDocument,
    "\n  subscription CustomerChanged($id: ID!) {\n    customerChanged(customerId: $id) {\n      id\n    }\n  }\n": types.CustomerChangedDocument,
    "\n  query IdentityHistory($id: ID!, $first: Int!, $after: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        firstSeenAt\n        identifiers {\n          ...HeldIdentifier\n        }\n        identityEvents(first: $first, after: $after) {\n          edges {\n            node {\n              ...HistoryEvent\n            }\n          }\n          pageInfo {\n            hasNextPage\n            endCursor\n          }\n        }\n      }\n    }\n  }\n": types.IdentityHistoryDocument,
    "\n  fragment HeldIdentifier on Identifier {\n    type\n    value\n    linkedAt\n    lastSeenAt\n    source\n  }\n": types.HeldIdentifierFragmentDoc,
    "\n  fragment HistoryEvent on IdentityEvent {\n    id\n    rule\n    explanation\n    customerId\n    source\n    actor\n    reason\n    occurredAt\n    recordedAt\n    evidence {\n      type\n      value\n    }\n    leftOut\n    linked {\n      type\n      value\n      from\n    }\n    cut {\n      type\n      value\n    }\n    merged\n  }\n": types.HistoryEventFragmentDoc,
    "\n  fragment Side on Customer {\n    id\n    assurance\n    firstSeenAt\n    lastSeenAt\n    identifiers {\n      ...HeldIdentifier\n    }\n    attributes {\n      name\n      value\n      capturedAt\n    }\n  }\n": types.SideFragmentDoc,
    "\n  query SideOf($id: ID!, $first: Int!) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        ...Side\n        interactions(first: $first) {\n          edges {\n            cursor\n          }\n          pageInfo {\n            hasNextPage\n          }\n        }\n      }\n    }\n  }\n": types.SideOfDocument,
    "\n  fragment Preview on IdentityPreview {\n    customer {\n      id\n      firstSeenAt\n    }\n    others {\n      id\n      firstSeenAt\n    }\n    linked {\n      type\n      value\n    }\n    moved {\n      type\n      value\n      from\n    }\n    cut {\n      type\n      value\n    }\n    interactions\n    explanation\n  }\n": types.PreviewFragmentDoc,
    "\n  query PreviewMerge($input: MergeCustomersInput!) {\n    previewMerge(input: $input) {\n      ...Preview\n    }\n  }\n": types.PreviewMergeDocument,
    "\n  query PreviewSplit($input: SplitCustomerInput!) {\n    previewSplit(input: $input) {\n      ...Preview\n    }\n  }\n": types.PreviewSplitDocument,
    "\n  query PreviewUnlink($input: UnlinkIdentifierInput!) {\n    previewUnlink(input: $input) {\n      ...Preview\n    }\n  }\n": types.PreviewUnlinkDocument,
    "\n  query PreviewIdentify($input: IdentifyInput!) {\n    previewIdentify(input: $input) {\n      ...Preview\n    }\n  }\n": types.PreviewIdentifyDocument,
    "\n  mutation Merge($input: MergeCustomersInput!) {\n    mergeCustomers(input: $input) {\n      customer {\n        id\n      }\n    }\n  }\n": types.MergeDocument,
    "\n  mutation Split($input: SplitCustomerInput!) {\n    splitCustomer(input: $input) {\n      customer {\n        id\n      }\n      splitOff {\n        id\n      }\n    }\n  }\n": types.SplitDocument,
    "\n  mutation Unlink($input: UnlinkIdentifierInput!) {\n    unlinkIdentifier(input: $input) {\n      customer {\n        id\n      }\n    }\n  }\n": types.UnlinkDocument,
    "\n  mutation Link($input: IdentifyInput!) {\n    identify(input: $input) {\n      customer {\n        id\n      }\n      outcome\n      rejected {\n        type\n        value\n        reason\n        message\n      }\n    }\n  }\n": types.LinkDocument,
    "\n  mutation Erase($input: EraseCustomerInput!) {\n    eraseCustomer(input: $input) {\n      complete\n      sources {\n        name\n        erased\n        errorCode\n      }\n    }\n  }\n": types.EraseDocument,
    "\n  query Journey(\n    $id: ID!\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n    $types: [String!]\n    $touchpoints: [String!]\n    $since: DateTime\n    $until: DateTime\n  ) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        interactions(\n          first: $first\n          after: $after\n          last: $last\n          before: $before\n          types: $types\n          touchpoints: $touchpoints\n          since: $since\n          until: $until\n        ) {\n          edges {\n            cursor\n            node {\n              ...JourneyInteraction\n            }\n          }\n          pageInfo {\n            hasNextPage\n            hasPreviousPage\n            startCursor\n            endCursor\n          }\n        }\n      }\n    }\n  }\n": types.JourneyDocument,
    "\n  fragment JourneyInteraction on Interaction {\n    id\n    type\n    occurredAt\n    recordedAt\n    touchpoint\n    channel\n    pageUrl\n    properties\n    source\n    actor\n  }\n": types.JourneyInteractionFragmentDoc,
    "\n  subscription InteractionCaptured($id: ID!) {\n    interactionCaptured(customerId: $id) {\n      ...JourneyInteraction\n    }\n  }\n": types.InteractionCapturedDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConfirmIdentity($customerId: ID!, $method: String!) {\n    confirmIdentity(input: { customerId: $customerId, method: $method }) {\n      expiresAt\n    }\n  }\n"): (typeof documents)["\n  mutation ConfirmIdentity($customerId: ID!, $method: String!) {\n    confirmIdentity(input: { customerId: $customerId, method: $method }) {\n      expiresAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Offers($id: ID!, $placement: String!, $locale: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        offers(placement: $placement, locale: $locale) {\n          id\n          name\n          content\n          token\n        }\n        interactions(first: 50, types: [\"offer_presented\", \"offer_accepted\", \"offer_declined\"]) {\n          edges {\n            node {\n              id\n              type\n              occurredAt\n              offer\n            }\n          }\n        }\n      }\n    }\n    explainOffers(customerId: $id, placement: $placement) {\n      isControl\n      chosen\n      offers {\n        name\n        step\n        reason\n        propensity\n      }\n    }\n  }\n"): (typeof documents)["\n  query Offers($id: ID!, $placement: String!, $locale: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        offers(placement: $placement, locale: $locale) {\n          id\n          name\n          content\n          token\n        }\n        interactions(first: 50, types: [\"offer_presented\", \"offer_accepted\", \"offer_declined\"]) {\n          edges {\n            node {\n              id\n              type\n              occurredAt\n              offer\n            }\n          }\n        }\n      }\n    }\n    explainOffers(customerId: $id, placement: $placement) {\n      isControl\n      chosen\n      offers {\n        name\n        step\n        reason\n        propensity\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RespondToOffer($token: String!, $response: OfferResponse!) {\n    respondToOffer(input: { token: $token, response: $response }) {\n      outcome\n    }\n  }\n"): (typeof documents)["\n  mutation RespondToOffer($token: String!, $response: OfferResponse!) {\n    respondToOffer(input: { token: $token, response: $response }) {\n      outcome\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveNote($customerId: ID!, $id: String!, $properties: JSON!) {\n    captureInteractions(input: { customerId: $customerId, interactions: [{ id: $id, type: \"note\", properties: $properties }] }) {\n      accepted\n      duplicates\n      rejected {\n        code\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation SaveNote($customerId: ID!, $id: String!, $properties: JSON!) {\n    captureInteractions(input: { customerId: $customerId, interactions: [{ id: $id, type: \"note\", properties: $properties }] }) {\n      accepted\n      duplicates\n      rejected {\n        code\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription CustomerChanged($id: ID!) {\n    customerChanged(customerId: $id) {\n      id\n    }\n  }\n"): (typeof documents)["\n  subscription CustomerChanged($id: ID!) {\n    customerChanged(customerId: $id) {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query IdentityHistory($id: ID!, $first: Int!, $after: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        firstSeenAt\n        identifiers {\n          ...HeldIdentifier\n        }\n        identityEvents(first: $first, after: $after) {\n          edges {\n            node {\n              ...HistoryEvent\n            }\n          }\n          pageInfo {\n            hasNextPage\n            endCursor\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query IdentityHistory($id: ID!, $first: Int!, $after: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        firstSeenAt\n        identifiers {\n          ...HeldIdentifier\n        }\n        identityEvents(first: $first, after: $after) {\n          edges {\n            node {\n              ...HistoryEvent\n            }\n          }\n          pageInfo {\n            hasNextPage\n            endCursor\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment HeldIdentifier on Identifier {\n    type\n    value\n    linkedAt\n    lastSeenAt\n    source\n  }\n"): (typeof documents)["\n  fragment HeldIdentifier on Identifier {\n    type\n    value\n    linkedAt\n    lastSeenAt\n    source\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment HistoryEvent on IdentityEvent {\n    id\n    rule\n    explanation\n    customerId\n    source\n    actor\n    reason\n    occurredAt\n    recordedAt\n    evidence {\n      type\n      value\n    }\n    leftOut\n    linked {\n      type\n      value\n      from\n    }\n    cut {\n      type\n      value\n    }\n    merged\n  }\n"): (typeof documents)["\n  fragment HistoryEvent on IdentityEvent {\n    id\n    rule\n    explanation\n    customerId\n    source\n    actor\n    reason\n    occurredAt\n    recordedAt\n    evidence {\n      type\n      value\n    }\n    leftOut\n    linked {\n      type\n      value\n      from\n    }\n    cut {\n      type\n      value\n    }\n    merged\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Side on Customer {\n    id\n    assurance\n    firstSeenAt\n    lastSeenAt\n    identifiers {\n      ...HeldIdentifier\n    }\n    attributes {\n      name\n      value\n      capturedAt\n    }\n  }\n"): (typeof documents)["\n  fragment Side on Customer {\n    id\n    assurance\n    firstSeenAt\n    lastSeenAt\n    identifiers {\n      ...HeldIdentifier\n    }\n    attributes {\n      name\n      value\n      capturedAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SideOf($id: ID!, $first: Int!) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        ...Side\n        interactions(first: $first) {\n          edges {\n            cursor\n          }\n          pageInfo {\n            hasNextPage\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query SideOf($id: ID!, $first: Int!) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        ...Side\n        interactions(first: $first) {\n          edges {\n            cursor\n          }\n          pageInfo {\n            hasNextPage\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Preview on IdentityPreview {\n    customer {\n      id\n      firstSeenAt\n    }\n    others {\n      id\n      firstSeenAt\n    }\n    linked {\n      type\n      value\n    }\n    moved {\n      type\n      value\n      from\n    }\n    cut {\n      type\n      value\n    }\n    interactions\n    explanation\n  }\n"): (typeof documents)["\n  fragment Preview on IdentityPreview {\n    customer {\n      id\n      firstSeenAt\n    }\n    others {\n      id\n      firstSeenAt\n    }\n    linked {\n      type\n      value\n    }\n    moved {\n      type\n      value\n      from\n    }\n    cut {\n      type\n      value\n    }\n    interactions\n    explanation\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewMerge($input: MergeCustomersInput!) {\n    previewMerge(input: $input) {\n      ...Preview\n    }\n  }\n"): (typeof documents)["\n  query PreviewMerge($input: MergeCustomersInput!) {\n    previewMerge(input: $input) {\n      ...Preview\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewSplit($input: SplitCustomerInput!) {\n    previewSplit(input: $input) {\n      ...Preview\n    }\n  }\n"): (typeof documents)["\n  query PreviewSplit($input: SplitCustomerInput!) {\n    previewSplit(input: $input) {\n      ...Preview\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewUnlink($input: UnlinkIdentifierInput!) {\n    previewUnlink(input: $input) {\n      ...Preview\n    }\n  }\n"): (typeof documents)["\n  query PreviewUnlink($input: UnlinkIdentifierInput!) {\n    previewUnlink(input: $input) {\n      ...Preview\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewIdentify($input: IdentifyInput!) {\n    previewIdentify(input: $input) {\n      ...Preview\n    }\n  }\n"): (typeof documents)["\n  query PreviewIdentify($input: IdentifyInput!) {\n    previewIdentify(input: $input) {\n      ...Preview\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Merge($input: MergeCustomersInput!) {\n    mergeCustomers(input: $input) {\n      customer {\n        id\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation Merge($input: MergeCustomersInput!) {\n    mergeCustomers(input: $input) {\n      customer {\n        id\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Split($input: SplitCustomerInput!) {\n    splitCustomer(input: $input) {\n      customer {\n        id\n      }\n      splitOff {\n        id\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation Split($input: SplitCustomerInput!) {\n    splitCustomer(input: $input) {\n      customer {\n        id\n      }\n      splitOff {\n        id\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Unlink($input: UnlinkIdentifierInput!) {\n    unlinkIdentifier(input: $input) {\n      customer {\n        id\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation Unlink($input: UnlinkIdentifierInput!) {\n    unlinkIdentifier(input: $input) {\n      customer {\n        id\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Link($input: IdentifyInput!) {\n    identify(input: $input) {\n      customer {\n        id\n      }\n      outcome\n      rejected {\n        type\n        value\n        reason\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation Link($input: IdentifyInput!) {\n    identify(input: $input) {\n      customer {\n        id\n      }\n      outcome\n      rejected {\n        type\n        value\n        reason\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Erase($input: EraseCustomerInput!) {\n    eraseCustomer(input: $input) {\n      complete\n      sources {\n        name\n        erased\n        errorCode\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation Erase($input: EraseCustomerInput!) {\n    eraseCustomer(input: $input) {\n      complete\n      sources {\n        name\n        erased\n        errorCode\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Journey(\n    $id: ID!\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n    $types: [String!]\n    $touchpoints: [String!]\n    $since: DateTime\n    $until: DateTime\n  ) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        interactions(\n          first: $first\n          after: $after\n          last: $last\n          before: $before\n          types: $types\n          touchpoints: $touchpoints\n          since: $since\n          until: $until\n        ) {\n          edges {\n            cursor\n            node {\n              ...JourneyInteraction\n            }\n          }\n          pageInfo {\n            hasNextPage\n            hasPreviousPage\n            startCursor\n            endCursor\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Journey(\n    $id: ID!\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n    $types: [String!]\n    $touchpoints: [String!]\n    $since: DateTime\n    $until: DateTime\n  ) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        interactions(\n          first: $first\n          after: $after\n          last: $last\n          before: $before\n          types: $types\n          touchpoints: $touchpoints\n          since: $since\n          until: $until\n        ) {\n          edges {\n            cursor\n            node {\n              ...JourneyInteraction\n            }\n          }\n          pageInfo {\n            hasNextPage\n            hasPreviousPage\n            startCursor\n            endCursor\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JourneyInteraction on Interaction {\n    id\n    type\n    occurredAt\n    recordedAt\n    touchpoint\n    channel\n    pageUrl\n    properties\n    source\n    actor\n  }\n"): (typeof documents)["\n  fragment JourneyInteraction on Interaction {\n    id\n    type\n    occurredAt\n    recordedAt\n    touchpoint\n    channel\n    pageUrl\n    properties\n    source\n    actor\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription InteractionCaptured($id: ID!) {\n    interactionCaptured(customerId: $id) {\n      ...JourneyInteraction\n    }\n  }\n"): (typeof documents)["\n  subscription InteractionCaptured($id: ID!) {\n    interactionCaptured(customerId: $id) {\n      ...JourneyInteraction\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;