import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { beyond } from './operation-limits.ts';

/**
 * Comparisons of fields for each token that a document may have. With 5,000 tokens they take graphql-js about 10 ms; its own
 * bound is ten times as high. Two fields are compared that have one name in the answer and stand at one position of it.
 */
const COMPARISONS_PER_TOKEN = 10;
/** Selections for each token, with a fragment counted at each position where it is spread. */
const SELECTIONS_PER_TOKEN = 4;

const ADVICE = '; ask for each field once, in fewer fragments';

type Definition = OperationDefinitionNode | FragmentDefinitionNode;

/**
 * Counts, before a document is validated, what its validation has to compare: "fields can be merged" of the specification
 * (section 5.3.2) compares each field with each other one of its name, which grows with the square of the document.
 * @param tokens that a document may have.
 * @returns the refusal, or null. Also a fragment within itself is refused.
 */
export function checkFieldComparisons(document: DocumentNode, tokens: number): GraphQLError | null {
  return new Count(document, tokens).refusal();
}

class Count {
  readonly #tokens: number;
  readonly #document: DocumentNode;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** Fragments that stand somewhere in what was counted. */
  readonly #reached = new Set<string>();
  #selections = 0;
  #comparisons = 0;

  constructor(document: DocumentNode, tokens: number) {
    this.#document = document;
    this.#tokens = tokens;
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
  }

  refusal(): GraphQLError | null {
    const { definitions } = this.#document;
    for (const definition of definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      const refusal = this.#within(definition);
      if (refusal !== null) return refusal;
    }
    // They are validated, too.
    for (const definition of definitions) {
      if (definition.kind !== Kind.FRAGMENT_DEFINITION || this.#reached.has(definition.name.value)) continue;
      const refusal = this.#within(definition);
      if (refusal !== null) return refusal;
    }
    return null;
  }

  /** Not recursive: a fragment may be within itself. */
  #within({ selectionSet }: Definition): GraphQLError | null {
    // Selection sets at one position of the answer.
    const open: (readonly SelectionSetNode[])[] = [[selectionSet]];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const fields = new Map<string, FieldNode[]>();
      const spread = new Set<string>();
      for (const set of at) this.#collect(set, fields, spread);
      // Each fragment is compared with the fields and with the other fragments.
      this.#comparisons += spread.size * (fields.size + (spread.size - 1) / 2);
      for (const same of fields.values()) {
        this.#comparisons += (same.length * (same.length - 1)) / 2;
        const inner = same.flatMap((field) => field.selectionSet ?? []);
        if (inner.length > 0) open.push(inner);
      }
      const [comparisons, selections] = [this.#tokens * COMPARISONS_PER_TOKEN, this.#tokens * SELECTIONS_PER_TOKEN];
      if (this.#comparisons > comparisons) return beyond('comparisons', comparisons, this.#comparisons, ADVICE);
      if (this.#selections > selections) return beyond('tokens', this.#tokens, this.#selections);
    }
    return null;
  }

  #collect({ selections }: SelectionSetNode, fields: Map<string, FieldNode[]>, spread: Set<string>): void {
    this.#selections += selections.length;
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) this.#collect(selection.selectionSet, fields, spread);
      else if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const same = fields.get(key);
        if (same) same.push(selection);
        else fields.set(key, [selection]);
      } else if (!spread.has(selection.name.value)) {
        const name = selection.name.value;
        spread.add(name);
        this.#reached.add(name);
        const fragment = this.#fragments.get(name);
        if (fragment) this.#collect(fragment.selectionSet, fields, spread);
      }
    }
  }
}
