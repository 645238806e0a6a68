import { type DirectiveNode, Kind, print, type TypeDefinitionNode } from 'graphql';
import { type BindingKey, BUILT_IN_SOURCES, CAPTURED, type SourceBinding } from '../../profile/field-binding.ts';
import { PLAIN_KEYS } from '../../sources/source-scope.ts';
import { connectionNode, isObjectType, namedTypeOf } from './schema-parts.ts';
import { COMPUTED_BY, type Field, FROM, type KnownSource, parsePath, type Report, type SchemaVocabulary } from './vocabulary.ts';

/** An `@from` that is being read. */
interface From {
  readonly field: Field;
  readonly directive: DirectiveNode;
  readonly source: string;
  readonly known: KnownSource;
  /** Reports a mistake in it, with the field's name in front. */
  report(message: string): void;
}

/** Reads an `@from`. @returns null when it was reported. */
export function readFrom(
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

/** Null where the key is of the type of the source's own key. */
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
  const path = parsePath(text);
  if (path === null) {
    report(`expected a path of names with dots between, such as "contact.email"; received "${text}"`);
    return undefined;
  }
  if (fields === undefined || fields.includes(path[0] as string)) return path;
  report(`expected a path into a record of ${source}, which has ${fields.join(', ')}; received "${text}"`);
  return undefined;
}

/**
 * Checks `@from(cursor: …)`. It names the field by which a node of a connection is found again after its list has
 * changed, so each record of that list must have it, as a single value.
 * @returns the mistake, or null where there is none.
 */
function cursorProblem(
  name: string,
  { node, shape }: Pick<Field, 'node' | 'shape'>,
  { pages }: Pick<KnownSource, 'pages'>,
  types: ReadonlyMap<string, TypeDefinitionNode>,
): string | null {
  if (shape !== 'connection') return 'expected cursor on a connection only, since nothing else is paged';
  if (pages) return 'expected no cursor: the source makes its pages and their cursors itself';
  const nodeType = connectionNode(namedTypeOf(node.type).name.value) as string;
  const definition = types.get(nodeType);
  const fields = definition && 'fields' in definition && definition.fields ? definition.fields : [];
  const own = fields.filter(({ directives = [] }) => !directives.some((each) => [FROM, COMPUTED_BY].includes(each.name.value)));
  const field = own.find((each) => each.name.value === name);
  if (field === undefined || !('arguments' in field)) {
    const names = own.map((each) => each.name.value).join(', ') || 'none';
    return `expected cursor to be a field of ${nodeType} that is in the record itself (${names}); received "${name}"`;
  }
  const isList = field.type.kind === Kind.LIST_TYPE || (field.type.kind === Kind.NON_NULL_TYPE && field.type.type.kind === Kind.LIST_TYPE);
  const type = types.get(namedTypeOf(field.type).name.value);
  const isComposite =
    type !== undefined && (isObjectType(type) || type.kind === Kind.INTERFACE_TYPE_DEFINITION || type.kind === Kind.UNION_TYPE_DEFINITION);
  return isList || isComposite ? `expected cursor to be a field with a single value, such as an id; ${nodeType}.${name} is none` : null;
}

/** @returns null where the argument is left out, or is no text, which is reported. */
function stringArgument(directive: DirectiveNode, name: string, report?: Report): string | null {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value === undefined || value.kind === Kind.STRING) return value?.value ?? null;
  report?.(value, `@${directive.name.value}(${name}:): expected a text in quotes, received ${print(value)}`);
  return null;
}
