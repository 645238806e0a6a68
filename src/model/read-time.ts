/**
 * ISO 8601 as programs write it: `2025-01-01T10:00:00.5Z` (RFC 3339), an offset without a colon or minutes (`+0200`, `+02`),
 * no seconds (`10:00Z`), a space instead of the `T` (databases).
 */
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Parses a text. Null for a text that is no time, for a day that does not exist, and for a text without an offset, because
 * `2025-01-01 10:00` is another moment in every zone.
 */
export function readInstant(text: string): Date | null {
  const [, year = '', month = '', day = '', time = '', offset] = ISO.exec(text) ?? [];
  return offset === undefined ? null : timeOf(year, month, day, time, offset);
}

/** Like `readInstant`, but a text without an offset is in UTC, and one without a time of day is at midnight. */
export function readTimeInUtc(text: string): Date | null {
  const [, year = '', month = '', day = '', time = '00:00', offset = 'Z'] = ISO.exec(text) ?? [];
  return timeOf(year, month, day, time, offset);
}

/**
 * @param year of four digits; the others have two.
 * @param time `10:00`, `10:00:00` or with a fraction of a second, of which milliseconds are kept.
 * @param offset `Z`, `+02:00`, `+0200` or `+02`.
 * @returns null for a day or a time that doesn't exist.
 */
export function timeOf(year: string, month: string, day: string, time: string, offset: string): Date | null {
  // `Date` would make a day of the next month of a day that the month does not have.
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return null;
  const [, hours, minutes = '00'] = /^([+-]\d{2}):?(\d{2})?$/.exec(offset) ?? [];
  const zone = hours === undefined ? 'Z' : `${hours}:${minutes}`;
  const at = new Date(`${year}-${month}-${day}T${time.replace(',', '.')}${zone}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
