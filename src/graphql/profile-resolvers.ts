import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import type { DataRecord } from '../adapters/data-adapter.ts';
import type { ResolvedCustomer } from '../identity/identity-graph.ts';
import { type AccessRule, refusal } from '../profile/access.ts';
import type { FieldBinding } from '../profile/field-binding.ts';
import { readField } from '../profile/read-field.ts';
import { checkValue } from './check-value.ts';
import type { RequestContext } from './request-context.ts';
import { accessOf, type OwnerSchema } from './schema/owner-schema.ts';
import { isObjectType } from './schema/schema-parts.ts';

type Resolver<Parent> = GraphQLFieldResolver<Parent, RequestContext, Record<string, unknown>>;

/** A resolver for every field that the owner wrote, made once at start. */
export function profileResolvers(owner: OwnerSchema): Record<string, Record<string, Resolver<never>>> {
  const resolvers: Record<string, Record<string, Resolver<never>>> = {};
  for (const type of owner.document.definitions.filter(isObjectType)) {
    const typeName = type.name.value;
    resolvers[typeName] = Object.fromEntries(
      (type.fields ?? []).map(({ name: { value: fieldName } }) => {
        const binding = owner.bindings.get(`${typeName}.${fieldName}`);
        const rule = accessOf(owner, typeName, fieldName);
        const resolver =
          typeName === 'Customer' ? customerField(binding as FieldBinding, rule as AccessRule) : recordField(fieldName, binding, rule);
        return [fieldName, resolver as Resolver<never>];
      }),
    );
  }
  return resolvers;
}

function customerField(binding: FieldBinding, rule: AccessRule): Resolver<ResolvedCustomer> {
  return async (customer, args, context, info) => {
    if (info.path.prev) context.placeCustomer(info.path.prev, customer);
    guard(rule, binding.name, customer, context);
    return readBound(binding, customer, null, args, context, info);
  };
}

function recordField(fieldName: string, binding: FieldBinding | undefined, rule: AccessRule | null): Resolver<DataRecord> {
  return (record, args, context, info) => {
    if (rule !== null) guard(rule, `${info.parentType.name}.${fieldName}`, context.customerAbove(info.path), context);
    if (binding !== undefined) return readBound(binding, context.customerAbove(info.path), record, args, context, info);
    // Own properties only: a record is data, and `constructor` is a name that a field may have.
    const value = Object.hasOwn(record, fieldName) ? record[fieldName] : undefined;
    return checkValue(value, info.returnType, () => ({
      field: `${info.parentType.name}.${fieldName}`,
      source: context.sourceAbove(info.path),
    }));
  };
}

async function readBound(
  binding: FieldBinding,
  customer: ResolvedCustomer,
  parent: DataRecord | null,
  args: Record<string, unknown>,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const answer = await readField(context.profile, binding, customer, parent, args);
  if (answer === null) return null;
  context.placeSource(info.path, answer.source);
  return checkValue(answer.value, info.returnType, () => ({ field: binding.name, source: answer.source }));
}

function guard(rule: AccessRule, field: string, customer: ResolvedCustomer, { viewer }: RequestContext): void {
  const refused = refusal(rule, viewer, customer.assurance, field);
  if (refused !== null) throw refused;
}
