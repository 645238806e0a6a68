import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { attributesProblem } from '../model/attribute-bounds.ts';
import { isWholeText } from '../model/check-text.ts';
import type { ErrorCode } from '../model/errors.ts';
import { eventTimeSchema } from '../model/event-time.ts';
import { explained } from '../model/explain-issue.ts';
import { beyondBounds } from '../model/json-bounds.ts';
import { readInstant } from '../model/read-time.ts';

/** Characters of a type or a touchpoint. */
const MAX_NAME = 100;
const MAX_ID = 200;
const MAX_URL = 4_096;
/** Characters of JSON. */
const MAX_PROPERTIES = 16 * 1024;
const MAX_IDENTIFIERS = 100;
/** Names in a record, right or wrong: more are not looked at. */
const MAX_NAMES = 50;

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The schema of an optional JSON object. Its bounds come first, because Zod copies a record name by name: one with 100,000
 * names kept the event loop for 200 ms. @param problemOf returns what is wrong with it, or null.
 */
const bounded = (problemOf: (value: Record<string, unknown>) => string | null) =>
  z
    .custom<Record<string, unknown>>(isObject, 'expected a JSON object')
    .superRefine((value, context) => {
      const message = isObject(value) ? problemOf(value) : null;
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .pipe(z.record(z.string(), z.unknown()))
    .nullish();
const timeSchema = eventTimeSchema(readInstant, 'expected a time such as 2026-01-31T12:00:00Z');
/** A lone surrogate is refused: stores keep UTF-8, so two different ones would become the same text. */
const text = (max: number) =>
  z.string().max(max, `expected at most ${max} characters`).refine(isWholeText, 'expected whole Unicode characters without NUL');

/** A text, or an exact integer: `parseExactJson` makes a text of one that a JavaScript number can't hold. */
const identifierValue = z.union([text(Number.POSITIVE_INFINITY), z.int().transform(String)], {
  error: 'expected a text or an exact integer',
});

const identifierSchema = z.object({ type: z.string(), value: identifierValue });

const inputSchema = z.strictObject({
  id: text(MAX_ID)
    .refine((id) => id !== '', 'expected at least one character')
    .nullish(),
  type: z.string().trim().min(1, 'expected the name of what happened').pipe(text(MAX_NAME)),
  touchpoint: text(MAX_NAME).nullish(),
  occurredAt: timeSchema.nullish(),
  pageUrl: text(MAX_URL).nullish(),
  properties: bounded((properties) => beyondBounds(properties, MAX_PROPERTIES)),
  attributes: bounded(attributesProblem),
  identifiers: z
    .array(z.unknown())
    .max(MAX_IDENTIFIERS, `expected at most ${MAX_IDENTIFIERS}`)
    .transform((all, context): { readonly type: string; readonly value: string }[] => {
      if (all.length > MAX_IDENTIFIERS) return z.NEVER;
      const read = [];
      for (const [index, each] of all.entries()) {
        const { data, error } = identifierSchema.safeParse(each);
        if (data !== undefined) read.push(data);
        else {
          // Only the first: 5,000 records could have half a million wrong ones.
          for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path: [index, ...path], message });
          return z.NEVER;
        }
      }
      return read;
    })
    .nullish(),
});

/** The fields of a record by kind, for senders that have only names and texts: URL parameters, CSV columns. */
export const TEXT_FIELDS = ['id', 'type', 'touchpoint', 'occurredAt', 'pageUrl'] as const;
export const OBJECT_FIELDS = ['properties', 'attributes'] as const;

/** A record of an interaction, parsed. */
export type InteractionInput = z.output<typeof inputSchema>;

/** A record that was not stored, and why. */
export interface RejectedInteraction {
  /** Index in the list that was sent, from 0. */
  readonly index: number;
  readonly code: ErrorCode;
  readonly message: string;
}

export type Refusal = Pick<RejectedInteraction, 'code' | 'message'>;

/** Stands for a line that could not be parsed, so that the indexes of the other records stay. */
export class UnreadableRecord {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** @returns the record; or a refusal with every problem, without any value of the record. */
export function parseInteraction(record: unknown): InteractionInput | { readonly refused: Refusal } {
  if (record instanceof UnreadableRecord) return { refused: { code: 'BAD_USER_INPUT', message: record.message } };
  const names = typeof record === 'object' && record !== null && !Array.isArray(record) ? Object.keys(record).length : 0;
  if (names > MAX_NAMES) return { refused: { code: 'BAD_USER_INPUT', message: `expected at most ${MAX_NAMES} fields, received ${names}` } };
  const { success, data, error } = inputSchema.safeParse(record);
  if (success) return data;
  return { refused: { code: 'BAD_USER_INPUT', message: explained(error, inputSchema, 'the record') } };
}

/**
 * An id for an interaction that was sent without one: a UUID of version 7 (RFC 9562, section 5.7). Such ids sort by the time
 * when they were made, so interactions of the same `occurredAt` stay in the order in which they were received. The time is
 * finer than milliseconds (section 6.2, method 3), because Node's own `randomUUIDv7` is in no order within a millisecond.
 */
export function newInteractionId(): string {
  const now = performance.timeOrigin + performance.now();
  const milliseconds = Math.floor(now);
  const fraction = Math.floor((now - milliseconds) * 0x1000);
  const time = milliseconds.toString(16).padStart(12, '0');
  // The rest, variant and random bits, has the same form as in version 4.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${fraction.toString(16).padStart(3, '0')}-${randomUUID().slice(19)}`;
}
