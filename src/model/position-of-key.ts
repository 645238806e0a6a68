/** A position in a text; both counted from 1. */
interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Comments, strings, names and numbers, and single characters of TypeScript. Each begins differently, so matching takes linear time. */
const TOKENS = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`|[\w$]+|[^\s\w$]/g;
/** Characters of a file that are searched. */
const MAX_LENGTH = 1_000_000;

interface Token {
  readonly text: string;
  readonly at: number;
}

/**
 * Finds a key in the object literal that a module exports by default or passes to `define…(…)`. It reads literals only: for a key that
 * comes from a variable or a spread, it finds the nearest key around it.
 * @param path names of keys, and indexes of lists.
 * @returns null where not even the first key is found.
 */
function positionOfKey(text: string, path: readonly PropertyKey[]): TextPosition | null {
  const tokens = tokensOf(text);
  let at = startOf(tokens);
  let found: Token | null = null;
  for (const key of path) {
    if (at === null) break;
    const value: { key: Token; value: number } | null =
      typeof key === 'number' ? itemAt(tokens, at, key) : memberAt(tokens, at, String(key));
    if (value === null) break;
    found = value.key;
    at = value.value;
  }
  return found && positionAt(text, found.at);
}

/** For the head of a message: `offers/welcome.ts:7:3: caps.0.count`, with the position where the key can be found. */
export function whereOfKey(file: string, text: string, path: readonly PropertyKey[]): string {
  return `${fileAtKey(file, text, path)}: ${path.join('.') || 'export default'}`;
}

/** `offers/welcome.ts:7:3`, or the file alone where the key can't be found. */
export function fileAtKey(file: string, text: string, path: readonly PropertyKey[]): string {
  const position = positionOfKey(text, path);
  return position === null ? file : `${file}:${position.line}:${position.column}`;
}

/** The line and column of an offset in a text. */
function positionAt(text: string, offset: number): TextPosition {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1) as string).length + 1 };
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: token, index } of text.slice(0, MAX_LENGTH).matchAll(TOKENS))
    if (!token.startsWith('//') && !token.startsWith('/*')) tokens.push({ text: token, at: index });
  return tokens;
}

/** The index of the `{` of the exported object; null without one. */
function startOf(tokens: readonly Token[]): number | null {
  const exported = tokens.findIndex(({ text }, index) => text === 'export' && tokens[index + 1]?.text === 'default');
  const called = /^define(Offer|Gateway)$/;
  const next = tokens[exported + 2]?.text;
  if (exported !== -1 && (next === '{' || called.test(next ?? ''))) return indexOf(tokens, exported + 2, '{');
  const call = tokens.findIndex(({ text }, index) => called.test(text) && tokens[index + 1]?.text === '(');
  return call === -1 ? null : indexOf(tokens, call, '{');
}

function indexOf(tokens: readonly Token[], from: number, text: string): number | null {
  const index = tokens.findIndex((token, at) => at >= from && token.text === text);
  return index === -1 ? null : index;
}

/** @param open the index of a `{`. @returns the key, and the index of the first token of its value. */
function memberAt(tokens: readonly Token[], open: number, key: string): { key: Token; value: number } | null {
  if (tokens[open]?.text !== '{') return null;
  for (const start of partsOf(tokens, open)) {
    const name = tokens[start];
    const isMember = tokens[start + 1]?.text === ':' || /^[,}]$/.test(tokens[start + 1]?.text ?? '');
    if (name !== undefined && isMember && unquoted(name.text) === key) return { key: name, value: start + 2 };
  }
  return null;
}

/** @param open the index of a `[`. */
function itemAt(tokens: readonly Token[], open: number, index: number): { key: Token; value: number } | null {
  if (tokens[open]?.text !== '[') return null;
  const start = partsOf(tokens, open)[index];
  const token = start === undefined ? undefined : tokens[start];
  return start === undefined || token === undefined ? null : { key: token, value: start };
}

/** The indexes of the first tokens of the members of an object, or of the items of a list. */
function partsOf(tokens: readonly Token[], open: number): number[] {
  const starts: number[] = [];
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const { text } = tokens[index] as Token;
    if (depth === 1 && /^[[{(,]$/.test(tokens[index - 1]?.text ?? '') && (index - 1 === open || tokens[index - 1]?.text === ','))
      starts.push(index);
    if (/^[[{(]$/.test(text)) depth++;
    else if (/^[\]})]$/.test(text) && --depth === 0) break;
  }
  return starts;
}

function unquoted(text: string): string {
  return /^['"]/.test(text) ? text.slice(1, -1) : text;
}
