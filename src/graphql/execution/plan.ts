import type { FieldNode, GraphQLAbstractType, GraphQLObjectType, GraphQLOutputType } from 'graphql';
import type { RecordFields } from '../../sources/source-answer.ts';
import type { ProfileField } from '../profile-field.ts';

/** What of an operation can be worked out once: which fields, in which order, with which arguments, of which types. */
export interface ObjectPlan {
  readonly fields: readonly FieldPlan[];
  /** Whether what is answered is a customer. */
  readonly isCustomer: boolean;
  /** Whether it is of a type that the owner wrote: a back end may have answered anything in its place. */
  readonly isRecord: boolean;
}

/** One entry of an answer. */
export interface FieldPlan {
  readonly key: string;
  readonly name: string;
  readonly parentType: GraphQLObjectType;
  readonly parentIsCustomer: boolean;
  /** Every place that asks for it. */
  readonly nodes: readonly FieldNode[];
  readonly resolve: FieldResolution;
  readonly args: ArgumentsPlan;
  readonly returnType: GraphQLOutputType;
  readonly value: ValuePlan;
}

export type FieldResolution =
  /** `__typename` */
  | { readonly kind: 'typename' }
  /** What graphql-js does without a resolver: the parent's property of this name. */
  | { readonly kind: 'property' }
  /** Any resolver. */
  | { readonly kind: 'resolver'; readonly resolver: NonNullable<ReturnType<GraphQLObjectType['getFields']>[string]['resolve']> }
  /** A field that the owner wrote. */
  | { readonly kind: 'profile'; readonly field: ProfileField; readonly needs: ReadonlyMap<string, RecordFields> };

/** A field's arguments: the same for every request, or made of its variables. */
export type ArgumentsPlan =
  | {
      readonly kind: 'fixed';
      readonly args: Readonly<Record<string, unknown>>;
      /** For code that may change them. */
      fresh(): Record<string, unknown>;
    }
  | { readonly kind: 'variable'; readonly entries: readonly ArgumentPlan[] };

export type ArgumentPlan =
  | { readonly name: string; readonly kind: 'value'; readonly value: unknown }
  /** A list or an object, which code may change. */
  | { readonly name: string; readonly kind: 'made'; make(): unknown }
  | {
      readonly name: string;
      readonly kind: 'variable';
      readonly variable: string;
      /** Whether there is a value for a variable that is left out. */
      readonly hasDefault: boolean;
      readonly otherwise: unknown;
      readonly isNonNull: boolean;
    };

/** What is made of a resolved value. */
export type ValuePlan =
  | { readonly kind: 'leaf'; readonly isNonNull: boolean; serialize(value: unknown): unknown }
  | { readonly kind: 'object'; readonly isNonNull: boolean; readonly plan: ObjectPlan }
  | {
      readonly kind: 'abstract';
      readonly isNonNull: boolean;
      readonly type: GraphQLAbstractType;
      /** By the name of the object type. */
      readonly plans: ReadonlyMap<string, ObjectPlan>;
    }
  | { readonly kind: 'list'; readonly isNonNull: boolean; readonly item: ValuePlan };
