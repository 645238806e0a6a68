import { StringDecoder } from 'node:string_decoder';
import { yieldWhenLong } from '../../batching/event-loop.ts';
import { UnreadableRecord } from '../../journey/interaction-input.ts';
import { parseJson, withoutMark } from '../json-body.ts';

/** A body with more records or bytes than allowed. */
export class BodyTooLarge extends Error {}
/** A body that is no list of records. */
export class UnreadableBody extends Error {}

/** Lines that are read between two looks at the clock. */
const LINES_AT_ONCE = 50;

export type BodyFormat = 'json' | 'ndjson' | 'text';

export interface BodyLimits {
  readonly records: number;
  readonly bytes: number;
}

/**
 * The records of a body: a JSON array, one JSON object, or NDJSON. A line of NDJSON is parsed as soon as it has arrived, and
 * one that is no JSON is one unreadable record among the others. Lines are read in slices, so that other requests are served
 * meanwhile.
 * @throws BodyTooLarge as soon as a limit is exceeded. @throws UnreadableBody for JSON that is broken or no list.
 */
export async function readRecords(
  body: AsyncIterable<Buffer> | null | undefined,
  format: BodyFormat,
  limits: BodyLimits,
): Promise<unknown[]> {
  if (body == null) throw new UnreadableBody('expected a body with interactions, received none');
  const decoder = new StringDecoder('utf8');
  const records: unknown[] = [];
  let isLines = format === 'ndjson' ? true : format === 'json' ? false : null;
  let isFirst = true;
  let bytes = 0;
  // Pieces of the line or array that is not complete yet. They are joined once.
  let pieces: string[] = [];
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limits.bytes) throw new BodyTooLarge(`expected at most ${limits.bytes} bytes`);
    const decoded = decoder.write(chunk);
    const text = isFirst ? withoutMark(decoded) : decoded;
    isFirst &&= decoded === '';
    // sendBeacon sends both as text/plain, which needs no CORS preflight: an array begins with a bracket.
    isLines ??= startsAsLines(text);
    pieces.push(text);
    if (isLines === true && text.includes('\n')) pieces = [await takeLines(pieces.join(''), records, limits)];
  }
  const rest = pieces.join('') + decoder.end();
  if (isLines === true) await takeLines(`${rest}\n`, records, limits);
  else records.push(...readArray(rest, limits));
  return records;
}

/** Null while there is nothing but white space. */
function startsAsLines(text: string): boolean | null {
  const [first] = text.trimStart();
  return first === undefined ? null : first === '{';
}

/** @returns what follows the last line break. */
async function takeLines(text: string, records: unknown[], { records: max }: BodyLimits): Promise<string> {
  const lines = text.split('\n');
  const rest = lines.pop() as string;
  for (const [index, line] of lines.entries()) {
    if (index % LINES_AT_ONCE === LINES_AT_ONCE - 1) await yieldWhenLong();
    if (line.trim() === '') continue;
    if (records.length === max) throw tooMany(max);
    records.push(parseLine(line));
  }
  return rest;
}

function parseLine(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return new UnreadableRecord('expected a line of JSON, received something that is none');
  }
}

function readArray(text: string, { records: max }: BodyLimits): unknown[] {
  let records: unknown;
  try {
    records = parseJson(text);
  } catch {
    throw new UnreadableBody('expected a JSON array of interactions, or one per line; received something that is no JSON');
  }
  if (typeof records !== 'object' || records === null) {
    throw new UnreadableBody(`expected a JSON array of interactions, received ${records === null ? 'null' : typeof records}`);
  }
  if (!Array.isArray(records)) return [records];
  if (records.length > max) throw tooMany(max);
  return records;
}

function tooMany(max: number): BodyTooLarge {
  return new BodyTooLarge(`expected at most ${max} interactions at once`);
}
