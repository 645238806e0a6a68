import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ResolverCustomer, ResolverContext } from 'customer-profile-gateway';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A date string, such as 2007-12-03, compliant with the `full-date` format outlined in section 5.6 of the RFC 3339 profile of the ISO 8601 standard for representation of dates and times using the Gregorian calendar. */
  Date: { input: Date; output: Date | string; }
  /** A date-time string at UTC, such as 2007-12-03T10:15:30Z, compliant with the `date-time` format outlined in section 5.6 of the RFC 3339 profile of the ISO 8601 standard for representation of dates and times using the Gregorian calendar. */
  DateTime: { input: Date; output: Date | string; }
  /** A field whose value conforms to the standard internet email address format as specified in HTML Spec: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address. */
  EmailAddress: { input: string; output: string; }
  /** The `JSON` scalar type represents JSON values as specified by [ECMA-404](http://www.ecma-international.org/publications/files/ECMA-ST/ECMA-404.pdf). */
  JSON: { input: unknown; output: unknown; }
  /** The `JSONObject` scalar type represents JSON objects as specified by [ECMA-404](http://www.ecma-international.org/publications/files/ECMA-ST/ECMA-404.pdf). */
  JSONObject: { input: Record<string, unknown>; output: Record<string, unknown>; }
  /** A field whose value conforms to the standard URL format as specified in RFC3986: https://www.ietf.org/rfc/rfc3986.txt. */
  URL: { input: URL; output: URL | string; }
};

/** How well the request proves the customer, weakest first. */
export type Assurance =
  /** A visitor on their first request. */
  | 'ANONYMOUS'
  /**
   * An identifier that anybody could have typed. Fields are read by this identifier alone, and it links nothing. The customer's
   * id is an id of the claim, not of the customer who has that identifier.
   */
  | 'CLAIMED'
  /** A signed cookie, a handoff, or an identifier that the owner trusts. */
  | 'RECOGNIZED'
  /**
   * A verified login token, or an identifier that an AGENT or a SERVICE named. With `viewers.agentsConfirm`, a customer whom an AGENT
   * named is RECOGNIZED until this agent has called `confirmIdentity`.
   */
  | 'VERIFIED';

/** A value by name that was captured at a touchpoint; the latest value counts. */
export type Attribute = {
  readonly __typename?: 'Attribute';
  /** When it was captured. */
  readonly capturedAt: Scalars['DateTime']['output'];
  /** The attribute's name. */
  readonly name: Scalars['String']['output'];
  /** The touchpoint where it was captured. */
  readonly touchpoint?: Maybe<Scalars['String']['output']>;
  /** Any JSON value. */
  readonly value?: Maybe<Scalars['JSON']['output']>;
};

/** Interactions to be stored. */
export type CaptureInteractionsInput = {
  /** Whose interactions they are: any id that the customer ever had. If it is given, no record may have identifiers. For AGENT and SERVICE. */
  readonly customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The interactions, at most 100. */
  readonly interactions: ReadonlyArray<InteractionInput>;
};

/** The result of storing interactions. */
export type CaptureInteractionsPayload = {
  readonly __typename?: 'CaptureInteractionsPayload';
  /** How many were stored. */
  readonly accepted: Scalars['Int']['output'];
  /** The customer to whom all of them belong; otherwise null. */
  readonly customer?: Maybe<Customer>;
  /** How many had been stored before. */
  readonly duplicates: Scalars['Int']['output'];
  /** The interactions that were not stored, and why. */
  readonly rejected: ReadonlyArray<RejectedInteraction>;
};

/** The kind of a touchpoint. */
export type Channel =
  /** A call centre with agents on the phone. */
  | 'CALL_CENTRE'
  /** E-mail to the customer. */
  | 'EMAIL'
  /** Messages, such as SMS or a chat. */
  | 'MESSAGING'
  /** A mobile app. */
  | 'MOBILE'
  /** Any other kind of touchpoint. */
  | 'OTHER'
  /** A social network. */
  | 'SOCIAL'
  /** A physical shop. */
  | 'STORE'
  /** A web site. */
  | 'WEB';

/** Whom an agent confirms, and how. */
export type ConfirmIdentityInput = {
  /** Any id that the customer ever had. */
  readonly customerId: Scalars['ID']['input'];
  /** How the agent made sure, in words of the company's own, such as `security questions`; 1 to 100 characters. */
  readonly method: Scalars['String']['input'];
};

/** The result of a confirmation. */
export type ConfirmIdentityPayload = {
  readonly __typename?: 'ConfirmIdentityPayload';
  /** The customer, now VERIFIED for this agent. */
  readonly customer: Customer;
  /** Until when the customer is VERIFIED for this agent. */
  readonly expiresAt: Scalars['DateTime']['output'];
};

/** The touchpoint to which a handoff leads. */
export type CreateHandoffInput = {
  /** The touchpoint at which the token is valid. */
  readonly touchpoint: Scalars['String']['input'];
  /** A page of that touchpoint, on one of its origins; the answer has it with the token as a parameter. */
  readonly url?: InputMaybe<Scalars['URL']['input']>;
};

/** The recipients of a mail. */
export type CreateRecipientTokensInput = {
  /** One identifier for each recipient, at most 1,000. */
  readonly recipients: ReadonlyArray<IdentifierInput>;
  /** The type of interactions for which the tokens are valid. */
  readonly type?: Scalars['String']['input'];
};

/** Tokens for outbound mail. */
export type CreateRecipientTokensPayload = {
  readonly __typename?: 'CreateRecipientTokensPayload';
  /** The tokens are not accepted after this time. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** The tokens in the order of the recipients; null for a recipient whose identifier is not a usable value. */
  readonly tokens: ReadonlyArray<Maybe<Scalars['String']['output']>>;
};

/** A customer of the shop. */
export type Customer = Node & {
  readonly __typename?: 'Customer';
  /** How sure the gateway is that the request comes from this customer, or that a trusted viewer means this customer. */
  readonly assurance: Assurance;
  /** The latest value of each attribute captured at a touchpoint, by name. Needs RECOGNIZED. */
  readonly attributes?: Maybe<ReadonlyArray<Attribute>>;
  /** Names of the audiences that this customer is part of. An audience is left out if its rule needs a source that failed. Needs RECOGNIZED. */
  readonly audiences?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
  /** This agent's own confirmation of who the customer is; null without one, or when it has expired. For AGENT. */
  readonly confirmation?: Maybe<IdentityConfirmation>;
  /** The country where the customer lives. */
  readonly country?: Maybe<Scalars['String']['output']>;
  /** The customer's e-mail address. For the customer themselves, logged in, and for agents. */
  readonly email?: Maybe<Scalars['EmailAddress']['output']>;
  /** The customer's favourite store, as captured at a touchpoint. */
  readonly favouriteStore?: Maybe<Scalars['String']['output']>;
  /** When the customer was first seen; null if nothing is stored of the customer. Needs RECOGNIZED. */
  readonly firstSeenAt?: Maybe<Scalars['DateTime']['output']>;
  /** The stable id: it resolves for ever, also after the customer was merged into another. */
  readonly id: Scalars['ID']['output'];
  /** The identifiers that belong to this customer, most recently seen first. Needs RECOGNIZED. */
  readonly identifiers?: Maybe<ReadonlyArray<Identifier>>;
  /** Why these identifiers are one customer: every link and cut, newest first. For AGENT. */
  readonly identityEvents?: Maybe<IdentityEventConnection>;
  /** What the customer did at all touchpoints, newest first, including all customers who were merged into this one. Needs RECOGNIZED. */
  readonly interactions?: Maybe<InteractionConnection>;
  /** The stock code of the product that was last put into the basket. */
  readonly lastInBasket?: Maybe<Scalars['String']['output']>;
  /** When the customer was last seen; null if nothing is stored of the customer. Needs RECOGNIZED. */
  readonly lastSeenAt?: Maybe<Scalars['DateTime']['output']>;
  /** The customer's points and tier in the loyalty programme. */
  readonly loyalty?: Maybe<Loyalty>;
  /** The day on which the customer joined. */
  readonly memberSince?: Maybe<Scalars['Date']['output']>;
  /** The customer's full name. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /**
   * The offers for this customer at a placement, best first; the placement's fallback if there is none. A customer below RECOGNIZED
   * gets only offers whose rules read nothing of the customer; one with less than the placement's `min` gets only the fallback. An
   * offer with a cap is reserved for this customer until its presentation is reported, or for 10 minutes.
   */
  readonly offers?: Maybe<ReadonlyArray<Offer>>;
  /** The customer's invoices, newest first. */
  readonly orders?: Maybe<OrderConnection>;
  /** The number of different pages that the customer viewed in the last 30 days. */
  readonly pagesViewed?: Maybe<Scalars['Int']['output']>;
  /** The phone number in international form. For the customer themselves, logged in, and for agents. */
  readonly phone?: Maybe<Scalars['String']['output']>;
  /** How many more points they need for the next tier; 0 at the highest. */
  readonly pointsToNextTier?: Maybe<Scalars['Int']['output']>;
  /** The number of purchases. */
  readonly purchases?: Maybe<Scalars['Int']['output']>;
  /**
   * The same interactions in sessions, newest first. A session has less than 30 minutes between one interaction and the next,
   * at any touchpoints. Needs RECOGNIZED.
   */
  readonly sessions?: Maybe<SessionConnection>;
  /** Every data source that this operation used for this customer, and how it answered. */
  readonly sources: ReadonlyArray<SourceStatus>;
  /** The total of the purchases of the last 90 days, in GBP. */
  readonly spentLately?: Maybe<Scalars['Float']['output']>;
  /** What they asked or complained about. */
  readonly tickets?: Maybe<ReadonlyArray<Ticket>>;
};


/** A customer of the shop. */
export type CustomerAttributesArgs = {
  names?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** A customer of the shop. */
export type CustomerIdentifiersArgs = {
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** A customer of the shop. */
export type CustomerIdentityEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A customer of the shop. */
export type CustomerInteractionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  since?: InputMaybe<Scalars['DateTime']['input']>;
  touchpoints?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  until?: InputMaybe<Scalars['DateTime']['input']>;
};


/** A customer of the shop. */
export type CustomerOffersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  locale?: InputMaybe<Scalars['String']['input']>;
  placement: Scalars['String']['input'];
};


/** A customer of the shop. */
export type CustomerOrdersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A customer of the shop. */
export type CustomerSessionsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** An offer of a stored decision. */
export type DecidedOffer = {
  readonly __typename?: 'DecidedOffer';
  /** The offer's name. */
  readonly name: Scalars['String']['output'];
  /** The sampled probability that the customer responds; null for the fallback, and where the rank formula has none. */
  readonly propensity?: Maybe<Scalars['Float']['output']>;
  /** The value of the rank formula; null for the fallback. */
  readonly score?: Maybe<Scalars['Float']['output']>;
  /** The version of its file at that time: a hash of its content. */
  readonly version: Scalars['String']['output'];
};

/** Which customer to erase. */
export type EraseCustomerInput = {
  /** Any id that the customer ever had. */
  readonly customerId: Scalars['ID']['input'];
};

/** What was erased. */
export type EraseCustomerPayload = {
  readonly __typename?: 'EraseCustomerPayload';
  /**
   * False if a back end failed, or if the customer kept getting identifiers that no back end was asked to erase. Then nothing
   * was erased here, so that the same call can be made again.
   */
  readonly complete: Scalars['Boolean']['output'];
  /** The back ends that were asked to erase. */
  readonly sources: ReadonlyArray<ErasedSource>;
};

/** Whether a back end erased. */
export type ErasedSource = {
  readonly __typename?: 'ErasedSource';
  /** Whether it erased. */
  readonly erased: Scalars['Boolean']['output'];
  /** Why it failed: `SOURCE_UNAVAILABLE`, `SOURCE_TIMEOUT` or `SOURCE_INVALID`. */
  readonly errorCode?: Maybe<Scalars['String']['output']>;
  /** The data source's name. */
  readonly name: Scalars['String']['output'];
};

/** An identifier as an identity event names it. */
export type EventIdentifier = {
  readonly __typename?: 'EventIdentifier';
  /** The id of the customer who lost it, when it moved from one customer to another. */
  readonly from?: Maybe<Scalars['ID']['output']>;
  /** One of the configured identifier types. */
  readonly type: Scalars['String']['output'];
  /** The normalised value. Masked but for its last characters for an agent who has not confirmed the customer (`viewers.agentsConfirm`). */
  readonly value: Scalars['String']['output'];
};

/** How far an offer came in a decision, and why. */
export type ExplainedOffer = {
  readonly __typename?: 'ExplainedOffer';
  /** The offer's name. */
  readonly name: Scalars['String']['output'];
  /** The sampled probability that the customer responds; null where the offer was not ranked, or the rank formula has none. */
  readonly propensity?: Maybe<Scalars['Float']['output']>;
  /** Why it came no further, in words; null for RANKED. */
  readonly reason?: Maybe<Scalars['String']['output']>;
  /** The value of the rank formula; null where the offer was not ranked. */
  readonly score?: Maybe<Scalars['Float']['output']>;
  /** The last step that it reached. */
  readonly step: OfferStep;
};

/** A token for a link to another touchpoint. */
export type HandoffPayload = {
  readonly __typename?: 'HandoffPayload';
  /** The token is not accepted after this time. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** The token, to be sent as the URL parameter that the touchpoint reads. */
  readonly token: Scalars['String']['output'];
  /** The page with the token in it, when a page was given. */
  readonly url?: Maybe<Scalars['URL']['output']>;
};

/** A type and a value that identify a customer. */
export type Identifier = {
  readonly __typename?: 'Identifier';
  /** When evidence for it was last seen. */
  readonly lastSeenAt: Scalars['DateTime']['output'];
  /** When it was linked to this customer. */
  readonly linkedAt: Scalars['DateTime']['output'];
  /** Where it was read, for example `cookie:customer_id`. */
  readonly source: Scalars['String']['output'];
  /** One of the configured identifier types, for example `crmId`. */
  readonly type: Scalars['String']['output'];
  /** The normalised value. Masked but for its last characters for an agent who has not confirmed the customer (`viewers.agentsConfirm`). */
  readonly value: Scalars['String']['output'];
};

/** An identifier: a type and a value. */
export type IdentifierInput = {
  /** One of the configured identifier types, for example `crmId`. */
  readonly type: Scalars['String']['input'];
  /** The value, as the touchpoint has it; it is normalised. */
  readonly value: Scalars['String']['input'];
};

/** Identifiers that were seen together, and attributes. */
export type IdentifyInput = {
  /**
   * Attributes of the customer, as a JSON object of names and values. They are kept only when the event is accepted.
   * Attributes of a late event are kept for the customer who had the strongest identifier at the event's time.
   */
  readonly attributes?: InputMaybe<Scalars['JSONObject']['input']>;
  /**
   * The caller's own id of this event. Sending an event with the same id again changes nothing. Without an id, an event with
   * a time is recognised by its time, its identifiers and its attributes.
   */
  readonly eventId?: InputMaybe<Scalars['String']['input']>;
  /** Identifiers of one customer, at most 100. Together with the identifiers captured from the request they are one event. */
  readonly identifiers: ReadonlyArray<IdentifierInput>;
  /** The time of the event, not before 1970 and at most 5 minutes ahead of now; now when left out. */
  readonly occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The touchpoint of the event; the request's own touchpoint when left out. */
  readonly touchpoint?: InputMaybe<Scalars['String']['input']>;
};

/** What an event changed in the identity graph. */
export type IdentifyOutcome =
  /** A new customer. */
  | 'CREATED'
  /** A known customer gained identifiers. */
  | 'LINKED'
  /** Several customers became one. */
  | 'MERGED'
  /** Identifiers moved from one customer to another. */
  | 'REASSIGNED'
  /** Nothing was linked: see `rejected`. */
  | 'REJECTED'
  /** Nothing changed, because everything was known or there is later evidence. */
  | 'UNCHANGED';

/** The result of an event. */
export type IdentifyPayload = {
  readonly __typename?: 'IdentifyPayload';
  /** The customer of the event; null when nothing could be linked. */
  readonly customer?: Maybe<Customer>;
  /** Identifiers that the customer gained. */
  readonly linked: ReadonlyArray<Identifier>;
  /** What the event changed in the identity graph. */
  readonly outcome: IdentifyOutcome;
  /** Identifiers that were left out, and why. */
  readonly rejected: ReadonlyArray<RejectedIdentifier>;
  /** Identifiers that the customer lost. */
  readonly unlinked: ReadonlyArray<Identifier>;
};

/** An agent's confirmation that a customer is who they say they are. It counts for this agent alone. */
export type IdentityConfirmation = {
  readonly __typename?: 'IdentityConfirmation';
  /** When the agent confirmed it. */
  readonly confirmedAt: Scalars['DateTime']['output'];
  /** Until when the customer is VERIFIED for this agent. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** How the agent made sure. */
  readonly method: Scalars['String']['output'];
};

/** One change of the identity graph, which says which identifiers are one customer. */
export type IdentityEvent = {
  readonly __typename?: 'IdentityEvent';
  /** The person who decided: the subject of their token. Null if a rule decided. */
  readonly actor?: Maybe<Scalars['String']['output']>;
  /** The id of the customer to whom the event belonged when it was recorded. */
  readonly customerId: Scalars['ID']['output'];
  /** Identifiers that nobody had any more afterwards. */
  readonly cut: ReadonlyArray<EventIdentifier>;
  /** The customer's identifiers that were seen together, or that a person named. */
  readonly evidence: ReadonlyArray<EventIdentifier>;
  /** The change in one sentence. */
  readonly explanation: Scalars['String']['output'];
  /** The event's id, stable and unique. */
  readonly id: Scalars['ID']['output'];
  /** Types of the identifiers that were seen together with these, but stayed with another customer. */
  readonly leftOut: ReadonlyArray<Scalars['String']['output']>;
  /** Identifiers that the customer gained. */
  readonly linked: ReadonlyArray<EventIdentifier>;
  /** Ids of the customers who were merged into this one. */
  readonly merged: ReadonlyArray<Scalars['ID']['output']>;
  /** When the evidence was seen. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** The reason that this person gave. */
  readonly reason?: Maybe<Scalars['String']['output']>;
  /** When the change was made. */
  readonly recordedAt: Scalars['DateTime']['output'];
  /** The rule or the kind of correction that decided. */
  readonly rule: IdentityRule;
  /** The origin of the evidence: capture rules, or a mutation and the viewer's roles. */
  readonly source: Scalars['String']['output'];
};

/** A page of identity events. */
export type IdentityEventConnection = {
  readonly __typename?: 'IdentityEventConnection';
  /** The items of this page. */
  readonly edges: ReadonlyArray<IdentityEventEdge>;
  /** Whether there are more before and after this page. */
  readonly pageInfo: PageInfo;
};

/** One identity event on a page. */
export type IdentityEventEdge = {
  readonly __typename?: 'IdentityEventEdge';
  /** Its cursor, for `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The identity event itself. */
  readonly node: IdentityEvent;
};

/** What a change of the identity graph would do. Nothing was written. */
export type IdentityPreview = {
  readonly __typename?: 'IdentityPreview';
  /** The customer whom it would leave: the one who would gain or lose identifiers. */
  readonly customer: Customer;
  /** Identifiers that nobody would have any more. */
  readonly cut: ReadonlyArray<EventIdentifier>;
  /** The change in one sentence. */
  readonly explanation: Scalars['String']['output'];
  /** How many interactions would belong to another customer. */
  readonly interactions: Scalars['Int']['output'];
  /** Identifiers that nobody has now, and that the customer would gain. */
  readonly linked: ReadonlyArray<EventIdentifier>;
  /** Identifiers that would move from one customer to another; `from` is the one who would lose it. */
  readonly moved: ReadonlyArray<EventIdentifier>;
  /** The other customers: those who would join this one, or the one who would be made. A customer who would be made has a new id each time. */
  readonly others: ReadonlyArray<Customer>;
};

/** The rule or correction that decided about a change of the identity graph. */
export type IdentityRule =
  /** An agent confirmed who the customer is. No identifier changed. */
  | 'CONFIRM'
  /** The customer was erased. */
  | 'ERASE'
  /** The identifiers exceed a limit of one customer: owned identifiers stayed with their owners. */
  | 'KEEP_FIRST'
  /** A person merged customers. */
  | 'MERGE'
  /** The identifiers exceed a limit of one customer: the latest evidence decided. */
  | 'REASSIGN_LATEST'
  /** A visitor cookie was replaced by a new one. */
  | 'ROTATE'
  /** A person split identifiers from a customer. */
  | 'SPLIT'
  /** The identifiers were seen together, and no limit was exceeded. */
  | 'TOGETHER'
  /** A person unlinked an identifier. */
  | 'UNLINK';

/** One thing that happened at a touchpoint. */
export type Interaction = {
  readonly __typename?: 'Interaction';
  /** The AGENT or SERVICE who sent it: the subject of their token. Null for all other senders. For AGENT and SERVICE. */
  readonly actor?: Maybe<Scalars['String']['output']>;
  /** The touchpoint's kind; null if the touchpoint is no longer configured. */
  readonly channel?: Maybe<Channel>;
  /** The sender's own id, or one that the gateway made; unique per customer. */
  readonly id: Scalars['ID']['output'];
  /** The identifier that decided to whom it belongs; null if its sender named the customer by id, and for interactions that were stored before this was recorded. */
  readonly identifier?: Maybe<InteractionIdentifier>;
  /** When it happened. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** Its property `offerId` if that is a text: the id of the offer to which the customer responded. */
  readonly offer?: Maybe<Scalars['ID']['output']>;
  /** The page's address without the parameters from which identifiers are captured, or an app's name of its screen. */
  readonly pageUrl?: Maybe<Scalars['String']['output']>;
  /** More data from the sender, by name. */
  readonly properties: Scalars['JSONObject']['output'];
  /** When it was stored. */
  readonly recordedAt: Scalars['DateTime']['output'];
  /** Where that identifier was read, for example `issuedCookie:visitor`; for an AGENT or SERVICE who named it, `captureInteractions` and their role. */
  readonly source?: Maybe<Scalars['String']['output']>;
  /** The touchpoint where it happened. */
  readonly touchpoint?: Maybe<Scalars['String']['output']>;
  /** What happened, for example `page_view` or `purchase`. */
  readonly type: Scalars['String']['output'];
};

/** A page of interactions. */
export type InteractionConnection = {
  readonly __typename?: 'InteractionConnection';
  /** The items of this page. */
  readonly edges: ReadonlyArray<InteractionEdge>;
  /** Whether there are more before and after this page. */
  readonly pageInfo: PageInfo;
};

/** One interaction on a page. */
export type InteractionEdge = {
  readonly __typename?: 'InteractionEdge';
  /** Its cursor, for `after` and `before`. */
  readonly cursor: Scalars['String']['output'];
  /** The interaction itself. */
  readonly node: Interaction;
};

/** The identifier that decided to whom an interaction belongs. */
export type InteractionIdentifier = {
  readonly __typename?: 'InteractionIdentifier';
  /** One of the configured identifier types. */
  readonly type: Scalars['String']['output'];
  /** The normalised value, masked like that of an `Identifier`; null once it was erased. */
  readonly value?: Maybe<Scalars['String']['output']>;
};

/** One thing that happened at a touchpoint. */
export type InteractionInput = {
  /** Attributes of the customer: a JSON object of at most 50 names and values. `Customer.attributes` has the latest value of each name. */
  readonly attributes?: InputMaybe<Scalars['JSON']['input']>;
  /** The caller's own id of the interaction: if it is sent again with the same id, it is not stored again. The gateway makes an id when left out. */
  readonly id?: InputMaybe<Scalars['String']['input']>;
  /** The identifiers of its customer, from a SERVICE or AGENT. From other viewers they are ignored. */
  readonly identifiers?: InputMaybe<ReadonlyArray<IdentifierInput>>;
  /** When it happened, not before 1970 and at most 5 minutes ahead of now; now when left out. */
  readonly occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The page's address, or an app's name of its screen. The owner's rules capture identifiers from it; they are removed before it is stored. */
  readonly pageUrl?: InputMaybe<Scalars['String']['input']>;
  /** More data about the interaction: a JSON object of at most 16 KB. */
  readonly properties?: InputMaybe<Scalars['JSON']['input']>;
  /** The touchpoint where it happened; the request's own touchpoint when left out. */
  readonly touchpoint?: InputMaybe<Scalars['String']['input']>;
  /** What happened, for example `page_view` or `purchase`. A `note` about the customer is for AGENT and SERVICE. */
  readonly type: Scalars['String']['input'];
};

/** Points and tier in the loyalty programme. */
export type Loyalty = {
  readonly __typename?: 'Loyalty';
  /** One point for each whole pound spent. */
  readonly points?: Maybe<Scalars['Int']['output']>;
  /** The amount spent, in GBP, without returned goods. */
  readonly spent?: Maybe<Scalars['Float']['output']>;
  /** The tier for these points. */
  readonly tier?: Maybe<LoyaltyTier>;
};

/** The tiers of the loyalty programme. */
export type LoyaltyTier =
  /** Under 300 points. */
  | 'BRONZE'
  /** From 1,000 points. */
  | 'GOLD'
  /** From 300 points. */
  | 'SILVER';

/** Which customers to merge, and why. */
export type MergeCustomersInput = {
  /** The ids of two or more customers, at most 100. */
  readonly customerIds: ReadonlyArray<Scalars['ID']['input']>;
  /** The reason, for the customer's identity events; at most 1,000 characters. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
};

/** The result of a merge. */
export type MergeCustomersPayload = {
  readonly __typename?: 'MergeCustomersPayload';
  /** The customer into whom all of them were merged. */
  readonly customer: Customer;
};

/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /**
   * Stores interactions. Each belongs to the request's customer; a browser without a cookie becomes a visitor. If a record is
   * wrong, the others are stored nevertheless. All stored interactions are on disk when this answers.
   */
  readonly captureInteractions?: Maybe<CaptureInteractionsPayload>;
  /**
   * Records that an agent made sure who the customer is. The customer is VERIFIED for this agent for 30 minutes, in every process of
   * the gateway; confirming again begins the 30 minutes anew. It is kept as an identity event. For AGENT.
   */
  readonly confirmIdentity?: Maybe<ConfirmIdentityPayload>;
  /**
   * Makes a token for a link to another touchpoint. The token identifies the request's customer there. It is valid for five
   * minutes and one use, at that touchpoint only.
   */
  readonly createHandoff?: Maybe<HandoffPayload>;
  /**
   * Makes tokens for pictures in outbound mail, one for each recipient. By the token `/pixel.gif` knows whose mail was opened;
   * nobody else can read it. For SERVICE.
   */
  readonly createRecipientTokens?: Maybe<CreateRecipientTokensPayload>;
  /**
   * Erases a customer: first in every back end whose adapter can erase, then here, with everything that was captured. The
   * customer's ids still resolve, to a customer of whom nothing is known. Evidence that is not newer restores nothing. An
   * erasure can't be undone. For SERVICE and ADMIN; the erasure is recorded with the viewer who did it.
   */
  readonly eraseCustomer?: Maybe<EraseCustomerPayload>;
  /**
   * Records identifiers that were seen together, and attributes. Identifiers from AGENT and SERVICE are VERIFIED. Identifiers
   * from a CUSTOMER are CLAIMED and link nothing, unless they were also captured with proof.
   */
  readonly identify?: Maybe<IdentifyPayload>;
  /**
   * Merges several customers into one, even if that exceeds a limit. The oldest id survives, and every id resolves to this
   * customer. Older evidence does not undo the merge. For AGENT and SERVICE; recorded with the viewer who did it.
   */
  readonly mergeCustomers?: Maybe<MergeCustomersPayload>;
  /**
   * For a log-out: gives the browser a new visitor cookie, so that later requests do not belong to the customer who logged out.
   * Send no login token with this request or later ones. At a touchpoint without visitors, a cookie of the request is replaced,
   * but no visitor is started for a request without a cookie.
   */
  readonly resetVisitor?: Maybe<ResetVisitorPayload>;
  /**
   * Counts how a customer responded to an offer: once for each response and token. The response is stored as an interaction of the
   * type `offer_presented`, `offer_clicked`, `offer_accepted` or `offer_declined`, and offers are ranked by what was learned from
   * it. A customer responds for themselves and must be RECOGNIZED; AGENT and SERVICE respond for any customer.
   */
  readonly respondToOffer?: Maybe<RespondToOfferPayload>;
  /**
   * Makes some identifiers a customer of their own. If exactly these were a customer before a merge, that customer is restored
   * with id and history; otherwise a new one is made. Evidence that is not newer does not link them again. For AGENT and
   * SERVICE; recorded with the viewer who did it.
   */
  readonly splitCustomer?: Maybe<SplitCustomerPayload>;
  /**
   * Takes an identifier from its customer; nobody has it afterwards. Evidence that is not newer does not link it to that
   * customer again. For AGENT and SERVICE; recorded with the viewer who did it.
   */
  readonly unlinkIdentifier?: Maybe<UnlinkIdentifierPayload>;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationCaptureInteractionsArgs = {
  input: CaptureInteractionsInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationConfirmIdentityArgs = {
  input: ConfirmIdentityInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationCreateHandoffArgs = {
  input: CreateHandoffInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationCreateRecipientTokensArgs = {
  input: CreateRecipientTokensInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationEraseCustomerArgs = {
  input: EraseCustomerInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationIdentifyArgs = {
  input: IdentifyInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationMergeCustomersArgs = {
  input: MergeCustomersInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationRespondToOfferArgs = {
  input: RespondToOfferInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationSplitCustomerArgs = {
  input: SplitCustomerInput;
};


/** Everything that can be changed. A refused mutation is null with its error; the other mutations of the same request are executed. */
export type MutationUnlinkIdentifierArgs = {
  input: UnlinkIdentifierInput;
};

/** An object with a global id (Relay global object identification). */
export type Node = {
  /** Stable and unique over all types. */
  readonly id: Scalars['ID']['output'];
};

/** Something that is shown to a customer at a placement. */
export type Offer = {
  readonly __typename?: 'Offer';
  /** What is shown, in the language that was asked for: any JSON object of the owner. */
  readonly content: Scalars['JSONObject']['output'];
  /** The token is not accepted after this time. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** The id of this offer in this decision: unique over all customers, and the same while the decision is the same. */
  readonly id: Scalars['ID']['output'];
  /** The offer's name, which is the same for all customers. */
  readonly name: Scalars['String']['output'];
  /** The placement for which it was chosen. */
  readonly placement: Scalars['String']['output'];
  /** The token by which `respondToOffer` names this offer. It is valid for this customer only. */
  readonly token: Scalars['String']['output'];
};

/** A stored decision: what was given to a customer, and what it was chosen from. */
export type OfferDecision = {
  readonly __typename?: 'OfferDecision';
  /** When it was made for the first time. The same choice within the hour (UTC) is the same decision. */
  readonly decidedAt: Scalars['DateTime']['output'];
  /** The part of `Offer.id` before the colon, so the `offerId` of an interaction leads to the decision. */
  readonly id: Scalars['ID']['output'];
  /** A hash of everything that the decision was made from: the seed, versions of offers, how far each came, counts and evidence. */
  readonly inputs: Scalars['String']['output'];
  /** Whether the customer was in the control group. */
  readonly isControl: Scalars['Boolean']['output'];
  /** Whether no offer was chosen, so that the fallback was given. */
  readonly isFallback: Scalars['Boolean']['output'];
  /** The offers, best first; empty where there was neither an offer nor a fallback. */
  readonly offers: ReadonlyArray<DecidedOffer>;
  /** Until then the choice was kept for the customer; null at a placement that is not sticky, and for the fallback. */
  readonly stickyUntil?: Maybe<Scalars['DateTime']['output']>;
  /** The touchpoint of the request; null if it was unknown. */
  readonly touchpoint?: Maybe<Scalars['String']['output']>;
  /** The roles of the viewer who asked: CUSTOMER, or AGENT, SERVICE and ADMIN with a plus between them. */
  readonly viewer: Scalars['String']['output'];
};

/** Which offers a customer would get at a placement, and why. */
export type OfferExplanation = {
  readonly __typename?: 'OfferExplanation';
  /** Names of the offers that the customer gets, best first: those kept for them, the first of the ranking, or the fallback. */
  readonly chosen: ReadonlyArray<Scalars['String']['output']>;
  /**
   * Earlier decisions for this customer at this placement, newest first, for as long as decisions are kept: on every touchpoint, for
   * every viewer, and under ids that were merged into this one. None where the customer is not proven well enough for the placement.
   */
  readonly decisions: ReadonlyArray<OfferDecision>;
  /** Whether the customer is in the control group, which gets only the fallback. */
  readonly isControl: Scalars['Boolean']['output'];
  /** An earlier choice is kept for the customer until then (`sticky`); null where none is. `offers` say what a decision of now finds. */
  readonly keptUntil?: Maybe<Scalars['DateTime']['output']>;
  /** Every offer of the placement: those in the ranking first, best first. */
  readonly offers: ReadonlyArray<ExplainedOffer>;
  /** The name of the placement. */
  readonly placement: Scalars['String']['output'];
};


/** Which offers a customer would get at a placement, and why. */
export type OfferExplanationDecisionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** Presentations of an offer at a placement and the responses to them, without the control group. */
export type OfferPerformance = {
  readonly __typename?: 'OfferPerformance';
  /** The share of presentations that were accepted, 0 to 1; null without presentations. */
  readonly acceptRate?: Maybe<Scalars['Float']['output']>;
  /** How often it was accepted. */
  readonly accepted: Scalars['Int']['output'];
  /** How often it was clicked. */
  readonly clicked: Scalars['Int']['output'];
  /** The rate of all presentations to the control group at this placement; null without any. */
  readonly control?: Maybe<Scalars['Float']['output']>;
  /** How often it was declined. */
  readonly declined: Scalars['Int']['output'];
  /** The upper end of the 95 % interval of the rate; null without presentations. */
  readonly high?: Maybe<Scalars['Float']['output']>;
  /** How much more was accepted than in the control group: 0.2 is 20 % more; null without a rate of the control group. */
  readonly lift?: Maybe<Scalars['Float']['output']>;
  /** The lower end of the 95 % interval of the rate; null without presentations. */
  readonly low?: Maybe<Scalars['Float']['output']>;
  /** The offer's name. */
  readonly offer: Scalars['String']['output'];
  /** The name of the placement. */
  readonly placement: Scalars['String']['output'];
  /** How often it was presented. */
  readonly presented: Scalars['Int']['output'];
};

/** How a customer responded to an offer. */
export type OfferResponse =
  /** The customer took it. */
  | 'ACCEPTED'
  /** The customer followed its link. */
  | 'CLICKED'
  /** The customer did not want it. */
  | 'DECLINED'
  /** It was shown to the customer. */
  | 'PRESENTED';

/** The steps of a decision. */
export type OfferStep =
  /** A cap is reached, another offer excludes it, or the customer gets only the fallback. */
  | 'FILTERED'
  /** Its rule is not true for this customer. */
  | 'INELIGIBLE'
  /** Its dates or its channels do not fit. */
  | 'INVALID'
  /** It is in the ranking. */
  | 'RANKED'
  /** Its rule needs a data source that failed, or a field that this viewer may not see: the reason names it. */
  | 'UNKNOWN';

/** An invoice. */
export type Order = {
  readonly __typename?: 'Order';
  /** True if goods were returned. */
  readonly cancelled?: Maybe<Scalars['Boolean']['output']>;
  /** The day of the invoice. */
  readonly date?: Maybe<Scalars['Date']['output']>;
  /** The invoice's number; a leading C means a cancellation. */
  readonly invoiceNo: Scalars['String']['output'];
  /** The products of the invoice. */
  readonly lines?: Maybe<ReadonlyArray<OrderLine>>;
  /** The total in GBP; negative on a cancellation. */
  readonly total?: Maybe<Scalars['Float']['output']>;
};

/** A page of Order. */
export type OrderConnection = {
  readonly __typename?: 'OrderConnection';
  /** The page. */
  readonly edges: ReadonlyArray<OrderEdge>;
  /** Where the page lies. */
  readonly pageInfo: PageInfo;
};

/** One Order on a page. */
export type OrderEdge = {
  readonly __typename?: 'OrderEdge';
  /** Where it stands in the list. */
  readonly cursor: Scalars['String']['output'];
  /** The Order; null where the back end answered none. */
  readonly node?: Maybe<Order>;
};

/** One product on an invoice. */
export type OrderLine = {
  readonly __typename?: 'OrderLine';
  /** The description as printed on the invoice. */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** The product in today's catalogue. */
  readonly product?: Maybe<Product>;
  /** The number of pieces; negative on a cancellation. */
  readonly quantity?: Maybe<Scalars['Int']['output']>;
  /** The product's stock code. */
  readonly sku: Scalars['String']['output'];
  /** The price of the line in GBP. */
  readonly total?: Maybe<Scalars['Float']['output']>;
  /** The price of one piece in GBP. */
  readonly unitPrice?: Maybe<Scalars['Float']['output']>;
};

/** Where a page lies in its list (Relay cursor connections). */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The last edge's cursor; null on an empty page. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** More follow. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** More precede. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The first edge's cursor; null on an empty page. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

/** A product of the catalogue. */
export type Product = {
  readonly __typename?: 'Product';
  /** The product's name. */
  readonly name?: Maybe<Scalars['String']['output']>;
  /** The price of one piece in GBP. */
  readonly price?: Maybe<Scalars['Float']['output']>;
  /** The product's stock code. */
  readonly sku: Scalars['String']['output'];
};

/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type Query = {
  readonly __typename?: 'Query';
  /**
   * The customer of this request, found by its token, handoff, cookies, URL and headers. Null if nothing was captured and no
   * visitor is started.
   */
  readonly customer?: Maybe<Customer>;
  /** The customer with this identifier. Null if nobody has it and no back end can be asked by it. For AGENT and SERVICE. */
  readonly customerByIdentifier?: Maybe<Customer>;
  /** The customers with these identifiers, in the given order; null for an identifier without a customer. At most 100. For AGENT and SERVICE. */
  readonly customersByIdentifiers?: Maybe<ReadonlyArray<Maybe<Customer>>>;
  /**
   * Explains what a customer gets now at a placement: each of its offers, how far it came in a new decision, and why. Channel and
   * touchpoint are those of this request. Nothing is reserved. `decisions` has what was given before. For AGENT and SERVICE.
   */
  readonly explainOffers?: Maybe<OfferExplanation>;
  /**
   * Customers with this value under any identifier type, and those whom data sources with `search` find by it: by a name, an order's
   * number. Best first, each customer once. A source that fails is named in `extensions.incomplete`; the others answer. With
   * `viewers.agentsConfirm`, a customer whom the agent has not confirmed is found by whole values, and by parts of what the agent may
   * see of them. For AGENT.
   */
  readonly findCustomers?: Maybe<ReadonlyArray<Customer>>;
  /** Any object with a global id. A customer is answered to AGENT and SERVICE, and to the customer themselves; otherwise null. */
  readonly node?: Maybe<Node>;
  /** Presentations and responses by placement and offer, over whole days (UTC). For ADMIN. */
  readonly offerPerformance?: Maybe<ReadonlyArray<OfferPerformance>>;
  /** What `identify` would do with this input. Nothing is written. For AGENT and SERVICE. */
  readonly previewIdentify?: Maybe<IdentityPreview>;
  /** What `mergeCustomers` would do with this input. Nothing is written. For AGENT and SERVICE. */
  readonly previewMerge?: Maybe<IdentityPreview>;
  /** What `splitCustomer` would do with this input. Nothing is written. For AGENT and SERVICE. */
  readonly previewSplit?: Maybe<IdentityPreview>;
  /** What `unlinkIdentifier` would do with this input. Nothing is written. For AGENT and SERVICE. */
  readonly previewUnlink?: Maybe<IdentityPreview>;
  /** A product of the catalogue; null for a stock code that it does not have. */
  readonly product?: Maybe<Product>;
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryCustomerByIdentifierArgs = {
  identifier: IdentifierInput;
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryCustomersByIdentifiersArgs = {
  identifiers: ReadonlyArray<IdentifierInput>;
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryExplainOffersArgs = {
  customerId: Scalars['ID']['input'];
  placement: Scalars['String']['input'];
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryFindCustomersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  value: Scalars['String']['input'];
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryOfferPerformanceArgs = {
  placement?: InputMaybe<Scalars['String']['input']>;
  since?: InputMaybe<Scalars['DateTime']['input']>;
  until?: InputMaybe<Scalars['DateTime']['input']>;
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryPreviewIdentifyArgs = {
  input: IdentifyInput;
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryPreviewMergeArgs = {
  input: MergeCustomersInput;
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryPreviewSplitArgs = {
  input: SplitCustomerInput;
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryPreviewUnlinkArgs = {
  input: UnlinkIdentifierInput;
};


/**
 * Everything that can be read. A field that this viewer may not read is null, with an error that says why; all other fields are
 * answered.
 */
export type QueryProductArgs = {
  sku: Scalars['String']['input'];
};

/** An identifier that was left out. */
export type RejectedIdentifier = {
  readonly __typename?: 'RejectedIdentifier';
  /** The reason in words: what was expected and what was received. */
  readonly message: Scalars['String']['output'];
  /** The reason as a code. */
  readonly reason: RejectionReason;
  /** The type that was given. */
  readonly type: Scalars['String']['output'];
  /** The value that was given. */
  readonly value: Scalars['String']['output'];
};

/** An interaction that was not stored. */
export type RejectedInteraction = {
  readonly __typename?: 'RejectedInteraction';
  /** An error code, for example `BAD_USER_INPUT`. */
  readonly code: Scalars['String']['output'];
  /** Its position in the given list, counted from 0. */
  readonly index: Scalars['Int']['output'];
  /** What was expected and what was received. */
  readonly message: Scalars['String']['output'];
};

/** Why an identifier was left out. */
export type RejectionReason =
  /** A placeholder that systems write instead of a value, such as `null`, `#REF!` or `{{ id }}`, or a value that the owner blocks. */
  | 'BLOCKED_VALUE'
  /** One customer would have more values of a type than its limit allows. */
  | 'CONFLICTING_IDENTIFIERS'
  /**
   * Its customer was erased, and the event is not newer than the erasure, or was recorded before it. If this identifier decides
   * to whom the event belongs, the whole event is rejected.
   */
  | 'ERASED'
  /** A CUSTOMER named it without proof. */
  | 'INSUFFICIENT_ASSURANCE'
  /** Not a value of its type, for example an e-mail address without an @. */
  | 'INVALID_VALUE'
  /** No identifier type of this name is configured. */
  | 'UNKNOWN_TYPE'
  /** This customer has lost it since, by a person's decision or another event, and the event is not newer than that. */
  | 'UNLINKED';

/** The result of `resetVisitor`. */
export type ResetVisitorPayload = {
  readonly __typename?: 'ResetVisitorPayload';
  /** The new visitor of this browser; null when no capture rule issues a cookie. */
  readonly customer?: Maybe<Customer>;
};

/** Whether a response was counted. */
export type RespondOutcome =
  /** It was counted now. */
  | 'COUNTED'
  /** It was counted before, so nothing changed. */
  | 'REPEATED';

/** A response to an offer. */
export type RespondToOfferInput = {
  /** When, not before the offer was chosen and at most 5 minutes ahead of now; now when left out. */
  readonly occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** How the customer responded. */
  readonly response: OfferResponse;
  /** The token of the offer. */
  readonly token: Scalars['String']['input'];
};

/** The result of a response. */
export type RespondToOfferPayload = {
  readonly __typename?: 'RespondToOfferPayload';
  /** The customer of the offer. */
  readonly customer?: Maybe<Customer>;
  /** Whether it was counted now, or before. */
  readonly outcome: RespondOutcome;
};

/** Interactions with less than 30 minutes between one and the next. */
export type Session = {
  readonly __typename?: 'Session';
  /** When its last interaction happened. */
  readonly endedAt: Scalars['DateTime']['output'];
  /** How many interactions it has, at most 1,000: a longer session is cut there, and the rest is another session. */
  readonly interactionCount: Scalars['Int']['output'];
  /** Its interactions, newest first. */
  readonly interactions: ReadonlyArray<Interaction>;
  /** The page of its first interaction; null if that has none. */
  readonly landingPage?: Maybe<Scalars['String']['output']>;
  /** When its first interaction happened. */
  readonly startedAt: Scalars['DateTime']['output'];
  /** Its touchpoints, each once, in the order of their first interaction. */
  readonly touchpoints: ReadonlyArray<Scalars['String']['output']>;
};

/** A page of sessions. */
export type SessionConnection = {
  readonly __typename?: 'SessionConnection';
  /** The items of this page. */
  readonly edges: ReadonlyArray<SessionEdge>;
  /** Whether there are more before and after this page. */
  readonly pageInfo: PageInfo;
};

/** One session on a page. */
export type SessionEdge = {
  readonly __typename?: 'SessionEdge';
  /** Its cursor, for `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The session itself. */
  readonly node: Session;
};

/** How a data source answered. */
export type SourceState =
  /** The back end did not answer, or its answer was wrong. */
  | 'FAILED'
  /** Answered by the back end, or from a cache within `ttl`. */
  | 'FRESH'
  /** Not asked, because the customer has no identifier of the type that is its key. */
  | 'SKIPPED'
  /** Answered from a cache after `ttl`. */
  | 'STALE';

/** How a data source answered for one customer in this operation. */
export type SourceStatus = {
  readonly __typename?: 'SourceStatus';
  /** Why it failed: `SOURCE_UNAVAILABLE`, `SOURCE_TIMEOUT` or `SOURCE_INVALID`. */
  readonly errorCode?: Maybe<Scalars['String']['output']>;
  /** When the answer was fetched from the back end. */
  readonly fetchedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The data source's name. */
  readonly name: Scalars['String']['output'];
  /** How it answered. */
  readonly status: SourceState;
};

/** Which identifiers to split off, and why. */
export type SplitCustomerInput = {
  /** The customer who must have them. The call is refused if another customer has them by now. May be left out. */
  readonly customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The identifiers that become a customer of their own; at most 100. */
  readonly identifiers: ReadonlyArray<IdentifierInput>;
  /** The reason, for the customer's identity events; at most 1,000 characters. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
};

/** The result of a split. */
export type SplitCustomerPayload = {
  readonly __typename?: 'SplitCustomerPayload';
  /** The customer who has the remaining identifiers. */
  readonly customer: Customer;
  /** The customer to whom the given identifiers belong now. */
  readonly splitOff: Customer;
};

/**
 * Live events, over WebSocket (graphql-transport-ws) and server-sent events (graphql-sse, distinct connections). Each event is
 * sent once; a client that was not connected reads the missed interactions from `Customer.interactions`. An event before which
 * others may have been lost has `extensions.gap: { since }`: read the interactions since that time.
 */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /**
   * The request's own customer, after each change of identifiers, attributes or interactions. Several changes in a row may be
   * one event. AGENT and SERVICE may name any customer, or leave `customerId` out for all customers.
   */
  readonly customerChanged: Customer;
  /**
   * Each interaction of the request's own customer, after it is stored. AGENT and SERVICE may name any customer, or leave
   * `customerId` out for all customers.
   */
  readonly interactionCaptured: Interaction;
};


/**
 * Live events, over WebSocket (graphql-transport-ws) and server-sent events (graphql-sse, distinct connections). Each event is
 * sent once; a client that was not connected reads the missed interactions from `Customer.interactions`. An event before which
 * others may have been lost has `extensions.gap: { since }`: read the interactions since that time.
 */
export type SubscriptionCustomerChangedArgs = {
  customerId?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * Live events, over WebSocket (graphql-transport-ws) and server-sent events (graphql-sse, distinct connections). Each event is
 * sent once; a client that was not connected reads the missed interactions from `Customer.interactions`. An event before which
 * others may have been lost has `extensions.gap: { since }`: read the interactions since that time.
 */
export type SubscriptionInteractionCapturedArgs = {
  customerId?: InputMaybe<Scalars['ID']['input']>;
};

/** A question or a complaint of the customer. */
export type Ticket = {
  readonly __typename?: 'Ticket';
  /** A note for agents only. */
  readonly agentNote?: Maybe<Scalars['String']['output']>;
  /** How the customer reached the shop. */
  readonly channel?: Maybe<Scalars['String']['output']>;
  /** The number in the ticket system. */
  readonly id: Scalars['ID']['output'];
  /** When it was opened. */
  readonly openedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Whether an answer is still due. */
  readonly status?: Maybe<TicketStatus>;
  /** The subject of the ticket. */
  readonly subject?: Maybe<Scalars['String']['output']>;
};

/** Whether an answer to a ticket is still due. */
export type TicketStatus =
  /** The ticket was answered. */
  | 'CLOSED'
  /** An answer is still due. */
  | 'OPEN';

/** Which identifier to unlink, and why. */
export type UnlinkIdentifierInput = {
  /** The customer who must have it. The call is refused if another customer has it by now. May be left out. */
  readonly customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The identifier that nobody has afterwards. */
  readonly identifier: IdentifierInput;
  /** The reason, for the customer's identity events; at most 1,000 characters. */
  readonly reason?: InputMaybe<Scalars['String']['input']>;
};

/** The result of unlinking an identifier. */
export type UnlinkIdentifierPayload = {
  readonly __typename?: 'UnlinkIdentifierPayload';
  /** The customer from whom it was taken. */
  readonly customer: Customer;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;




/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node: ( ResolverCustomer );
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Assurance: Assurance;
  Attribute: ResolverTypeWrapper<Attribute>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CaptureInteractionsInput: CaptureInteractionsInput;
  CaptureInteractionsPayload: ResolverTypeWrapper<Omit<CaptureInteractionsPayload, 'customer'> & { customer?: Maybe<ResolversTypes['Customer']> }>;
  Channel: Channel;
  ConfirmIdentityInput: ConfirmIdentityInput;
  ConfirmIdentityPayload: ResolverTypeWrapper<Omit<ConfirmIdentityPayload, 'customer'> & { customer: ResolversTypes['Customer'] }>;
  CreateHandoffInput: CreateHandoffInput;
  CreateRecipientTokensInput: CreateRecipientTokensInput;
  CreateRecipientTokensPayload: ResolverTypeWrapper<CreateRecipientTokensPayload>;
  Customer: ResolverTypeWrapper<ResolverCustomer>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DecidedOffer: ResolverTypeWrapper<DecidedOffer>;
  EmailAddress: ResolverTypeWrapper<Scalars['EmailAddress']['output']>;
  EraseCustomerInput: EraseCustomerInput;
  EraseCustomerPayload: ResolverTypeWrapper<EraseCustomerPayload>;
  ErasedSource: ResolverTypeWrapper<ErasedSource>;
  EventIdentifier: ResolverTypeWrapper<EventIdentifier>;
  ExplainedOffer: ResolverTypeWrapper<ExplainedOffer>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  HandoffPayload: ResolverTypeWrapper<HandoffPayload>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Identifier: ResolverTypeWrapper<Identifier>;
  IdentifierInput: IdentifierInput;
  IdentifyInput: IdentifyInput;
  IdentifyOutcome: IdentifyOutcome;
  IdentifyPayload: ResolverTypeWrapper<Omit<IdentifyPayload, 'customer'> & { customer?: Maybe<ResolversTypes['Customer']> }>;
  IdentityConfirmation: ResolverTypeWrapper<IdentityConfirmation>;
  IdentityEvent: ResolverTypeWrapper<IdentityEvent>;
  IdentityEventConnection: ResolverTypeWrapper<IdentityEventConnection>;
  IdentityEventEdge: ResolverTypeWrapper<IdentityEventEdge>;
  IdentityPreview: ResolverTypeWrapper<Omit<IdentityPreview, 'customer' | 'others'> & { customer: ResolversTypes['Customer'], others: ReadonlyArray<ResolversTypes['Customer']> }>;
  IdentityRule: IdentityRule;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Interaction: ResolverTypeWrapper<Interaction>;
  InteractionConnection: ResolverTypeWrapper<InteractionConnection>;
  InteractionEdge: ResolverTypeWrapper<InteractionEdge>;
  InteractionIdentifier: ResolverTypeWrapper<InteractionIdentifier>;
  InteractionInput: InteractionInput;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  JSONObject: ResolverTypeWrapper<Scalars['JSONObject']['output']>;
  Loyalty: ResolverTypeWrapper<Loyalty>;
  LoyaltyTier: LoyaltyTier;
  MergeCustomersInput: MergeCustomersInput;
  MergeCustomersPayload: ResolverTypeWrapper<Omit<MergeCustomersPayload, 'customer'> & { customer: ResolversTypes['Customer'] }>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Offer: ResolverTypeWrapper<Offer>;
  OfferDecision: ResolverTypeWrapper<OfferDecision>;
  OfferExplanation: ResolverTypeWrapper<OfferExplanation>;
  OfferPerformance: ResolverTypeWrapper<OfferPerformance>;
  OfferResponse: OfferResponse;
  OfferStep: OfferStep;
  Order: ResolverTypeWrapper<Order>;
  OrderConnection: ResolverTypeWrapper<OrderConnection>;
  OrderEdge: ResolverTypeWrapper<OrderEdge>;
  OrderLine: ResolverTypeWrapper<OrderLine>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Product: ResolverTypeWrapper<Product>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RejectedIdentifier: ResolverTypeWrapper<RejectedIdentifier>;
  RejectedInteraction: ResolverTypeWrapper<RejectedInteraction>;
  RejectionReason: RejectionReason;
  ResetVisitorPayload: ResolverTypeWrapper<Omit<ResetVisitorPayload, 'customer'> & { customer?: Maybe<ResolversTypes['Customer']> }>;
  RespondOutcome: RespondOutcome;
  RespondToOfferInput: RespondToOfferInput;
  RespondToOfferPayload: ResolverTypeWrapper<Omit<RespondToOfferPayload, 'customer'> & { customer?: Maybe<ResolversTypes['Customer']> }>;
  Session: ResolverTypeWrapper<Session>;
  SessionConnection: ResolverTypeWrapper<SessionConnection>;
  SessionEdge: ResolverTypeWrapper<SessionEdge>;
  SourceState: SourceState;
  SourceStatus: ResolverTypeWrapper<SourceStatus>;
  SplitCustomerInput: SplitCustomerInput;
  SplitCustomerPayload: ResolverTypeWrapper<Omit<SplitCustomerPayload, 'customer' | 'splitOff'> & { customer: ResolversTypes['Customer'], splitOff: ResolversTypes['Customer'] }>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Ticket: ResolverTypeWrapper<Ticket>;
  TicketStatus: TicketStatus;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
  UnlinkIdentifierInput: UnlinkIdentifierInput;
  UnlinkIdentifierPayload: ResolverTypeWrapper<Omit<UnlinkIdentifierPayload, 'customer'> & { customer: ResolversTypes['Customer'] }>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Attribute: Attribute;
  Boolean: Scalars['Boolean']['output'];
  CaptureInteractionsInput: CaptureInteractionsInput;
  CaptureInteractionsPayload: Omit<CaptureInteractionsPayload, 'customer'> & { customer?: Maybe<ResolversParentTypes['Customer']> };
  ConfirmIdentityInput: ConfirmIdentityInput;
  ConfirmIdentityPayload: Omit<ConfirmIdentityPayload, 'customer'> & { customer: ResolversParentTypes['Customer'] };
  CreateHandoffInput: CreateHandoffInput;
  CreateRecipientTokensInput: CreateRecipientTokensInput;
  CreateRecipientTokensPayload: CreateRecipientTokensPayload;
  Customer: ResolverCustomer;
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  DecidedOffer: DecidedOffer;
  EmailAddress: Scalars['EmailAddress']['output'];
  EraseCustomerInput: EraseCustomerInput;
  EraseCustomerPayload: EraseCustomerPayload;
  ErasedSource: ErasedSource;
  EventIdentifier: EventIdentifier;
  ExplainedOffer: ExplainedOffer;
  Float: Scalars['Float']['output'];
  HandoffPayload: HandoffPayload;
  ID: Scalars['ID']['output'];
  Identifier: Identifier;
  IdentifierInput: IdentifierInput;
  IdentifyInput: IdentifyInput;
  IdentifyPayload: Omit<IdentifyPayload, 'customer'> & { customer?: Maybe<ResolversParentTypes['Customer']> };
  IdentityConfirmation: IdentityConfirmation;
  IdentityEvent: IdentityEvent;
  IdentityEventConnection: IdentityEventConnection;
  IdentityEventEdge: IdentityEventEdge;
  IdentityPreview: Omit<IdentityPreview, 'customer' | 'others'> & { customer: ResolversParentTypes['Customer'], others: ReadonlyArray<ResolversParentTypes['Customer']> };
  Int: Scalars['Int']['output'];
  Interaction: Interaction;
  InteractionConnection: InteractionConnection;
  InteractionEdge: InteractionEdge;
  InteractionIdentifier: InteractionIdentifier;
  InteractionInput: InteractionInput;
  JSON: Scalars['JSON']['output'];
  JSONObject: Scalars['JSONObject']['output'];
  Loyalty: Loyalty;
  MergeCustomersInput: MergeCustomersInput;
  MergeCustomersPayload: Omit<MergeCustomersPayload, 'customer'> & { customer: ResolversParentTypes['Customer'] };
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Offer: Offer;
  OfferDecision: OfferDecision;
  OfferExplanation: OfferExplanation;
  OfferPerformance: OfferPerformance;
  Order: Order;
  OrderConnection: OrderConnection;
  OrderEdge: OrderEdge;
  OrderLine: OrderLine;
  PageInfo: PageInfo;
  Product: Product;
  Query: Record<PropertyKey, never>;
  RejectedIdentifier: RejectedIdentifier;
  RejectedInteraction: RejectedInteraction;
  ResetVisitorPayload: Omit<ResetVisitorPayload, 'customer'> & { customer?: Maybe<ResolversParentTypes['Customer']> };
  RespondToOfferInput: RespondToOfferInput;
  RespondToOfferPayload: Omit<RespondToOfferPayload, 'customer'> & { customer?: Maybe<ResolversParentTypes['Customer']> };
  Session: Session;
  SessionConnection: SessionConnection;
  SessionEdge: SessionEdge;
  SourceStatus: SourceStatus;
  SplitCustomerInput: SplitCustomerInput;
  SplitCustomerPayload: Omit<SplitCustomerPayload, 'customer' | 'splitOff'> & { customer: ResolversParentTypes['Customer'], splitOff: ResolversParentTypes['Customer'] };
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  Ticket: Ticket;
  URL: Scalars['URL']['output'];
  UnlinkIdentifierInput: UnlinkIdentifierInput;
  UnlinkIdentifierPayload: Omit<UnlinkIdentifierPayload, 'customer'> & { customer: ResolversParentTypes['Customer'] };
};

export type AttributeResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Attribute'] = ResolversParentTypes['Attribute']> = {
  capturedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  touchpoint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
};

export type CaptureInteractionsPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['CaptureInteractionsPayload'] = ResolversParentTypes['CaptureInteractionsPayload']> = {
  accepted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
  duplicates?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  rejected?: Resolver<ReadonlyArray<ResolversTypes['RejectedInteraction']>, ParentType, ContextType>;
};

export type ConfirmIdentityPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['ConfirmIdentityPayload'] = ResolversParentTypes['ConfirmIdentityPayload']> = {
  customer?: Resolver<ResolversTypes['Customer'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type CreateRecipientTokensPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['CreateRecipientTokensPayload'] = ResolversParentTypes['CreateRecipientTokensPayload']> = {
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  tokens?: Resolver<ReadonlyArray<Maybe<ResolversTypes['String']>>, ParentType, ContextType>;
};

export type CustomerResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Customer'] = ResolversParentTypes['Customer']> = {
  assurance?: Resolver<ResolversTypes['Assurance'], ParentType, ContextType>;
  attributes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Attribute']>>, ParentType, ContextType, Partial<CustomerAttributesArgs>>;
  audiences?: Resolver<Maybe<ReadonlyArray<ResolversTypes['String']>>, ParentType, ContextType>;
  confirmation?: Resolver<Maybe<ResolversTypes['IdentityConfirmation']>, ParentType, ContextType>;
  country?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['EmailAddress']>, ParentType, ContextType>;
  favouriteStore?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  firstSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  identifiers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Identifier']>>, ParentType, ContextType, Partial<CustomerIdentifiersArgs>>;
  identityEvents?: Resolver<Maybe<ResolversTypes['IdentityEventConnection']>, ParentType, ContextType, Partial<CustomerIdentityEventsArgs>>;
  interactions?: Resolver<Maybe<ResolversTypes['InteractionConnection']>, ParentType, ContextType, Partial<CustomerInteractionsArgs>>;
  lastInBasket?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  loyalty?: Resolver<Maybe<ResolversTypes['Loyalty']>, ParentType, ContextType>;
  memberSince?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  offers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Offer']>>, ParentType, ContextType, RequireFields<CustomerOffersArgs, 'placement'>>;
  orders?: Resolver<Maybe<ResolversTypes['OrderConnection']>, ParentType, ContextType, RequireFields<CustomerOrdersArgs, 'first'>>;
  pagesViewed?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  pointsToNextTier?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  purchases?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  sessions?: Resolver<Maybe<ResolversTypes['SessionConnection']>, ParentType, ContextType, Partial<CustomerSessionsArgs>>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['SourceStatus']>, ParentType, ContextType>;
  spentLately?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  tickets?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Ticket']>>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DecidedOfferResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['DecidedOffer'] = ResolversParentTypes['DecidedOffer']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  propensity?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface EmailAddressScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['EmailAddress'], any> {
  name: 'EmailAddress';
}

export type EraseCustomerPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['EraseCustomerPayload'] = ResolversParentTypes['EraseCustomerPayload']> = {
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['ErasedSource']>, ParentType, ContextType>;
};

export type ErasedSourceResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['ErasedSource'] = ResolversParentTypes['ErasedSource']> = {
  erased?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type EventIdentifierResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['EventIdentifier'] = ResolversParentTypes['EventIdentifier']> = {
  from?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ExplainedOfferResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['ExplainedOffer'] = ResolversParentTypes['ExplainedOffer']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  propensity?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  score?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  step?: Resolver<ResolversTypes['OfferStep'], ParentType, ContextType>;
};

export type HandoffPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['HandoffPayload'] = ResolversParentTypes['HandoffPayload']> = {
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  token?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<Maybe<ResolversTypes['URL']>, ParentType, ContextType>;
};

export type IdentifierResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Identifier'] = ResolversParentTypes['Identifier']> = {
  lastSeenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  linkedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type IdentifyPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['IdentifyPayload'] = ResolversParentTypes['IdentifyPayload']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
  linked?: Resolver<ReadonlyArray<ResolversTypes['Identifier']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['IdentifyOutcome'], ParentType, ContextType>;
  rejected?: Resolver<ReadonlyArray<ResolversTypes['RejectedIdentifier']>, ParentType, ContextType>;
  unlinked?: Resolver<ReadonlyArray<ResolversTypes['Identifier']>, ParentType, ContextType>;
};

export type IdentityConfirmationResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['IdentityConfirmation'] = ResolversParentTypes['IdentityConfirmation']> = {
  confirmedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type IdentityEventResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['IdentityEvent'] = ResolversParentTypes['IdentityEvent']> = {
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  customerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cut?: Resolver<ReadonlyArray<ResolversTypes['EventIdentifier']>, ParentType, ContextType>;
  evidence?: Resolver<ReadonlyArray<ResolversTypes['EventIdentifier']>, ParentType, ContextType>;
  explanation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  leftOut?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  linked?: Resolver<ReadonlyArray<ResolversTypes['EventIdentifier']>, ParentType, ContextType>;
  merged?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  recordedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['IdentityRule'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type IdentityEventConnectionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['IdentityEventConnection'] = ResolversParentTypes['IdentityEventConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['IdentityEventEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type IdentityEventEdgeResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['IdentityEventEdge'] = ResolversParentTypes['IdentityEventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['IdentityEvent'], ParentType, ContextType>;
};

export type IdentityPreviewResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['IdentityPreview'] = ResolversParentTypes['IdentityPreview']> = {
  customer?: Resolver<ResolversTypes['Customer'], ParentType, ContextType>;
  cut?: Resolver<ReadonlyArray<ResolversTypes['EventIdentifier']>, ParentType, ContextType>;
  explanation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  interactions?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  linked?: Resolver<ReadonlyArray<ResolversTypes['EventIdentifier']>, ParentType, ContextType>;
  moved?: Resolver<ReadonlyArray<ResolversTypes['EventIdentifier']>, ParentType, ContextType>;
  others?: Resolver<ReadonlyArray<ResolversTypes['Customer']>, ParentType, ContextType>;
};

export type InteractionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Interaction'] = ResolversParentTypes['Interaction']> = {
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  channel?: Resolver<Maybe<ResolversTypes['Channel']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  identifier?: Resolver<Maybe<ResolversTypes['InteractionIdentifier']>, ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  offer?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  pageUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  properties?: Resolver<ResolversTypes['JSONObject'], ParentType, ContextType>;
  recordedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  touchpoint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type InteractionConnectionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['InteractionConnection'] = ResolversParentTypes['InteractionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['InteractionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type InteractionEdgeResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['InteractionEdge'] = ResolversParentTypes['InteractionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Interaction'], ParentType, ContextType>;
};

export type InteractionIdentifierResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['InteractionIdentifier'] = ResolversParentTypes['InteractionIdentifier']> = {
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export interface JsonObjectScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSONObject'], any> {
  name: 'JSONObject';
}

export type LoyaltyResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Loyalty'] = ResolversParentTypes['Loyalty']> = {
  points?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  spent?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  tier?: Resolver<Maybe<ResolversTypes['LoyaltyTier']>, ParentType, ContextType>;
};

export type MergeCustomersPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['MergeCustomersPayload'] = ResolversParentTypes['MergeCustomersPayload']> = {
  customer?: Resolver<ResolversTypes['Customer'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  captureInteractions?: Resolver<Maybe<ResolversTypes['CaptureInteractionsPayload']>, ParentType, ContextType, RequireFields<MutationCaptureInteractionsArgs, 'input'>>;
  confirmIdentity?: Resolver<Maybe<ResolversTypes['ConfirmIdentityPayload']>, ParentType, ContextType, RequireFields<MutationConfirmIdentityArgs, 'input'>>;
  createHandoff?: Resolver<Maybe<ResolversTypes['HandoffPayload']>, ParentType, ContextType, RequireFields<MutationCreateHandoffArgs, 'input'>>;
  createRecipientTokens?: Resolver<Maybe<ResolversTypes['CreateRecipientTokensPayload']>, ParentType, ContextType, RequireFields<MutationCreateRecipientTokensArgs, 'input'>>;
  eraseCustomer?: Resolver<Maybe<ResolversTypes['EraseCustomerPayload']>, ParentType, ContextType, RequireFields<MutationEraseCustomerArgs, 'input'>>;
  identify?: Resolver<Maybe<ResolversTypes['IdentifyPayload']>, ParentType, ContextType, RequireFields<MutationIdentifyArgs, 'input'>>;
  mergeCustomers?: Resolver<Maybe<ResolversTypes['MergeCustomersPayload']>, ParentType, ContextType, RequireFields<MutationMergeCustomersArgs, 'input'>>;
  resetVisitor?: Resolver<Maybe<ResolversTypes['ResetVisitorPayload']>, ParentType, ContextType>;
  respondToOffer?: Resolver<Maybe<ResolversTypes['RespondToOfferPayload']>, ParentType, ContextType, RequireFields<MutationRespondToOfferArgs, 'input'>>;
  splitCustomer?: Resolver<Maybe<ResolversTypes['SplitCustomerPayload']>, ParentType, ContextType, RequireFields<MutationSplitCustomerArgs, 'input'>>;
  unlinkIdentifier?: Resolver<Maybe<ResolversTypes['UnlinkIdentifierPayload']>, ParentType, ContextType, RequireFields<MutationUnlinkIdentifierArgs, 'input'>>;
};

export type NodeResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Customer', ParentType, ContextType>;
};

export type OfferResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Offer'] = ResolversParentTypes['Offer']> = {
  content?: Resolver<ResolversTypes['JSONObject'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  placement?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  token?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OfferDecisionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['OfferDecision'] = ResolversParentTypes['OfferDecision']> = {
  decidedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  inputs?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isControl?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isFallback?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  offers?: Resolver<ReadonlyArray<ResolversTypes['DecidedOffer']>, ParentType, ContextType>;
  stickyUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  touchpoint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  viewer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OfferExplanationResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['OfferExplanation'] = ResolversParentTypes['OfferExplanation']> = {
  chosen?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  decisions?: Resolver<ReadonlyArray<ResolversTypes['OfferDecision']>, ParentType, ContextType, Partial<OfferExplanationDecisionsArgs>>;
  isControl?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  keptUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  offers?: Resolver<ReadonlyArray<ResolversTypes['ExplainedOffer']>, ParentType, ContextType>;
  placement?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OfferPerformanceResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['OfferPerformance'] = ResolversParentTypes['OfferPerformance']> = {
  acceptRate?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  accepted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  clicked?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  control?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  declined?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  high?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  lift?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  low?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  offer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  placement?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  presented?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type OrderResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order']> = {
  cancelled?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  date?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  invoiceNo?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  lines?: Resolver<Maybe<ReadonlyArray<ResolversTypes['OrderLine']>>, ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type OrderConnectionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['OrderConnection'] = ResolversParentTypes['OrderConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['OrderEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type OrderEdgeResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['OrderEdge'] = ResolversParentTypes['OrderEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
};

export type OrderLineResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['OrderLine'] = ResolversParentTypes['OrderLine']> = {
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
  quantity?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  sku?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  unitPrice?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ProductResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product']> = {
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  price?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  sku?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
  customerByIdentifier?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType, RequireFields<QueryCustomerByIdentifierArgs, 'identifier'>>;
  customersByIdentifiers?: Resolver<Maybe<ReadonlyArray<Maybe<ResolversTypes['Customer']>>>, ParentType, ContextType, RequireFields<QueryCustomersByIdentifiersArgs, 'identifiers'>>;
  explainOffers?: Resolver<Maybe<ResolversTypes['OfferExplanation']>, ParentType, ContextType, RequireFields<QueryExplainOffersArgs, 'customerId' | 'placement'>>;
  findCustomers?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Customer']>>, ParentType, ContextType, RequireFields<QueryFindCustomersArgs, 'first' | 'value'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  offerPerformance?: Resolver<Maybe<ReadonlyArray<ResolversTypes['OfferPerformance']>>, ParentType, ContextType, Partial<QueryOfferPerformanceArgs>>;
  previewIdentify?: Resolver<Maybe<ResolversTypes['IdentityPreview']>, ParentType, ContextType, RequireFields<QueryPreviewIdentifyArgs, 'input'>>;
  previewMerge?: Resolver<Maybe<ResolversTypes['IdentityPreview']>, ParentType, ContextType, RequireFields<QueryPreviewMergeArgs, 'input'>>;
  previewSplit?: Resolver<Maybe<ResolversTypes['IdentityPreview']>, ParentType, ContextType, RequireFields<QueryPreviewSplitArgs, 'input'>>;
  previewUnlink?: Resolver<Maybe<ResolversTypes['IdentityPreview']>, ParentType, ContextType, RequireFields<QueryPreviewUnlinkArgs, 'input'>>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType, RequireFields<QueryProductArgs, 'sku'>>;
};

export type RejectedIdentifierResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['RejectedIdentifier'] = ResolversParentTypes['RejectedIdentifier']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['RejectionReason'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type RejectedInteractionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['RejectedInteraction'] = ResolversParentTypes['RejectedInteraction']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  index?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ResetVisitorPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['ResetVisitorPayload'] = ResolversParentTypes['ResetVisitorPayload']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
};

export type RespondToOfferPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['RespondToOfferPayload'] = ResolversParentTypes['RespondToOfferPayload']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['RespondOutcome'], ParentType, ContextType>;
};

export type SessionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  endedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  interactionCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  interactions?: Resolver<ReadonlyArray<ResolversTypes['Interaction']>, ParentType, ContextType>;
  landingPage?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  touchpoints?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SessionConnectionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['SessionConnection'] = ResolversParentTypes['SessionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['SessionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type SessionEdgeResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['SessionEdge'] = ResolversParentTypes['SessionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
};

export type SourceStatusResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['SourceStatus'] = ResolversParentTypes['SourceStatus']> = {
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fetchedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['SourceState'], ParentType, ContextType>;
};

export type SplitCustomerPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['SplitCustomerPayload'] = ResolversParentTypes['SplitCustomerPayload']> = {
  customer?: Resolver<ResolversTypes['Customer'], ParentType, ContextType>;
  splitOff?: Resolver<ResolversTypes['Customer'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  customerChanged?: SubscriptionResolver<ResolversTypes['Customer'], "customerChanged", ParentType, ContextType, Partial<SubscriptionCustomerChangedArgs>>;
  interactionCaptured?: SubscriptionResolver<ResolversTypes['Interaction'], "interactionCaptured", ParentType, ContextType, Partial<SubscriptionInteractionCapturedArgs>>;
};

export type TicketResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['Ticket'] = ResolversParentTypes['Ticket']> = {
  agentNote?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  channel?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  openedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['TicketStatus']>, ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export interface UrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['URL'], any> {
  name: 'URL';
}

export type UnlinkIdentifierPayloadResolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>, ParentType extends ResolversParentTypes['UnlinkIdentifierPayload'] = ResolversParentTypes['UnlinkIdentifierPayload']> = {
  customer?: Resolver<ResolversTypes['Customer'], ParentType, ContextType>;
};

export type Resolvers<ContextType = ResolverContext<'catalog' | 'crm' | 'loyalty' | 'orders' | 'support'>> = {
  Attribute?: AttributeResolvers<ContextType>;
  CaptureInteractionsPayload?: CaptureInteractionsPayloadResolvers<ContextType>;
  ConfirmIdentityPayload?: ConfirmIdentityPayloadResolvers<ContextType>;
  CreateRecipientTokensPayload?: CreateRecipientTokensPayloadResolvers<ContextType>;
  Customer?: CustomerResolvers<ContextType>;
  Date?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  DecidedOffer?: DecidedOfferResolvers<ContextType>;
  EmailAddress?: GraphQLScalarType;
  EraseCustomerPayload?: EraseCustomerPayloadResolvers<ContextType>;
  ErasedSource?: ErasedSourceResolvers<ContextType>;
  EventIdentifier?: EventIdentifierResolvers<ContextType>;
  ExplainedOffer?: ExplainedOfferResolvers<ContextType>;
  HandoffPayload?: HandoffPayloadResolvers<ContextType>;
  Identifier?: IdentifierResolvers<ContextType>;
  IdentifyPayload?: IdentifyPayloadResolvers<ContextType>;
  IdentityConfirmation?: IdentityConfirmationResolvers<ContextType>;
  IdentityEvent?: IdentityEventResolvers<ContextType>;
  IdentityEventConnection?: IdentityEventConnectionResolvers<ContextType>;
  IdentityEventEdge?: IdentityEventEdgeResolvers<ContextType>;
  IdentityPreview?: IdentityPreviewResolvers<ContextType>;
  Interaction?: InteractionResolvers<ContextType>;
  InteractionConnection?: InteractionConnectionResolvers<ContextType>;
  InteractionEdge?: InteractionEdgeResolvers<ContextType>;
  InteractionIdentifier?: InteractionIdentifierResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  JSONObject?: GraphQLScalarType;
  Loyalty?: LoyaltyResolvers<ContextType>;
  MergeCustomersPayload?: MergeCustomersPayloadResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Offer?: OfferResolvers<ContextType>;
  OfferDecision?: OfferDecisionResolvers<ContextType>;
  OfferExplanation?: OfferExplanationResolvers<ContextType>;
  OfferPerformance?: OfferPerformanceResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  OrderConnection?: OrderConnectionResolvers<ContextType>;
  OrderEdge?: OrderEdgeResolvers<ContextType>;
  OrderLine?: OrderLineResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RejectedIdentifier?: RejectedIdentifierResolvers<ContextType>;
  RejectedInteraction?: RejectedInteractionResolvers<ContextType>;
  ResetVisitorPayload?: ResetVisitorPayloadResolvers<ContextType>;
  RespondToOfferPayload?: RespondToOfferPayloadResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SessionConnection?: SessionConnectionResolvers<ContextType>;
  SessionEdge?: SessionEdgeResolvers<ContextType>;
  SourceStatus?: SourceStatusResolvers<ContextType>;
  SplitCustomerPayload?: SplitCustomerPayloadResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Ticket?: TicketResolvers<ContextType>;
  URL?: GraphQLScalarType;
  UnlinkIdentifierPayload?: UnlinkIdentifierPayloadResolvers<ContextType>;
};

