import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import type { DataRecord } from '../adapters/data-adapter.ts';
import type { ResolvedCustomer } from '../model/customer.ts';
import { refusal } from '../profile/access.ts';
import type { FieldBinding } from '../profile/field-binding.ts';
import { type Connection, ListEdge } from '../profile/page-list.ts';
import { type FieldPlace, readField } from '../profile/read-field.ts';
import { checkAnswer, checkConnection } from './execution/check-answer.ts';
import { NeededFields } from './execution/needed-fields.ts';
import { provenanceOf } from './execution/provenance.ts';
import { type ProfileField, resolverOf } from './profile-field.ts';
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
        const field = { name: `${typeName}.${fieldName}`, rule: accessOf(owner, typeName, fieldName), binding, needed };
        const resolver = typeName === 'Customer' ? customerField(field) : recordField(field, fieldName);
        return [fieldName, resolverOf(field, resolver) as Resolver<never>];
      }),
    );
  }
  return resolvers;
}

function customerField(field: ProfileField): Resolver<ResolvedCustomer> {
  const binding = field.binding as FieldBinding;
  return async (customer, args, context, info) => {
    if (info.path.prev) context.placeCustomer(info.path.prev, customer);
    guard(field, customer, context);
    return readBound(binding, { customer, parent: null, args, needs: field.needed.of(info) }, context, info);
  };
}

function recordField(field: ProfileField, property: string): Resolver<DataRecord> {
  const { binding, rule, needed } = field;
  return (record, args, context, info) => {
    if (rule !== null) guard(field, context.customerAbove(info.path), context);
    if (binding !== undefined) {
      const customer = context.customerAbove(info.path);
      return readBound(binding, { customer, parent: record, args, needs: needed.of(info) }, context, info);
    }
    return checkAnswer(propertyOf(record, property), info.returnType, info.schema, () => ({
      field: field.name,
      source: context.sourceAbove(info.path),
    }));
  };
}

async function readBound(binding: FieldBinding, place: FieldPlace, context: RequestContext, info: GraphQLResolveInfo): Promise<unknown> {
  const answer = await readField(context.profile, binding, place);
  context.provenance?.push(provenanceOf(info.path, binding, answer, context.engine.now()));
  if (answer === null) return null;
  context.placeSource(info.path, answer.source);
  const origin = () => ({ field: binding.name, source: answer.source });
  const value = checkAnswer(answer.value, info.returnType, info.schema, origin);
  return binding.shape === 'connection' ? checkConnection(value as Connection<unknown>, info.returnType, info.schema, origin) : value;
}

/** @throws GatewayError for a field that this viewer may not see of this customer. */
export function guard({ rule, name }: ProfileField, customer: ResolvedCustomer, { viewer }: RequestContext): void {
  const refused = rule === null ? null : refusal(rule, viewer, customer.assurance, name);
  if (refused !== null) throw refused;
}

/** Own properties only: a record is data, and `constructor` is a name that a field may have. An edge makes its cursor. */
export function propertyOf(record: DataRecord, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  return name === 'cursor' && record instanceof ListEdge ? record.cursor : undefined;
}
