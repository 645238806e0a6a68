import {
  coerceInputValue,
  GraphQLBoolean,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLFieldConfigMap,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  isNullableType,
  isObjectType,
} from 'graphql';
import type { Choices } from './choices.ts';
import { inputTypes, inputValue, leafTypes } from './generated-leaves.ts';
import { resolveField, resolvePromisedType, resolveType, resolveTypeObject, type World } from './world.ts';

/** A field has the same type and arguments wherever it is, but for being non-null: so queries that merge are easily written. */
interface PooledField {
  readonly name: string;
  readonly type: GraphQLOutputType;
  readonly args: GraphQLFieldConfigArgumentMap;
}

export interface GeneratedSchema {
  readonly schema: GraphQLSchema;
  readonly fieldNames: readonly string[];
}

/** Some of them are properties that every object has. */
const FIELD_NAMES = ['a', 'b', 'c', 'd', 'constructor', 'e', 'toString', 'f', 'toJSON', 'hasOwnProperty'];

export function generatedSchema(choices: Choices): GeneratedSchema {
  return new SchemaWriter(choices).schema();
}

class SchemaWriter {
  readonly #choices: Choices;
  /** By type. Filled in when there are types for fields to have. */
  readonly #fields = new Map<string, GraphQLFieldConfigMap<unknown, World>>();
  readonly #pool: PooledField[] = [];

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  schema(): GeneratedSchema {
    const interfaces: GraphQLInterfaceType[] = [];
    for (let count = this.#choices.below(3); count > 0; count--) interfaces.push(this.#interface(interfaces));
    const objects = Array.from({ length: 2 + this.#choices.below(3) }, (_, index) =>
      this.#object(index === 0 ? 'Query' : `O${index}`, interfaces),
    );
    const unions = Array.from({ length: this.#choices.below(3) }, (_, index) => this.#union(`U${index}`, objects));
    const types = [...objects, ...interfaces, ...unions];
    const fieldNames = FIELD_NAMES.slice(0, 3 + this.#choices.below(FIELD_NAMES.length - 2));
    for (const name of fieldNames) {
      const named = this.#choices.below(5) < 2 ? this.#choices.pick(leafTypes) : this.#choices.pick(types);
      this.#pool.push({ name, type: wrapped(named, this.#choices), args: generatedArguments(this.#choices) });
    }
    // A type takes what the interfaces have that it implements.
    for (const type of [...interfaces, ...objects]) this.#fields.set(type.name, this.#fieldsOf(type));
    return { schema: new GraphQLSchema({ query: objects[0] ?? null, mutation: objects[1] ?? null, types }), fieldNames };
  }

  #interface(others: readonly GraphQLInterfaceType[]): GraphQLInterfaceType {
    const name = `N${others.length}`;
    const interfaces = this.#choices.oneIn(3) ? [...others] : [];
    return new GraphQLInterfaceType({
      name,
      interfaces,
      fields: () => this.#fields.get(name) ?? {},
      resolveType: resolveTypeOf(this.#choices),
    });
  }

  #object(name: string, all: readonly GraphQLInterfaceType[]): GraphQLObjectType {
    const named = all.filter(() => this.#choices.oneIn(2));
    const interfaces = [...new Set(named.flatMap((each) => [...each.getInterfaces(), each]))];
    const hasIsTypeOf = this.#choices.oneIn(12);
    return new GraphQLObjectType({
      name,
      interfaces,
      fields: () => this.#fields.get(name) ?? {},
      ...(hasIsTypeOf && {
        isTypeOf: this.#choices.pick([
          () => true,
          async () => true,
          () => false,
          async () => false,
          () => Promise.reject(new Error('no type')),
        ]),
      }),
    });
  }

  #union(name: string, objects: readonly GraphQLObjectType[]): GraphQLUnionType {
    const members = objects.filter(() => this.#choices.oneIn(2));
    return new GraphQLUnionType({
      name,
      types: members.length === 0 ? objects.slice(-1) : members,
      resolveType: resolveTypeOf(this.#choices),
    });
  }

  #fieldsOf(type: GraphQLInterfaceType | GraphQLObjectType): GraphQLFieldConfigMap<unknown, World> {
    const inherited = type.getInterfaces().flatMap(({ name }) => Object.keys(this.#fields.get(name) ?? {}));
    const own = this.#pool.filter(({ name }) => inherited.includes(name) || !this.#choices.oneIn(3));
    const fields: GraphQLFieldConfigMap<unknown, World> = {};
    for (const { name, type: pooled, args } of own.length === 0 ? this.#pool.slice(0, 1) : own) {
      const isStricter = isObjectType(type) && isNullableType(pooled) && this.#choices.oneIn(8);
      const resolver = isObjectType(type) && this.#choices.oneIn(2) ? { resolve: resolveField } : {};
      fields[name] = { type: isStricter ? new GraphQLNonNull(pooled) : pooled, args, ...resolver };
    }
    return fields;
  }
}

function resolveTypeOf(choices: Choices) {
  const kind = choices.below(12);
  if (kind < 6) return undefined;
  if (kind < 10) return resolveType;
  return kind === 10 ? resolvePromisedType : resolveTypeObject;
}

function wrapped(type: GraphQLOutputType, choices: Choices): GraphQLOutputType {
  const item = choices.oneIn(4) ? new GraphQLNonNull(type) : type;
  const depth = choices.pick([0, 0, 1, 1, 2]);
  if (depth === 0) return item;
  const list = new GraphQLList(item);
  const outer = depth === 2 ? new GraphQLList(choices.oneIn(4) ? new GraphQLNonNull(list) : list) : list;
  return choices.oneIn(5) ? new GraphQLNonNull(outer) : outer;
}

const SCALARS = [GraphQLInt, GraphQLString, GraphQLFloat, GraphQLBoolean, GraphQLID];

function generatedArguments(choices: Choices): GraphQLFieldConfigArgumentMap {
  const args: GraphQLFieldConfigArgumentMap = {};
  for (let index = choices.pick([0, 0, 0, 1, 1, 2, 3]); index > 0; index--) {
    const named = choices.oneIn(2) ? choices.pick(inputTypes) : choices.pick(SCALARS);
    const type = wrapped(named as GraphQLOutputType, choices) as GraphQLInputType;
    const defaultValue = choices.oneIn(3) ? coerceInputValue(inputValue(type, choices), type) : undefined;
    args[`p${index}`] = { type, defaultValue };
  }
  return args;
}
