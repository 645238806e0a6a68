import { inspect } from 'node:util';
import {
  type GraphQLAbstractType,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
} from 'graphql';
import { Choices } from './choices.ts';
import { outputLeaf } from './generated-leaves.ts';

/**
 * What resolvers answer: the same at the same path, in whichever order they are called, so that two executors meet the
 * same world. It is the context of an execution.
 */
export class World {
  readonly #calls: string[] = [];
  /** By what they were given, calls of resolvers: the nodes that asked for them. One call may serve several keys of one object. */
  readonly #resolved = new Map<string, Set<number | undefined>>();
  /** Promises that settle when the test says so. */
  readonly waiting: (() => void)[] = [];
  readonly #schema: GraphQLSchema;
  readonly #tape: readonly number[];
  /** One in so many values is a mistake; 0 for none. */
  readonly #trouble: number;
  readonly #names = new WeakMap<object, string>();

  constructor(schema: GraphQLSchema, tape: readonly number[], trouble: number) {
    this.#schema = schema;
    this.#tape = tape;
    this.#trouble = trouble;
  }

  /** The parent of the root fields, where an operation has one. */
  root({ operation }: OperationDefinitionNode): unknown {
    const type = this.#schema.getRootType(operation) as GraphQLObjectType;
    const choices = this.#choicesFor('root');
    return choices.oneIn(2) ? this.#object(type, 'root', choices, null) : undefined;
  }

  /** How a value that came from here is called; others as they are. */
  nameOf(value: unknown): string {
    return (Object(value) === value && this.#names.get(value as object)) || inspect(value);
  }

  /** What was called, each with everything that it was given. */
  get calls(): string[] {
    const resolved = [...this.#resolved].map(([call, nodes]) => `${call} nodes: ${[...nodes].sort()}`);
    return [...this.#calls, ...resolved];
  }

  noteResolver({ fieldNodes, ...info }: GraphQLResolveInfo, given: unknown, args: unknown): void {
    const { operation, fragments, rootValue, variableValues } = info;
    const where = `${pathText(info.path.prev)} ${info.parentType.name}.${info.fieldName}: ${info.returnType}`;
    const rest = { args, operation: operation.loc?.start, fragments: Object.keys(fragments), rootValue, variableValues };
    const call = `resolver ${where} on ${this.nameOf(given)} ${inspect(rest, { depth: 9 })} ${Object.keys(info)}`;
    const nodes = this.#resolved.get(call) ?? new Set();
    this.#resolved.set(call, nodes);
    for (const { loc } of fieldNodes) nodes.add(loc?.start);
  }

  note(what: string, info: GraphQLResolveInfo, given: unknown, args: unknown): void {
    const { fieldNodes, operation, fragments, rootValue, variableValues } = info;
    const where = `${pathText(info.path)} ${info.parentType.name}.${info.fieldName}: ${info.returnType}`;
    const nodes = fieldNodes.map(({ loc }) => loc?.start);
    const rest = { args, nodes, operation: operation.loc?.start, fragments: Object.keys(fragments), rootValue, variableValues };
    this.#calls.push(`${what} ${where} on ${this.nameOf(given)} ${inspect(rest, { depth: 9 })} ${Object.keys(info)}`);
  }

  /** A value on its way: there, promised, late, or failed. */
  arriving(type: GraphQLOutputType, path: string, isCall: boolean): unknown {
    const choices = this.#choicesFor(path);
    const failure = this.#isTroubled(choices) ? choices.below(6) : -1;
    if (failure === 0) return new Error(path);
    if (failure === 1 && isCall) throw choices.oneIn(4) ? 'no error' : new Error(path);
    if (failure === 2) return this.#late(() => Promise.reject(new Error(path)));
    if (failure === 3) return handled(Promise.reject(choices.oneIn(4) ? undefined : new Error(path)));
    const isWrong = failure >= 4;
    const way = choices.below(12);
    const value = () => this.#valueOf(type, path, choices, isWrong);
    if (way === 8) return Promise.resolve(value());
    if (way === 9) return this.#thenable(value());
    return way >= 10 ? this.#late(value) : value();
  }

  #choicesFor(path: string): Choices {
    return Choices.named(this.#tape, path);
  }

  #isTroubled(choices: Choices): boolean {
    return this.#trouble > 0 && choices.oneIn(this.#trouble);
  }

  #late(value: () => unknown): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.waiting.push(() => resolve(value()));
    return handled(promise);
  }

  /** Not a promise, but something that can be waited for. */
  #thenable(value: unknown) {
    const promise = Promise.resolve(value);
    // biome-ignore lint/suspicious/noThenProperty: that is what it is for.
    return { then: promise.then.bind(promise) };
  }

  #valueOf(type: GraphQLOutputType, path: string, choices: Choices, isWrong: boolean): unknown {
    if (isNonNullType(type))
      return isWrong && choices.oneIn(2) ? choices.pick([null, undefined]) : this.#present(type.ofType, path, choices, isWrong);
    const absence = choices.below(16);
    if (absence >= 14) return absence === 14 ? null : undefined;
    return this.#present(type, path, choices, isWrong);
  }

  #present(type: GraphQLOutputType, path: string, choices: Choices, isWrong: boolean): unknown {
    if (isListType(type)) return this.#list(type.ofType, path, choices, isWrong);
    if (isLeafType(type)) return outputLeaf(type, choices, isWrong);
    if (isAbstractType(type)) return this.#abstract(type, path, choices, isWrong);
    return this.#object(type as GraphQLObjectType, path, choices, null);
  }

  #list(item: GraphQLOutputType, path: string, choices: Choices, isWrong: boolean): unknown {
    if (isWrong) return choices.pick([7, 'text', {}, true, { length: 1, 0: 'a' }]);
    const items = Array.from({ length: choices.below(4) }, (_, index) => this.arriving(item, `${path}.${index}`, false));
    // A hole is undefined.
    if (choices.oneIn(20)) for (const index of items.keys()) if (items[index] === undefined) delete items[index];
    if (!choices.oneIn(40)) return items;
    // Not `items.values()`, which can be read once only: an object whose property is asked for under two keys is read twice.
    return choices.oneIn(2) ? new Set(items) : { [Symbol.iterator]: () => items.values() };
  }

  #abstract(type: GraphQLAbstractType, path: string, choices: Choices, isWrong: boolean): unknown {
    const possible = choices.pick(this.#schema.getPossibleTypes(type));
    if (possible === undefined) return {};
    const named = isWrong ? choices.pick(['Nope', 'String', type.name, 'Query', undefined, 5, null, possible.name]) : possible.name;
    return this.#object(possible, path, choices, { __typename: named });
  }

  #object(type: GraphQLObjectType, path: string, choices: Choices, typeName: { readonly __typename: unknown } | null): unknown {
    const form = choices.below(24);
    if (form >= 21 && typeName === null) return choices.pick([5, 'text', true, [], 10n]);
    const source = form === 20 || form === 19 ? () => {} : form === 18 ? Object.create(null) : {};
    Object.assign(source, typeName);
    this.#names.set(source, path);
    for (const { name, type: fieldType } of Object.values(type.getFields())) this.#property(source, name, fieldType, `${path}/${name}`);
    return source;
  }

  /** Made when it is first looked at: types are recursive. */
  #property(source: object, name: string, type: GraphQLOutputType, path: string): void {
    const choices = this.#choicesFor(`${path}?`);
    const isAbsent = isNonNullType(type) ? this.#isTroubled(choices) : choices.oneIn(10);
    if (isAbsent) return;
    const isMethod = choices.oneIn(4);
    let made: { readonly value: unknown } | undefined;
    Object.defineProperty(source, name, {
      get: () => {
        made ??= { value: isMethod ? method : this.arriving(type, path, false) };
        return made.value;
      },
    });
    function method(this: unknown, args: unknown, context: World, info: GraphQLResolveInfo) {
      context.note('method', info, this, args);
      return context.arriving(type, path, true);
    }
  }
}

export const resolveField: GraphQLFieldResolver<unknown, World> = (source, args, context, info) => {
  context.noteResolver(info, source, args);
  // The same for each key that asks for it: an executor may resolve it once for all.
  return context.arriving(info.returnType, `${context.nameOf(source)}.${info.fieldName}${inspect(args, { depth: 9 })}`, true);
};

export const resolveType = (value: { __typename?: string }, context: World, info: GraphQLResolveInfo, type: GraphQLAbstractType) => {
  context.note(`resolveType of ${type.name}`, info, value, null);
  return value.__typename;
};

export const resolvePromisedType = (value: { __typename?: string }) => Promise.resolve(value.__typename);

export const resolveTypeObject = (value: { __typename?: string }, _: World, info: GraphQLResolveInfo) =>
  info.schema.getType(String(value.__typename)) as unknown as string;

function pathText(path: GraphQLResolveInfo['path'] | undefined): string {
  return path === undefined ? '' : `${pathText(path.prev)}.${path.key}(${path.typename})`;
}

/** Whether anybody hears of its failure is not asked here. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
