import { defaultTypeResolver, GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { isTurnLong } from '../../batching/event-loop.ts';
import { type Eventual, eventually } from '../../batching/eventual.ts';
import type { ResolvedCustomer } from '../../model/customer.ts';
import type { RunLimit, RunLimits } from '../../sources/operation-budget.ts';
import { textSizeOf } from './answer-size.ts';
import type { Failures } from './failures.ts';
import type { AbstractPlan, FieldPlan, ObjectPlan, Path, ValuePlan } from './plan.ts';
import { pathForItem, pathOfField, positionOf } from './positions.ts';
import { notOfType, planOfType } from './runtime-type.ts';
import { isOfForm, isThenable, serialize } from './serializer.ts';
import { requireFit, serializeFit } from './source-value.ts';

/** Steps after which the clock is looked at: an item of a list is one. A look takes as long as about ten of them. */
const STEPS = 64;
/** Characters that an item of a list takes at least. */
const ITEM = 4;

/** An object or a list of the answer, while it is filled. */
export type Holder = Record<string | number, unknown>;

/** Whose data values belong to, handed down from each customer and each bound field. */
export interface Scope {
  readonly customer: ResolvedCustomer | null;
  /** The source whose record it is; null for what resolvers answered. */
  readonly source: string | null;
}

/**
 * "Completing values" of the specification (section 6.4.3): makes of what was resolved what is answered, as graphql-js does.
 * Each method puts it into its holder and throws when the value itself is wrong. It answers false when something below was
 * wrong and the value can't be null: then what holds it has failed, too, and nothing more of it is completed.
 */
export abstract class Completion {
  protected readonly context: unknown;
  protected readonly failures: Failures;
  /** Characters of the answer so far, about. Counted here because an answer that is too large must never exist. */
  protected size = 0;
  /** Items of lists so far, and records within them. */
  #items = 0;
  readonly #maxSize: number;
  readonly #maxItems: number;
  /** True when the operation has ended before its answer was complete: what throws now has ended it, or came too late. */
  protected isOver = false;
  /** Lists that were iterated, of values that are no arrays. */
  #iterated: WeakMap<object, readonly unknown[]> | undefined;
  /** Steps until the clock is looked at. */
  #untilLook = STEPS;

  /** @param limits of the answer: its characters, about, and its items. */
  constructor(context: unknown, failures: Failures, { answerBytes, items }: Pick<RunLimits, 'answerBytes' | 'items'>) {
    this.context = context;
    this.failures = failures;
    this.#maxSize = answerBytes;
    this.#maxItems = items;
  }

  /** The `info` argument of a field's resolver. */
  protected abstract infoOf(field: FieldPlan, path: Path): GraphQLResolveInfo;
  /** Goes on when it is settled. @param position of the value, which has failed when `next` throws. */
  protected abstract wait(eventual: Eventual<unknown>, position: () => Path, next: () => void): void;
  /** Goes on in a later turn of the event loop. @param position as above. */
  protected abstract goOnLater(position: () => Path, next: () => void): void;
  /** Ends the operation, whose answer is too large. @throws the error that is its answer. */
  protected abstract refuse(limit: RunLimit, actual: number): never;
  /** Fills an object. @returns as above. */
  protected abstract fields(plan: ObjectPlan, source: unknown, path: Path | undefined, scope: Scope, entries: Holder): boolean;

  /** True when others have waited for long enough, so that the work is to go on in a later turn. @param steps since the last call. */
  protected mustPause(steps: number): boolean {
    this.#untilLook -= steps;
    if (this.#untilLook > 0) return false;
    const isLong = isTurnLong();
    // Many may be called back in one turn: once it is long, none of them goes on in it.
    this.#untilLook = isLong ? 0 : STEPS;
    return isLong;
  }

  /** Before they are completed, so that too many of them cost nothing. */
  protected countItems(count: number): void {
    this.#items += count;
    if (this.#items > this.#maxItems) this.refuse('items', this.#items);
  }

  /**
   * Completes a value now or, of a promise, when it is there.
   * @param handed the path that it was handed (positions.ts).
   * @param holder takes the value under `key`, where null is until then.
   */
  protected value(
    plan: ValuePlan,
    value: unknown,
    field: FieldPlan,
    handed: Path | undefined,
    scope: Scope,
    holder: Holder,
    key: string | number,
  ): boolean {
    if (plan.kind === 'leaf' && isOfForm(plan.form, value)) {
      if (typeof value === 'string') this.size += value.length;
      holder[key] = value;
      return true;
    }
    if (!isThenable(value)) return this.#present(plan, value, field, handed, scope, holder, key);
    return this.#awaited(plan, value, field, handed, scope, holder, key);
  }

  /** A method of its own: what its closures need would otherwise be allocated for each value. So is `#checkedObject`. */
  #awaited(
    plan: ValuePlan,
    promise: PromiseLike<unknown>,
    field: FieldPlan,
    handed: Path | undefined,
    scope: Scope,
    holder: Holder,
    key: string | number,
  ): true {
    const position = () => positionOf(plan, field, handed, key);
    this.#later(promise, position, (settled) => this.#present(plan, settled, field, handed, scope, holder, key));
    return true;
  }

  #present(
    plan: ValuePlan,
    value: unknown,
    field: FieldPlan,
    handed: Path | undefined,
    scope: Scope,
    holder: Holder,
    key: string | number,
  ): boolean {
    const source = field.strictName === null ? null : scope.source;
    if (source !== null) requireFit(plan, value, field, source);
    else if (value instanceof Error) throw value;
    if (value === null || value === undefined) {
      if (plan.isNonNull) throw new Error(`Cannot return null for non-nullable field ${field.parentType.name}.${field.name}.`);
      return true;
    }
    switch (plan.kind) {
      case 'leaf': {
        const leaf = source === null ? serialize(plan.type, value) : serializeFit(plan, value, field, source);
        if (typeof leaf === 'object' && isThenable(leaf)) this.#laterLeaf(leaf, positionOf(plan, field, handed, key), holder, key);
        else this.#leaf(leaf, holder, key);
        return true;
      }
      case 'list':
        return this.#list(plan.item, this.#listOf(value, field), field, handed, scope, holder, key) || !plan.isNonNull;
      case 'object':
        return this.#object(plan.planOf(), value, field, handed as Path, scope, holder, key) || !plan.isNonNull;
      case 'abstract':
        return this.#abstract(plan, value, field, handed as Path, scope, holder, key) || !plan.isNonNull;
    }
  }

  #later(promise: PromiseLike<unknown>, position: () => Path, next: (value: unknown) => void): void {
    const eventual = eventually(promise);
    this.wait(eventual, position, () => next(eventual.value()));
  }

  #laterLeaf(promise: PromiseLike<unknown>, position: Path, holder: Holder, key: string | number): void {
    this.#later(
      promise,
      () => position,
      (leaf) => this.#leaf(leaf, holder, key),
    );
  }

  /** @throws GraphQLError, as graphql-js does, for what can't be iterated. */
  #listOf(value: unknown, { parentType, name }: FieldPlan): readonly unknown[] {
    if (Array.isArray(value)) return value;
    if (typeof value !== 'object' || value === null || typeof (value as Iterable<unknown>)[Symbol.iterator] !== 'function')
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${parentType.name}.${name}".`);
    // A value may be completed under several keys, and what is iterated may be readable only once.
    this.#iterated ??= new WeakMap();
    const list = this.#iterated.get(value) ?? [...(value as Iterable<unknown>)];
    this.#iterated.set(value, list);
    return list;
  }

  #leaf(leaf: unknown, holder: Holder, key: string | number): void {
    // Long enough to be refused, where it is too long.
    this.size += textSizeOf(leaf, this.#maxSize + 1);
    if (this.size > this.#maxSize) this.refuse('answerBytes', this.size);
    holder[key] = leaf;
  }

  #list(
    item: ValuePlan,
    list: readonly unknown[],
    field: FieldPlan,
    path: Path | undefined,
    scope: Scope,
    holder: Holder,
    key: string | number,
  ): boolean {
    this.countItems(list.length);
    const items: unknown[] = [];
    holder[key] = items;
    return this.#itemsFrom(item, list, 0, field, path, scope, items);
  }

  /** Completes the items of a list from an index on. Of a long list, the rest is completed in later turns. */
  #itemsFrom(
    item: ValuePlan,
    list: readonly unknown[],
    from: number,
    field: FieldPlan,
    path: Path | undefined,
    scope: Scope,
    items: unknown[],
  ): boolean {
    for (let index = from; index < list.length; index++) {
      if (this.mustPause(1)) {
        this.#restLater(item, list, index, field, path, scope, items);
        return true;
      }
      this.size += ITEM;
      if (this.size > this.#maxSize) this.refuse('answerBytes', this.size);
      const handed = pathForItem(item, path, index);
      items.push(null);
      let isAlive = !item.isNonNull;
      try {
        isAlive = this.value(item, list[index], field, handed, scope, items as unknown as Holder, index);
      } catch (error) {
        if (this.isOver) throw error;
        this.failures.add(error, positionOf(item, field, handed, index));
      }
      if (isAlive) continue;
      // Node.js ends a process in which a promise fails that nobody handles.
      for (const rest of list.slice(index + 1)) if (isThenable(rest)) rest.then(undefined, () => {});
      return false;
    }
    return true;
  }

  /** A method of its own: what its closures need would otherwise be allocated for each list. */
  #restLater(
    item: ValuePlan,
    list: readonly unknown[],
    from: number,
    field: FieldPlan,
    path: Path | undefined,
    scope: Scope,
    items: unknown[],
  ): void {
    const position = () => positionOf(item, field, pathForItem(item, path, from), from);
    this.goOnLater(position, () => void this.#itemsFrom(item, list, from, field, path, scope, items));
  }

  #object(plan: ObjectPlan, value: unknown, field: FieldPlan, path: Path, scope: Scope, holder: Holder, key: string | number): boolean {
    if (plan.isSimple) return this.#entries(plan, {}, value, path, scope, holder, key);
    if (plan.failure !== null) throw plan.failure;
    const { isTypeOf } = plan.type;
    if (!isTypeOf) return this.#entries(plan, entriesFor(plan), value, path, scope, holder, key);
    return this.#checkedObject(plan, isTypeOf, value, field, path, scope, holder, key);
  }

  #checkedObject(
    plan: ObjectPlan,
    isTypeOf: NonNullable<ObjectPlan['type']['isTypeOf']>,
    value: unknown,
    field: FieldPlan,
    path: Path,
    scope: Scope,
    holder: Holder,
    key: string | number,
  ): boolean {
    const complete = (isOfType: unknown) => {
      if (!isOfType) throw notOfType(plan, field, value);
      return this.#entries(plan, entriesFor(plan), value, path, scope, holder, key);
    };
    const isOfType = isTypeOf.call(plan.type, value, this.context, this.infoOf(field, pathOfField(path)));
    if (!isThenable(isOfType)) return complete(isOfType);
    this.#later(isOfType, () => path, complete);
    return true;
  }

  #entries(plan: ObjectPlan, entries: Holder, value: unknown, path: Path, scope: Scope, holder: Holder, key: string | number): boolean {
    holder[key] = entries;
    this.size += plan.textSize;
    if (this.size > this.#maxSize) this.refuse('answerBytes', this.size);
    return this.fields(plan, value, path, plan.isCustomer ? { customer: value as ResolvedCustomer, source: null } : scope, entries);
  }

  #abstract(plan: AbstractPlan, value: unknown, field: FieldPlan, path: Path, scope: Scope, holder: Holder, key: string | number): boolean {
    const info = this.infoOf(field, pathOfField(path));
    const complete = (name: unknown) =>
      this.#object(planOfType(name, plan, field, value, info.schema), value, field, path, scope, holder, key);
    const resolveType = plan.type.resolveType ?? defaultTypeResolver;
    const name = resolveType(value, this.context, info, plan.type);
    if (!isThenable(name)) return complete(name);
    this.#later(name, () => path, complete);
    return true;
  }
}

/** A plain object is faster than one without a prototype, of which `__proto__` would be a property like others. */
export function entriesFor({ hasProtoKey }: ObjectPlan): Holder {
  return hasProtoKey ? Object.create(null) : {};
}
