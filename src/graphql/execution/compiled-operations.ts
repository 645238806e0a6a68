import { type DocumentNode, getOperationAST, type OperationDefinitionNode, visit } from 'graphql';
import { LRUCache } from 'lru-cache';
import { variableCoercion } from './coerce-variables.ts';
import { type CompiledOperation, compileOperation } from './compile-operation.ts';
import { checkOperationLimits } from './operation-limits.ts';
import type { DocumentRules, PreparedDocuments } from './prepared-documents.ts';

/** Compiled fields that are kept, each about a third of a kilobyte. */
const KEPT_FIELDS = 50_000;
/** Characters of the documents that are compiled, and of those of which it is known that they came once. */
const KEPT_TEXT = 1_000_000;
/** Plans of one operation: it has one for each combination of what its `@include` and `@skip` ask for. */
const MAX_VARIANTS = 8;

/** A compiled operation with the variables of a request, coerced. */
export interface ReadyOperation {
  readonly compiled: CompiledOperation;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Compiled forms of one document. */
interface Compiled {
  readonly document: DocumentNode;
  readonly byName: Map<string, OperationVariants | null>;
}

interface OperationVariants {
  readonly operation: OperationDefinitionNode;
  coerce(given: ReadyOperation['variables']): ReadyOperation['variables'] | null;
  /** Variables that decide which fields there are. */
  readonly conditions: readonly string[];
  readonly variants: Map<string, CompiledOperation | null>;
}

export interface CompiledOperationsOptions extends DocumentRules {
  readonly documents: PreparedDocuments;
  /** How often a document has to come before it is compiled. */
  readonly hotAfter: number;
}

/**
 * Queries that come again and again, compiled. A document that comes once costs nothing here: whoever sends a new one
 * each time gets none compiled, and pushes out none that others use.
 */
export class CompiledOperations {
  readonly #options: CompiledOperationsOptions;
  readonly #sightings = new LRUCache<string, number>({ maxSize: KEPT_TEXT, sizeCalculation: lengthOf });
  readonly #compiled = new LRUCache<string, Compiled>({
    maxSize: KEPT_TEXT,
    sizeCalculation: lengthOf,
    dispose: (compiled) => this.#forget(compiled),
  });
  #fields = 0;

  constructor(options: CompiledOperationsOptions) {
    this.#options = options;
  }

  /** @returns null for what is to go the full way: it is not hot yet, wrong, beyond a limit, or not to be compiled. */
  find(query: string, operationName: string | null, given: Readonly<Record<string, unknown>>): ReadyOperation | null {
    const compiled = this.#compiled.get(query) ?? this.#admit(query);
    if (compiled === null) return null;
    const operation = this.#operationOf(compiled, operationName);
    if (operation === null) return null;
    const variables = operation.coerce(given);
    return variables && this.#ready(compiled, operation, variables);
  }

  #ready(
    { document }: Compiled,
    { operation, conditions, variants }: OperationVariants,
    variables: ReadyOperation['variables'],
  ): ReadyOperation | null {
    const variant = conditions.length === 0 ? '' : conditions.map((name) => String(variables[name])).join();
    let compiled = variants.get(variant);
    if (compiled === undefined) {
      if (variants.size >= MAX_VARIANTS) return null;
      compiled = compileOperation(this.#options.schema, document, operation, variables);
      if (!compiled.isWhole) return null;
      variants.set(variant, compiled);
      this.#keep(compiled?.size ?? 0);
    }
    return compiled && { compiled, variables };
  }

  #admit(query: string): Compiled | null {
    const sightings = (this.#sightings.get(query) ?? 0) + 1;
    this.#sightings.set(query, sightings);
    if (sightings < this.#options.hotAfter) return null;
    const document = this.#options.documents.prepare(query);
    if (Array.isArray(document)) {
      // Never to be looked at again.
      this.#sightings.set(query, Number.NEGATIVE_INFINITY);
      return null;
    }
    this.#sightings.delete(query);
    const compiled = { document: document as DocumentNode, byName: new Map() };
    this.#compiled.set(query, compiled);
    return compiled;
  }

  #operationOf({ document, byName }: Compiled, operationName: string | null): OperationVariants | null {
    if (operationName === '') return null;
    const known = byName.get(operationName ?? '');
    if (known !== undefined) return known;
    const operation = getOperationAST(document, operationName);
    // A name that is none is not remembered: there are endlessly many.
    if (!operation) return null;
    const isWithin = checkOperationLimits(document, operationName, this.#options.limits) === null;
    const isUsable = isWithin && operation.operation === 'query';
    const coerce = variableCoercion(this.#options.schema, operation);
    const variants = isUsable ? { operation, coerce, conditions: conditionsOf(document), variants: new Map() } : null;
    byName.set(operationName ?? '', variants);
    return variants;
  }

  /** Makes room: of what was not used for longest, whole documents go. */
  #keep(fields: number): void {
    this.#fields += fields;
    while (this.#fields > KEPT_FIELDS) if (this.#compiled.pop() === undefined) return;
  }

  #forget({ byName }: Compiled): void {
    for (const variants of byName.values()) for (const each of variants?.variants.values() ?? []) this.#fields -= each?.size ?? 0;
  }
}

function lengthOf(_: unknown, text: string): number {
  return Math.max(1, text.length);
}

/** Names of the variables that `@include` and `@skip` look at, anywhere in the document. */
function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ name, arguments: given }) => {
      if (name.value !== 'include' && name.value !== 'skip') return;
      for (const { value } of given ?? []) if (value.kind === 'Variable') names.add(value.name.value);
    },
  });
  return [...names].sort();
}
