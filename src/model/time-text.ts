/** A date and a time with its zone, as back ends write it: ISO 8601, also with a space for the `T` and with `+02` or `+0200`. */
const INSTANT = /^(\d{4}-\d{2}-(\d{2}))[T ](\d{2}):(\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)$/i;
/** The same without a zone: the day, the day of the month, the time to the minute, the rest. */
const LOCAL = /^(\d{4}-\d{2}-(\d{2}))[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?$/;

/** The instant that a text with its zone names; null for any other text, and for a day that no calendar has. */
export function parseInstant(text: string): Date | null {
  const [, date, day, hours, minutes, zone = ''] = INSTANT.exec(text) ?? [];
  // A day that its month does not have would become one of the next, and 24:00 the next day.
  if (date === undefined || hours === '24' || (Number(day) > 28 && new Date(date).getUTCDate() !== Number(day))) return null;
  const offset = zone.length === 3 ? `${zone}:00` : zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const instant = new Date(`${date}T${hours}:${minutes}${offset}`);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

/** A time without a zone, in the form of RFC 3339 up to the offset. */
export interface LocalTime {
  readonly text: string;
  /** The instant at which clocks of UTC show it, in milliseconds since 1970. */
  readonly asUtc: number;
}

/** `2025-01-01 10:00:00`; null for any other text, and for a day that no calendar has. */
export function parseLocalTime(text: string): LocalTime | null {
  // Most texts are something else: two characters tell.
  if (text.length < 16 || text[4] !== '-' || (text[10] !== ' ' && text[10] !== 'T')) return null;
  const [, date, day, minutes, seconds = ':00'] = LOCAL.exec(text) ?? [];
  if (date === undefined) return null;
  const local = `${date}T${minutes}${seconds}`;
  const shown = new Date(`${local}Z`);
  if (Number.isNaN(shown.getTime()) || shown.getUTCDate() !== Number(day)) return null;
  return { text: local, asUtc: shown.getTime() };
}
