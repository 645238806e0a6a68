import type DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import type { Assurance } from '../../model/assurance.ts';
import { keyOfType, type ResolvedCustomer } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import { isTrusted, type Viewer } from '../../model/viewer.ts';
import { DEFAULT_ACCESS, requireAccess } from '../../profile/access.ts';
import { BUILT_IN_SOURCES } from '../../profile/field-binding.ts';
import { parseIdentifiers } from '../../profile/parse-identifiers.ts';
import type { Profile } from '../../profile/profile.ts';
import { handled, loadersOf } from '../../sources/loaders.ts';
import { provenanceOf } from '../execution/provenance.ts';
import type { RequestContext } from '../request-context.ts';

/** A source's records by key, one `DataLoader` for each request, in front of the batches that all requests share. */
// biome-ignore lint/suspicious/noExplicitAny: a record is whatever the back end answers
export type RecordLoader = DataLoader<string | number | bigint, any, string>;

/** What a resolver of `resolvers.ts` gets as its third argument: the same object for all resolvers of one operation. */
export interface ResolverContext<SourceName extends string = string> {
  /** Who asks. `roles` is `['CUSTOMER']` without a token; `claims` are the token's, verified. */
  readonly viewer: Pick<Viewer, 'roles' | 'authenticated' | 'claims'>;
  /** By the name of the data source. They check no access; only the field's `@access` does. */
  // biome-ignore lint/suspicious/noExplicitAny: without the sources' names a mistyped name is not found
  readonly loaders: string extends SourceName ? any : Readonly<Record<SourceName, RecordLoader>>;
  readonly customers: {
    /**
     * The customer who has this identifier, or null. For AGENT and SERVICE: the customer of `customerByIdentifier`. For any
     * other viewer: the request's own customer, if the identifier is proven to be theirs; otherwise a customer whose
     * assurance is CLAIMED, so only fields with `@access(min: CLAIMED)` or less can be read.
     * @throws GatewayError BAD_USER_INPUT for a type that is not configured. TypeError for a value that is no string.
     */
    byIdentifier(identifier: Identifier): Promise<ResolverCustomer | null>;
  };
  /** Aborted when the client is gone. Pass it on to whatever can be cancelled. */
  readonly signal: AbortSignal;
  /** As the log and masked errors have it. */
  readonly requestId: string;
  /** The customer of this request; null when nothing was captured. */
  customer(): Promise<ResolverCustomer | null>;
}

/** A customer as resolvers see them. */
export interface ResolverCustomer {
  readonly id: string;
  /** How well the request proves who they are. */
  readonly assurance: Assurance;
  /**
   * Reads a field that is bound with `@from` or `@computed`, as a client would: under the field's own `@access`.
   * @param args the field's arguments, by name.
   * @returns the value as the source answers it, not yet in the form of its GraphQL type; null where no source has one.
   * @throws GatewayError when this viewer may not see it, or the source fails. TypeError for a field without a binding.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the value is whatever the back end answers
  read(field: string, args?: Readonly<Record<string, unknown>>): Promise<any>;
  /**
   * The value by which back ends that are keyed by this identifier type are asked, the one seen last; null without one.
   * @throws GatewayError INSUFFICIENT_ASSURANCE for a customer who is not RECOGNIZED. TypeError for a type that is not configured.
   */
  identifier(type: string): string | null;
}

/** Customers that a context gave to a resolver, in the form in which the engine answers them. */
const given = new WeakSet<object>();

/** True for a customer that the engine answers, never for data of a back end or of a resolver. */
export function isGivenCustomer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && given.has(value);
}

/** A `ResolverCustomer`. The engine's customer in it is private, so that code can't make one of its own. */
export class CustomerView implements ResolverCustomer {
  readonly #customer: ResolvedCustomer;
  readonly #context: RequestContext;
  readonly #profile: Profile;
  /** The path of the resolver's field, for the provenance of what it reads; null outside of a customer's field. */
  readonly #path: GraphQLResolveInfo['path'] | null;

  constructor(customer: ResolvedCustomer, context: RequestContext, profile: Profile, path: GraphQLResolveInfo['path'] | null) {
    this.#customer = customer;
    this.#context = context;
    this.#profile = profile;
    this.#path = path;
  }

  /**
   * @returns the customer to be answered for this value, or null for a value that this operation's context did not give:
   * one that was kept from another request would show its customer to anybody.
   */
  static customerOf(value: unknown, context: RequestContext): ResolvedCustomer | null {
    if (typeof value !== 'object' || value === null || !(#customer in value) || value.#context !== context) return null;
    given.add(value.#customer);
    return value.#customer;
  }

  get id(): string {
    return this.#customer.id;
  }

  get assurance(): Assurance {
    return this.#customer.assurance;
  }

  read(field: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return handled(this.#read(field, args));
  }

  async #read(field: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const { provenance, engine } = this.#context;
    const answer = await this.#profile.read(this.#context, this.#customer, field, args);
    const binding = this.#profile.field(`Customer.${field}`)?.binding;
    if (this.#path !== null && binding) provenance?.push(provenanceOf(this.#path, binding, answer, engine.now()));
    return answer?.value ?? null;
  }

  identifier(type: string): string | null {
    const { viewer, engine } = this.#context;
    if (!engine.identifierTypes.has(type))
      throw new TypeError(`customer.identifier: expected one of ${[...engine.identifierTypes.keys()].join(', ')}, received ${type}`);
    requireAccess(DEFAULT_ACCESS, viewer, this.#customer, 'customer.identifier');
    return keyOfType(this.#customer, type);
  }
}

/** Makes the context of one operation's resolvers. */
export function openResolverContext(context: RequestContext, known: Profile): ResolverContext {
  const { viewer, profile, requestId, engine } = context;
  const { roles, authenticated, claims } = viewer;
  const viewOf = (customer: ResolvedCustomer | null) => customer && new CustomerView(customer, context, known, null);
  const names = [...engine.sources.keys()].filter((name) => !BUILT_IN_SOURCES.has(name));
  return Object.freeze({
    viewer: Object.freeze({ roles, authenticated, claims }),
    loaders: loadersOf(profile.sources, names),
    customers: Object.freeze({ byIdentifier: (identifier: Identifier) => handled(findCustomer(identifier, context).then(viewOf)) }),
    signal: profile.sources.signal,
    requestId,
    customer: () => handled(Promise.try(() => context.customer()).then(viewOf)),
  });
}

/** @param identifier of owners' code, which may be without types. */
async function findCustomer(identifier: Partial<Identifier> | undefined, context: RequestContext): Promise<ResolvedCustomer | null> {
  const { type, value } = identifier ?? {};
  if (typeof type !== 'string' || typeof value !== 'string') {
    const received = `type ${typeof type} and value ${value === null ? 'null' : typeof value}`;
    throw new TypeError(`customers.byIdentifier: expected { type, value }, both strings; received ${received}`);
  }
  const { engine, graph, viewer, captured } = context;
  captured.seenValues.push(value);
  const [parsed] = parseIdentifiers(engine, [{ type, value }]);
  if (!parsed?.ok) return null;
  const normalized = parsed.identifier;
  if (isTrusted(viewer)) {
    const [found] = await graph.findByIdentifiers([normalized], viewer, (asked) => engine.askableTypes.has(asked));
    return found ?? null;
  }
  const own = await context.customer();
  const isOwn = own?.identifiers.some((each) => each.type === normalized.type && each.value === normalized.value) === true;
  if (isOwn) return own;
  return graph.resolve([{ ...normalized, assurance: 'CLAIMED', origin: { kind: 'resolver', name: null } }]);
}
