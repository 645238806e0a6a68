import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoFragmentCyclesRule,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { checkFieldComparisons } from './field-comparisons.ts';
import { withExtensions } from './mask-error.ts';
import type { OperationLimits } from './operation-limits.ts';

/** What every document is held against. */
export interface DocumentRules {
  readonly schema: GraphQLSchema;
  readonly limits: OperationLimits;
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
  /** Whether errors leave out names that the client may have meant: those would show the schema one by one. */
  readonly hideSuggestions: boolean;
}

/** What differs for a trusted document: its owner has seen it, so it may ask for the schema, and its errors are the owner's to read. */
export const TRUSTED_RULES = { introspection: true, hideSuggestions: false } as const;

/**
 * Parses and validates a document. One that would take long to validate is refused before.
 * @returns the document, or the errors that the client gets, each with its code.
 * @throws RangeError for a document that is nested too deeply.
 */
export function readDocument(query: string, rules: DocumentRules): DocumentNode | GraphQLError[] {
  const { schema, limits, introspection, hideSuggestions } = rules;
  let code = 'GRAPHQL_PARSE_FAILED';
  try {
    const document = parse(query, { maxTokens: limits.tokens });
    // A rule may also throw: the one about subscriptions does, for a condition whose value it does not know.
    code = 'GRAPHQL_VALIDATION_FAILED';
    const beyond = checkFieldComparisons(document, limits.tokens);
    // A fragment within itself is a mistake, and no large document.
    if (beyond !== null) {
      const cycles = validate(schema, document, [NoFragmentCyclesRule]);
      return cycles.length === 0 ? [beyond] : oneOfEachKind(cycles).map((error) => invalid(error, hideSuggestions));
    }
    const validation = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
    const errors = validate(schema, document, validation, { hideSuggestions });
    return errors.length === 0 ? document : oneOfEachKind(errors).map((error) => invalid(error, hideSuggestions));
  } catch (error) {
    if (error instanceof GraphQLError) return [withExtensions(error, extensionsOf(error, code))];
    throw error;
  }
}

/** graphql-js reports its token limit as a syntax error; to a client it is a limit like the others. */
function extensionsOf({ message }: GraphQLError, code: string): Record<string, unknown> {
  return /Document contains more tha[nt] \d+ tokens/.test(message) ? { code: 'OPERATION_TOO_COMPLEX', limit: 'tokens' } : { code };
}

function invalid(error: GraphQLError, hideSuggestions: boolean): GraphQLError {
  // One rule of graphql-js suggests in spite of its option: a selection where there is none.
  const message = hideSuggestions ? error.message.replace(/ ?Did you mean .*$/s, '') : error.message;
  return withExtensions(error, { code: 'GRAPHQL_VALIDATION_FAILED' }, message);
}

/** How messages begin that differ by a name only, of which one is enough. */
const KINDS = ['Unknown directive', 'GraphQL introspection has been disabled'];

/** The first error of each message, and of each kind: a document that repeats a mistake gets no longer answer. */
function oneOfEachKind(errors: readonly GraphQLError[]): GraphQLError[] {
  const reported = new Set<string>();
  return errors.filter(({ message }) => {
    const kind = KINDS.find((beginning) => message.startsWith(beginning)) ?? message;
    return !reported.has(kind) && reported.add(kind);
  });
}
