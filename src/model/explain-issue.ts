import type { z } from 'zod';

/** One thing that is wrong with a value. */
export interface Explanation {
  readonly path: readonly PropertyKey[];
  /** What was expected, and what was received. */
  readonly message: string;
}

export interface ExplanationOptions {
  /** The schema that was not met. For an unknown name, the known ones are listed. */
  readonly schema: z.ZodType;
  /** The word for a name in the value. */
  readonly noun: 'option' | 'field';
  /** `input` shows received texts, numbers and booleans; `nothing` shows none, for values that may be personal data. */
  readonly shows: 'input' | 'nothing';
}

/** Unknown names that are listed, and characters of each. A stranger may send any number of any length. */
const MAX_NAMES = 10;
const MAX_SHOWN = 60;
/** Problems of one record that are explained: a request has 5,000 records at most. */
const MAX_PROBLEMS = 10;

/**
 * Explains a Zod issue. The issue must come from a parse with `reportInput` where `shows` is `input`.
 * @returns one explanation, or one for each unknown name.
 */
export function explainIssue(issue: z.core.$ZodIssue, options: ExplanationOptions): Explanation[] {
  const { schema, noun, shows } = options;
  if (issue.code === 'invalid_union') {
    const meant = meantMember(issue);
    if (meant !== null) return meant.flatMap((inner) => explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, options));
  }
  if (issue.code === 'unrecognized_keys') {
    const known = knownOptions(schema, issue.path).join(', ');
    const message = `expected no such ${noun}${known === '' ? '' : `; there are ${known}`}`;
    const names = issue.keys.slice(0, MAX_NAMES).map((name) => shortened(name));
    const more = issue.keys.length - names.length;
    if (shows === 'nothing') return [{ path: [...issue.path, names.join(', ')], message }];
    return [...names, ...(more > 0 ? [`and ${more} more`] : [])].map((name) => ({ path: [...issue.path, name], message }));
  }
  if (issue.code === 'invalid_key' && issue.issues[0] !== undefined) {
    return explainIssue({ ...issue.issues[0], path: issue.path, input: issue.input } as z.core.$ZodIssue, options);
  }
  const message = inPlainWords(issue);
  // A schema's own message may include the input already, for example a URL without its password.
  const saysInput = issue.code === 'custom' && message.includes('received');
  if (shows === 'nothing' || saysInput) return [{ path: issue.path, message }];
  return [{ path: issue.path, message: `${message.replace(/, received .*$/, '')}, received ${shownInput(issue.input)}` }];
}

/** What Zod calls the kinds of values, where an owner calls them something else. */
const KINDS: Readonly<Record<string, string>> = { array: 'a list', record: 'an object', int: 'a whole number' };

/** The message of an issue. Zod's own are put in the words of who writes the values; a schema's own stay as they are. */
function inPlainWords(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(/^Invalid [^:]*: /, '');
  switch (issue.code) {
    case 'invalid_type':
      return message.replace(/^expected (\w+)/, (all, kind) => (Object.hasOwn(KINDS, kind) ? `expected ${KINDS[kind]}` : all));
    case 'invalid_value':
      return issue.values.length > 1 && message.startsWith('expected one of "') ? `expected one of ${issue.values.join(', ')}` : message;
    case 'too_small':
      return message.startsWith('Too small: ') ? atLeast(issue) : message;
    case 'too_big':
      if (!message.startsWith('Too big: ')) return message;
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    default:
      return message;
  }
}

/** What a size is counted in, by the kind of the value; a number has none. */
const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items', record: ' entries', object: ' entries' };

function atLeast({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (inclusive === false) return `expected more than ${minimum}${UNITS[origin] ?? ''}`;
  if (Number(minimum) === 1 && origin === 'string') return 'expected a text that is not empty';
  if (Number(minimum) === 1 && origin === 'array') return 'expected a list that is not empty';
  return `expected at least ${minimum}${UNITS[origin] ?? ''}`;
}

/**
 * The issues of the member of a union that was meant: an object is what was expected, and only something in it is wrong.
 * @returns null when the value fits no member as a whole.
 */
function meantMember({ errors, input }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  return errors.find((issues) => issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys')) ?? null;
}

/**
 * The received value, for a message. A long text is cut, and a URL is shown without user and password. Of an object or a list
 * only the kind is shown, because options contain keys and passwords.
 */
export function shownInput(input: unknown): string {
  if (input === undefined) return 'nothing';
  if (Array.isArray(input)) return input.length === 0 ? 'an empty list' : 'a list';
  if (typeof input === 'object' && input !== null) return 'an object';
  if (typeof input === 'string') return shortened(JSON.stringify(input).replace(/:\/\/.*@/, '://…@'));
  return typeof input === 'function' ? 'a function' : String(input);
}

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 3)}...` : text;
}

/**
 * The first problems of a record in one line, without its values.
 * @param whole the name of the record itself: `the line`.
 */
export function explained({ issues }: z.ZodError, schema: z.ZodType, whole: string): string {
  const explanations = issues
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) => explainIssue(issue, { schema, noun: 'field', shows: 'nothing' }))
    .map(({ path, message }) => `${path.join('.') || whole}: ${message}`);
  const more = issues.length - MAX_PROBLEMS;
  return [...explanations, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** The parts of a Zod schema's definition that have inner schemas. */
interface Inside {
  readonly type: string;
  readonly innerType?: { readonly def: Inside };
  readonly in?: { readonly def: Inside };
  readonly shape?: Readonly<Record<string, { readonly def: Inside }>>;
  readonly valueType?: { readonly def: Inside };
  readonly element?: { readonly def: Inside };
  /** The members of a union. */
  readonly options?: readonly { readonly def: Inside }[];
  /** Of a record; with `entries`, its names are known. */
  readonly keyType?: { readonly def: { readonly entries?: Readonly<Record<string, unknown>> } };
}

/** The names of the options at a path of a schema; empty when it is no object with known names. */
function knownOptions(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  return namesIn((schema as unknown as { readonly def: Inside }).def, path);
}

function namesIn(def: Inside, path: readonly PropertyKey[]): string[] {
  const inside = unwrapped(def);
  if (inside.options !== undefined) return inside.options.flatMap((member) => namesIn(member.def, path));
  const [name, ...rest] = path;
  if (name === undefined) return Object.keys(inside.shape ?? inside.keyType?.def.entries ?? {});
  const next = inside.shape?.[String(name)] ?? inside.valueType ?? inside.element;
  return next === undefined ? [] : namesIn(next.def, rest);
}

/** Removes wrappers of a schema, such as `optional` and `transform`. */
function unwrapped(def: Inside): Inside {
  const inner = def.innerType ?? def.in;
  return inner === undefined ? def : unwrapped(inner.def);
}
