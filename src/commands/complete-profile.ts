import {
  type DocumentNode,
  execute,
  type GraphQLField,
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  parse,
} from 'graphql';
import { keyTextOf } from '../adapters/key-text.ts';
import { valueAt } from '../adapters/values.ts';
import type { CaptureSession } from '../capture/capture-session.ts';
import { type ProfileField, profileFieldOf } from '../graphql/profile-field.ts';
import { RequestContext } from '../graphql/request-context.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import { GatewayError, SourceError } from '../model/errors.ts';
import { VIEWER_ROLES, type ViewerRole } from '../model/viewer.ts';
import { BUILT_IN_SOURCES, type FieldBinding, type SourceBinding } from '../profile/field-binding.ts';
import { PAGING_ARGUMENTS } from '../profile/page-list.ts';
import { SourceUsage } from '../profile/source-usage.ts';
import type { SourceReader } from '../sources/source-reader.ts';
import type { CompiledProject } from '../wiring/compile-project.ts';
import { FieldProblems } from './field-problems.ts';

type Field = GraphQLField<unknown, RequestContext>;

/** Whose fields are read, and with what. */
interface Lookup {
  readonly reader: SourceReader;
  /** The customer's one identifier. */
  readonly given: { readonly type: string; readonly value: string };
}

interface Observed extends Lookup {
  readonly schema: GraphQLSchema;
  readonly problems: FieldProblems;
}

/**
 * Reads every field of a customer's that back ends answer, as a request would that may see all of them, with the resolvers of
 * the schema. Fields of `Customer` that need an argument are left out, and those that are asked by a customer's own id.
 * @param project whose schema is not used for anything else: its resolvers are observed from then on.
 * @returns what is wrong, by source.
 */
export async function completeProfile({ schema }: CompiledProject, lookup: Lookup): Promise<FieldProblems> {
  const { reader, given } = lookup;
  const problems = new FieldProblems();
  const customerType = schema.getType('Customer') as GraphQLObjectType;
  const selection = selectionOf(schema, customerType, []);
  if (selection === null) return problems;
  observe({ schema, problems, ...lookup });
  const now = new Date(0);
  const customer: ResolvedCustomer = {
    id: '00000000-0000-4000-8000-000000000000' as CustomerId,
    assurance: 'VERIFIED',
    identifiers: [{ ...given, linkedAt: now, lastSeenAt: now, source: 'check' }],
    firstSeenAt: now,
    lastSeenAt: now,
  };
  const document = parse(`{ customer ${selection} }`);
  const root = rootOver(schema, customerType, customer);
  // A viewer has one role, and a field may be for another. Answers are kept by the reader, so that no back end is asked again.
  for (const role of VIEWER_ROLES) await run(root, document, contextOf(reader, role), problems);
  return problems;
}

async function run(schema: GraphQLSchema, document: DocumentNode, context: RequestContext, problems: FieldProblems): Promise<void> {
  const { errors = [] } = await execute({ schema, document, contextValue: context });
  for (const { originalError, message, path = [] } of errors) {
    if (originalError instanceof GatewayError && !(originalError instanceof SourceError)) continue;
    problems.addError(path.join('.'), originalError, message);
  }
}

/** The project's types under a root that answers this customer. */
function rootOver(schema: GraphQLSchema, type: GraphQLObjectType, customer: ResolvedCustomer): GraphQLSchema {
  const query = new GraphQLObjectType({ name: 'CheckedProfile', fields: { customer: { type, resolve: () => customer } } });
  const types = Object.values(schema.getTypeMap()).filter((each) => !isIntrospectionType(each));
  return new GraphQLSchema({ query, types, directives: schema.getDirectives(), assumeValid: true });
}

function contextOf(sources: SourceReader, role: ViewerRole): RequestContext {
  const request = { headers: {}, viewer: { role, authenticated: true, claims: {} } };
  return new RequestContext({
    requestId: 'check',
    // Fields of back ends use none of it.
    engine: undefined as never,
    openProfile: () => ({ sources, usage: new SourceUsage(), cursorSecret: Buffer.alloc(32) }),
    captured: { request } as unknown as CaptureSession,
  });
}

/** Every field below a type, each type once on the way down; null where nothing can be selected. */
function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, above: readonly GraphQLNamedType[]): string | null {
  if (above.includes(type)) return null;
  if (isAbstractType(type)) {
    const parts = schema
      .getPossibleTypes(type)
      .map((each) => `... on ${each.name} ${selectionOf(schema, each, above) ?? '{ __typename }'}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const names = Object.values(type.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument) || (above.length === 0 && !isAskedOfBackEnds(field))) return [];
    const below = selectionOf(schema, getNamedType(field.type), [...above, type]);
    return below === null ? [] : [`${field.name} ${below}`];
  });
  return names.length === 0 ? null : `{ ${names.join(' ')} }`;
}

function isAskedOfBackEnds({ resolve }: Field): boolean {
  const sources = (resolve && profileFieldOf(resolve as never))?.binding?.sources ?? [];
  return sources.some(({ source }) => !BUILT_IN_SOURCES.has(source)) && sources.every(({ key }) => key.kind !== 'customerId');
}

/** Has the owner's resolvers report what they read. */
function observe({ schema, problems, ...lookup }: Observed): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields()) as Field[]) {
      const { resolve } = field;
      const profile = resolve && profileFieldOf(resolve as never);
      if (resolve === undefined || profile === undefined) continue;
      const { name, binding } = profile;
      const argument = field.args.find(isRequiredArgument);
      const [first] = binding?.sources ?? [];
      if (argument && first) problems.skipped(name, argument.name, first.source);
      field.resolve = async (parent, args, context, info) => {
        if (binding === undefined) problems.sawField(name, field.name, parent, context.sourceAbove(info.path), context);
        const records = new BoundRecords(lookup, parent, args);
        try {
          return await resolve(parent, args, context, info);
        } catch (error) {
          if (error instanceof SourceError) await noteValue(error, profile, parent, records, problems);
          throw error;
        } finally {
          await notePaths(profile, records, problems);
        }
      };
    }
  }
}

async function noteValue(
  error: SourceError,
  { name, binding }: ProfileField,
  parent: unknown,
  records: BoundRecords,
  problems: FieldProblems,
): Promise<void> {
  // A failed call's error is of no field, and nothing came.
  if (!error.message.startsWith(`${name}: `)) return;
  if (binding === undefined) return problems.sawValue(error, null, valueAt(parent, [name.slice(name.indexOf('.') + 1)]));
  const from = binding.sources.find(({ source }) => source === error.details.source);
  const record = from && (await records.of(binding, from));
  if (!record) return;
  const path = from.path?.join('.') ?? null;
  const value = from.path === null ? record : valueAt(record, from.path);
  problems.sawValue(error, path === null || name.endsWith(`.${path}`) ? null : path, value);
}

async function notePaths({ name, binding }: ProfileField, records: BoundRecords, problems: FieldProblems): Promise<void> {
  for (const from of binding?.sources ?? []) {
    if (BUILT_IN_SOURCES.has(from.source)) continue;
    for (const path of [from.path, from.newestBy]) {
      const record = path && (await records.of(binding as FieldBinding, from));
      if (record) problems.sawPath(name, record, path, from.source);
    }
  }
}

/** The records that a bound field is made of, at one place. */
class BoundRecords {
  readonly #lookup: Lookup;
  readonly #parent: unknown;
  readonly #args: Readonly<Record<string, unknown>>;

  constructor(lookup: Lookup, parent: unknown, args: Readonly<Record<string, unknown>>) {
    this.#lookup = lookup;
    this.#parent = parent;
    this.#args = args;
  }

  /** The record, the first one of a list, or null where there is none; what was asked for the field is not asked again. */
  async of({ shape }: FieldBinding, { source, key, keyType, pages }: SourceBinding): Promise<object | null> {
    const { reader, given } = this.#lookup;
    const own = key.kind === 'identifier' && key.type === given.type ? given.value : null;
    const text = key.kind === 'field' ? keyTextOf((this.#parent as Record<string, unknown>)[key.name]) : own;
    if (text === null) return null;
    const isPaging = (name: string) => shape === 'connection' && !pages && PAGING_ARGUMENTS.has(name);
    const args = Object.fromEntries(Object.entries(this.#args).filter(([name]) => !isPaging(name)));
    try {
      const { record } = await reader.ask(source, text, args, null, keyType).promise();
      return (Array.isArray(record) ? record[0] : record) ?? null;
    } catch {
      // The field itself, or the source, says so.
      return null;
    }
  }
}
