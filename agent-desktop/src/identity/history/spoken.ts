import { shortCode } from '../../customer/identifier-icon.ts';
import type { Formats } from '../../text/formats.ts';

/** A day and a time as short as can be: `08:31` of today, else `2 Dec 08:31`. */
export function sayWhen(time: string, { formatMoment, formatTime }: Pick<Formats, 'formatMoment' | 'formatTime'>): string {
  const [day, clock] = [formatMoment(time), formatTime(time)];
  return day === clock ? clock : `${day} ${clock}`;
}

/** A long value without its middle, because values differ at their ends: `6f1c…9e04`. */
export function shortened(value: string, most = 30): string {
  const code = shortCode(value);
  if (code !== value) return code;
  return value.length <= most ? value : `${value.slice(0, Math.ceil(most * 0.45))}…${value.slice(-Math.floor(most * 0.45))}`;
}
