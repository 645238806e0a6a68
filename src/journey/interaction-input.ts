import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { attributesProblem } from '../model/attribute-bounds.ts';
import type { ErrorCode } from '../model/errors.ts';
import { eventTimeSchema } from '../model/event-time.ts';
import { explained } from '../model/explain-issue.ts';
import { beyondBounds } from '../model/json-bounds.ts';
import { readInstant } from '../model/read-time.ts';

/** Longer ones are no names. */
const MAX_NAME = 100;
const MAX_ID = 200;
const MAX_URL = 4_096;
/** Characters of JSON. */
const MAX_PROPERTIES = 16 * 1024;
const MAX_IDENTIFIERS = 100;

/** A JSON object within bounds. @param problemOf says what is wrong with it. */
const bounded = (problemOf: (value: Record<string, unknown>) => string | null) =>
  z
    .record(z.string(), z.unknown(), { error: 'expected a JSON object' })
    .superRefine((value, context) => {
      const message = problemOf(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .nullish();
const timeSchema = eventTimeSchema(readInstant, 'expected a time such as 2026-01-31T12:00:00Z');
/** Half a character (a lone surrogate) can't be stored as it is, and two different ones would become the same. */
const text = (max: number) =>
  z
    .string()
    .max(max, `expected at most ${max} characters`)
    .refine((value) => value.isWellFormed(), 'expected whole Unicode characters');

/** A text, or an integer with all its digits: one that a JavaScript number can't hold has been parsed as a text. */
const identifierValue = z.union([text(Number.POSITIVE_INFINITY), z.int().transform(String)], {
  error: 'expected a text or an exact integer',
});

const inputSchema = z.strictObject({
  id: text(MAX_ID)
    .refine((id) => id !== '', 'expected at least one character')
    .nullish(),
  type: z.string().trim().min(1, 'expected the name of what happened').pipe(text(MAX_NAME)),
  touchpoint: text(MAX_NAME).nullish(),
  occurredAt: timeSchema.nullish(),
  pageUrl: text(MAX_URL).nullish(),
  properties: bounded((properties) => beyondBounds(properties, { size: MAX_PROPERTIES })),
  attributes: bounded(attributesProblem),
  identifiers: z
    .array(z.object({ type: z.string(), value: identifierValue }))
    .max(MAX_IDENTIFIERS, `expected at most ${MAX_IDENTIFIERS}`)
    .nullish(),
});

/** The fields of a record that are texts, and those that are JSON objects, for ways in that have names and texts only. */
export const TEXT_FIELDS = ['id', 'type', 'touchpoint', 'occurredAt', 'pageUrl'] as const;
export const OBJECT_FIELDS = ['properties', 'attributes'] as const;

/** An interaction as somebody tells it. */
export type InteractionInput = z.output<typeof inputSchema>;

/** A record that was not stored, and why. */
export interface RejectedInteraction {
  /** Its place among those that came together, counted from 0. */
  readonly index: number;
  readonly code: ErrorCode;
  readonly message: string;
}

export type Refusal = Pick<RejectedInteraction, 'code' | 'message'>;

/** A line that could not be read at all stands among the records as one of these. */
export class UnreadableRecord {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** @returns the record, or why it is none: every problem of it, and none of its values. */
export function parseInteraction(record: unknown): InteractionInput | { readonly refused: Refusal } {
  if (record instanceof UnreadableRecord) return { refused: { code: 'BAD_USER_INPUT', message: record.message } };
  const { success, data, error } = inputSchema.safeParse(record);
  if (success) return data;
  return { refused: { code: 'BAD_USER_INPUT', message: explained(error, inputSchema, 'the record') } };
}

/**
 * The id of an interaction that came without one: a UUID of version 7 (RFC 9562, section 5.7), whose text is later the
 * later it was made, so interactions of one time stand in a journey in the order in which they came. The time is finer
 * than milliseconds (section 6.2, method 3): Node's own `randomUUIDv7` leaves the order within one to chance.
 */
export function newInteractionId(): string {
  const now = performance.timeOrigin + performance.now();
  const milliseconds = Math.floor(now);
  const fraction = Math.floor((now - milliseconds) * 0x1000);
  const time = milliseconds.toString(16).padStart(12, '0');
  // From the variant on, a random UUID of version 4 is built alike.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${fraction.toString(16).padStart(3, '0')}-${randomUUID().slice(19)}`;
}
