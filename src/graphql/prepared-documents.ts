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
    const { schema, limits, introspection } = this.#rules;
    try {
      const document = parse(query, { maxTokens: limits.tokens });
      const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
      const errors = validate(schema, document, rules);
      if (errors.length > 0) return errors.map((error) => ({ ...error.toJSON(), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }));
      this.#documents.set(query, document);
      return document;
    } catch (error) {
      if (error instanceof GraphQLError) return [withTokenLimit({ ...error.toJSON(), extensions: { code: 'GRAPHQL_PARSE_FAILED' } })];
      // Parsing and validation go down as deep as the document does.
      if (error instanceof RangeError)
        return [{ message: 'the document is nested too deeply', extensions: { code: 'GRAPHQL_PARSE_FAILED' } }];
      throw error;
    }
  }
}
