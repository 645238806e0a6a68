import { type DocumentNode, GraphQLError, Kind, parse, Source, visit } from 'graphql';
// validateSDL is the only way to hear every problem of a type system document at once; graphql-js exports it by this path only.
import { validateSDL } from 'graphql/validation/validate.js';
import type { Trait } from '../../model/trait.ts';
import { type AccessRule, DEFAULT_ACCESS } from '../../profile/access.ts';
import type { FieldBinding } from '../../profile/field-binding.ts';
import { Profile } from '../../profile/profile.ts';
import { checkFields, type KnownSource } from './check-fields.ts';
import { ACCESS, COMPUTED_BY, DIRECTIVES, FROM } from './directives.ts';
import { ENGINE, isObjectType, suppliedFor, typesByName, withoutDirectives } from './schema-parts.ts';

/** Something wrong in the owner's schema, with the place. */
export interface SchemaProblem {
  /** `schema.graphql:12:3` */
  readonly where: string;
  readonly message: string;
}

/** What the owner's schema may refer to. */
export interface SchemaVocabulary {
  readonly sources: ReadonlyMap<string, KnownSource>;
  /** Sources whose file is there but broken: nothing can be said about fields bound to them. */
  readonly brokenSources: ReadonlySet<string>;
  /** Null when the configuration is too broken to tell. */
  readonly identifierTypes: ReadonlySet<string> | null;
  /** Of those, the ones whose values are not kept in clear. */
  readonly hashedTypes: ReadonlySet<string>;
}

/** The owner's schema, understood: its types without annotations, and what the annotations said. */
export interface OwnerSchema {
  readonly document: DocumentNode;
  /** By `Type.field`. */
  readonly bindings: ReadonlyMap<string, FieldBinding>;
  /** By `Type.field`. */
  readonly access: ReadonlyMap<string, AccessRule>;
  /** What `@computed` asks for. */
  readonly traits: readonly Trait[];
}

/** @returns the schema, or null with every problem reported. */
export function readOwnerSchema(
  file: string,
  text: string,
  vocabulary: SchemaVocabulary,
  report: (problem: SchemaProblem) => void,
): OwnerSchema | null {
  const document = parseOrReport(file, text, report);
  if (document === null) return null;

  let problems = 0;
  const count = (problem: SchemaProblem) => {
    problems++;
    report(problem);
  };
  const at = (node: { readonly loc?: DocumentNode['loc'] }, message: string) => {
    const token = node.loc?.startToken;
    count({ where: token ? `${file}:${token.line}:${token.column}` : file, message });
  };

  reportStructure(document, at);
  for (const error of sdlErrors(document)) {
    const node = error.nodes?.find(({ loc }) => loc?.source.name === file);
    at(node ?? {}, error.message);
  }
  const { bindings, access, traits } = checkFields(document, vocabulary, at);
  return problems > 0 ? null : { document: stripAnnotations(document), bindings, access, traits };
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

/** The owner writes the profile; the operations and the engine's types are not theirs. */
function reportStructure(document: DocumentNode, at: (node: DocumentNode['definitions'][number], message: string) => void): void {
  const engineTypes = typesByName(ENGINE);
  let customer = false;
  for (const definition of document.definitions) {
    const name = 'name' in definition ? definition.name?.value : undefined;
    if (name === 'Customer' && isObjectType(definition)) customer = true;
    else if (name !== undefined && engineTypes.has(name)) {
      at(
        definition,
        `expected a name that the gateway has not taken, received ${name}: it belongs to the gateway's own part of the schema`,
      );
    } else if (definition.kind === Kind.DIRECTIVE_DEFINITION && [FROM, COMPUTED_BY, ACCESS].includes(name ?? '')) {
      at(definition, `expected no definition of @${name}: the gateway brings it`);
    } else if (definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION || name === 'Subscription') {
      at(definition, "expected types of the profile only: the operations are the gateway's");
    }
  }
  if (!customer) at(document.definitions[0] ?? (document as never), 'expected a definition "type Customer { … }": it is the profile');
}

/** What graphql-js itself finds: unknown types, duplicate names, directives in wrong places or with wrong arguments. */
function sdlErrors(document: DocumentNode): readonly GraphQLError[] {
  const taken = typesByName(document);
  const customerFields = new Set(ownCustomerFields(document));
  // The engine's Customer steps aside for the owner's; both are merged once everything is known to be right.
  const engine = ENGINE.definitions.filter((definition) => !('name' in definition && definition.name && taken.has(definition.name.value)));
  const clashes = engineCustomerFields().filter((name) => customerFields.has(name));
  const clashErrors = clashes.map(
    (name) =>
      new GraphQLError(`Customer.${name}: expected another name, this field is the gateway's own`, { nodes: fieldNode(document, name) }),
  );
  const definitions = [...document.definitions, ...engine, ...suppliedFor(document).definitions, ...DIRECTIVES.definitions];
  return [...clashErrors, ...validateSDL({ kind: Kind.DOCUMENT, definitions })];
}

function customerDefinition(document: DocumentNode) {
  const definition = typesByName(document).get('Customer');
  return definition && isObjectType(definition) ? definition : null;
}
const ownCustomerFields = (document: DocumentNode) => customerDefinition(document)?.fields?.map(({ name }) => name.value) ?? [];
const engineCustomerFields = () => ownCustomerFields(ENGINE);
const fieldNode = (document: DocumentNode, name: string) =>
  customerDefinition(document)?.fields?.find((field) => field.name.value === name);

function stripAnnotations(document: DocumentNode): DocumentNode {
  return visit(document, { FieldDefinition: (field) => withoutDirectives(field, [FROM, COMPUTED_BY, ACCESS]) });
}

/**
 * The fields of the owner's types, as they are read. A field without `@access` has the default rule on `Customer`, and below
 * it none, since its parent was guarded.
 */
export function profileOf({ document, bindings, access }: OwnerSchema): Profile {
  const fields = document.definitions.filter(isObjectType).flatMap((type) =>
    (type.fields ?? []).map((field) => {
      const name = `${type.name.value}.${field.name.value}`;
      const rule = access.get(name) ?? (type.name.value === 'Customer' ? DEFAULT_ACCESS : null);
      return { name, rule, binding: bindings.get(name) };
    }),
  );
  return new Profile(fields);
}
