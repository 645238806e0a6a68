import { z } from 'zod';

/**
 * The time of an event in a record: a date, or a text.
 * @param read a text's time; null for a text that is none.
 * @param expected for the message: `expected a time such as …`.
 */
export function eventTimeSchema(read: (text: string) => Date | null, expected: string) {
  const text = z.string().transform((value, context) => {
    const time = read(value);
    if (time !== null) return time;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
  return z.union([z.date(), text], { error: expected });
}
