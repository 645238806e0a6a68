const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days whose offset is kept per zone: eleven years. */
const MAX_DAYS = 4_096;

/** A date and a time of day without a zone: the day, the day of the month, the time to the minute, the rest. */
const LOCAL = /^(\d{4}-\d{2}-(\d{2}))[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?$/;

/** Adds a zone's offset to a time without one: `2025-01-01 10:00:00` -> `2025-01-01T10:00:00+01:00`. Any other text stays as it is. */
export type AddOffset = (text: string) => string;

/** Whether `Intl` knows the zone: `UTC`, a name of the IANA database such as `Europe/Berlin`, or an offset such as `+02:00`. */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A time without a zone, in the form of RFC 3339 up to the offset. */
interface LocalTime {
  readonly text: string;
  /** The instant at which clocks of UTC show it, in milliseconds since 1970. */
  readonly asUtc: number;
}

/** `2025-01-01 10:00:00`; null for any other text, and for a day that no calendar has. */
export function parseLocalTime(text: string): LocalTime | null {
  // Two characters rule out most other texts.
  if (text.length < 16 || text[4] !== '-' || (text[10] !== ' ' && text[10] !== 'T')) return null;
  const [, date, day, minutes, seconds = ':00'] = LOCAL.exec(text) ?? [];
  if (date === undefined) return null;
  const local = `${date}T${minutes}${seconds}`;
  const shown = new Date(`${local}Z`);
  if (Number.isNaN(shown.getTime()) || shown.getUTCDate() !== Number(day)) return null;
  return { text: local, asUtc: shown.getTime() };
}

/**
 * Reads local times of a zone. Of a time that clocks show twice (in autumn) the first counts; one that they skip (in spring)
 * is later by the skipped time: `02:30` becomes `03:30`. That is `disambiguation: 'compatible'` of Temporal, and RFC 5545's rule.
 * @param name one that `isTimeZone` knows.
 */
export function inTimeZone(name: string): AddOffset {
  const offsetAt = offsetsOf(name);
  /** By day: the offset, where it is one and the same from the day before to the day after; otherwise null. */
  const days = new Map<number, number | null>();

  const offsetOfDay = (day: number): number | null => {
    let offset = days.get(day);
    if (offset === undefined) {
      if (days.size >= MAX_DAYS) days.clear();
      const before = offsetAt((day - 1) * DAY);
      offset = before === offsetAt((day + 2) * DAY) ? before : null;
      days.set(day, offset);
    }
    return offset;
  };

  return (text) => {
    const local = parseLocalTime(text);
    if (local === null) return text;
    const wall = local.asUtc;
    const sure = offsetOfDay(Math.floor(wall / DAY));
    if (sure !== null) return write(local, sure);
    const before = offsetAt(wall - DAY);
    const after = offsetAt(wall + DAY);
    if (offsetAt(wall - before) === before) return write(local, before);
    if (offsetAt(wall - after) === after) return write(local, after);
    return new Date(wall - before).toISOString();
  };
}

/** RFC 3339 has no offsets with seconds, which zones had before they were standardised. */
function write({ text, asUtc }: LocalTime, offset: number): string {
  if (offset % 60_000 !== 0) return new Date(asUtc - offset).toISOString();
  if (offset === 0) return `${text}Z`;
  const minutes = Math.abs(offset) / 60_000;
  const two = (number: number) => String(Math.trunc(number)).padStart(2, '0');
  return `${text}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** How many milliseconds a zone's clocks are ahead of UTC at an instant, as `Intl` has it. */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (instant) => {
    // `6/1/2026, GMT+02:00`, `GMT` alone for none, and seconds where an old zone had them.
    const [, sign, hours, minutes, seconds = '0'] = /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(format.format(instant)) ?? [];
    if (hours === undefined) return 0;
    const offset = Number(hours) * HOUR + Number(minutes) * 60_000 + Number(seconds) * 1_000;
    return sign === '-' ? -offset : offset;
  };
}
