import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { z } from 'zod';
import type { Identifier } from '../model/identifier.ts';

/** An identify event as a file tells it, its values as they came; or what is wrong with the line. */
export type FileEvent =
  | {
      readonly line: number;
      readonly identifiers: readonly Identifier[];
      readonly occurredAt: Date | null;
      readonly eventId: string | null;
      readonly source: string | null;
    }
  | { readonly line: number; readonly problem: string };

const timeSchema = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text));
const eventSchema = z.strictObject({
  identifiers: z.union([
    z.array(z.strictObject({ type: z.string(), value: z.coerce.string() })),
    z
      .record(z.string(), z.union([z.string(), z.number(), z.array(z.coerce.string())]))
      .transform((types) =>
        Object.entries(types).flatMap(([type, values]) => [values].flat().map((value) => ({ type, value: String(value) }))),
      ),
  ]),
  occurredAt: timeSchema.optional(),
  eventId: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
});

const COLUMNS = ['occurredAt', 'eventId', 'source'] as const;

/**
 * Reads identify events one by one, however long the file is. `.csv`: a column for each identifier type, and
 * `occurredAt`, `eventId`, `source`. Anything else is NDJSON: `{"identifiers": {"crmId": "1"}, "occurredAt": "…"}`,
 * where `identifiers` may also be a list of `{"type", "value"}`.
 * @throws Error for a file that can't be read, or a CSV without usable columns.
 */
export async function* readIdentifyEvents(file: string, types: readonly string[]): AsyncGenerator<FileEvent> {
  if (extname(file).toLowerCase() !== '.csv') return yield* readNdjson(file);
  const rows = createReadStream(file).pipe(
    parse({ columns: (names: string[]) => checkColumns(file, names, types), bom: true, trim: true, info: true, skip_empty_lines: true }),
  );
  for await (const { record, info } of rows as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
    const identifiers = types.flatMap((type) => (record[type] ? [{ type, value: record[type] }] : []));
    const rest = Object.fromEntries(COLUMNS.filter((name) => record[name]).map((name) => [name, record[name]]));
    yield toEvent(info.lines, { identifiers, ...rest });
  }
}

async function* readNdjson(file: string): AsyncGenerator<FileEvent> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text.trim() === '') continue;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      yield { line, problem: 'expected a JSON object, received something that is no JSON' };
      continue;
    }
    yield toEvent(line, json);
  }
}

function toEvent(line: number, json: unknown): FileEvent {
  const { success, data, error } = eventSchema.safeParse(json);
  if (!success) {
    const problem = error.issues.map(({ path, message }) => `${path.join('.') || 'the line'}: ${message}`).join('; ');
    return { line, problem };
  }
  const { identifiers, occurredAt, eventId, source } = data;
  return { line, identifiers, occurredAt: occurredAt ?? null, eventId: eventId ?? null, source: source ?? null };
}

function checkColumns(file: string, names: readonly string[], types: readonly string[]): string[] {
  const unknown = names.filter((name) => !types.includes(name) && !(COLUMNS as readonly string[]).includes(name));
  if (unknown.length > 0 || !names.some((name) => types.includes(name))) {
    const expected = [...types, ...COLUMNS].join(', ');
    throw new Error(`${file}: expected columns out of ${expected}, with at least one identifier type; received ${names.join(', ')}`);
  }
  return [...names];
}
