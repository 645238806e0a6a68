import { z } from 'zod';
import type { Identifier } from '../model/identifier.ts';
import type { ColumnVocabulary } from './csv-columns.ts';
import type { FileRecord } from './record-file.ts';
import { readToldRecords, type TellingOptions, type ToldRecord } from './told-records.ts';

/** An identify event as a file tells it, its values as they came; or what is wrong with the line. */
export type FileEvent =
  | {
      readonly line: number;
      readonly record: FileRecord;
      readonly identifiers: readonly Identifier[];
      readonly occurredAt: Date | null;
      readonly eventId: string | null;
      readonly source: string | null;
    }
  | { readonly line: number; readonly record: FileRecord; readonly problem: string };

const timeSchema = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .transform((text) => new Date(text))
  .or(z.date());
const identifiersSchema = z.union([
  z.array(z.strictObject({ type: z.string(), value: z.coerce.string() })),
  z
    .record(z.string(), z.union([z.string(), z.number(), z.array(z.coerce.string())]))
    .transform((types) =>
      Object.entries(types).flatMap(([type, values]) => [values].flat().map((value) => ({ type, value: String(value) }))),
    ),
]);
const eventSchema = z.strictObject({
  identifiers: identifiersSchema,
  occurredAt: timeSchema.optional(),
  eventId: z.string().min(1).optional(),
  source: z.string().min(1).optional(),
});

/**
 * Reads identify events one by one, however long the file is. `.csv`: a column for each identifier type, and
 * `occurredAt`, `eventId`, `source`. Anything else is NDJSON: `{"identifiers": {"crmId": "1"}, "occurredAt": "…"}`,
 * where `identifiers` may also be a list of `{"type", "value"}`.
 * @throws Error for a file that can't be read, or a CSV without usable columns.
 */
export async function* readIdentifyEvents(
  file: string,
  types: readonly string[],
  options: TellingOptions = { columns: null },
): AsyncGenerator<FileEvent> {
  const vocabulary: ColumnVocabulary = { fields: ['occurredAt', 'eventId', 'source'], types, parts: [], required: [] };
  for await (const record of readToldRecords(file, vocabulary, options)) yield toEvent(record);
}

/** Identifiers as a list of `{"type", "value"}`, or by type; what is neither stays as it came. */
export function asIdentifierList(told: unknown): unknown {
  const { success, data } = identifiersSchema.safeParse(told);
  return success ? data : told;
}

function toEvent(record: ToldRecord): FileEvent {
  const { line, problem, told } = record;
  if (problem !== null) return { line, record, problem };
  const { success, data, error } = eventSchema.safeParse(told);
  if (!success) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'the line'}: ${message}`);
    return { line, record, problem: problems.join('; ') };
  }
  const { identifiers, occurredAt, eventId, source } = data;
  return { line, record, identifiers, occurredAt: occurredAt ?? null, eventId: eventId ?? null, source: source ?? null };
}
