import type { ExecutionResult, GraphQLError, GraphQLResolveInfo } from 'graphql';
import type { DataRecord } from '../../adapters/data-adapter.ts';
import { type Eventual, eventually } from '../../batching/eventual.ts';
import { admit, admitOutside, type ProfileField, propertyOf, readBound } from '../../profile/profile.ts';
import { type FieldPosition, isWaiting } from '../../profile/read-field.ts';
import { OperationBudget } from '../../sources/operation-budget.ts';
import type { SourceAnswer } from '../../sources/source-answer.ts';
import type { RequestContext } from '../request-context.ts';
import type { CompiledOperation } from './compile-operation.ts';
import { entriesFor, type Holder, type Scope } from './complete-value.ts';
import { Failures } from './failures.ts';
import type { FieldPlan, ObjectPlan, Path, Values } from './plan.ts';
import { argumentsOf } from './plan-arguments.ts';
import { pathForValue, pathOf } from './positions.ts';
import { Progress } from './progress.ts';
import { provenanceOf } from './provenance.ts';
import { isOfForm } from './serializer.ts';

type Methods = Record<string, (...args: unknown[]) => unknown>;

export interface RunOptions {
  /** The parent of the root fields: of a subscription its event. */
  readonly rootValue?: unknown;
  /** What the run may use; without it there is no limit. */
  readonly budget?: OperationBudget;
}

const NO_SCOPE: Scope = { customer: null, source: null };

/**
 * Runs an operation by its plan, with the results of graphql-js' `execute`: data, errors, and what of the answer they make
 * null. Unlike there, nothing becomes a promise that is not one already, and errors are in the order of the answer. Also
 * unlike there, an operation that has failed is answered when all of it is complete: nothing of it runs after its answer. An
 * operation beyond its budget is answered at once, with one error and without data, and what it waits for is left. Long lists
 * are completed in slices, between which others run.
 * @param context of a `RequestContext`, where the plan has fields that the owner wrote.
 * @param variables coerced; those that `@include` and `@skip` ask for are as they were for the plan.
 * @param done receives the result, once; possibly before this function returns.
 */
export function runPlan(
  compiled: CompiledOperation,
  context: unknown,
  variables: Values,
  options: RunOptions,
  done: (result: ExecutionResult) => void,
): void {
  new PlanRun(compiled, context, variables, options, done).begin();
}

/** One run of a plan. Also for those who observe one: `fields` is called for each object of the answer. */
export class PlanRun extends Progress {
  readonly #compiled: CompiledOperation;
  readonly #variables: Values;
  readonly #rootValue: unknown;
  readonly #root: Holder;
  /** How many root fields were begun. */
  #begun = 0;

  constructor(
    compiled: CompiledOperation,
    context: unknown,
    variables: Values,
    { rootValue, budget = new OperationBudget() }: RunOptions,
    done: (result: ExecutionResult) => void,
  ) {
    const root = entriesFor(compiled.plan);
    super(context, new Failures(compiled.plan, root), budget, done);
    this.#compiled = compiled;
    this.#variables = variables;
    this.#rootValue = rootValue;
    this.#root = root;
  }

  /** Runs the root fields; those of a mutation one after the other, each when the one before is complete. */
  start(): void {
    const { plan, operation } = this.#compiled;
    const { fields, failure } = plan;
    if (failure !== null) {
      this.complete({ errors: [failure as GraphQLError], data: null });
      return;
    }
    const isSerial = operation.operation === 'mutation';
    while (this.#begun < fields.length && this.failures.data !== null) {
      const next = isSerial ? { ...plan, fields: fields.slice(this.#begun, this.#begun + 1) } : plan;
      this.#begun += next.fields.length;
      this.open++;
      try {
        this.fields(next, this.#rootValue, undefined, NO_SCOPE, this.#root);
      } catch (error) {
        if (!this.isOver) throw error;
      }
      if (this.isOver) return;
      this.open--;
      if (this.open > 0) return;
    }
    const errors = this.failures.errors();
    const { data } = this.failures;
    this.complete(errors.length === 0 ? { data } : { errors, data });
  }

  fields({ fields, hasRepeats }: ObjectPlan, source: unknown, path: Path | undefined, scope: Scope, entries: Holder): boolean {
    // A repeated field is completed with the first of its kind: its key has its position before.
    if (hasRepeats) for (const { key } of fields) entries[key] = null;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as FieldPlan;
      try {
        // Most fields. Without the general case around it, and a null written first, a whole answer takes a fifth less time.
        if (field.isPlain && typeof source === 'object' && source !== null) {
          if (this.#property(field, source as Holder, path, scope, entries)) continue;
          return false;
        }
        // Fields that are completed later get their position now: an answer is in the order of the query.
        if (field.isRepeat) continue;
        entries[field.key] = null;
        if (!this.#field(field, source, path, scope, entries)) return false;
      } catch (error) {
        if (this.isOver) throw error;
        this.failures.add(error, pathOf(field, path));
        if (field.value.isNonNull) return false;
      }
    }
    return true;
  }

  #field(field: FieldPlan, source: unknown, path: Path | undefined, scope: Scope, entries: Holder, isAdmitted = false): boolean {
    const { resolve, value, key } = field;
    if (scope.customer === null && !isAdmitted && 'field' in resolve && resolve.field.rule !== null)
      return this.#outside(field, resolve.field, source, path, scope, entries);
    switch (resolve.kind) {
      case 'typename':
        entries[key] = field.parentType.name;
        return true;
      case 'bound': {
        const args = argumentsOf(field.args, this.#variables, true);
        const parent = field.parentIsCustomer ? null : (source as DataRecord);
        const position = { customer: scope.customer, parent, args, needs: resolve.needs };
        return this.#bound(field, resolve, position, isAdmitted, path, entries);
      }
      case 'record':
      case 'property':
        return this.#checkedProperty(field, source, path, scope, isAdmitted, entries);
      case 'resolver': {
        if (field.repeats.length > 0) return this.#shared(field, resolve, source, path, scope, entries);
        const own = pathOf(field, path);
        const args = argumentsOf(field.args, this.#variables, false);
        const resolved = resolve.resolver(source, args, this.context, this.infoOf(field, own), scope.customer);
        const handed = value.kind === 'leaf' ? path : own;
        return this.value(value, resolved, field, handed, withoutSource(scope), entries, key);
      }
    }
  }

  /** Calls the resolver of a field once, and completes what it answers for the field and each of its repeats. */
  #shared(
    field: FieldPlan,
    { resolver }: FieldPlan['resolve'] & { kind: 'resolver' },
    source: unknown,
    path: Path | undefined,
    scope: Scope,
    entries: Holder,
  ): boolean {
    const all = [field, ...field.repeats];
    // As for nodes of one key: what the resolver learns of its selection is all that is selected of its value.
    const info = this.infoOf({ ...field, nodes: all.flatMap(({ nodes }) => nodes) }, pathOf(field, path));
    let outcome: SharedOutcome | undefined;
    let isAlive = true;
    for (const each of all) {
      try {
        // Of each: a wrong argument is located where it stands.
        const args = argumentsOf(each.args, this.#variables, false);
        outcome ??= outcomeOf(() => resolver(source, args, this.context, info, scope.customer));
        if ('error' in outcome) throw outcome.error;
        const { value, key } = each;
        if (!this.value(value, outcome.value, each, pathForValue(each, path), withoutSource(scope), entries, key)) isAlive = false;
      } catch (error) {
        if (this.isOver) throw error;
        this.failures.add(error, pathOf(each, path));
        if (each.value.isNonNull) isAlive = false;
      }
    }
    return isAlive;
  }

  /** A field outside of customers, whose rule may have to wait for the request's customer. */
  #outside(field: FieldPlan, known: ProfileField, source: unknown, path: Path | undefined, scope: Scope, entries: Holder): boolean {
    const context = this.context as RequestContext;
    const admitted = eventually(admitOutside(known, context.viewer, () => context.customer()));
    this.wait(
      admitted,
      () => pathOf(field, path),
      () => {
        admitted.value();
        this.#field(field, source, path, scope, entries, true);
      },
    );
    return true;
  }

  #checkedProperty(field: FieldPlan, source: unknown, path: Path | undefined, scope: Scope, isAdmitted: boolean, entries: Holder): boolean {
    const { resolve, value, key } = field;
    const context = this.context as RequestContext;
    const isRecord = resolve.kind === 'record';
    if (isRecord && !isAdmitted) admit(resolve.field, context.viewer, scope.customer);
    if (!isRecord || scope.source === null) {
      // Also for a property that takes none: an argument may be wrong.
      const args = argumentsOf(field.args, this.#variables, false);
      if (isRecord && resolve.ownProperty) {
        const resolved = resolve.ownProperty(source, args as Holder, context, this.infoOf(field, pathOf(field, path)));
        return this.value(value, resolved, field, pathForValue(field, path), scope, entries, key);
      }
    }
    if ((typeof source === 'object' && source !== null) || typeof source === 'function')
      return this.#property(field, source as Holder, path, scope, entries);
    return this.value(value, undefined, field, pathForValue(field, path), scope, entries, key);
  }

  /** What is in a record is data; a value that a resolver answered may have methods, as in graphql-js. */
  #property(field: FieldPlan, source: Holder, path: Path | undefined, scope: Scope, entries: Holder): boolean {
    const { key, name, value: plan } = field;
    const isData = field.resolve.kind === 'record' && scope.source !== null;
    const value = isData ? propertyOf(source, name) : source[name];
    if (plan.kind === 'leaf' && isOfForm(plan.form, value)) {
      if (typeof value === 'string') this.size += value.length;
      entries[key] = value;
      return true;
    }
    entries[key] = null;
    const handed = pathForValue(field, path);
    if (isData || typeof value !== 'function') return this.value(plan, value, field, handed, scope, entries, key);
    const args = argumentsOf(field.args, this.#variables, false);
    const resolved = (source as Methods)[name]?.(args, this.context, this.infoOf(field, pathOf(field, path)));
    return this.value(plan, resolved, field, handed, scope, entries, key);
  }

  infoOf({ name, nodes, returnType, parentType }: FieldPlan, path: Path): GraphQLResolveInfo {
    const { schema, operation, fragments } = this.#compiled;
    return {
      fieldName: name,
      fieldNodes: nodes,
      returnType,
      parentType,
      path,
      schema,
      fragments,
      rootValue: this.#rootValue,
      operation,
      variableValues: this.#variables,
    };
  }

  /** Reads a bound field; again after each answer that it waits for. */
  #bound(
    plan: FieldPlan,
    bound: FieldPlan['resolve'] & { kind: 'bound' },
    position: FieldPosition,
    isAdmitted: boolean,
    path: Path | undefined,
    entries: Holder,
    waitedFor?: Eventual<SourceAnswer>,
  ): boolean {
    const context = this.context as RequestContext;
    const reading = readBound(bound.field, context, position, isAdmitted, waitedFor);
    if (isWaiting(reading)) return this.#boundLater(plan, bound, position, isAdmitted, path, entries, reading);
    context.provenance?.push(provenanceOf(pathOf(plan, path), bound.binding, reading, context.engine.now()));
    const scope = { customer: position.customer, source: reading === null ? null : reading.source };
    if (plan.value.kind === 'object' && reading !== null) this.countItems(1);
    return this.value(plan.value, reading?.value, plan, pathForValue(plan, path), scope, entries, plan.key);
  }

  /** A method of its own: what its closures need would otherwise be allocated for each read field. */
  #boundLater(
    plan: FieldPlan,
    bound: FieldPlan['resolve'] & { kind: 'bound' },
    position: FieldPosition,
    isAdmitted: boolean,
    path: Path | undefined,
    entries: Holder,
    reading: Eventual<SourceAnswer>,
  ): true {
    const fieldPath = () => pathOf(plan, path);
    this.wait(reading, fieldPath, () => this.#bound(plan, bound, position, isAdmitted, path, entries, reading));
    return true;
  }
}

type SharedOutcome = { readonly value: unknown } | { readonly error: unknown };

function outcomeOf(resolve: () => unknown): SharedOutcome {
  try {
    return { value: resolve() };
  } catch (error) {
    return { error };
  }
}

function withoutSource(scope: Scope): Scope {
  return scope.source === null ? scope : { customer: scope.customer, source: null };
}
