import { GraphQLError, type GraphQLSchema, Kind } from 'graphql';
import { checkOperationLimits, type OperationLimits } from './operation-limits.ts';
import { readDocument, TRUSTED_RULES } from './read-document.ts';

/**
 * Checks a trusted document before the start, with the rules that hold when it runs.
 * @returns what is wrong with it, in the owner's words: messages with line and column of the document's text.
 */
export function checkTrusted(text: string, rules: { readonly schema: GraphQLSchema; readonly limits: OperationLimits }): string[] {
  try {
    const read = readDocument(text, { ...rules, ...TRUSTED_RULES });
    if (Array.isArray(read)) return read.map(withPosition);
    return read.definitions.flatMap((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
      const beyond = checkOperationLimits(read, definition, rules.limits);
      return beyond instanceof GraphQLError ? [beyond.message] : [];
    });
  } catch (error) {
    if (error instanceof RangeError) return ['expected a document that is not nested so deeply'];
    throw error;
  }
}

function withPosition({ message, locations }: GraphQLError): string {
  const [position] = locations ?? [];
  return position === undefined ? message : `${message} (line ${position.line}, column ${position.column} of its text)`;
}
