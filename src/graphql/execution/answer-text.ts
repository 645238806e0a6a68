import { yieldWhenLong } from '../../batching/event-loop.ts';
import type { OperationBudget } from '../../sources/operation-budget.ts';
import { textSizeOf } from './answer-size.ts';

/** Characters that are written at once: about a millisecond. */
const PIECE = 128 * 1_024;

/** True for an answer whose text is to be made in slices. @param size characters, about. */
export function isLongAnswer(size: number): boolean {
  return size > PIECE;
}

/**
 * The same text as `JSON.stringify` makes, in slices between which others run.
 * @param budget ends the operation when the text has more bytes than an answer may have: what JSON escapes, and characters of
 * several bytes, were counted as one before.
 * @throws GatewayError when it is too long. TypeError, as `JSON.stringify` does, for a value without a JSON form.
 */
export async function textInSlices(value: unknown, budget: OperationBudget): Promise<string> {
  const pieces: string[] = [];
  let bytes = 0;
  for (const piece of piecesOf(value, [])) {
    pieces.push(piece);
    bytes += Buffer.byteLength(piece);
    if (bytes > budget.limits.answerBytes) throw budget.exceed('answerBytes', bytes);
    const turn = yieldWhenLong();
    if (turn !== undefined) await turn;
  }
  return pieces.join('');
}

/** @param around the objects and lists that the value is in. */
function* piecesOf(value: unknown, around: readonly object[]): Generator<string> {
  if (!isContainer(value) || textSizeOf(value, PIECE) < PIECE) {
    // Of a value without a JSON form in a list; in an object it is left out (ECMA-262, SerializeJSONArray).
    yield JSON.stringify(value) ?? 'null';
    return;
  }
  if (around.includes(value)) throw new TypeError('expected a value with a JSON form, received one that holds itself');
  const within = [...around, value];
  if (Array.isArray(value)) yield* listPieces(value, within);
  else yield* objectPieces(value, within);
}

function* listPieces(list: readonly unknown[], within: readonly object[]): Generator<string> {
  let start = '[';
  // Items that are short together are written together.
  let short: unknown[] = [];
  let size = 0;
  for (const item of list) {
    const own = textSizeOf(item, PIECE);
    if (short.length > 0 && size + own > PIECE) {
      yield start + JSON.stringify(short).slice(1, -1);
      start = ',';
      short = [];
      size = 0;
    }
    if (own < PIECE || !isContainer(item)) {
      short.push(item);
      size += own;
      continue;
    }
    yield start;
    yield* piecesOf(item, within);
    start = ',';
  }
  yield short.length === 0 ? (start === '[' ? '[]' : ']') : `${start}${JSON.stringify(short).slice(1)}`;
}

function* objectPieces(value: Readonly<Record<string, unknown>>, within: readonly object[]): Generator<string> {
  let start = '{';
  for (const key of Object.keys(value)) {
    const each = value[key];
    if (isWithoutJson(each)) continue;
    yield `${start}${JSON.stringify(key)}:`;
    yield* piecesOf(each, within);
    start = ',';
  }
  yield start === '{' ? '{}' : '}';
}

function isWithoutJson(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

/** An object or a list that is written by what is in it. */
function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
