import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { withTokenLimit } from './mask-error.ts';
import type { OperationLimits } from './operation-limits.ts';

export interface DocumentRules {
  readonly schema: GraphQLSchema;
  readonly limits: OperationLimits;
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  /** Whether errors leave out what the client may have meant, which tells names of the schema one by one. */
  readonly hideSuggestions: boolean;
}

/** Characters of the documents that are kept. Parsed, a document takes up to a hundred times its text. */
const KEPT_DOCUMENTS = 1_000_000;

/** Parses and validates documents, each once while it is in use. */
export class PreparedDocuments {
  readonly #rules: DocumentRules;
  readonly #documents = new LRUCache<string, DocumentNode>({
    maxSize: KEPT_DOCUMENTS,
    sizeCalculation: (_, text) => Math.max(1, text.length),
  });

  constructor(rules: DocumentRules) {
    this.#rules = rules;
  }

  /** @returns the document, or what is wrong with it. */
  prepare(query: string): DocumentNode | GraphQLFormattedError[] {
    const known = this.#documents.get(query);
    if (known !== undefined) return known;
    const { schema, limits, introspection, hideSuggestions } = this.#rules;
    let code = 'GRAPHQL_PARSE_FAILED';
    try {
      const document = parse(query, { maxTokens: limits.tokens });
      // A rule may also throw: the one about subscriptions, for a condition that it can't look at.
      code = 'GRAPHQL_VALIDATION_FAILED';
      const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
      const errors = validate(schema, document, rules, { hideSuggestions });
      if (errors.length > 0) return eachOnce(errors).map((error) => invalid(error, hideSuggestions));
      this.#documents.set(query, document);
      return document;
    } catch (error) {
      if (error instanceof GraphQLError) return [withTokenLimit({ ...error.toJSON(), extensions: { code } })];
      // Parsing and validation go down as deep as the document does.
      if (error instanceof RangeError)
        return [{ message: 'the document is nested too deeply', extensions: { code: 'GRAPHQL_PARSE_FAILED' } }];
      throw error;
    }
  }
}

function invalid(error: GraphQLError, hideSuggestions: boolean): GraphQLFormattedError {
  const { message } = error;
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
  // One rule of graphql-js suggests in spite of its option: a selection where there is none.
  return { ...error.toJSON(), message: hideSuggestions ? message.replace(/ ?Did you mean .*$/s, '') : message, extensions };
}

/** How messages begin that differ by a name only, of which one is enough. */
const KINDS = ['Unknown directive', 'GraphQL introspection has been disabled'];

/** One error for each message, and one for all of a kind: a document that repeats a mistake gets no longer answer. */
function eachOnce(errors: readonly GraphQLError[]): GraphQLError[] {
  const said = new Set<string>();
  return errors.filter(({ message }) => {
    const kind = KINDS.find((beginning) => message.startsWith(beginning)) ?? message;
    return !said.has(kind) && said.add(kind);
  });
}
