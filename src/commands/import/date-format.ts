import { timeOf } from '../../model/read-time.ts';

/** Reads a text as a time; null for a text that is no time, or a day that does not exist. */
export type TimeReader = (text: string) => Date | null;

/** `8:26`, `08:26:30`, `9:05 PM`. */
const TIME_OF_DAY = '(?:[ T](\\d{1,2})(:\\d{2}(?::\\d{2})?)(?: ?([ap])\\.?m\\.?)?)?';
const PARTS = ['dd', 'mm', 'yyyy'] as const;

/**
 * Makes a reader for dates of this format.
 * @param format such as `dd/mm/yyyy`; a time of day may follow the date (`1/12/2010 8:26`, `12/1/2010 8:26 PM`), and is UTC.
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
  const pattern = new RegExp(`^${source}${TIME_OF_DAY}$`, 'i');
  const order = PARTS.toSorted((a, b) => format.indexOf(a) - format.indexOf(b));
  return (text) => {
    const found = pattern.exec(text);
    if (found === null) return null;
    const part = (name: (typeof PARTS)[number]) => (found[order.indexOf(name) + 1] as string).padStart(2, '0');
    const hour = hourOf(found[4] ?? '0', found[6]);
    return hour === null ? null : timeOf(part('yyyy'), part('mm'), part('dd'), hour + (found[5] ?? ':00'), 'Z');
  };
}

/** @param half `a` or `p` on a 12-hour clock, where 12 is the hour before 1. */
function hourOf(text: string, half: string | undefined): string | null {
  const hour = Number(text);
  if (half === undefined) return text.padStart(2, '0');
  if (hour < 1 || hour > 12) return null;
  return String((hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)).padStart(2, '0');
}
