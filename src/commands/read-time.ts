/** A text's time; null for one that is none, or is of a day that no calendar has. */
export type TimeReader = (text: string) => Date | null;

/** A date, or a date with a time of day; one without an offset is UTC. */
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;
const TIME_OF_DAY = '(?: (\\d{1,2}:\\d{2}(?::\\d{2})?))?';
const PARTS = ['dd', 'mm', 'yyyy'] as const;

export const readIsoTime: TimeReader = (text) => {
  const [, year = '', month = '', day = '', time = '00:00', offset = 'Z'] = ISO.exec(text) ?? [];
  return toTime(year, month, day, time, offset);
};

/**
 * @param format such as `dd/mm/yyyy`; a time of day may follow the date (`1/12/2010 8:26`), and is UTC.
 * @throws Error for a format that does not say where day, month and year are.
 */
export function timeReader(format: string): TimeReader {
  const separators = format.replace(/dd|mm|yyyy/g, '');
  if (!/^[^\w\s]{2}$/.test(separators) || !PARTS.every((part) => format.split(part).length === 2)) {
    throw new Error(`--date-format: expected dd, mm and yyyy with a character between them, such as dd/mm/yyyy; received ${format}`);
  }
  const source = format
    .replace(/[^dmy]/g, '\\$&')
    .replace(/dd|mm/g, '(\\d{1,2})')
    .replace('yyyy', '(\\d{4})');
  const pattern = new RegExp(`^${source}${TIME_OF_DAY}$`);
  const order = PARTS.toSorted((a, b) => format.indexOf(a) - format.indexOf(b));
  return (text) => {
    const found = pattern.exec(text);
    if (found === null) return null;
    const part = (name: (typeof PARTS)[number]) => (found[order.indexOf(name) + 1] as string).padStart(2, '0');
    const time = (found[4] ?? '00:00').replace(/^\d:/, '0$&');
    return toTime(part('yyyy'), part('mm'), part('dd'), time, 'Z');
  };
}

function toTime(year: string, month: string, day: string, time: string, offset: string): Date | null {
  // A day that the month does not have would become one of the next.
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return null;
  const at = new Date(`${year}-${month}-${day}T${time}${offset.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
