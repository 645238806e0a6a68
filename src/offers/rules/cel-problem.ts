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

/** What to write instead, by a part of the types that were received. */
const ADVICE: Readonly<Record<string, string>> = {
  null: '; has(customer.name) asks for a value',
  'double in list<int>': '; in a list for a Float, 12 is written 12.0',
  'int in list<double>': '; in a list for an Int, 12.0 is written 12',
};

function sentence(code: string, said: string, part: string | null): string {
  switch (code) {
    case 'no_such_overload': {
      const types = said.replace('no such overload: ', '');
      const advice = Object.entries(ADVICE).find(([part]) => types.includes(part))?.[1] ?? '';
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
    default: {
      const [, limit = '', most = ''] = /^Exceeded (\w+) \((\d+)\)/.exec(said) ?? [];
      if (Object.hasOwn(LIMITS, limit)) return `expected at most ${most} ${LIMITS[limit]}, received more`;
      return `expected a rule in CEL: ${lowered(said)}`;
    }
  }
}

/** What cel-js counts, by the names of its limits. */
const LIMITS: Readonly<Record<string, string>> = {
  maxAstNodes: 'names, values and operators',
  maxDepth: 'brackets and parts within each other',
  maxListElements: 'items in a list',
  maxMapEntries: 'entries in a map',
  maxCallArguments: 'values for a function',
};

function lowered(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
