import { readFile } from 'node:fs/promises';
import { parseExactJson } from '../../model/exact-json.ts';
import { AdapterFailure } from '../adapter-failure.ts';
import { decodeUtf8 } from '../answer-bytes.ts';
import type { DataRecord } from '../data-adapter.ts';
import { type FileContent, FileContentBuilder } from './file-content.ts';
import { readLines, type TextLine } from './text-lines.ts';

/** Reads a list of records. @throws AdapterFailure SOURCE_INVALID for a file with anything else. */
export async function readJsonContent(path: string): Promise<FileContent> {
  const content = new FileContentBuilder();
  const parsed = parseJson(decodeUtf8(await readFile(path)));
  if (!Array.isArray(parsed))
    throw new AdapterFailure('SOURCE_INVALID', 'the file is not what its name says: expected a JSON list of records');
  for (const [position, item] of parsed.entries()) addTo(content, item, `record ${position + 1}`);
  return content;
}

/**
 * Reads one record per line. A broken line is left out; its key is not known.
 * @throws AdapterFailure SOURCE_INVALID for a file that ends in the middle of a line: it is still being written, or was cut
 * off, and any key's record may be missing.
 */
export async function readNdjsonContent(path: string): Promise<FileContent> {
  const content = new FileContentBuilder();
  for await (const lines of readLines(path)) for (const line of lines) addLine(content, line);
  return content;
}

function addLine(content: FileContentBuilder, { line, text, ending, problem }: TextLine): void {
  if (problem !== null) content.drop([], `line ${line}: ${problem}`);
  else if (text.trim() !== '') {
    const parsed = parseJson(text);
    if (parsed === undefined && ending === '') throw new AdapterFailure('SOURCE_INVALID', `the file ends in the middle of line ${line}`);
    addTo(content, parsed, `line ${line}`);
  }
}

/** A null is ignored. @param parsed undefined for text that is no JSON. */
function addTo(content: FileContentBuilder, parsed: unknown, where: string): void {
  if (parsed === null) return;
  if (typeof parsed === 'object' && !Array.isArray(parsed)) content.records.push(parsed as DataRecord);
  else
    content.drop(
      [],
      `${where}: expected a record, received ${parsed === undefined ? 'no JSON' : `a ${Array.isArray(parsed) ? 'list' : typeof parsed}`}`,
    );
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
