import { z } from 'zod';
import { isWholeText } from '../../model/check-text.ts';
import { eventTimeProblem, eventTimeSchema } from '../../model/event-time.ts';
import { explained } from '../../model/explain-issue.ts';
import type { Identifier } from '../../model/identifier.ts';
import { readTimeInUtc } from '../../model/read-time.ts';
import type { ColumnVocabulary } from './csv-columns.ts';
import { readIdentifierList } from './identifier-list.ts';
import { type FileRecord, type ParsedRecord, type ParseOptions, readParsedRecords } from './record-file.ts';

/** An identify event of a file, with values that are not normalised yet; or the problem with its line. */
export type FileEvent = FileRecord &
  (
    | { readonly problem: string }
    | {
        readonly problem: null;
        readonly identifiers: readonly Identifier[];
        readonly occurredAt: Date | null;
        readonly eventId: string | null;
        readonly source: string | null;
      }
  );

/** In a file, a time without an offset is UTC. */
const timeSchema = eventTimeSchema(readTimeInUtc, 'expected a date or time such as 2026-01-31T12:00:00Z');
const eventSchema = z.strictObject({
  // Optional here, so that readIdentifierList explains a missing list, too.
  identifiers: z.unknown().optional(),
  occurredAt: timeSchema.nullish(),
  eventId: z.string().min(1).nullish(),
  source: z.string().min(1).refine(isWholeText, 'expected whole Unicode characters without NUL').nullish(),
});

/**
 * Reads identify events one by one, so the file may be of any length. `.csv`: a column for each identifier type, and
 * `occurredAt`, `eventId`, `source`. Anything else is NDJSON: `{"identifiers": {"crmId": "1"}, "occurredAt": "…"}`,
 * where `identifiers` may also be a list of `{"type", "value"}`.
 * @throws Error for a file that can't be read, or a CSV without usable columns.
 */
export async function* readIdentifyEvents(
  file: string,
  types: readonly string[],
  options: ParseOptions = { columns: null },
): AsyncGenerator<FileEvent> {
  const vocabulary: ColumnVocabulary = { fields: ['occurredAt', 'eventId', 'source'], types, parts: [], required: [] };
  for await (const record of readParsedRecords(file, vocabulary, options)) yield toEvent(record);
}

function toEvent({ parsed, ...record }: ParsedRecord): FileEvent {
  const { problem } = record;
  if (problem !== null) return { ...record, problem };
  const { success, data, error } = eventSchema.safeParse(parsed);
  if (!success) return { ...record, problem: explained(error, eventSchema, 'the line') };
  const { occurredAt, eventId, source } = data;
  const identifiers = readIdentifierList(data.identifiers);
  if ('problem' in identifiers) return { ...record, problem: identifiers.problem };
  const wrongTime = occurredAt instanceof Date ? eventTimeProblem(occurredAt, new Date()) : null;
  if (wrongTime !== null) return { ...record, problem: wrongTime };
  return { ...record, problem, identifiers, occurredAt: occurredAt ?? null, eventId: eventId ?? null, source: source ?? null };
}
