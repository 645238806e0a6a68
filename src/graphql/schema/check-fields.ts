import {
  type DirectiveNode,
  type DocumentNode,
  type EnumValueNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  print,
  type TypeDefinitionNode,
  type ValueNode,
} from 'graphql';
import { ASSURANCES, type Assurance } from '../../model/assurance.ts';
import type { Trait } from '../../model/trait.ts';
import { VIEWER_ROLES, type ViewerRole } from '../../model/viewer.ts';
import { type AccessRule, DEFAULT_ACCESS } from '../../profile/access.ts';
import {
  type BindingKey,
  BUILT_IN_SOURCES,
  CAPTURED,
  type FieldBinding,
  type FieldShape,
  type SourceBinding,
} from '../../profile/field-binding.ts';
import { PLAIN_KEYS } from '../../sources/source-scope.ts';
import { ACCESS, COMPUTED_BY, FROM } from './directives.ts';
import type { SchemaVocabulary } from './owner-schema.ts';
import { bindingOf, readComputed } from './read-computed.ts';
import { cursorProblem } from './read-cursor.ts';
import { connectionNode, isObjectType, namedTypeOf, nullableTypeOf, typesByName } from './schema-parts.ts';

/** What the schema's check needs to know of a data source. */
export interface KnownSource {
  readonly key: string | undefined;
  readonly many: boolean;
  readonly pages: boolean;
  readonly fields: readonly string[] | undefined;
}

type Report = (node: { readonly loc?: DocumentNode['loc'] }, message: string) => void;

export interface Field {
  readonly parent: ObjectTypeDefinitionNode;
  readonly node: FieldDefinitionNode;
  /** `Customer.orders` */
  readonly name: string;
  readonly shape: FieldShape;
}

/** Reads every `@from`, `@computed` and `@access`, and reports each that can't work. What is reported is left out of the answer. */
export function checkFields(document: DocumentNode, vocabulary: SchemaVocabulary, report: Report) {
  const types = typesByName(document);
  const bindings = new Map<string, FieldBinding>();
  const access = new Map<string, AccessRule>();
  const traits: Trait[] = [];
  for (const parent of document.definitions.filter(isObjectType)) {
    for (const node of parent.fields ?? []) {
      const field = { parent, node, name: `${parent.name.value}.${node.name.value}`, shape: shapeOf(node, types) };
      const annotations = node.directives?.filter(({ name }) => [FROM, COMPUTED_BY, ACCESS].includes(name.value)) ?? [];
      if (annotations.length > 0) reportNonNull(field, annotations, report);
      const sources = annotations
        .filter(({ name }) => name.value === FROM)
        .map((directive) => readFrom(field, directive, types, vocabulary, report));
      const computed = annotations.find(({ name }) => name.value === COMPUTED_BY);
      if (computed !== undefined) {
        const at = (message: string) => report(computed, `${field.name}: ${message}`);
        if (sources.length > 0) at('expected either @from or @computed, received both');
        const trait = readComputed(field, computed, at);
        if (trait !== null) {
          traits.push(trait);
          bindings.set(field.name, { name: field.name, shape: field.shape, sources: [bindingOf(trait)] });
        }
      } else if (sources.length > 0)
        bindings.set(field.name, { name: field.name, shape: field.shape, sources: sources.filter((source) => source !== null) });
      else if (parent.name.value === 'Customer') {
        report(
          node,
          `${field.name}: expected @from(source: …) or @computed(of: …), because nothing else says where a customer's field comes from`,
        );
      }
      const guard = annotations.find(({ name }) => name.value === ACCESS);
      if (guard) access.set(field.name, readAccess(field, guard, report));
    }
  }
  return { bindings, access, traits };
}

function shapeOf(node: FieldDefinitionNode, types: ReadonlyMap<string, TypeDefinitionNode>): FieldShape {
  const name = namedTypeOf(node.type).name.value;
  if (connectionNode(name) !== null) return 'connection';
  if (!isComposite(types.get(name))) return 'leaf';
  return nullableTypeOf(node.type).kind === Kind.LIST_TYPE ? 'list' : 'object';
}

function isComposite(definition: TypeDefinitionNode | undefined): boolean {
  return definition !== undefined && definition.kind !== Kind.SCALAR_TYPE_DEFINITION && definition.kind !== Kind.ENUM_TYPE_DEFINITION;
}

function reportNonNull({ name, node }: Field, annotations: readonly DirectiveNode[], report: Report): void {
  if (node.type.kind !== Kind.NON_NULL_TYPE) return;
  const bound = annotations.some((directive) => directive.name.value !== ACCESS);
  const reason = bound ? 'a back end can be down' : 'a viewer can lack the right';
  report(node, `${name}: expected the nullable type ${print(nullableTypeOf(node.type))}, because ${reason}; received ${print(node.type)}`);
}

/** An `@from` that is being read. */
interface From {
  readonly field: Field;
  readonly directive: DirectiveNode;
  readonly source: string;
  readonly known: KnownSource;
  /** Says what is wrong with it; the field's name goes in front. */
  report(message: string): void;
}

function readFrom(
  field: Field,
  directive: DirectiveNode,
  types: ReadonlyMap<string, TypeDefinitionNode>,
  vocabulary: SchemaVocabulary,
  report: Report,
): SourceBinding | null {
  const source = stringArgument(directive, 'source', report);
  // A missing source is reported by the validation of the directive's arguments.
  if (source === null || vocabulary.brokenSources.has(source)) return null;
  const isCaptured = source === CAPTURED;
  const known = isCaptured ? { key: undefined, many: false, pages: false, fields: undefined } : vocabulary.sources.get(source);
  const reportHere = (message: string) => report(directive, `${field.name}: ${message}`);
  if (known === undefined) {
    const names = [...vocabulary.sources.keys(), CAPTURED].join(', ');
    reportHere(`expected one of the data sources ${names}; received source: "${source}"`);
    return null;
  }
  const from: From = { field, directive, source, known, report: reportHere };
  const key = isCaptured ? capturedKey(from) : readKey(from, vocabulary, report);
  const path = readPath(from, report);
  const newestBy = readNewestBy(from, report);
  const cursor = readCursor(from, types, report);
  if (key === null || path === undefined || newestBy === undefined || cursor === undefined) return null;
  return { source, many: known.many, pages: known.pages, key, keyType: keyTypeOf(key, known, vocabulary), path, newestBy, cursor };
}

/** Null wherever the source's own key says it too. */
function keyTypeOf(key: BindingKey, { key: own }: KnownSource, { identifierTypes }: SchemaVocabulary): string | null {
  if (key.kind === 'identifier') return key.type === own ? null : key.type;
  return own !== undefined && identifierTypes?.has(own) ? PLAIN_KEYS : null;
}

function capturedKey({ field, report }: From): BindingKey | null {
  if (field.parent.name.value === 'Customer') return { kind: 'customerId' };
  report(`expected source: "${CAPTURED}" on fields of Customer only, since attributes are captured for a customer`);
  return null;
}

function readKey(
  { field: { parent }, directive, source, known, report }: From,
  { identifierTypes, hashedTypes }: SchemaVocabulary,
  reportAt: Report,
): BindingKey | null {
  const key = stringArgument(directive, 'key', reportAt) ?? known.key;
  const onCustomer = parent.name.value === 'Customer';
  const choices = onCustomer ? identifierTypes && [...identifierTypes] : (parent.fields ?? []).map((field) => field.name.value);
  const what = onCustomer ? 'an identifier type of the configuration' : `a field of ${parent.name.value}`;
  if (key === undefined) {
    report(`expected a key, ${what}, either here (key:) or in the data source ${source}; received none`);
    return null;
  }
  if (choices !== null && !choices.includes(key)) {
    report(`expected key to be ${what} (${choices.join(', ')}); received "${key}"`);
    return null;
  }
  if (onCustomer && hashedTypes.has(key)) {
    report(`expected a key that is kept in clear; ${key} has hash: true, so ${source} can't be asked by its value`);
    return null;
  }
  return onCustomer ? { kind: 'identifier', type: key } : { kind: 'field', name: key };
}

/** @returns the path, null for the whole record, or undefined when it was reported. */
function readPath(from: From, reportAt: Report): readonly string[] | null | undefined {
  const { node, shape } = from.field;
  const text = stringArgument(from.directive, 'path', reportAt);
  if (text !== null) return recordPath(from, text);
  if (shape === 'leaf') return recordPath(from, node.name.value);
  const isListed = from.known.many || (from.known.pages && shape === 'connection');
  if (shape === 'object' || isListed) return null;
  from.report(
    `expected a path to a list, or a source with many: true, for the type ${print(node.type)}; ${from.source} answers one record`,
  );
  return undefined;
}

/** @returns the path, null without one, or undefined when it was reported. */
function readNewestBy(from: From, reportAt: Report): readonly string[] | null | undefined {
  const { shape } = from.field;
  const text = stringArgument(from.directive, 'newestBy', reportAt);
  if (text === null) return null;
  if (!BUILT_IN_SOURCES.has(from.source) && (shape === 'leaf' || shape === 'object')) return recordPath(from, text);
  from.report("expected newestBy on a single value of a data source's record, which has a time of its own");
  return undefined;
}

/** @returns the nodes' field, null without one, or undefined when it was reported. */
function readCursor(from: From, types: ReadonlyMap<string, TypeDefinitionNode>, reportAt: Report): string | null | undefined {
  const name = stringArgument(from.directive, 'cursor', reportAt);
  if (name === null) return null;
  const inRecord = stringArgument(from.directive, 'path', reportAt) === null;
  if (inRecord && from.known.fields !== undefined && !from.known.fields.includes(name)) {
    from.report(
      `expected cursor to be a field of ${from.source}'s records, which have ${from.known.fields.join(', ')}; received "${name}"`,
    );
    return undefined;
  }
  const problem = cursorProblem(name, from.field, from.known, types);
  if (problem === null) return name;
  from.report(problem);
  return undefined;
}

/** @returns the path, or undefined when it is none, or none into a record of the source, which is reported. */
function recordPath({ source, known: { fields }, report }: From, text: string): readonly string[] | undefined {
  if (!/^[^.\s]+(\.[^.\s]+)*$/.test(text)) {
    report(`expected a path of names with dots between, such as "contact.email"; received "${text}"`);
    return undefined;
  }
  const path = text.split('.');
  if (fields === undefined || fields.includes(path[0] as string)) return path;
  report(`expected a path into a record of ${source}, which has ${fields.join(', ')}; received "${text}"`);
  return undefined;
}

/** graphql-js does not check the values of annotations in a type system document, and a guard that says nothing would guard nothing. */
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
    min: min === undefined ? DEFAULT_ACCESS.min : ((min as EnumValueNode).value as Assurance),
    roles: roles === undefined ? null : listed.map((role) => (role as EnumValueNode).value as ViewerRole),
  };
}

function isOneOf(values: readonly string[], node: ValueNode): boolean {
  return node.kind === Kind.ENUM && values.includes(node.value);
}

/** @returns null where the argument is left out, or is no text, which is reported. */
function stringArgument(directive: DirectiveNode, name: string, report?: Report): string | null {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value === undefined || value.kind === Kind.STRING) return value?.value ?? null;
  report?.(value, `@${directive.name.value}(${name}:): expected a text in quotes, received ${print(value)}`);
  return null;
}
