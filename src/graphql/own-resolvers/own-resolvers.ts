import { type DocumentNode, defaultTypeResolver, type GraphQLResolveInfo, type GraphQLTypeResolver, Kind } from 'graphql';
import type { ResolvedCustomer } from '../../model/customer.ts';
import { admit, admitOutside, type Profile } from '../../profile/profile.ts';
import { isThenable } from '../execution/serializer.ts';
import type { RequestContext } from '../request-context.ts';
import type { OwnResolverMap } from '../schema/build-schema.ts';
import type { OwnerSchema } from '../schema/owner-schema.ts';
import { isObjectType, namedTypeOf, suppliedFor } from '../schema/schema-parts.ts';
import { type AnswersCustomers, answerOf, masked, type OwnField, shownError } from './answer-of.ts';
import { CustomerView, isGivenCustomer, openResolverContext, type ResolverContext } from './resolver-context.ts';

type Arguments = Record<string, unknown>;
/** As graphql-js calls it. The executor adds the customer in whose answer the field is; null outside of customers. */
type Resolve = (
  parent: unknown,
  args: Arguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
  customer: ResolvedCustomer | null,
) => Promise<unknown>;
type OwnersCode = (parent: unknown, args: Arguments, context: ResolverContext, info: GraphQLResolveInfo) => unknown;

/** Reads a field without a resolver from a value of the owner's code. Each such field has one, in its extension `ownProperty`. */
export type ReadOwnProperty = (parent: unknown, args: Arguments, context: RequestContext, info: GraphQLResolveInfo) => unknown;

const made = new WeakSet<object>();

/** True for the resolver of a field that the owner's code answers. */
export function isOwnResolver(resolve: object): boolean {
  return made.has(resolve);
}

/**
 * The owner's resolvers. Each runs behind its field's `@access`, with a `ResolverContext` in place of the engine's context;
 * only customers that this context gave can be answered as a `Customer`.
 */
export class OwnResolvers {
  readonly #owner: OwnerSchema;
  readonly #profile: Profile;
  /** Interfaces and unions that a customer may stand for. */
  readonly #customerTypes: ReadonlySet<string>;
  readonly #contexts = new WeakMap<RequestContext, ResolverContext>();

  constructor(owner: OwnerSchema, profile: Profile) {
    this.#owner = owner;
    this.#profile = profile;
    this.#customerTypes = abstractTypesOfCustomer(owner.document);
  }

  /** By type and field, as graphql-tools takes them. */
  byType(): OwnResolverMap {
    const { document, resolvers } = this.#owner;
    const types: Record<string, Record<string, unknown>> = {};
    const put = (type: string, key: string, value: unknown) => {
      types[type] = { ...types[type], [key]: value };
    };
    for (const type of [...document.definitions, ...suppliedFor(document).definitions].filter(isObjectType)) {
      for (const field of type.fields ?? []) {
        const name = `${type.name.value}.${field.name.value}`;
        const own = { name, customers: this.#customersIn(namedTypeOf(field.type).name.value) };
        const resolve = this.#resolverOf(type.name.value, own);
        // As an object: graphql-tools binds a function, and `made` has the unbound one only.
        if (resolve !== null) put(type.name.value, field.name.value, { resolve });
        else if (!this.#owner.bindings.has(name)) put(type.name.value, field.name.value, { extensions: this.#extensionsOf(own) });
      }
    }
    for (const name of new Set([...resolvers.typeResolvers.keys(), ...this.#customerTypes]))
      put(name, '__resolveType', this.#typeResolverOf(name));
    for (const [name, check] of resolvers.typeChecks) put(name, '__isTypeOf', this.#withOwnContext(check));
    return { ...types, ...resolvers.leaves } as OwnResolverMap;
  }

  #extensionsOf(field: OwnField): { readonly ownProperty: ReadOwnProperty } {
    const ownProperty: ReadOwnProperty = (parent, args, context, info) => {
      const read = () => readProperty(parent, args, this.#contextOf(context), info);
      if (field.customers !== 'none') return answerOf(read, field, context);
      try {
        const value = read();
        return value instanceof Error || Array.isArray(value) || isThenable(value)
          ? answerOf(() => value, field, context)
          : masked(value, context);
      } catch (error) {
        throw shownError(error, context);
      }
    };
    return { ownProperty };
  }

  /** @returns null for a field that needs none: it is bound, or it is a property whose value is certainly no customer. */
  #resolverOf(type: string, field: OwnField): Resolve | null {
    const code = this.#owner.resolvers.fields.get(field.name) as OwnersCode | undefined;
    if (code === undefined && (field.customers !== 'only' || this.#owner.bindings.has(field.name))) return null;
    const run = code ?? readProperty;
    const known = this.#profile.field(field.name) ?? { name: field.name, rule: null };
    const resolve: Resolve = async (parent, args, context, info, scope) => {
      const customer = type === 'Customer' ? (parent as ResolvedCustomer) : scope;
      if (customer === null) await admitOutside(known, context.viewer, () => context.customer());
      else admit(known, context.viewer, customer);
      const given = type === 'Customer' ? new CustomerView(parent as ResolvedCustomer, context, this.#profile, info.path) : parent;
      return answerOf(() => run(given, args, this.#contextOf(context), info), field, context);
    };
    made.add(resolve);
    return resolve;
  }

  #customersIn(type: string): AnswersCustomers {
    if (type === 'Customer' || type === 'Node') return 'only';
    return this.#customerTypes.has(type) ? 'some' : 'none';
  }

  /** A value is a customer because the context gave it, whatever its `__typename` is. */
  #typeResolverOf(name: string): GraphQLTypeResolver<unknown, RequestContext> {
    const code = this.#owner.resolvers.typeResolvers.get(name);
    const resolveType = (code === undefined ? defaultTypeResolver : this.#withOwnContext(code)) as GraphQLTypeResolver<
      unknown,
      RequestContext
    >;
    const checked = (type: string | undefined) => {
      if (type === 'Customer')
        throw new TypeError(`${name}: expected a customer that the context gave, received another value that says it is one`);
      return type;
    };
    return (value, context, info, type) => {
      if (isGivenCustomer(value)) return 'Customer';
      const found = resolveType(value, context, info, type);
      return isThenable(found) ? found.then(checked) : checked(found);
    };
  }

  /** The owner's `__resolveType` or `__isTypeOf`, with the owner's context. */
  #withOwnContext(code: (...args: readonly unknown[]) => unknown) {
    return (value: unknown, context: RequestContext, ...others: readonly unknown[]) => {
      try {
        const answer = code(value, this.#contextOf(context), ...others);
        return isThenable(answer) ? answer.then(undefined, (error) => Promise.reject(shownError(error, context))) : answer;
      } catch (error) {
        throw shownError(error, context);
      }
    };
  }

  #contextOf(context: RequestContext): ResolverContext {
    let own = this.#contexts.get(context);
    if (own === undefined) {
      own = openResolverContext(context, this.#profile);
      this.#contexts.set(context, own);
    }
    return own;
  }
}

/** The owner's interfaces and unions that a customer may stand for. */
function abstractTypesOfCustomer(document: DocumentNode): Set<string> {
  const names = new Set<string>();
  for (const definition of document.definitions) {
    if (isObjectType(definition) && definition.name.value === 'Customer')
      for (const { name } of definition.interfaces ?? []) names.add(name.value);
    if (definition.kind === Kind.UNION_TYPE_DEFINITION && definition.types?.some(({ name }) => name.value === 'Customer'))
      names.add(definition.name.value);
  }
  return names;
}

/**
 * A property as graphql-js reads it: inherited or not, and a method is called. But not what every object inherits, since a
 * field may be called `constructor`.
 */
const readProperty: OwnersCode = (parent, args, context, info) => {
  const { fieldName: name } = info;
  if (typeof parent !== 'object' || parent === null) return undefined;
  const value = Object.hasOwn(parent, name) || !(name in Object.prototype) ? (parent as Arguments)[name] : undefined;
  return typeof value === 'function' ? value.call(parent, args, context, info) : value;
};
