import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { z } from 'zod';
import { AdapterFailure } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter, SearchContext } from './data-adapter.ts';
import { commonOptionsSchema, completeAdapter, parseOptions } from './define-adapter.ts';
import { readCsvContent } from './files/csv-content.ts';
import type { FileContent } from './files/file-content.ts';
import { readJsonContent, readNdjsonContent } from './files/json-content.ts';
import { columnsOf, delimiterOf } from './files/read-csv.ts';
import { matchFieldOf } from './match-field.ts';
import { RecordIndex } from './record-index.ts';
import { inMemoryPolicySchema } from './source-policy.ts';
import { WordIndex } from './word-index.ts';

export interface FileAdapterOptions extends CommonAdapterOptions {
  /** A path that starts at the configuration file's folder. A `.csv` with a header line, a `.json` with a list of records, or an `.ndjson`/`.jsonl` with one record per line; in UTF-8. */
  readonly path: string;
  /** The field that holds the key. */
  readonly match: string;
  /**
   * For CSV, where all values are text: which columns are numbers or booleans (`true`, `yes`, `y`, `t`, `on`, `1` and their
   * opposites). Empty cells are null; a row with a cell that is not of its type is broken.
   */
  readonly types?: Readonly<Record<string, 'number' | 'boolean'>>;
  /** For CSV: the character between cells, `\\t` for a tab. Left out: the one that a first line such as `sep=;` names, otherwise a comma. */
  readonly delimiter?: string;
  /** For CSV: whether numbers are written `12,5`. Left out: false, and either way in a file with semicolons between cells. */
  readonly decimalComma?: boolean;
  /**
   * The fields whose words are searched for `findCustomers`. A record is found if each word of the text is the beginning of one
   * of its words, whatever the case and the accents.
   */
  readonly search?: readonly string[];
}

const EXTENSIONS = ['.csv', '.json', '.ndjson', '.jsonl'];
export const optionsSchema = commonOptionsSchema.extend({
  path: z.string().refine((path) => EXTENSIONS.includes(extname(path)), `expected a file that ends in ${EXTENSIONS.join(', ')}`),
  match: z.string().min(1),
  types: z.record(z.string(), z.enum(['number', 'boolean'])).default({}),
  delimiter: z
    .string()
    .transform((text, context) => {
      const character = delimiterOf(text);
      if (character !== null) return character;
      context.addIssue({ code: 'custom', message: 'expected one character that is no quote and no line end' });
      return z.NEVER;
    })
    .optional(),
  decimalComma: z.boolean().optional(),
  search: z.array(z.string().min(1)).min(1).optional(),
  policy: inMemoryPolicySchema.prefault({}),
});

/** A file's records in memory. */
interface FileIndex {
  readonly content: FileContent;
  readonly records: RecordIndex;
  /** Made with the first search. */
  words?: Promise<WordIndex>;
}

/** Records from a file, held in memory and read again when the file changes. */
export function fileAdapter(options: FileAdapterOptions): DataAdapter {
  const parsed = parseOptions('fileAdapter', optionsSchema, options);
  const { path: given, match, types, delimiter, decimalComma, search, ...common } = parsed;
  let path = given;
  const field = matchFieldOf(match);
  const isCsv = extname(path) === '.csv';
  const read = (): Promise<FileContent> => {
    if (isCsv) return readCsvContent(path, match, { types, delimiter, decimalComma });
    return extname(path) === '.json' ? readJsonContent(path) : readNdjsonContent(path);
  };
  const fields = () => common.fields ?? (isCsv && existsSync(path) ? (columnsOf(path, { delimiter }) ?? undefined) : undefined);
  let version = '';
  let index: Promise<FileIndex> | undefined;
  /** The last one whose unreadable records were reported. */
  let reported: FileIndex | undefined;

  /** The file is checked before every batch, and read when it has changed. */
  const current = async () => {
    const seen = await stat(path).catch((error: unknown) => {
      throw new AdapterFailure('SOURCE_UNAVAILABLE', 'the file is not there', error);
    });
    const now = `${seen.mtimeMs}:${seen.size}:${seen.ino}`;
    if (index === undefined || now !== version) {
      version = now;
      const reading = read().then((content): FileIndex => ({ content, records: new RecordIndex(content.records, field) }));
      index = reading;
      reading.catch(() => {
        if (index === reading) index = undefined;
      });
    }
    return index;
  };

  return completeAdapter('fileAdapter', {
    ...common,
    fields: fields(),
    load: async (keys, context) => {
      const known = await current();
      const { records, content } = known;
      if (content.dropped > 0 && reported !== known) context.onUnreadable?.(content.dropped, content.problems);
      reported = known;
      const answers = await records.find(keys, { many: common.many, context });
      if (content.broken.size === 0) return answers;
      return answers.map((answer, position) => content.broken.failureOf(keys[position] as string, context.normalizeKey) ?? answer);
    },
    ...(search !== undefined && {
      search: async (text: string, { first, signal }: SearchContext) => {
        const known = await current();
        known.words ??= WordIndex.of(known.content.records, field, search);
        return (await known.words).find(text, first, signal);
      },
    }),
    probe: async () => void (await current()),
    startIn: (folder) => {
      path = resolve(folder, given);
      return fields();
    },
  });
}
