import { type DocumentNode, type GraphQLScalarType, isScalarType, Kind, type TypeDefinitionNode } from 'graphql';
import { ENGINE, typesByName } from './schema-parts.ts';
import { NO_SUBSCRIPTIONS, type ResolversModule, type SchemaProblem, SHARED_TYPES } from './vocabulary.ts';

type Callable = (...args: readonly unknown[]) => unknown;

/** The owner's resolvers, checked. */
export interface CheckedResolvers {
  /** By `Type.field`. */
  readonly fields: ReadonlyMap<string, Callable>;
  /** `__resolveType` of interfaces and unions, by type. */
  readonly typeResolvers: ReadonlyMap<string, Callable>;
  /** `__isTypeOf` of object types, by type. */
  readonly typeChecks: ReadonlyMap<string, Callable>;
  /** Scalars, and the values that enums have inside the server, by type. */
  readonly leaves: Readonly<Record<string, GraphQLScalarType | Readonly<Record<string, unknown>>>>;
}

/** Reports a mistake in one key of the module, or of one of its types. */
type ReportKey = (keys: readonly string[], message: string) => void;

/**
 * Checks every key of the owner's resolvers against the schema. Mistakes are reported and left out of the answer.
 * @param document the owner's schema.
 */
export function readResolvers(
  document: DocumentNode,
  module: ResolversModule | null,
  reportProblem: (problem: SchemaProblem) => void,
): CheckedResolvers {
  const read = new ResolverReader(document, (keys, message) => {
    reportProblem({ where: whereOf(module as ResolversModule, keys), message: `${keys.join('.')}: ${message}` });
  });
  if (isObject(module?.exported)) for (const [name, value] of Object.entries(module.exported)) read.type(name, value);
  else if (module?.exported !== undefined) {
    const message = `expected export default of defineResolvers({...}), received ${kindOf(module.exported)}`;
    reportProblem({ where: module.file, message });
  }
  return read;
}

class ResolverReader implements CheckedResolvers {
  readonly fields = new Map<string, Callable>();
  readonly typeResolvers = new Map<string, Callable>();
  readonly typeChecks = new Map<string, Callable>();
  readonly leaves: Record<string, GraphQLScalarType | Readonly<Record<string, unknown>>> = {};
  readonly #owners: ReadonlyMap<string, TypeDefinitionNode>;
  readonly #report: ReportKey;

  constructor(document: DocumentNode, report: ReportKey) {
    this.#owners = typesByName(document);
    this.#report = report;
  }

  type(name: string, value: unknown): void {
    const definition = this.#owners.get(name);
    if (definition === undefined || name === 'Subscription') this.#report([name], this.#unknownType(name));
    else if (definition.kind === Kind.SCALAR_TYPE_DEFINITION) this.#scalar(name, value);
    else if (isObject(value)) this.#members(name, definition, value);
    else this.#report([name], `expected an object of resolvers, received ${kindOf(value)}`);
  }

  #unknownType(name: string): string {
    if (!ENGINE_TYPES.has(name)) return `expected a type of the schema (${[...this.#owners.keys()].join(', ')}), found none of this name`;
    if (name === 'Subscription') return NO_SUBSCRIPTIONS;
    return `expected a type of yours: ${SHARED_TYPES.has(name) ? `the schema adds no field to ${name}` : `${name} is the gateway's own`}`;
  }

  #members(name: string, definition: TypeDefinitionNode, value: Readonly<Record<string, unknown>>): void {
    switch (definition.kind) {
      case Kind.ENUM_TYPE_DEFINITION:
        this.#enum(name, definition.values?.map((each) => each.name.value) ?? [], value);
        break;
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.UNION_TYPE_DEFINITION:
        this.#abstract(name, value);
        break;
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
        this.#report([name], 'expected no resolvers of an input type');
        break;
      case Kind.OBJECT_TYPE_DEFINITION:
        this.#object(name, definition.fields?.map((each) => each.name.value) ?? [], value);
    }
  }

  #scalar(name: string, value: unknown): void {
    try {
      if (isScalarType(value)) this.leaves[name] = value;
      else this.#report([name], `expected a GraphQLScalarType, received ${kindOf(value)}`);
    } catch {
      // graphql-js throws for a type of another copy of itself.
      this.#report([name], 'expected a GraphQLScalarType of the graphql package that the gateway uses, received one of another copy');
    }
  }

  #enum(name: string, values: readonly string[], given: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(given).filter((each) => !values.includes(each)))
      this.#report([name, key], `expected a value of the enum (${values.join(', ')})`);
    this.leaves[name] = given;
  }

  #abstract(name: string, given: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(given)) {
      if (key !== '__resolveType') this.#report([name, key], 'expected __resolveType only: fields are resolved by object types');
      else if (isFunction(value)) this.typeResolvers.set(name, value.bind(given));
      else this.#report([name, key], `expected a function, received ${kindOf(value)}`);
    }
  }

  #object(type: string, fields: readonly string[], given: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(given)) {
      const resolve = isObject(value) ? value.resolve : value;
      if (key === '__isTypeOf' && isFunction(value) && !SHARED_TYPES.has(type)) this.typeChecks.set(type, value.bind(given));
      else if (key.startsWith('__')) this.#report([type, key], `expected a field of ${type}: ${key} is not supported here`);
      else if (!fields.includes(key)) this.#report([type, key], this.#unknownField(type, key, fields));
      else if (isFunction(resolve)) this.fields.set(`${type}.${key}`, resolve.bind(given));
      else this.#report([type, key], `expected a function, received ${kindOf(value)}`);
    }
  }

  #unknownField(type: string, key: string, fields: readonly string[]): string {
    const engines = SHARED_TYPES.has(type) ? ENGINE_TYPES.get(type) : undefined;
    const isEngines = engines && 'fields' in engines && engines.fields?.some(({ name }) => name.value === key);
    if (isEngines) return "expected a field of yours, this one is the gateway's own";
    return `expected a field that the schema has (${fields.join(', ')}), found none of this name`;
  }
}

const ENGINE_TYPES = typesByName(ENGINE);

/** The position of these keys, each inside the one before, as `file:line:column`; the file alone where its text has no such keys. */
function whereOf({ file, text }: ResolversModule, keys: readonly string[]): string {
  let at = 0;
  for (const key of keys) {
    const found = new RegExp(`(?<![\\w$.])${RegExp.escape(key)}(?![\\w$])(?=['"]?\\s*[:(,}])`, 'g');
    found.lastIndex = at;
    const match = found.exec(text);
    if (match === null) return file;
    at = match.index;
  }
  const before = text.slice(0, at).split('\n');
  return `${file}:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFunction(value: unknown): value is Callable {
  return typeof value === 'function';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}
