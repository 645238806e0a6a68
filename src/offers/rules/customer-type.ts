import {
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { type Assurance, strongestAssurance } from '../../model/assurance.ts';
import { VIEWER_ROLES } from '../../model/viewer.ts';
import { type AccessRule, DEFAULT_ACCESS } from '../../profile/access.ts';
import { leafTypeOf } from './leaf-type.ts';
import { type RecordField, type RecordType, type RuleType, recordType } from './rule-types.ts';
import type { RuleVocabulary } from './rule-vocabulary.ts';

/** A field of `Customer` that rules can read. */
export interface CustomerField {
  readonly type: RuleType;
  /** Names of its data sources. */
  readonly sources: readonly string[];
  /** How well a customer must be proven for it. */
  readonly min: Assurance;
  /** The defaults of its arguments, by name. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** The owner's `Customer`, as rules see it. */
export interface CustomerType {
  /** By name. */
  readonly fields: ReadonlyMap<string, CustomerField>;
  /** Why rules cannot read these fields, by name, as the end of a sentence. */
  readonly problems: ReadonlyMap<string, string>;
}

/** What rules read of the schema: a field with `@from` or `@computed`, and below it what is in the same record. */
export function customerTypeOf({ schema, profile, ...vocabulary }: RuleVocabulary): CustomerType {
  const records = new Map<string, RecordType>();
  const accessProblem = accessCheck(vocabulary);
  const fields = new Map<string, CustomerField>();
  const problems = new Map<string, string>();

  const typeOf = (type: GraphQLOutputType): RuleType | null => {
    if (isNonNullType(type)) return typeOf(type.ofType);
    if (isListType(type)) {
      const of = typeOf(type.ofType);
      return of && { kind: 'list', cel: `list<${of.cel}>`, of };
    }
    if (isLeafType(type)) return { kind: 'leaf', ...leafTypeOf(type) };
    if (!isObjectType(type) || type.name === 'Customer') return null;
    return { kind: 'record', cel: celName(type.name), record: recordOf(type.name, Object.values(type.getFields())) };
  };
  const recordOf = (name: string, nested: readonly GraphQLField<unknown, unknown>[]): RecordType => {
    const known = records.get(name);
    if (known !== undefined) return known;
    const filled = new Map<string, RecordField>();
    const record = recordType(name, filled);
    // Before its fields: a type may stand in itself.
    records.set(name, record);
    for (const field of nested) filled.set(field.name, nestedField(name, field));
    record.define();
    return record;
  };
  const nestedField = (parent: string, field: GraphQLField<unknown, unknown>): RecordField => {
    const known = profile.field(`${parent}.${field.name}`);
    const unreadable = (problem: string): RecordField => ({ type: null, problem });
    if (field.name === 'constructor') return unreadable(OWN_NAME);
    if (known?.binding !== undefined) return unreadable('it is read from a data source of its own, and rules read the record only');
    if (field.resolve !== undefined) return unreadable('it has a resolver, and rules read data sources only');
    const refused = known?.rule ? accessProblem(known.rule) : null;
    if (refused !== null) return unreadable(refused);
    const type = typeOf(field.type);
    return type === null ? unreadable(unknownType(field)) : { type, problem: null };
  };

  for (const field of fieldsOfCustomer(schema)) {
    const known = profile.field(`Customer.${field.name}`);
    if (known === undefined) continue;
    const required = field.args.find(isRequiredArgument);
    const refused = known.rule ? accessProblem(known.rule) : null;
    const type = typeOf(field.type);
    if (field.name === 'constructor') problems.set(field.name, OWN_NAME);
    else if (known.binding === undefined) problems.set(field.name, 'it has a resolver, and rules read fields with @from or @computed only');
    else if (required !== undefined) problems.set(field.name, `its argument ${required.name} is required, and rules give none`);
    else if (refused !== null) problems.set(field.name, refused);
    else if (type === null) problems.set(field.name, unknownType(field));
    else
      fields.set(field.name, {
        type,
        sources: [...new Set(known.binding.sources.map(({ source }) => source))],
        min: known.rule?.min ?? DEFAULT_ACCESS.min,
        args: defaultsOf(field),
      });
  }
  return { fields, problems };
}

function fieldsOfCustomer(schema: GraphQLSchema): readonly GraphQLField<unknown, unknown>[] {
  const type = schema.getType('Customer');
  return isObjectType(type) ? Object.values(type.getFields()) : [];
}

function defaultsOf({ args }: GraphQLField<unknown, unknown>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(args.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue]])));
}

/** Why a field named `constructor` can't be read: cel-js finds the type of an object by this property. */
const OWN_NAME = 'its name has a meaning of its own in JavaScript';

function unknownType({ type }: GraphQLField<unknown, unknown>): string {
  return `its type is ${type}, and rules read values, objects and lists of them`;
}

/** @returns a function that says why rules may not read a field, because some viewer of the result may not see it; null where they may. */
function accessCheck({ min, viewers, reader }: Pick<RuleVocabulary, 'min' | 'viewers' | 'reader'>): (rule: AccessRule) => string | null {
  const proven = strongestAssurance([min, DEFAULT_ACCESS.min]);
  const roles = viewers ?? VIEWER_ROLES;
  return (rule) => {
    const needed = rule.min ?? DEFAULT_ACCESS.min;
    if (strongestAssurance([needed, proven]) !== proven)
      return `it needs a customer who is ${needed}, and ${proven} is enough for ${reader}`;
    const others = rule.roles === null ? [] : roles.filter((role) => !rule.roles?.includes(role));
    if (others.length === 0) return null;
    return `it is for ${rule.roles?.join(' and ')}, and ${others.join(', ')} may see what is decided for ${reader}`;
  };
}

/** Names that CEL has for its own types. */
const TAKEN: ReadonlySet<string> = new Set([
  ...['string', 'bool', 'int', 'uint', 'double', 'bytes', 'dyn', 'null', 'type', 'optional', 'list', 'map', 'ast'],
  ...['CelNamespace', 'Attributes', 'Consent', 'Customer', 'Journey'],
]);

/** A name of one letter is a parameter of a type in CEL. */
function celName(name: string): string {
  return TAKEN.has(name) || name.length === 1 ? `${name}_` : name;
}
