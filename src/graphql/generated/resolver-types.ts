import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { ResolvedCustomer } from '../../identity/identity-graph.ts';
import type { LinkedIdentifier } from '../../model/identifier.ts';
import type { Attribute as StoredAttribute } from '../../model/ports.ts';
import type { SourceStatus as UsedSource } from '../../profile/source-usage.ts';
import type { RequestContext } from '../request-context.ts';
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
  DateTime: { input: Date; output: Date; }
  JSON: { input: unknown; output: unknown; }
  JSONObject: { input: Record<string, unknown>; output: Record<string, unknown>; }
  URL: { input: URL; output: URL | string; }
};

/** How well a customer is proven, weakest first. */
export type Assurance =
  /** A visitor on their first request. */
  | 'ANONYMOUS'
  /** An identifier that anybody could have typed. It looks up; it never links. */
  | 'CLAIMED'
  /** A signed cookie, a handoff, or an identifier that the owner trusts. */
  | 'RECOGNIZED'
  /** A verified token, or a trusted viewer's word. */
  | 'VERIFIED';

/** A value captured at a touchpoint; the latest counts. */
export type Attribute = {
  __typename?: 'Attribute';
  /** When it was captured. */
  capturedAt: Scalars['DateTime']['output'];
  /** The attribute's name. */
  name: Scalars['String']['output'];
  /** Where it was captured. */
  touchpoint?: Maybe<Scalars['String']['output']>;
  /** Any JSON value. */
  value?: Maybe<Scalars['JSON']['output']>;
};

/** Where a handoff leads. */
export type CreateHandoffInput = {
  /** The touchpoint that may honour the token. */
  touchpoint: Scalars['String']['input'];
  /** A page of that touchpoint; comes back with the token as a parameter. */
  url?: InputMaybe<Scalars['URL']['input']>;
};

/** A person, or before we know them a visitor, with one stable id. */
export type Customer = Node & {
  __typename?: 'Customer';
  /** How sure the gateway is that this request is the customer's, or that a trusted viewer means this customer. */
  assurance: Assurance;
  /** The latest value of each attribute captured at a touchpoint, by name. Needs RECOGNIZED. */
  attributes: Array<Attribute>;
  /** When the customer was first seen; null for one of whom nothing is stored. Needs RECOGNIZED. */
  firstSeenAt?: Maybe<Scalars['DateTime']['output']>;
  /** Stable: an id ever handed out resolves for ever, also after the customer was merged into another. */
  id: Scalars['ID']['output'];
  /** The identifiers that belong to this customer, most recently seen first. Needs RECOGNIZED. */
  identifiers: Array<Identifier>;
  /** When the customer was last seen; null for one of whom nothing is stored. Needs RECOGNIZED. */
  lastSeenAt?: Maybe<Scalars['DateTime']['output']>;
  /** Every source that this operation used for this customer, and how it did. */
  sources: Array<SourceStatus>;
};


/** A person, or before we know them a visitor, with one stable id. */
export type CustomerAttributesArgs = {
  names?: InputMaybe<Array<Scalars['String']['input']>>;
};


/** A person, or before we know them a visitor, with one stable id. */
export type CustomerIdentifiersArgs = {
  types?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A signed link token. */
export type HandoffPayload = {
  __typename?: 'HandoffPayload';
  /** The token is worth nothing after this. */
  expiresAt: Scalars['DateTime']['output'];
  /** To be sent as the URL parameter that the touchpoint reads. */
  token: Scalars['String']['output'];
  /** The page with the token in it, when a page was given. */
  url?: Maybe<Scalars['URL']['output']>;
};

/** A value that names a customer within one type. */
export type Identifier = {
  __typename?: 'Identifier';
  /** When evidence for it was last seen. */
  lastSeenAt: Scalars['DateTime']['output'];
  /** When it was linked to this customer. */
  linkedAt: Scalars['DateTime']['output'];
  /** What it was read from, for example `cookie:customer_id`. */
  source: Scalars['String']['output'];
  /** One of the configured identifier types, for example `crmId`. */
  type: Scalars['String']['output'];
  /** The normalised value. */
  value: Scalars['String']['output'];
};

/** A type and a value. */
export type IdentifierInput = {
  /** One of the configured identifier types, for example `crmId`. */
  type: Scalars['String']['input'];
  /** The value, as the touchpoint knows it. */
  value: Scalars['String']['input'];
};

/** What was seen together. */
export type IdentifyInput = {
  /** Attributes of the customer, as a JSON object of names and values. They need proof: they are kept only when the event is. */
  attributes?: InputMaybe<Scalars['JSONObject']['input']>;
  /** The caller's own id of this event. Saying it again changes nothing, with or without one. */
  eventId?: InputMaybe<Scalars['String']['input']>;
  /** Identifiers of one customer; together with those captured from the request they are one event. */
  identifiers: Array<IdentifierInput>;
  /** When it was seen; now when left out. */
  occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Where it was seen; the request's own touchpoint when left out. */
  touchpoint?: InputMaybe<Scalars['String']['input']>;
};

/** What an event meant to the identity graph. */
export type IdentifyOutcome =
  /** A new customer. */
  | 'CREATED'
  /** A known customer gained identifiers. */
  | 'LINKED'
  /** Customers turned out to be one. */
  | 'MERGED'
  /** Identifiers moved from one customer to another. */
  | 'REASSIGNED'
  /** Nothing was linked: see `rejected`. */
  | 'REJECTED'
  /** Everything was known. */
  | 'UNCHANGED';

/** What an event meant. */
export type IdentifyPayload = {
  __typename?: 'IdentifyPayload';
  /** The customer of the event; null when nothing could be linked. */
  customer?: Maybe<Customer>;
  /** Identifiers that the customer gained. */
  linked: Array<Identifier>;
  /** What happened. */
  outcome: IdentifyOutcome;
  /** Identifiers that were left out, and why. */
  rejected: Array<RejectedIdentifier>;
  /** Identifiers that the customer lost. */
  unlinked: Array<Identifier>;
};

/** Everything that changes something. */
export type Mutation = {
  __typename?: 'Mutation';
  /**
   * A token that carries the request's customer to another touchpoint in a link. It is good for five minutes and one use,
   * at that touchpoint only.
   */
  createHandoff: HandoffPayload;
  /**
   * Records identifiers seen together, and attributes. Identifiers given by AGENT and SERVICE are VERIFIED; given by a
   * CUSTOMER they are CLAIMED and link nothing, unless they were also captured with proof.
   */
  identify: IdentifyPayload;
};


/** Everything that changes something. */
export type MutationCreateHandoffArgs = {
  input: CreateHandoffInput;
};


/** Everything that changes something. */
export type MutationIdentifyArgs = {
  input: IdentifyInput;
};

/** An object with a global id (Relay global object identification). */
export type Node = {
  /** Stable and unique over all types. */
  id: Scalars['ID']['output'];
};

/** What the gateway answers. */
export type Query = {
  __typename?: 'Query';
  /**
   * The customer of this request: whoever its cookie, URL, token or handoff belongs to. Null when nothing was
   * captured and no visitor is started.
   */
  customer?: Maybe<Customer>;
  /** The customer with this identifier, or null when nobody has it and no back end can be asked for it. For AGENT and SERVICE. */
  customerByIdentifier?: Maybe<Customer>;
  /** The customers with these identifiers, in the order given, null where there is none. At most 100. For AGENT and SERVICE. */
  customersByIdentifiers: Array<Maybe<Customer>>;
  /** Any object with a global id. A customer is answered to AGENT and SERVICE, and to the customer themselves; otherwise null. */
  node?: Maybe<Node>;
};


/** What the gateway answers. */
export type QueryCustomerByIdentifierArgs = {
  identifier: IdentifierInput;
};


/** What the gateway answers. */
export type QueryCustomersByIdentifiersArgs = {
  identifiers: Array<IdentifierInput>;
};


/** What the gateway answers. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};

/** An identifier that was left out. */
export type RejectedIdentifier = {
  __typename?: 'RejectedIdentifier';
  /** Why. */
  reason: RejectionReason;
  /** The type that was given. */
  type: Scalars['String']['output'];
  /** The value that was given. */
  value: Scalars['String']['output'];
};

/** Why an identifier was left out. */
export type RejectionReason =
  /** A placeholder such as `null` or `guest`, or one that the owner blocks. */
  | 'BLOCKED_VALUE'
  /** One customer would have more values of a type than its limit allows. */
  | 'CONFLICTING_IDENTIFIERS'
  /** A CUSTOMER's word alone proves nothing. */
  | 'INSUFFICIENT_ASSURANCE'
  /** Not a value of its type, for example an e-mail address without an @. */
  | 'INVALID_VALUE'
  /** No identifier type of this name is configured. */
  | 'UNKNOWN_TYPE';

/** How a source did. */
export type SourceState =
  /** It did not answer, or not what was expected. */
  | 'FAILED'
  /** Answered by the back end, or from a cache within its time. */
  | 'FRESH'
  /** Not asked: the customer has no identifier that it is keyed by. */
  | 'SKIPPED'
  /** Answered from a cache that is past its time. */
  | 'STALE';

/** How a source did for one customer in this operation. */
export type SourceStatus = {
  __typename?: 'SourceStatus';
  /** Why it failed: `SOURCE_UNAVAILABLE`, `SOURCE_TIMEOUT` or `SOURCE_INVALID`. */
  errorCode?: Maybe<Scalars['String']['output']>;
  /** When the answer was fetched from the back end. */
  fetchedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The data source's name. */
  name: Scalars['String']['output'];
  /** How it did. */
  status: SourceState;
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
  Node: ( ResolvedCustomer );
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Assurance: Assurance;
  Attribute: ResolverTypeWrapper<StoredAttribute>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CreateHandoffInput: CreateHandoffInput;
  Customer: ResolverTypeWrapper<ResolvedCustomer>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  HandoffPayload: ResolverTypeWrapper<HandoffPayload>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Identifier: ResolverTypeWrapper<LinkedIdentifier>;
  IdentifierInput: IdentifierInput;
  IdentifyInput: IdentifyInput;
  IdentifyOutcome: IdentifyOutcome;
  IdentifyPayload: ResolverTypeWrapper<Omit<IdentifyPayload, 'customer' | 'linked' | 'unlinked'> & { customer?: Maybe<ResolversTypes['Customer']>, linked: Array<ResolversTypes['Identifier']>, unlinked: Array<ResolversTypes['Identifier']> }>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  JSONObject: ResolverTypeWrapper<Scalars['JSONObject']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RejectedIdentifier: ResolverTypeWrapper<RejectedIdentifier>;
  RejectionReason: RejectionReason;
  SourceState: SourceState;
  SourceStatus: ResolverTypeWrapper<UsedSource>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  URL: ResolverTypeWrapper<Scalars['URL']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Attribute: StoredAttribute;
  Boolean: Scalars['Boolean']['output'];
  CreateHandoffInput: CreateHandoffInput;
  Customer: ResolvedCustomer;
  DateTime: Scalars['DateTime']['output'];
  HandoffPayload: HandoffPayload;
  ID: Scalars['ID']['output'];
  Identifier: LinkedIdentifier;
  IdentifierInput: IdentifierInput;
  IdentifyInput: IdentifyInput;
  IdentifyPayload: Omit<IdentifyPayload, 'customer' | 'linked' | 'unlinked'> & { customer?: Maybe<ResolversParentTypes['Customer']>, linked: Array<ResolversParentTypes['Identifier']>, unlinked: Array<ResolversParentTypes['Identifier']> };
  JSON: Scalars['JSON']['output'];
  JSONObject: Scalars['JSONObject']['output'];
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  Query: Record<PropertyKey, never>;
  RejectedIdentifier: RejectedIdentifier;
  SourceStatus: UsedSource;
  String: Scalars['String']['output'];
  URL: Scalars['URL']['output'];
};

export type AttributeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Attribute'] = ResolversParentTypes['Attribute']> = {
  capturedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  touchpoint?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
};

export type CustomerResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Customer'] = ResolversParentTypes['Customer']> = {
  assurance?: Resolver<ResolversTypes['Assurance'], ParentType, ContextType>;
  attributes?: Resolver<Array<ResolversTypes['Attribute']>, ParentType, ContextType, Partial<CustomerAttributesArgs>>;
  firstSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  identifiers?: Resolver<Array<ResolversTypes['Identifier']>, ParentType, ContextType, Partial<CustomerIdentifiersArgs>>;
  lastSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  sources?: Resolver<Array<ResolversTypes['SourceStatus']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type HandoffPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['HandoffPayload'] = ResolversParentTypes['HandoffPayload']> = {
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  token?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<Maybe<ResolversTypes['URL']>, ParentType, ContextType>;
};

export type IdentifierResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Identifier'] = ResolversParentTypes['Identifier']> = {
  lastSeenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  linkedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  source?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type IdentifyPayloadResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['IdentifyPayload'] = ResolversParentTypes['IdentifyPayload']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
  linked?: Resolver<Array<ResolversTypes['Identifier']>, ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['IdentifyOutcome'], ParentType, ContextType>;
  rejected?: Resolver<Array<ResolversTypes['RejectedIdentifier']>, ParentType, ContextType>;
  unlinked?: Resolver<Array<ResolversTypes['Identifier']>, ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export interface JsonObjectScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSONObject'], any> {
  name: 'JSONObject';
}

export type MutationResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  createHandoff?: Resolver<ResolversTypes['HandoffPayload'], ParentType, ContextType, RequireFields<MutationCreateHandoffArgs, 'input'>>;
  identify?: Resolver<ResolversTypes['IdentifyPayload'], ParentType, ContextType, RequireFields<MutationIdentifyArgs, 'input'>>;
};

export type NodeResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Customer', ParentType, ContextType>;
};

export type QueryResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  customer?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType>;
  customerByIdentifier?: Resolver<Maybe<ResolversTypes['Customer']>, ParentType, ContextType, RequireFields<QueryCustomerByIdentifierArgs, 'identifier'>>;
  customersByIdentifiers?: Resolver<Array<Maybe<ResolversTypes['Customer']>>, ParentType, ContextType, RequireFields<QueryCustomersByIdentifiersArgs, 'identifiers'>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
};

export type RejectedIdentifierResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['RejectedIdentifier'] = ResolversParentTypes['RejectedIdentifier']> = {
  reason?: Resolver<ResolversTypes['RejectionReason'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SourceStatusResolvers<ContextType = RequestContext, ParentType extends ResolversParentTypes['SourceStatus'] = ResolversParentTypes['SourceStatus']> = {
  errorCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fetchedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['SourceState'], ParentType, ContextType>;
};

export interface UrlScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['URL'], any> {
  name: 'URL';
}

export type Resolvers<ContextType = RequestContext> = {
  Attribute?: AttributeResolvers<ContextType>;
  Customer?: CustomerResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  HandoffPayload?: HandoffPayloadResolvers<ContextType>;
  Identifier?: IdentifierResolvers<ContextType>;
  IdentifyPayload?: IdentifyPayloadResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  JSONObject?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RejectedIdentifier?: RejectedIdentifierResolvers<ContextType>;
  SourceStatus?: SourceStatusResolvers<ContextType>;
  URL?: GraphQLScalarType;
};

