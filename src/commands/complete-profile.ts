import {
  type ExecutionResult,
  type GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  type OperationDefinitionNode,
  parse,
  responsePathAsArray,
} from 'graphql';
import { keyTextOf } from '../adapters/key-text.ts';
import { valueAt } from '../adapters/values.ts';
import type { CaptureSession } from '../capture/capture-session.ts';
import { type CompiledOperation, compileOperation } from '../graphql/execution/compile-operation.ts';
import type { Holder, Scope } from '../graphql/execution/complete-value.ts';
import type { ObjectPlan, Path } from '../graphql/execution/plan.ts';
import { argumentsOf } from '../graphql/execution/plan-arguments.ts';
import { PlanRun } from '../graphql/execution/run-plan.ts';
import { isOwnResolver } from '../graphql/own-resolvers/own-resolvers.ts';
import { RequestContext } from '../graphql/request-context.ts';
import type { CustomerId, ResolvedCustomer } from '../model/customer.ts';
import { GatewayError, SourceError } from '../model/errors.ts';
import { VIEWER_ROLES, type ViewerRole } from '../model/viewer.ts';
import { BUILT_IN_SOURCES, type FieldBinding, type SourceBinding } from '../profile/field-binding.ts';
import { PAGING_ARGUMENTS } from '../profile/page-list.ts';
import type { Profile, ProfileField } from '../profile/profile.ts';
import { SourceUsage } from '../profile/source-usage.ts';
import type { SourceReader } from '../sources/source-reader.ts';
import type { CompiledProject } from '../wiring/compile-project.ts';
import { FieldProblems } from './field-problems.ts';

/** The customer whose fields are read, and the reader of sources. */
interface Lookup {
  readonly reader: SourceReader;
  /** The customer's one identifier. */
  readonly given: { readonly type: string; readonly value: string };
}

/** One field of the owner's schema that was read, with its parent value and arguments. */
interface Visit {
  readonly field: ProfileField;
  readonly parent: unknown;
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Reads every field of a customer that back ends answer, as a request does that may see all of them. Fields of `Customer`
 * that need an argument are left out, and fields whose key is the customer's id.
 * @returns the problems, by source.
 */
export async function completeProfile({ schema, profile }: CompiledProject, lookup: Lookup): Promise<FieldProblems> {
  const { reader, given } = lookup;
  const problems = new FieldProblems();
  const customerType = schema.getType('Customer') as GraphQLObjectType;
  const selection = selectionOf(schema, profile, customerType, []);
  if (selection === null) return problems;
  noteSkipped(schema, profile, problems);
  const now = new Date(0);
  const customer: ResolvedCustomer = {
    id: '00000000-0000-4000-8000-000000000000' as CustomerId,
    assurance: 'VERIFIED',
    identifiers: [{ ...given, linkedAt: now, lastSeenAt: now, source: 'check' }],
    firstSeenAt: now,
    lastSeenAt: now,
  };
  const document = parse(`{ customer ${selection} }`);
  const [operation] = document.definitions as [OperationDefinitionNode];
  const compiled = compileOperation(rootOver(schema, customerType, customer), document, operation, {}, profile);
  // Each role by itself: some fields are for one that another lacks. The reader keeps answers, so no back end is asked again.
  for (const role of VIEWER_ROLES) await run(compiled, contextOf(reader, role), lookup, problems);
  return problems;
}

async function run(compiled: CompiledOperation, context: RequestContext, lookup: Lookup, problems: FieldProblems): Promise<void> {
  const visits = new Map<string, Visit>();
  const { errors = [] } = await new Promise<ExecutionResult>((resolve) => {
    new ObservedRun(compiled, context, visits, problems, resolve).start();
  });
  for (const { originalError, message, path = [] } of errors) {
    if (originalError instanceof GatewayError && !(originalError instanceof SourceError)) continue;
    const at = path.join('.');
    const visit = visits.get(at);
    if (originalError instanceof SourceError && visit) await noteValue(originalError, visit, lookup, problems);
    problems.addError(at, originalError, message);
  }
  for (const visit of visits.values()) await notePaths(visit, lookup, problems);
}

/** Runs the plan, and notes the parent value and the arguments of each field of the owner's schema. */
class ObservedRun extends PlanRun {
  readonly #visits: Map<string, Visit>;
  readonly #problems: FieldProblems;

  constructor(
    compiled: CompiledOperation,
    context: RequestContext,
    visits: Map<string, Visit>,
    problems: FieldProblems,
    done: (result: ExecutionResult) => void,
  ) {
    super(compiled, context, {}, {}, done);
    this.#visits = visits;
    this.#problems = problems;
  }

  override fields(plan: ObjectPlan, source: unknown, path: Path | undefined, scope: Scope, entries: Holder): boolean {
    for (const { key, name, resolve, args } of plan.fields) {
      if (resolve.kind !== 'bound' && resolve.kind !== 'record') continue;
      const { field } = resolve;
      if (resolve.kind === 'record') this.#problems.sawField(field.name, name, source, scope.source as string, this.context as object);
      this.#visits.set([...responsePathAsArray(path), key].join('.'), { field, parent: source, args: argumentsOf(args, {}, false) });
    }
    return super.fields(plan, source, path, scope, entries);
  }
}

/** A schema of the project's types, whose root field answers this customer. */
function rootOver(schema: GraphQLSchema, type: GraphQLObjectType, customer: ResolvedCustomer): GraphQLSchema {
  const query = new GraphQLObjectType({ name: 'CheckedProfile', fields: { customer: { type, resolve: () => customer } } });
  const types = Object.values(schema.getTypeMap()).filter((each) => !isIntrospectionType(each));
  return new GraphQLSchema({ query, types, directives: schema.getDirectives(), assumeValid: true });
}

function contextOf(sources: SourceReader, role: ViewerRole): RequestContext {
  const request = { headers: {}, viewer: { roles: [role], authenticated: true, claims: {} } };
  return new RequestContext({
    requestId: 'check',
    // Fields of back ends use none of these.
    engine: undefined as never,
    operation: undefined as never,
    log: undefined as never,
    openProfile: () => ({ sources, usage: new SourceUsage(), cursorSecret: Buffer.alloc(32) }),
    captured: { request } as unknown as CaptureSession,
  });
}

/** A selection of every field below a type, without types that contain themselves; null if no field can be selected. */
function selectionOf(schema: GraphQLSchema, profile: Profile, type: GraphQLNamedType, above: readonly GraphQLNamedType[]): string | null {
  if (above.includes(type)) return null;
  if (isAbstractType(type)) {
    const parts = schema
      .getPossibleTypes(type)
      .map((each) => `... on ${each.name} ${selectionOf(schema, profile, each, above) ?? '{ __typename }'}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const names = Object.values(type.getFields()).flatMap((field) => {
    // The owner's resolvers may do anything, such as sending mail, so they are not run.
    if (field.resolve && isOwnResolver(field.resolve)) return [];
    if (field.args.some(isRequiredArgument) || (above.length === 0 && !isAskedOfBackEnds(profile.field(`${type.name}.${field.name}`))))
      return [];
    const below = selectionOf(schema, profile, getNamedType(field.type), [...above, type]);
    return below === null ? [] : [`${field.name} ${below}`];
  });
  return names.length === 0 ? null : `{ ${names.join(' ')} }`;
}

function isAskedOfBackEnds(field: ProfileField | undefined): boolean {
  const sources = field?.binding?.sources ?? [];
  return sources.some(({ source }) => !BUILT_IN_SOURCES.has(source)) && sources.every(({ key }) => key.kind !== 'customerId');
}

function noteSkipped(schema: GraphQLSchema, profile: Profile, problems: FieldProblems): void {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const { name, binding } of profile.fieldsOf(type.name)) {
      const argument = type.getFields()[name.slice(type.name.length + 1)]?.args.find(isRequiredArgument);
      const [first] = binding?.sources ?? [];
      if (argument && first) problems.skipped(name, argument.name, first.source);
    }
  }
}

async function noteValue(error: SourceError, visit: Visit, lookup: Lookup, problems: FieldProblems): Promise<void> {
  const { name, binding } = visit.field;
  // The error of a failed call is about no field, and there is no value.
  if (!error.message.startsWith(`${name}: `)) return;
  if (binding === undefined) return problems.sawValue(error, null, valueAt(visit.parent, [name.slice(name.indexOf('.') + 1)]));
  const from = binding.sources.find(({ source }) => source === error.details.source);
  const record = from && (await new BoundRecords(lookup, visit.parent, visit.args).of(binding, from));
  if (!record) return;
  const path = from.path?.join('.') ?? null;
  const value = from.path === null ? record : valueAt(record, from.path);
  problems.sawValue(error, path === null || name.endsWith(`.${path}`) ? null : path, value);
}

async function notePaths({ field: { name, binding }, parent, args }: Visit, lookup: Lookup, problems: FieldProblems): Promise<void> {
  const records = new BoundRecords(lookup, parent, args);
  for (const from of binding?.sources ?? []) {
    if (BUILT_IN_SOURCES.has(from.source)) continue;
    for (const path of [from.path, from.newestBy]) {
      const record = path && (await records.of(binding as FieldBinding, from));
      if (record) problems.sawPath(name, record, path, from.source);
    }
  }
}

/** The records of the sources of a bound field, for one parent value and one set of arguments. */
class BoundRecords {
  readonly #lookup: Lookup;
  readonly #parent: unknown;
  readonly #args: Readonly<Record<string, unknown>>;

  constructor(lookup: Lookup, parent: unknown, args: Readonly<Record<string, unknown>>) {
    this.#lookup = lookup;
    this.#parent = parent;
    this.#args = args;
  }

  /** The source's record, the first one of a list, or null. The reader has the answer already, so no call is made. */
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
      // The failure is reported already, by the field or by the source.
      return null;
    }
  }
}
