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
  return { message: sentence(code, said, { text, range }), range };
}

/** A part of a rule's text. */
interface Part {
  readonly text: string;
  readonly range: ExplainedMistake['range'];
}

function sentence(code: string, said: string, part: Part): string {
  switch (code) {
    case 'no_such_overload': {
      const types = said.replace('no such overload: ', '');
      return `expected values that fit each other, received ${inWords(types)}${advice(types, part)}`;
    }
    case 'no_matching_overload':
      return `expected a function of CEL with values that fit it, ${said}${/Connection\./.test(said) ? LIST_OF_PAGE : ''}`;
    case 'unknown_variable':
      return `expected a known name, received ${said.replace('Unknown variable: ', '')}`;
    case 'no_such_key':
      return `expected a field that exists, received ${said.replace('No such key: ', '')}`;
    case 'invalid_comprehension_range':
      return `expected a list, received ${/'(.*)'/.exec(said)?.[1] ?? said}${/Connection'/.test(said) ? LIST_OF_PAGE : ''}`;
    case 'unexpected_character':
      return spelledOtherwise(part) ?? `expected a rule in CEL, received an ${lowered(said)}`;
    case 'expected_token': {
      const [, expected = '', received = ''] = /^Expected (\w+), got (\w+)/.exec(said) ?? [];
      return `expected ${tokenInWords(expected)}, received ${tokenInWords(received)}`;
    }
    case 'unexpected_token':
      return spelledOtherwise(part) ?? `expected a value or a name, received ${tokenInWords(said.replace('Unexpected token: ', ''))}`;
    case 'unterminated_string':
      return 'expected a quote that ends the text, received none';
    default: {
      const [, limit = '', most = ''] = /^Exceeded (\w+) \((\d+)\)/.exec(said) ?? [];
      if (Object.hasOwn(LIMITS, limit)) return `expected at most ${most} ${LIMITS[limit]}, received more`;
      return `expected a rule in CEL: ${lowered(said)}`;
    }
  }
}

const LIST_OF_PAGE = '; the list of a page is its edges';

/** How cel-js names types, and how people do. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'whole number',
  double: 'number',
  bool: 'true or false',
  Timestamp: 'time',
};

/** Names of types in a text, as people call them: `string == int` is `text == whole number`. */
export function inWords(types: string): string {
  return types.replaceAll('google.protobuf.', '').replace(/\w+/g, (name) => (Object.hasOwn(TYPES, name) ? (TYPES[name] as string) : name));
}

/** What to write instead, by the types that were received. */
const ADVICE: readonly (readonly [types: RegExp, advice: string])[] = [
  [/^double in list<int>/, 'in a list for a Float, 12 is written 12.0'],
  [/^int in list<double>/, 'in a list for an Int, 12.0 is written 12'],
  [/^(Timestamp \S+ string|string \S+ Timestamp)$/, 'a time is written timestamp("2026-12-01T00:00:00Z")'],
  [/^(int|double) \S+ string$/, 'a number stands without quotes'],
  [/^string \S+ (int|double)$/, 'a text stands in quotes'],
];

function advice(types: string, { text, range }: Part): string {
  if (types.includes('null')) {
    const compared = range === null ? text : text.slice(range.start, range.end);
    const [, field = 'customer.name', operator = '!='] = /([a-z]\w*(?:\.\w+)+)\s*(==|!=)\s*null/.exec(compared) ?? [];
    return `; ${operator === '==' ? '!' : ''}has(${field}) asks for ${operator === '==' ? 'no' : 'a'} value`;
  }
  const found = ADVICE.find(([pattern]) => pattern.test(types));
  return found === undefined ? '' : `; ${found[1]}`;
}

/** What people write who know other languages, and what CEL has for it. */
const SPELLINGS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!', is: '==', in: 'in', '&': '&&', '|': '||' };

/** A message for a rule that is right but for the spelling of an operator or of quotes; null for any other. */
function spelledOtherwise({ text, range }: Part): string | null {
  if (range === null) return null;
  const part = text.slice(range.start, range.end);
  if (part === '=') return 'expected == for a comparison, received =';
  if (/^[\u2018-\u201f\u00ab\u00bb\u00b4]/.test(part)) return `expected straight quotes around a text, received ${part}`;
  if (text.slice(range.start - 1, range.end) === '<>') return 'expected !=, received <>';
  const candidates = [part, /(\w+)\s+$/.exec(text.slice(0, range.start))?.[1] ?? ''];
  const written = candidates.find((each) => Object.hasOwn(SPELLINGS, each.toLowerCase()) && SPELLINGS[each.toLowerCase()] !== each);
  return written === undefined ? null : `expected ${SPELLINGS[written.toLowerCase()]}, received ${written}`;
}

/** Tokens by their names in cel-js. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end of the rule',
  ...{ LPAREN: '(', RPAREN: ')', LBRACKET: '[', RBRACKET: ']', LBRACE: '{', RBRACE: '}', COMMA: ',', COLON: ':', QUESTION: '?', DOT: '.' },
  ...{ GT: '>', LT: '<', GE: '>=', LE: '<=', EQ: '==', NE: '!=', AND: '&&', OR: '||', NOT: '!', PLUS: '+', MINUS: '-' },
  ...{ MULTIPLY: '*', DIVIDE: '/', MODULO: '%', IN: 'in', IDENTIFIER: 'a name', STRING: 'a text', NUMBER: 'a number' },
};

function tokenInWords(token: string): string {
  return TOKENS[token] ?? token;
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
