import type { DocumentNode, GraphQLError, OperationDefinitionNode } from 'graphql';
import type { CompiledOperation } from './compile-operation.ts';
import type { OperationCost } from './operation-cost.ts';
import type { OperationSize } from './operation-limits.ts';

export type Values = Readonly<Record<string, unknown>>;

/** An operation that may not run, and the errors that its client gets: at least one, each with its code. */
export interface RefusedOperation {
  readonly kind: 'refused';
  readonly errors: readonly GraphQLError[];
}

/** All that is known of one document. */
export type DocumentEntry = ReadDocument | RefusedDocument;

export class RefusedDocument implements RefusedOperation {
  readonly kind = 'refused';
  readonly fields = 0;
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    this.errors = errors;
  }
}

export class ReadDocument {
  readonly kind = 'read';
  readonly text: string;
  /** True for a document that is kept for ever. */
  readonly isTrusted: boolean;
  readonly document: DocumentNode;
  /** By `operationName`; names that the document does not have are not kept, of which there are endlessly many. */
  readonly byName = new Map<string | null, OperationEntry>();

  constructor(text: string, isTrusted: boolean, document: DocumentNode) {
    this.text = text;
    this.isTrusted = isTrusted;
    this.document = document;
  }

  /** Of its plans. */
  get fields(): number {
    const plans = [...this.byName.values()].flatMap((known) => [...known.plans.values()]);
    return plans.reduce((sum, { compiled }) => sum + compiled.size, 0);
  }
}

export interface OperationEntry {
  readonly operation: OperationDefinitionNode;
  /** What it has of each limit, or why it may not run. */
  readonly size: OperationSize | RefusedOperation;
  /** @returns null for values that are wrong. */
  coerce(given: Values): Values | null;
  /** Names of the variables that decide which fields there are. */
  readonly conditions: readonly string[];
  /** By the values of `conditions`. */
  readonly plans: Map<string, CountedPlan>;
}

/** A plan, and what its operation costs. */
export interface CountedPlan {
  readonly compiled: CompiledOperation;
  readonly cost: OperationCost;
}
