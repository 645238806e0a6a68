import {
  type DefinitionNode,
  type DocumentNode,
  GraphQLError,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  Source,
  visit,
} from 'graphql';
// validateSDL is the only function that reports every problem of a type system document at once; graphql-js exports it by this path only.
import { validateSDL } from 'graphql/validation/validate.js';
import { DEFAULT_ACCESS } from '../../profile/access.ts';
import { Profile } from '../../profile/profile.ts';
import { type CheckedFields, checkFields } from './check-fields.ts';
import { type CheckedResolvers, readResolvers } from './read-resolvers.ts';
import { ENGINE, isObjectType, suppliedFor, typesByName, withoutDirectives } from './schema-parts.ts';
import {
  ANNOTATIONS,
  DIRECTIVES,
  NO_SUBSCRIPTIONS,
  type Report,
  type SchemaProblem,
  type SchemaVocabulary,
  SHARED_TYPES,
} from './vocabulary.ts';

/** The owner's schema, checked: its types without annotations, the content of the annotations, and the code for what no source has. */
export interface OwnerSchema extends CheckedFields {
  readonly resolvers: CheckedResolvers;
  /** Extensions of object types are part of their types; `Query` and `Mutation` hold the owner's fields only. */
  readonly document: DocumentNode;
}

/** @returns the schema, or null with every problem reported. */
export function readOwnerSchema(
  file: string,
  text: string,
  vocabulary: SchemaVocabulary,
  report: (problem: SchemaProblem) => void,
): OwnerSchema | null {
  const parsed = parseOrReport(file, text, report);
  if (parsed === null) return null;
  const document = withExtensions(parsed);

  let problems = 0;
  const at: Report = (node, message) => {
    problems++;
    const token = node.loc?.startToken;
    report({ where: token ? `${file}:${token.line}:${token.column}` : file, message });
  };

  reportStructure(document, at);
  for (const error of sdlErrors(document)) {
    const node = error.nodes?.find(({ loc }) => loc?.source.name === file);
    at(node ?? {}, error.message);
  }
  const resolvers = readResolvers(document, vocabulary.resolvers, (problem) => {
    problems++;
    report(problem);
  });
  const isBroken = vocabulary.resolvers !== null && vocabulary.resolvers.exported === undefined;
  const fields = checkFields(document, vocabulary, isBroken ? null : new Set(resolvers.fields.keys()), at);
  return problems > 0 ? null : { document: stripAnnotations(document), resolvers, ...fields };
}

function parseOrReport(file: string, text: string, report: (problem: SchemaProblem) => void): DocumentNode | null {
  try {
    return parse(new Source(text, file));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
    report({ where: `${file}:${line}:${column}`, message: error.message });
    return null;
  }
}

/**
 * The document with the fields of `extend type` put into the types, so that every field is checked once. `Query` and
 * `Mutation` need no definition: an extension of them becomes a type that holds the owner's fields.
 */
function withExtensions(document: DocumentNode): DocumentNode {
  const defined = new Set([...document.definitions.filter(isObjectType).map(({ name }) => name.value), ...SHARED_TYPES]);
  const isPart = (node: DefinitionNode) => node.kind === Kind.OBJECT_TYPE_EXTENSION && defined.has(node.name.value);
  const parts = Map.groupBy(document.definitions.filter(isPart) as ObjectTypeExtensionNode[], ({ name }) => name.value);
  const definitions = document.definitions.flatMap((definition): DefinitionNode[] => {
    if (isPart(definition)) return [];
    const added = isObjectType(definition) ? parts.get(definition.name.value) : undefined;
    if (!isObjectType(definition) || added === undefined) return [definition];
    parts.delete(definition.name.value);
    return [merged([definition, ...added])];
  });
  return { ...document, definitions: [...definitions, ...[...parts.values()].map(merged)] };
}

function merged(parts: readonly (ObjectTypeDefinitionNode | ObjectTypeExtensionNode)[]): ObjectTypeDefinitionNode {
  return {
    ...(parts[0] as ObjectTypeDefinitionNode),
    kind: Kind.OBJECT_TYPE_DEFINITION,
    interfaces: parts.flatMap(({ interfaces = [] }) => interfaces),
    directives: parts.flatMap(({ directives = [] }) => directives),
    fields: parts.flatMap(({ fields = [] }) => fields),
  };
}

/** The owner writes the profile and may add to `Query` and `Mutation`; the gateway's other types are not theirs. */
function reportStructure(document: DocumentNode, report: Report): void {
  const engineTypes = typesByName(ENGINE);
  let hasCustomer = false;
  for (const definition of document.definitions) {
    const name = 'name' in definition ? definition.name?.value : undefined;
    if (isObjectType(definition) && SHARED_TYPES.has(definition.name.value)) hasCustomer ||= name === 'Customer';
    else if (name === 'Subscription') {
      report(definition, NO_SUBSCRIPTIONS);
    } else if (name !== undefined && engineTypes.has(name)) {
      report(
        definition,
        `expected a name that the gateway has not taken, received ${name}: it belongs to the gateway's own part of the schema`,
      );
    } else if (definition.kind === Kind.DIRECTIVE_DEFINITION && ANNOTATIONS.includes(name ?? '')) {
      report(definition, `expected no definition of @${name}: the gateway brings it`);
    } else if (definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION) {
      report(definition, "expected types only: which types are the operations' is fixed (Query, Mutation, Subscription)");
    }
  }
  if (!hasCustomer) report(document.definitions[0] ?? {}, 'expected a definition "type Customer { … }": it is the profile');
}

/** What graphql-js itself finds: unknown types, duplicate names, directives in wrong positions or with wrong arguments. */
function sdlErrors(document: DocumentNode): readonly GraphQLError[] {
  const taken = typesByName(document);
  // The gateway's part of a shared type is left out here; both parts are merged once everything is known to be right.
  const engine = ENGINE.definitions.filter((definition) => !('name' in definition && definition.name && taken.has(definition.name.value)));
  const clashes = document.definitions.filter(isObjectType).flatMap((type) => {
    const engines = SHARED_TYPES.has(type.name.value) ? typesByName(ENGINE).get(type.name.value) : undefined;
    const names = new Set(engines && isObjectType(engines) ? engines.fields?.map(({ name }) => name.value) : []);
    return (type.fields ?? []).flatMap((field) => {
      if (!names.has(field.name.value)) return [];
      const message = `${type.name.value}.${field.name.value}: expected another name, this field is the gateway's own`;
      return [new GraphQLError(message, { nodes: field })];
    });
  });
  const definitions = [...document.definitions, ...engine, ...suppliedFor(document).definitions, ...DIRECTIVES.definitions];
  return [...clashes, ...validateSDL({ kind: Kind.DOCUMENT, definitions })];
}

function stripAnnotations(document: DocumentNode): DocumentNode {
  return visit(document, { FieldDefinition: (field) => withoutDirectives(field, ANNOTATIONS) });
}

/**
 * The fields of the owner's types, as they are read. A field without `@access` has the default rule on `Customer`, and below
 * it none, since its parent was guarded.
 */
export function profileOf({ document, bindings, access, costs }: OwnerSchema): Profile {
  const fields = document.definitions.filter(isObjectType).flatMap((type) =>
    (type.fields ?? []).map((field) => {
      const name = `${type.name.value}.${field.name.value}`;
      const rule = access.get(name) ?? (type.name.value === 'Customer' ? DEFAULT_ACCESS : null);
      return { name, rule, binding: bindings.get(name), cost: costs.get(name) };
    }),
  );
  return new Profile(fields);
}
