import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { type Assurance, strongestAssurance } from '../../model/assurance.ts';
import { DEFAULT_ACCESS } from '../../profile/access.ts';
import type { Profile } from '../../profile/profile.ts';
import { isOwnResolver } from '../own-resolvers/own-resolvers.ts';
import { factKind } from './fact-kind.ts';
import { labelOf } from './field-label.ts';
import type { Fact, FactList } from './profile-layout.ts';

/** Objects within objects whose values are shown. */
const MAX_DEPTH = 3;
/** Single values that are shown: more than any page has room for. Types that use each other have endlessly many. */
const MAX_VALUES = 500;

/** The arguments of a list by which it is read in pages: their types, null where the list has no such argument. */
export interface Paging {
  readonly first: string | null;
  readonly after: string | null;
}

/** A list and how its field is asked. */
export interface ReadList extends FactList {
  readonly paging: Paging;
}

/** The owner's fields of a customer that an agent may see. */
export interface ReadFields {
  readonly facts: readonly Fact[];
  readonly lists: readonly ReadList[];
}

type WithFields = GraphQLObjectType | GraphQLInterfaceType;

/** Where fields are read. */
interface Position {
  readonly type: WithFields;
  /** Names of the fields on the way, from the customer or from the entry of a list. */
  readonly path: readonly string[];
  readonly sources: readonly string[];
  readonly min: Assurance;
  /** Types on the way: a type within itself is not read again. */
  readonly within: readonly GraphQLNamedType[];
  /** Lists around it. */
  readonly lists: number;
}

/** Reads what of the composed schema an agent can be shown. Fields of the engine are not among it. */
export function readFields(schema: GraphQLSchema, profile: Profile): ReadFields {
  const customer = schema.getType('Customer') as GraphQLObjectType;
  return new FieldWalk(profile).fields({ type: customer, path: [], sources: [], min: 'ANONYMOUS', within: [customer], lists: 0 });
}

class FieldWalk {
  readonly #profile: Profile;
  #values = 0;

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  fields(position: Position): ReadFields {
    const read = this.#own(position.type).map((field) => this.#field(field, position));
    return { facts: read.flatMap(({ facts }) => facts), lists: read.flatMap(({ lists }) => lists) };
  }

  /** Of a customer the owner's fields; of another type all. */
  #own(type: WithFields): GraphQLField<unknown, unknown>[] {
    const fields = type.getFields();
    if (type.name !== 'Customer') return Object.values(fields);
    return this.#profile.fieldsOf('Customer').flatMap(({ name }) => fields[name.slice('Customer.'.length)] ?? []);
  }

  #field(field: GraphQLField<unknown, unknown>, position: Position): ReadFields {
    const known = this.#profile.field(`${position.type.name}.${field.name}`);
    const roles = known?.rule?.roles ?? null;
    if ((roles !== null && !roles.includes('AGENT')) || field.deprecationReason != null) return NOTHING;
    if (field.args.some((arg) => isRequiredArgument(arg) && !isFirst(arg))) return NOTHING;
    const isCode = field.resolve !== undefined && isOwnResolver(field.resolve);
    const bound = known?.binding?.sources.map(({ source }) => source) ?? (isCode ? [] : undefined);
    const own = known?.rule?.min ?? (position.type.name === 'Customer' ? DEFAULT_ACCESS.min : 'ANONYMOUS');
    const below = {
      path: [...position.path, field.name],
      sources: [...new Set(bound ?? position.sources)],
      min: strongestAssurance([own, position.min]),
    };
    return this.#value(field, { ...position, ...below });
  }

  #value(field: GraphQLField<unknown, unknown>, position: Position): ReadFields {
    const { path, sources, min } = position;
    const type = getNamedType(field.type);
    const depth = listDepth(field.type);
    const common = { path: path.join('.'), label: labelOf(path), description: field.description ?? null, sources, min };
    if (isLeafType(type)) {
      if (depth > 1 || ++this.#values > MAX_VALUES) return NOTHING;
      return { facts: [{ ...common, kind: factKind(type, field.name), isList: depth === 1 }], lists: [] };
    }
    const node = depth === 0 ? nodeOf(type) : null;
    if (node !== null || depth === 1) return this.#list(field, common, node ?? type, node !== null, position);
    if (depth > 1 || path.length > MAX_DEPTH) return NOTHING;
    const inside = enter(type, position);
    return inside === null ? NOTHING : this.fields(inside);
  }

  #list(
    field: GraphQLField<unknown, unknown>,
    common: Omit<FactList, 'isConnection' | 'columns' | 'inner'>,
    entry: GraphQLNamedType,
    isConnection: boolean,
    position: Position,
  ): ReadFields {
    // Of the lists within an entry only the plain ones are read, and none within those.
    if (position.lists > 1 || (position.lists === 1 && isConnection)) return NOTHING;
    const inside = enter(entry, { ...position, path: [], lists: position.lists + 1 });
    if (inside === null) return NOTHING;
    const { facts: columns, lists: inner } = this.fields(inside);
    if (columns.length === 0) return NOTHING;
    const isPaged = isConnection && field.args.some(isFirst) && field.args.some(isAfter);
    const paging = {
      first: field.args.find(isFirst)?.type.toString() ?? null,
      after: isPaged ? (field.args.find(isAfter)?.type.toString() ?? null) : null,
    };
    return { facts: [], lists: [{ ...common, isConnection, columns, inner, paging }] };
  }
}

const NOTHING: ReadFields = { facts: [], lists: [] };

/** @returns null for a type that is no object, that is entered already, or that is a customer: their fields are the engine's. */
function enter(type: GraphQLNamedType, position: Position): Position | null {
  if (!(isObjectType(type) || isInterfaceType(type)) || position.within.includes(type)) return null;
  return { ...position, type, within: [...position.within, type] };
}

function listDepth(type: GraphQLOutputType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + listDepth(nullable.ofType) : 0;
}

/** The type of a connection's nodes; null for a type that is no connection as Relay has them. */
function nodeOf(type: GraphQLNamedType): GraphQLNamedType | null {
  if (!isObjectType(type) || !type.name.endsWith('Connection')) return null;
  const { edges, pageInfo } = type.getFields();
  const edge = edges === undefined || listDepth(edges.type) !== 1 ? null : getNamedType(edges.type);
  const info = pageInfo === undefined ? null : getNamedType(pageInfo.type);
  if (!isObjectType(edge) || !isObjectType(info)) return null;
  const { node } = edge.getFields();
  const { hasNextPage, endCursor } = info.getFields();
  return node === undefined || hasNextPage === undefined || endCursor === undefined ? null : getNamedType(node.type);
}

const isFirst = ({ name, type }: { readonly name: string; readonly type: unknown }) => name === 'first' && /^Int!?$/.test(String(type));
const isAfter = ({ name, type }: { readonly name: string; readonly type: unknown }) =>
  name === 'after' && /^(String|ID)$/.test(String(type));
