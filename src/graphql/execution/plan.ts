import type {
  FieldNode,
  GraphQLAbstractType,
  GraphQLLeafType,
  GraphQLList,
  GraphQLObjectType,
  GraphQLOutputType,
  GraphQLResolveInfo,
} from 'graphql';
import type { ResolvedCustomer } from '../../model/customer.ts';
import type { FieldBinding } from '../../profile/field-binding.ts';
import type { ProfileField } from '../../profile/profile.ts';
import type { ReadOwnProperty } from '../own-resolvers/own-resolvers.ts';
import type { FieldsBySource } from './needed-fields.ts';
import type { LeafForm } from './serializer.ts';

/** The path of a value in the answer: graphql-js' linked list of keys, the innermost first. */
export type Path = GraphQLResolveInfo['path'];
/** Values by name: arguments, variables. */
export type Values = Readonly<Record<string, unknown>>;

/** What of a selection set can be worked out once: which fields, in which order, with which arguments, of which types. */
export interface ObjectPlan {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
  /** Characters that an object of this plan takes in an answer beside its values: keys, quotes, colons, commas, braces. */
  readonly textSize: number;
  /** True when one field of it is repeated under another key (`repeats`). */
  readonly hasRepeats: boolean;
  /** True for `Customer`: the fields below belong to the customer that is answered here. */
  readonly isCustomer: boolean;
  /** True when an object needs no second look: no `isTypeOf`, no `__proto__`, no `failure`. */
  readonly isSimple: boolean;
  /** True when a key is `__proto__`, which is no property of a plain object. */
  readonly hasProtoKey: boolean;
  /** Why the selection can't be read: an `@include` or `@skip` whose variable is null. It is the error of each object here. */
  readonly failure: Error | null;
}

/** One entry of an answer. */
export interface FieldPlan {
  readonly key: string;
  readonly name: string;
  readonly parentType: GraphQLObjectType;
  readonly parentIsCustomer: boolean;
  /** All nodes of the document that ask for it; errors have their locations. */
  readonly nodes: readonly FieldNode[];
  readonly resolve: FieldResolution;
  /** True when its value is a property of its parent that needs no check: no rule, no own resolver, no arguments of the request. */
  readonly isPlain: boolean;
  readonly args: ArgumentsPlan;
  readonly returnType: GraphQLOutputType;
  /**
   * The same field of the same object with the same arguments under other keys: its resolver is called once for all of them,
   * and each completes the value by its own selection. Empty for most fields, and for the fields of a mutation's root.
   */
  readonly repeats: readonly FieldPlan[];
  /** True for a field that is among the `repeats` of an earlier one. */
  readonly isRepeat: boolean;
  readonly value: ValuePlan;
  /**
   * The field's name in messages, when its value is part of a source's record: then it is checked more strictly than by
   * graphql-js, and a wrong value is the source's error. Null for all other fields.
   */
  readonly strictName: string | null;
}

export type FieldResolution =
  /** `__typename` */
  | { readonly kind: 'typename' }
  /** The parent's property of this name, as graphql-js' default resolver reads it. */
  | { readonly kind: 'property' }
  /** Any resolver. One of the owner's also receives the customer whose field it answers. */
  | { readonly kind: 'resolver'; resolver(...call: readonly [...ResolverCall, ResolvedCustomer | null]): unknown }
  /** A field that sources answer. `needs`: what the whole operation needs of each source's records. */
  | { readonly kind: 'bound'; readonly field: ProfileField; readonly binding: FieldBinding; readonly needs: FieldsBySource }
  /** A property of the record that has the field, or of the value that the owner's code answered instead of a record. */
  | { readonly kind: 'record'; readonly field: ProfileField; readonly ownProperty: ReadOwnProperty | undefined };

type ResolverCall = Parameters<NonNullable<ReturnType<GraphQLObjectType['getFields']>[string]['resolve']>>;

/** A field's arguments: the same for every request, made of its variables, or read anew by graphql-js for each. */
export type ArgumentsPlan =
  | {
      readonly kind: 'fixed';
      readonly args: Values;
      /** A copy, for code that may change them. */
      fresh(): Record<string, unknown>;
    }
  | { readonly kind: 'variable'; readonly entries: readonly ArgumentPlan[]; readonly thorough: ThoroughArguments }
  /** For variables inside lists and input objects, and for literals that are wrong. */
  | { readonly kind: 'thorough'; readonly thorough: ThoroughArguments };

/** Reads arguments as graphql-js does. @throws GraphQLError that says which argument is wrong. */
export type ThoroughArguments = (variables: Values) => Record<string, unknown>;

export type ArgumentPlan =
  | { readonly name: string; readonly kind: 'value'; readonly value: unknown }
  /** A list or an object, which code may change. */
  | { readonly name: string; readonly kind: 'made'; make(): unknown }
  | {
      readonly name: string;
      readonly kind: 'variable';
      readonly variable: string;
      /** True when there is a value for a variable that is left out. */
      readonly hasDefault: boolean;
      readonly otherwise: unknown;
      readonly isNonNull: boolean;
    };

/** What is made of a resolved value. `type` is without its non-null mark. */
export type ValuePlan =
  | { readonly kind: 'leaf'; readonly isNonNull: boolean; readonly type: GraphQLLeafType; readonly form: LeafForm }
  | { readonly kind: 'object'; readonly isNonNull: boolean; readonly type: GraphQLObjectType; planOf(): ObjectPlan }
  | AbstractPlan
  | { readonly kind: 'list'; readonly isNonNull: boolean; readonly type: GraphQLList<GraphQLOutputType>; readonly item: ValuePlan };

export interface AbstractPlan {
  readonly kind: 'abstract';
  readonly isNonNull: boolean;
  readonly type: GraphQLAbstractType;
  /** Names of the object types that are possible here. */
  readonly possible: readonly string[];
  /** By the name of an object type; undefined for one that is not possible here. */
  planFor(name: string | undefined): ObjectPlan | undefined;
}
