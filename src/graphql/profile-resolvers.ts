import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import type { DataRecord } from '../adapters/data-adapter.ts';
import type { ResolvedCustomer } from '../identity/identity-graph.ts';
import { type AccessRule, refusal } from '../profile/access.ts';
import type { FieldBinding } from '../profile/field-binding.ts';
import { type FieldPlace, readField } from '../profile/read-field.ts';
import { checkValue } from './check-value.ts';
import { NeededFields } from './needed-fields.ts';
import { provenanceOf } from './provenance.ts';
import type { RequestContext } from './request-context.ts';
import { accessOf, type OwnerSchema } from './schema/owner-schema.ts';
import { isObjectType } from './schema/schema-parts.ts';

type Resolver<Parent> = GraphQLFieldResolver<Parent, RequestContext, Record<string, unknown>>;

/** A resolver for every field that the owner wrote, made once at start. */
export function profileResolvers(owner: OwnerSchema): Record<string, Record<string, Resolver<never>>> {
  const resolvers: Record<string, Record<string, Resolver<never>>> = {};
  const needed = new NeededFields(owner.bindings);
  for (const type of owner.document.definitions.filter(isObjectType)) {
    const typeName = type.name.value;
    resolvers[typeName] = Object.fromEntries(
      (type.fields ?? []).map(({ name: { value: fieldName } }) => {
        const binding = owner.bindings.get(`${typeName}.${fieldName}`);
        const rule = accessOf(owner, typeName, fieldName);
        const resolver =
          typeName === 'Customer'
            ? customerField(binding as FieldBinding, rule as AccessRule, needed)
            : recordField(fieldName, binding, rule, needed);
        return [fieldName, resolver as Resolver<never>];
      }),
    );
  }
  return resolvers;
}

function customerField(binding: FieldBinding, rule: AccessRule, needed: NeededFields): Resolver<ResolvedCustomer> {
  return async (customer, args, context, info) => {
    if (info.path.prev) context.placeCustomer(info.path.prev, customer);
    guard(rule, binding.name, customer, context);
    return readBound(binding, { customer, parent: null, args, needs: needed.of(info) }, context, info);
  };
}

function recordField(
  fieldName: string,
  binding: FieldBinding | undefined,
  rule: AccessRule | null,
  needed: NeededFields,
): Resolver<DataRecord> {
  return (record, args, context, info) => {
    if (rule !== null) guard(rule, `${info.parentType.name}.${fieldName}`, context.customerAbove(info.path), context);
    if (binding !== undefined) {
      const customer = context.customerAbove(info.path);
      return readBound(binding, { customer, parent: record, args, needs: needed.of(info) }, context, info);
    }
    // Own properties only: a record is data, and `constructor` is a name that a field may have.
    const value = Object.hasOwn(record, fieldName) ? record[fieldName] : undefined;
    return checkValue(value, info.returnType, () => ({
      field: `${info.parentType.name}.${fieldName}`,
      source: context.sourceAbove(info.path),
    }));
  };
}

async function readBound(binding: FieldBinding, place: FieldPlace, context: RequestContext, info: GraphQLResolveInfo): Promise<unknown> {
  const answer = await readField(context.profile, binding, place);
  context.provenance?.push(provenanceOf(info.path, binding, answer, context.engine.now()));
  if (answer === null) return null;
  context.placeSource(info.path, answer.source);
  return checkValue(answer.value, info.returnType, () => ({ field: binding.name, source: answer.source }));
}

function guard(rule: AccessRule, field: string, customer: ResolvedCustomer, { viewer }: RequestContext): void {
  const refused = refusal(rule, viewer, customer.assurance, field);
  if (refused !== null) throw refused;
}
