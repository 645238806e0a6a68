import type { GraphQLResolveInfo } from 'graphql';
import type { DataRecord } from '../../adapters/data-adapter.ts';
import { type Eventual, eventually } from '../../batching/eventual.ts';
import type { ResolvedCustomer } from '../../model/customer.ts';
import { isWaiting, readFieldNow } from '../../profile/read-field.ts';
import type { SourceAnswer } from '../../sources/source-answer.ts';
import { guard, propertyOf } from '../profile-resolvers.ts';
import type { RequestContext } from '../request-context.ts';
import type { CompiledOperation } from './compile-operation.ts';
import type { FieldPlan, ObjectPlan, ValuePlan } from './plan.ts';
import { argumentsOf } from './plan-arguments.ts';
import { isThenable } from './serializer.ts';

type Path = GraphQLResolveInfo['path'];
type Entries = Record<string, unknown>;
type Methods = Record<string, (...args: unknown[]) => unknown>;

/** Anything that is an error in graphql-js, which then says what the client is told. */
const NOT_FOR_HERE = new Error('left to graphql-js');

/**
 * Answers one request by a plan.
 * @param context of a `RequestContext`, where the plan has fields that the owner wrote.
 * @param done hears, once, what is to be the answer's `data`; or null, where anything happened that is an error in
 * graphql-js. Everything that was asked of sources until then is remembered in the context, so that running the
 * operation there asks for nothing again.
 */
export function runPlan(
  compiled: CompiledOperation,
  context: unknown,
  variables: Readonly<Record<string, unknown>>,
  done: (data: Entries | null) => void,
): void {
  new PlanRun(compiled, context, variables, done).start();
}

class PlanRun {
  readonly #compiled: CompiledOperation;
  readonly #context: unknown;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #done: (data: Entries | null) => void;
  /** What is waited for. */
  #open = 1;
  /** After a mistake the run goes on, as graphql-js does: promises that were made must not fail unheard. */
  #hasFailed = false;
  #data: Entries = {};

  constructor(
    compiled: CompiledOperation,
    context: unknown,
    variables: Readonly<Record<string, unknown>>,
    done: (data: Entries | null) => void,
  ) {
    this.#compiled = compiled;
    this.#context = context;
    this.#variables = variables;
    this.#done = done;
  }

  start(): void {
    this.#data = this.#object(this.#compiled.plan, undefined, undefined, null);
    this.#settled();
  }

  #settled(): void {
    this.#open--;
    if (this.#open === 0) this.#done(this.#hasFailed ? null : this.#data);
  }

  /** Goes on when it is settled. */
  #wait(eventual: Eventual<unknown>, next: () => void): void {
    this.#open++;
    eventual.whenSettled(() => {
      try {
        next();
      } catch {
        this.#hasFailed = true;
      }
      this.#settled();
    });
  }

  #object(plan: ObjectPlan, source: unknown, path: Path | undefined, customer: ResolvedCustomer | null): Entries {
    const entries: Entries = {};
    const { fields, isCustomer, isRecord } = plan;
    if (isRecord && (typeof source !== 'object' || Array.isArray(source))) throw NOT_FOR_HERE;
    const whose = isCustomer ? (source as ResolvedCustomer) : customer;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as FieldPlan;
      // Fields that come later get their place now: an answer is in the order of the query.
      entries[field.key] = null;
      try {
        this.#field(field, source, path, whose, entries);
      } catch {
        this.#hasFailed = true;
      }
    }
    return entries;
  }

  #field(field: FieldPlan, source: unknown, path: Path | undefined, customer: ResolvedCustomer | null, entries: Entries): void {
    const { resolve } = field;
    switch (resolve.kind) {
      case 'typename':
        entries[field.key] = field.parentType.name;
        return;
      case 'profile':
        this.#profileField(field, source as DataRecord, path, customer, entries);
        return;
      case 'property': {
        const isObject = (typeof source === 'object' && source !== null) || typeof source === 'function';
        const args = this.#argumentsOf(field, false);
        const value = isObject ? (source as Entries)[field.name] : undefined;
        const called =
          typeof value === 'function' ? (source as Methods)[field.name]?.(args, this.#context, this.#infoOf(field, path)) : value;
        this.#complete(called, field, path, customer, entries);
        return;
      }
      case 'resolver':
        this.#complete(
          resolve.resolver(source, this.#argumentsOf(field, false), this.#context, this.#infoOf(field, path)),
          field,
          path,
          customer,
          entries,
        );
    }
  }

  #argumentsOf({ args }: FieldPlan, isOurs: boolean): Readonly<Record<string, unknown>> {
    const values = argumentsOf(args, this.#variables, isOurs);
    if (values === null) throw NOT_FOR_HERE;
    return values;
  }

  #infoOf(field: FieldPlan, path: Path | undefined): GraphQLResolveInfo {
    const { schema, operation, fragments } = this.#compiled;
    const { name, nodes, returnType, parentType } = field;
    return {
      fieldName: name,
      fieldNodes: nodes,
      returnType,
      parentType,
      path: pathOf(field, path),
      schema,
      fragments,
      rootValue: undefined,
      operation,
      variableValues: this.#variables,
    };
  }

  /** Reads a bound field, or a property of a record, as its resolver does; again after each answer that it waits for. */
  #profileField(plan: FieldPlan, source: DataRecord, path: Path | undefined, customer: ResolvedCustomer | null, entries: Entries): void {
    if (plan.resolve.kind !== 'profile') return;
    const { field, needs } = plan.resolve;
    const context = this.#context as RequestContext;
    const args = this.#argumentsOf(plan, true);
    if (field.rule !== null) guard(field, customer as ResolvedCustomer, context);
    if (field.binding === undefined) {
      this.#completeProfile(propertyOf(source, plan.name), plan, path, customer, entries);
      return;
    }
    const { binding } = field;
    const parent = plan.parentIsCustomer ? null : source;
    const place = { customer: customer as ResolvedCustomer, parent, args, needs };
    const read = (waitedFor?: Eventual<SourceAnswer>) => {
      const reading = readFieldNow(context.profile, binding, place, waitedFor);
      if (isWaiting(reading)) this.#wait(reading, () => read(reading));
      else if (reading !== null) this.#completeProfile(reading.value, plan, path, customer, entries);
    };
    read();
  }

  /** What comes out of a record is held against its type more strictly than graphql-js does. */
  #completeProfile(value: unknown, plan: FieldPlan, path: Path | undefined, customer: ResolvedCustomer | null, entries: Entries): void {
    const isComposite = plan.value.kind === 'object' || plan.value.kind === 'abstract';
    if (isComposite && value !== null && value !== undefined && (typeof value !== 'object' || Array.isArray(value))) throw NOT_FOR_HERE;
    entries[plan.key] = this.#value(plan.value, value, plan, pathIfNeeded(plan, path), customer, entries, plan.key);
  }

  #complete(result: unknown, field: FieldPlan, path: Path | undefined, customer: ResolvedCustomer | null, entries: Entries): void {
    entries[field.key] = this.#value(field.value, result, field, pathIfNeeded(field, path), customer, entries, field.key);
  }

  /**
   * @param path of the value itself.
   * @param holder of the value, under `place`: a value that comes later is put there.
   */
  #value(
    plan: ValuePlan,
    value: unknown,
    field: FieldPlan,
    path: Path | undefined,
    customer: ResolvedCustomer | null,
    holder: Entries | unknown[],
    place: string | number,
  ): unknown {
    if (value instanceof Error) throw NOT_FOR_HERE;
    if (isThenable(value)) {
      const eventual = eventually(value);
      this.#wait(eventual, () => {
        const awaited = eventual.value();
        if (isThenable(awaited)) throw NOT_FOR_HERE;
        (holder as Entries)[place] = this.#value(plan, awaited, field, path, customer, holder, place);
      });
      return null;
    }
    if (value === null || value === undefined) {
      if (plan.isNonNull) throw NOT_FOR_HERE;
      return null;
    }
    switch (plan.kind) {
      case 'leaf': {
        const serialized = plan.serialize(value);
        if (serialized === null || serialized === undefined) throw NOT_FOR_HERE;
        return serialized;
      }
      case 'object':
        return this.#object(plan.plan, value, path, customer);
      case 'list':
        return this.#list(plan.item, value, field, path, customer);
      case 'abstract':
        return this.#object(this.#planFor(plan, value, field, path), value, path, customer);
    }
  }

  #list(item: ValuePlan, list: unknown, field: FieldPlan, path: Path | undefined, customer: ResolvedCustomer | null): unknown[] {
    if (!Array.isArray(list)) throw NOT_FOR_HERE;
    const items: unknown[] = [];
    for (let index = 0; index < list.length; index++) {
      const itemPath = { prev: path, key: index, typename: undefined };
      items.push(null);
      try {
        items[index] = this.#value(item, list[index], field, itemPath, customer, items, index);
      } catch {
        this.#hasFailed = true;
      }
    }
    return items;
  }

  #planFor(plan: ValuePlan & { kind: 'abstract' }, value: unknown, field: FieldPlan, path: Path | undefined): ObjectPlan {
    const { type, plans } = plan;
    // The field's path, also for an item of its list.
    let own = path;
    while (typeof own?.key === 'number') own = own.prev;
    const info = this.#infoOf(field, own?.prev);
    const named = typeof value === 'object' ? (value as { __typename?: unknown }).__typename : undefined;
    const name = type.resolveType ? type.resolveType(value, this.#context, info, type) : named;
    if (isThenable(name)) name.then(undefined, () => {});
    const found = typeof name === 'string' ? plans.get(name) : undefined;
    if (found === undefined) throw NOT_FOR_HERE;
    return found;
  }
}

function pathOf({ key, parentType }: FieldPlan, prev: Path | undefined): Path {
  return { prev, key, typename: parentType.name };
}

/** A value without fields of its own needs no path. */
function pathIfNeeded(field: FieldPlan, prev: Path | undefined): Path | undefined {
  return field.value.kind === 'leaf' ? undefined : pathOf(field, prev);
}
