import {
  type DirectiveNode,
  type DocumentNode,
  type EnumValueNode,
  type FieldDefinitionNode,
  Kind,
  type NamedTypeNode,
  print,
  type TypeDefinitionNode,
  type TypeNode,
  type ValueNode,
} from 'graphql';
import { ASSURANCES, type Assurance } from '../../model/assurance.ts';
import type { Trait } from '../../model/trait.ts';
import { VIEWER_ROLES, type ViewerRole } from '../../model/viewer.ts';
import type { AccessRule } from '../../profile/access.ts';
import type { DeclaredCost } from '../../profile/declared-cost.ts';
import type { FieldBinding, FieldShape } from '../../profile/field-binding.ts';
import { bindingOf, readComputed } from './read-computed.ts';
import { readCost } from './read-cost.ts';
import { readFrom } from './read-from.ts';
import { connectionNode, ENGINE, isObjectType, namedTypeOf, nullableTypeOf, typesByName } from './schema-parts.ts';
import { ACCESS, ANNOTATIONS, COMPUTED_BY, type Field, FROM, type Report, type SchemaVocabulary, SHARED_TYPES } from './vocabulary.ts';

/** What the owner's fields say, by `Type.field`. */
export interface CheckedFields {
  readonly bindings: ReadonlyMap<string, FieldBinding>;
  readonly access: ReadonlyMap<string, AccessRule>;
  readonly costs: ReadonlyMap<string, DeclaredCost>;
  /** The traits of the fields with `@computed`. */
  readonly traits: readonly Trait[];
}

/**
 * Reads every annotation, and checks that each field has one origin. Mistakes are reported and left
 * out of the answer.
 * @param resolved fields that have a resolver, as `Customer.fullName`; null when the resolvers can't be loaded.
 */
export function checkFields(
  document: DocumentNode,
  vocabulary: SchemaVocabulary,
  resolved: ReadonlySet<string> | null,
  report: Report,
): CheckedFields {
  const types = typesByName(document);
  const bindings = new Map<string, FieldBinding>();
  const access = new Map<string, AccessRule>();
  const costs = new Map<string, DeclaredCost>();
  const traits: Trait[] = [];
  for (const parent of document.definitions.filter(isObjectType)) {
    for (const node of parent.fields ?? []) {
      const field = { parent, node, name: `${parent.name.value}.${node.name.value}`, shape: shapeOf(node.type, types) };
      const { name, shape } = field;
      const annotated = (by: string) => node.directives?.filter((directive) => directive.name.value === by) ?? [];
      const froms = annotated(FROM);
      const [computed] = annotated(COMPUTED_BY);
      const [guard] = annotated(ACCESS);
      reportOrigins(field, froms[0], computed, resolved, report);
      reportHolder(field.name, node, namedTypeOf(node.type).name.value, report);
      reportNonNull(field, resolved, report);
      const isOperation = parent.name.value !== 'Customer' && SHARED_TYPES.has(parent.name.value);
      if (computed !== undefined && !isOperation) {
        const trait = readComputed(field, computed, (message) => report(computed, `${name}: ${message}`));
        if (trait !== null) {
          traits.push(trait);
          bindings.set(name, { name, shape, sources: [bindingOf(trait)] });
        }
      } else if (froms.length > 0 && !isOperation) {
        const sources = froms.map((directive) => readFrom(field, directive, types, vocabulary, report));
        bindings.set(name, { name, shape, sources: sources.filter((source) => source !== null) });
      }
      if (guard) access.set(name, readAccess(field, guard, report));
      const cost = readCost(field, types, report);
      if (cost !== null) costs.set(name, cost);
    }
  }
  reportAbstract(document, report);
  return { bindings, access, costs, traits };
}

/** A field is answered by `@from`, by `@computed` or by a resolver, never by two; a property of a record needs none. */
function reportOrigins(
  { name, node, parent }: Field,
  from: DirectiveNode | undefined,
  computed: DirectiveNode | undefined,
  resolved: ReadonlySet<string> | null,
  report: Report,
): void {
  const isResolved = resolved?.has(name) === true;
  const origins = [...(from ? ['@from'] : []), ...(computed ? ['@computed'] : []), ...(isResolved ? ['a resolver'] : [])];
  const type = parent.name.value;
  if (origins.length > 1) {
    const received = origins.length === 2 ? 'both' : 'all of them';
    report(computed ?? from ?? node, `${name}: expected either ${origins.join(' or ')}, received ${received}`);
  } else if (type !== 'Customer' && SHARED_TYPES.has(type)) {
    if (from ?? computed)
      report(
        from ?? computed ?? node,
        `${name}: expected a resolver, received ${origins[0]}: it needs a customer or a record, and ${type} is none`,
      );
    else if (resolved !== null && !isResolved)
      report(node, `${name}: expected a resolver in resolvers.ts, because nothing else says where the answer comes from; received none`);
  } else if (from !== undefined && isCustomer(namedTypeOf(node.type).name.value)) {
    report(from, `${name}: expected a resolver, because customers are found by customers.byIdentifier only; received @from`);
  } else if (origins.length === 0 && type === 'Customer' && resolved !== null) {
    report(
      node,
      `${name}: expected @from(source: …), @computed(of: …) or a resolver, because nothing else says where a customer's field comes from`,
    );
  }
}

/** True for a type whose every value is a customer, and for a page of them. */
function isCustomer(type: string): boolean {
  return CUSTOMERS.has(connectionNode(type) ?? type);
}

/** Whatever a back end or a resolver answers for such a type would become a customer without a check. */
function reportHolder(name: string, node: FieldDefinitionNode | NamedTypeNode, type: string, report: Report): void {
  // A mutation would run as part of a query, and a subscription would have no events.
  const reason = ['Mutation', 'Subscription'].includes(type) ? 'which stands at the root only' : 'whose customer only the gateway answers';
  if (ENGINE_HOLDERS.has(type)) report(node, `${name}: expected a type of yours, received ${type}, ${reason}`);
}

const CUSTOMERS: ReadonlySet<string> = new Set(['Customer', 'Node']);
/** The gateway's own object types in which a customer can be found; but `Query`, whose resolvers look at no parent. */
const ENGINE_HOLDERS = new Set(
  ENGINE.definitions.filter(isObjectType).flatMap(({ name, fields = [] }) => {
    const holds = fields.some(({ type }) => CUSTOMERS.has(namedTypeOf(type).name.value));
    return holds || name.value === 'Mutation' ? [name.value] : [];
  }),
).difference(new Set(['Query']));

function reportNonNull({ name, node, parent }: Field, resolved: ReadonlySet<string> | null, report: Report): void {
  const isBound = node.directives?.some((directive) => [FROM, COMPUTED_BY].includes(directive.name.value));
  const isGuarded =
    node.directives?.some((directive) => directive.name.value === ACCESS) || (parent.name.value === 'Customer' && resolved?.has(name));
  if (node.type.kind !== Kind.NON_NULL_TYPE || !(isBound || isGuarded)) return;
  const reason = isBound ? 'a back end can be down' : 'a viewer can lack the right';
  report(node, `${name}: expected the nullable type ${print(nullableTypeOf(node.type))}, because ${reason}; received ${print(node.type)}`);
}

/** An annotation on an interface's field would guard nothing; a member of a union is a type like a field's. */
function reportAbstract(document: DocumentNode, report: Report): void {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.UNION_TYPE_DEFINITION)
      for (const member of definition.types ?? []) reportHolder(definition.name.value, member, member.name.value, report);
    if (definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const { name, directives = [] } of definition.fields ?? []) {
      for (const directive of directives.filter((each) => ANNOTATIONS.includes(each.name.value))) {
        const field = `${definition.name.value}.${name.value}`;
        report(directive, `${field}: expected @${directive.name.value} on fields of object types, received one on an interface's field`);
      }
    }
  }
}

function shapeOf(type: TypeNode, types: ReadonlyMap<string, TypeDefinitionNode>): FieldShape {
  const name = namedTypeOf(type).name.value;
  if (connectionNode(name) !== null) return 'connection';
  if (!isComposite(types.get(name))) return 'leaf';
  return nullableTypeOf(type).kind === Kind.LIST_TYPE ? 'list' : 'object';
}

function isComposite(definition: TypeDefinitionNode | undefined): boolean {
  return definition !== undefined && definition.kind !== Kind.SCALAR_TYPE_DEFINITION && definition.kind !== Kind.ENUM_TYPE_DEFINITION;
}

/** Checks the values as well: graphql-js checks none in a type system document, and a wrong value would guard nothing. */
function readAccess({ name }: Field, directive: DirectiveNode, report: Report): AccessRule {
  const value = (argument: string) => directive.arguments?.find((node) => node.name.value === argument)?.value;
  const min = value('min');
  const roles = value('roles');
  // GraphQL coerces `roles: AGENT` to a list of one.
  const listed = roles === undefined ? [] : roles.kind === Kind.LIST ? roles.values : [roles];
  if (min !== undefined && !isOneOf(ASSURANCES, min)) {
    report(min, `${name}: expected min to be one of ${ASSURANCES.join(', ')}; received ${print(min)}`);
  }
  for (const role of listed.filter((each) => !isOneOf(VIEWER_ROLES, each))) {
    report(role, `${name}: expected roles out of ${VIEWER_ROLES.join(', ')}; received ${print(role)}`);
  }
  if (roles !== undefined && listed.length === 0)
    report(roles, `${name}: expected at least one role, received none; nobody could see the field`);
  return {
    min: min === undefined ? null : ((min as EnumValueNode).value as Assurance),
    roles: roles === undefined ? null : listed.map((role) => (role as EnumValueNode).value as ViewerRole),
  };
}

function isOneOf(values: readonly string[], node: ValueNode): boolean {
  return node.kind === Kind.ENUM && values.includes(node.value);
}
