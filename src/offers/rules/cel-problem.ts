/** What cel-js says of a mistake. Not every error of it has all of this. */
interface CelMistake {
  readonly message: string;
  readonly code?: string;
  /** The message without the marked text. */
  readonly summary?: string;
  readonly range?: { readonly start: number; readonly end: number };
}

export interface ExplainedMistake {
  readonly message: string;
  /** Where it begins and ends in the rule's text; null: somewhere. */
  readonly range: { readonly start: number; readonly end: number } | null;
}

/** A mistake that cel-js found, in a sentence that says what to do. */
export function explainMistake(error: unknown, text: string): ExplainedMistake {
  const { message, code = '', summary = message.split('\n')[0] as string, range = null } = error as CelMistake;
  const said = summary.replaceAll('google.protobuf.', '');
  return { message: sentence(code, said, range && text.slice(range.start, range.end)), range };
}

function sentence(code: string, said: string, part: string | null): string {
  switch (code) {
    case 'no_such_overload': {
      const types = said.replace('no such overload: ', '');
      const advice = /\bnull\b/.test(types) ? '; has(customer.name) asks for a value' : '';
      return `expected values that fit each other, received ${types}${advice}`;
    }
    case 'no_matching_overload':
      return `expected a function of CEL with values that fit it, ${said}`;
    case 'unknown_variable':
      return `expected a known name, received ${said.replace('Unknown variable: ', '')}`;
    case 'no_such_key':
      return `expected a field that exists, received ${said.replace('No such key: ', '')}`;
    case 'invalid_comprehension_range':
      return `expected a list, received ${/'(.*)'/.exec(said)?.[1] ?? said}${/Connection'/.test(said) ? '; the list of a page is its edges' : ''}`;
    case 'unexpected_character':
      return part === '=' ? 'expected == for a comparison, received =' : `expected a rule in CEL, received an ${lowered(said)}`;
    default:
      return `expected a rule in CEL: ${lowered(said)}`;
  }
}

function lowered(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
