import { existsSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { parseExactJson } from '../model/exact-json.ts';
import { AdapterFailure } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter } from './data-adapter.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import { commonOptionsSchema, defineAdapter, parseOptions } from './define-adapter.ts';
import { matchFieldOf } from './match-field.ts';
import { RecordIndex } from './record-index.ts';

export interface FileAdapterOptions extends CommonAdapterOptions {
  /** A `.csv` with a header line, a `.json` with a list of records, or an `.ndjson`/`.jsonl` with one record per line. */
  readonly path: string;
  /** The field that holds the key. */
  readonly match: string;
  /** For CSV, where all values are text: which columns are numbers or booleans (`true`/`false`). Empty ones are null. */
  readonly types?: Readonly<Record<string, 'number' | 'boolean'>>;
}

const EXTENSIONS = ['.csv', '.json', '.ndjson', '.jsonl'];
const optionsSchema = commonOptionsSchema.extend({
  path: z.string().refine((path) => EXTENSIONS.includes(extname(path)), `expected a file that ends in ${EXTENSIONS.join(', ')}`),
  match: z.string().min(1),
  types: z.record(z.string(), z.enum(['number', 'boolean'])).default({}),
});

/** Records from a file, held in memory and read again when the file changes. */
export function fileAdapter(options: FileAdapterOptions): DataAdapter {
  const { path, match, types, policy: _, ...common } = parseOptions('fileAdapter', optionsSchema, options);
  let version = '';
  let records: Promise<RecordIndex> | undefined;

  /** By key; the file is looked at before every batch, and read when it is another than last time. */
  const current = async () => {
    const seen = await stat(path).catch((error: unknown) => {
      throw new AdapterFailure('SOURCE_UNAVAILABLE', 'the file is not there', error);
    });
    const now = `${seen.mtimeMs}:${seen.size}:${seen.ino}`;
    if (records === undefined || now !== version) {
      version = now;
      records = readFile(path).then((bytes) => new RecordIndex(parseRecords(decodeUtf8(bytes), extname(path), types), matchFieldOf(match)));
      records.catch(() => {
        records = undefined;
      });
    }
    return records;
  };

  return defineAdapter(
    {
      ...common,
      // A look-up in memory costs nothing to speak of, so there is no reason to cut batches.
      policy: { maxBatch: Number.POSITIVE_INFINITY, ...options.policy },
      fields: options.fields ?? headerOf(path),
      load: async (keys, context) => (await current()).find(keys, { many: common.many, context }),
      probe: async () => void (await current()),
    },
    'fileAdapter',
  );
}

function parseRecords(text: string, extension: string, types: Readonly<Record<string, 'number' | 'boolean'>>): unknown[] {
  try {
    if (extension === '.csv') {
      return parse(text, {
        columns: true,
        bom: true,
        skip_empty_lines: true,
        trim: true,
        cast: (value, { column }) => cast(value, types[String(column)]),
      });
    }
    if (extension !== '.json')
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(parseLine);
    const parsed: unknown = parseExactJson(text);
    if (!Array.isArray(parsed)) throw new Error('expected a list of records');
    return parsed;
  } catch (error) {
    if (error instanceof AdapterFailure) throw error;
    const line = (error as { lines?: unknown }).lines;
    throw new AdapterFailure(
      'SOURCE_INVALID',
      line === undefined ? 'the file cannot be read as what its name says' : `line ${line} of the file is broken`,
      error,
    );
  }
}

function parseLine(line: string, index: number): unknown {
  try {
    return parseExactJson(line);
  } catch (error) {
    throw new AdapterFailure('SOURCE_INVALID', `record ${index + 1} of the file is not JSON`, error);
  }
}

/** An empty cell is "not known"; a text that is no number stays text, and the schema's check names the field. */
function cast(value: string, type: 'number' | 'boolean' | undefined): unknown {
  if (value === '') return null;
  if (type === 'boolean') return value.toLowerCase() === 'true';
  return type === 'number' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** A CSV says which fields it has, if it is there by now. */
function headerOf(path: string): string[] | undefined {
  if (extname(path) !== '.csv' || !existsSync(path)) return undefined;
  const [header] = parse(readFileSync(path, 'utf8'), { bom: true, to_line: 1, trim: true });
  return header;
}
