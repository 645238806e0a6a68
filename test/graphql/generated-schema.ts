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
} from 'graphql';
import type { Choices } from './choices.ts';
import { inputTypes, inputValue, leafTypes } from './generated-leaves.ts';
import { resolveField, resolvePromisedType, resolveType, resolveTypeObject } from './world.ts';

/** A field has the same type and arguments wherever it is, but for being non-null: so queries that merge are easily written. */
interface PooledField {
  readonly name: string;
  readonly type: GraphQLOutputType;
  readonly args: GraphQLFieldConfigArgumentMap;
}

export interface GeneratedSchema {
  readonly schema: GraphQLSchema;
  readonly fieldNames: readonly string[];
  /** Whether a type has `isTypeOf`, which is left to graphql-js. */
  readonly hasIsTypeOf: boolean;
}

/** Some of them are properties that every object has. */
const FIELD_NAMES = ['a', 'b', 'c', 'd', 'constructor', 'e', 'toString', 'f', 'toJSON', 'hasOwnProperty'];

export function generatedSchema(choices: Choices): GeneratedSchema {
  const pool: PooledField[] = [];
  const interfaces: GraphQLInterfaceType[] = [];
  const interfaceFields: (readonly PooledField[])[] = [];
  let hasIsTypeOf = false;

  const someOf = <Item>(items: readonly Item[], chance: number) => items.filter(() => choices.oneIn(chance));
  const resolution = () => (choices.oneIn(2) ? { resolve: resolveField } : {});
  const fieldMap = (fields: readonly PooledField[], isObject: boolean): GraphQLFieldConfigMap<unknown, unknown> =>
    Object.fromEntries(
      fields.map(({ name, type, args }) => {
        const isStricter = isObject && isNullableType(type) && choices.oneIn(8);
        return [name, { type: isStricter ? new GraphQLNonNull(type) : type, args, ...(isObject && resolution()) }];
      }),
    );
  const own = () => {
    const fields = pool.filter(() => !choices.oneIn(3));
    return fields.length === 0 ? pool.slice(0, 1) : fields;
  };
  const inherited = (parents: readonly GraphQLInterfaceType[]) => parents.flatMap((parent) => interfaceFields[interfaces.indexOf(parent)] ?? []);
  const abstractType = () => ({ resolveType: resolveTypeOf(choices) });

  const interfaceCount = choices.below(3);
  const objectCount = 1 + choices.below(3);
  const later: (() => void)[] = [];
  const thunked = (define: () => GraphQLFieldConfigMap<unknown, unknown>) => {
    let fields: GraphQLFieldConfigMap<unknown, unknown> = {};
    later.push(() => {
      fields = define();
    });
    return () => fields;
  };

  for (let index = 0; index < interfaceCount; index++) {
    const parents = index === 1 && choices.oneIn(3) ? interfaces.slice(0, 1) : [];
    const fields = thunked(() => {
      interfaceFields[index] = [...new Set([...inherited(parents), ...own()])];
      return fieldMap(interfaceFields[index] as readonly PooledField[], false);
    });
    interfaces.push(new GraphQLInterfaceType({ name: `N${index}`, interfaces: parents, fields, ...abstractType() }));
  }
  const objects = Array.from({ length: objectCount + 1 }, (_, index) => {
    const named = someOf(interfaces, 2);
    const parents = [...new Set(named.flatMap((each) => [...each.getInterfaces(), each]))];
    const fields = thunked(() => fieldMap([...new Set([...inherited(parents), ...own()])], true));
    const withTypeOf = choices.oneIn(60) ? { isTypeOf: () => true } : {};
    if ('isTypeOf' in withTypeOf) hasIsTypeOf = true;
    return new GraphQLObjectType({ name: index === 0 ? 'Query' : `O${index}`, interfaces: parents, fields, ...withTypeOf });
  });
  const unions = Array.from({ length: choices.below(3) }, (_, index) => {
    const members = someOf(objects, 2);
    return new GraphQLUnionType({ name: `U${index}`, types: members.length === 0 ? objects.slice(-1) : members, ...abstractType() });
  });

  const composites = [...objects, ...interfaces, ...unions];
  const fieldCount = 3 + choices.below(FIELD_NAMES.length - 2);
  for (const name of FIELD_NAMES.slice(0, fieldCount)) {
    const named = choices.below(5) < 2 ? choices.pick(leafTypes) : choices.pick(composites);
    pool.push({ name, type: wrapped(named, choices), args: generatedArguments(choices) });
  }
  for (const define of later) define();
  const schema = new GraphQLSchema({ query: objects[0] as GraphQLObjectType, types: [...objects, ...interfaces, ...unions] });
  return { schema, fieldNames: FIELD_NAMES.slice(0, fieldCount), hasIsTypeOf };
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
