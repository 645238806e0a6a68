import { z } from 'zod';
import { ASSURANCES, type Assurance } from '../../model/assurance.ts';
import { attributesProblem } from '../../model/attribute-bounds.ts';
import { eventTimeSchema } from '../../model/event-time.ts';
import { isJsonObject } from '../../model/exact-json.ts';
import { explained } from '../../model/explain-issue.ts';
import type { Interaction } from '../../model/interaction.ts';
import { readTimeInUtc } from '../../model/read-time.ts';
import { readIdentifierList } from '../import/identifier-list.ts';
import { type FileRecord, readParsedRecords } from '../import/record-file.ts';

/** A customer of a file, as rules see them on one request. */
export interface WrittenCustomer {
  /** Values of fields of `Customer` by name, as their sources answer them. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly interactions: readonly Interaction[];
  readonly assurance: Assurance;
  readonly consent: Readonly<Record<string, boolean>>;
  readonly touchpoint: string | null;
  readonly locale: string | null;
}

/** A line of the file: a customer, or what is wrong with it. */
export type CustomerLine = Pick<FileRecord, 'line' | 'end'> &
  ({ readonly problem: string } | { readonly problem: null; readonly customer: WrittenCustomer });

/** The names that a line may use. */
export interface LineVocabulary {
  /** Names of the fields of `Customer` that sources answer. */
  readonly fields: ReadonlySet<string>;
  readonly touchpoints: ReadonlySet<string>;
}

/** In a file, a time without an offset is UTC. */
const timeSchema = eventTimeSchema(readTimeInUtc, 'expected a date or time such as 2026-01-31T12:00:00Z');
const object = z.custom<Record<string, unknown>>(isJsonObject, 'expected a JSON object');
const interactionSchema = z.strictObject({
  id: z.string().nullish(),
  type: z.string().min(1),
  occurredAt: timeSchema,
  touchpoint: z.string().nullish(),
  pageUrl: z.string().nullish(),
  properties: object.nullish(),
});
const lineSchema = z.strictObject({
  identifiers: z.unknown().optional(),
  customer: object.nullish(),
  attributes: object.nullish(),
  interactions: z.array(interactionSchema).nullish(),
  assurance: z.enum(ASSURANCES).nullish(),
  consent: z.record(z.string(), z.boolean()).nullish(),
  touchpoint: z.string().nullish(),
  locale: z.string().nullish(),
});

/**
 * Reads customers one by one, so the file may be of any length: NDJSON with one customer on each line. A problem names what was
 * expected, and no value of the line.
 * @throws Error for a file that can't be read.
 */
export async function* readCustomerLines(file: string, vocabulary: LineVocabulary): AsyncGenerator<CustomerLine> {
  const columns = { fields: [], types: [], parts: [], required: [] };
  for await (const { line, end, problem, parsed } of readParsedRecords(file, columns, { columns: null })) {
    const read = problem === null ? readCustomer(parsed, line, vocabulary) : { problem };
    yield 'problem' in read ? { line, end, problem: read.problem } : { line, end, problem: null, customer: read };
  }
}

function readCustomer(parsed: unknown, line: number, { fields, touchpoints }: LineVocabulary): WrittenCustomer | { problem: string } {
  const { success, data, error } = lineSchema.safeParse(parsed);
  if (!success) return { problem: explained(error, lineSchema, 'the line') };
  const { customer, attributes, interactions, assurance, consent, touchpoint, locale } = data;
  const problem =
    unknownName('customer', Object.keys(customer ?? {}), fields, 'field') ??
    unknownName('touchpoint', touchpoint == null ? [] : [touchpoint], touchpoints, 'touchpoint') ??
    (attributes ? labelled('attributes', attributesProblem(attributes)) : null) ??
    identifiersProblem(data.identifiers);
  if (problem !== null) return { problem };
  return {
    fields: customer ?? {},
    attributes: attributes ?? {},
    interactions: (interactions ?? []).map((each, index) => ({
      id: each.id ?? `line ${line}, ${index}`,
      type: each.type,
      occurredAt: each.occurredAt,
      touchpoint: each.touchpoint ?? null,
      pageUrl: each.pageUrl ?? null,
      properties: each.properties ?? {},
    })),
    assurance: assurance ?? 'RECOGNIZED',
    consent: consent ?? {},
    touchpoint: touchpoint ?? null,
    locale: locale ?? null,
  };
}

function unknownName(where: string, names: readonly string[], known: ReadonlySet<string>, what: string): string | null {
  const unknown = names.filter((name) => !known.has(name)).length;
  if (unknown === 0) return null;
  return `${where}: expected only a ${what} that the project has (${[...known].join(', ') || 'it has none'}), received ${unknown} other${unknown === 1 ? '' : 's'}`;
}

/** Identifiers are not used, only checked: a file with wrong ones is probably another kind of file. */
function identifiersProblem(identifiers: unknown): string | null {
  if (identifiers === undefined || identifiers === null) return null;
  const read = readIdentifierList(identifiers);
  return 'problem' in read ? read.problem : null;
}

function labelled(where: string, problem: string | null): string | null {
  return problem === null ? null : `${where}: ${problem}`;
}
