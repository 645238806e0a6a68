import type { Language, Translate } from './translate.ts';

/** How times, counts and money are written in a language. Times are those of the agent's clock. */
export interface Formats {
  /** `14:32`. */
  formatTime(time: Date | string): string;
  /** `Friday 3 December`, with the year when it is another than now's. */
  formatDay(time: Date | string, now?: Date): string;
  /** `Today` or `Yesterday`; null on other days. */
  formatNearDay(time: Date | string, now?: Date): string | null;
  /** `22 Jul 2009`. */
  formatDate(time: Date | string): string;
  /** `2 Dec`, without the year when it is now's; `14:32` for today. */
  formatMoment(time: Date | string, now?: Date): string;
  /** How long ago, in the largest unit that fits: `9 s`, `4 min`, `3 h`, `2 d`. `now` under a second. */
  formatAge(time: Date | string, now?: Date): string;
  /** A time that runs: `04:12`, `1:04:12`. */
  formatElapsed(milliseconds: number): string;
  /** `£5,391.21`. An amount without a currency is a number. */
  formatMoney(amount: number, currency?: string | null): string;
  /** `5,391`; with two digits after the point, `603.90`. */
  formatNumber(value: number, digits?: 2): string;
}

/** The British order of day and month: the design's, and Germany's as well. */
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

export function formatsOf(language: Language, t: Translate): Formats {
  const locale = LOCALES[language];
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const time = dates({ hour: '2-digit', minute: '2-digit', hour12: false });
  const day = dates({ weekday: 'long', day: 'numeric', month: 'long' });
  const dayOfYear = dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const date = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const short = dates({ day: 'numeric', month: 'short' });
  const number = new Intl.NumberFormat(locale);
  const cents = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const money = new Map<string, Intl.NumberFormat>();

  const formats: Formats = {
    formatTime: (value) => time.format(asDate(value)),
    // Without the comma that some versions of the language's rules put after the day of the week.
    formatDay: (value, now = new Date()) =>
      (asDate(value).getFullYear() === now.getFullYear() ? day : dayOfYear).format(asDate(value)).replace(/^(\p{L}+),? /u, '$1 '),
    formatNearDay: (value, now = new Date()) => {
      const days = daysBetween(asDate(value), now);
      if (days === 0) return t('Today');
      return days === 1 ? t('Yesterday') : null;
    },
    formatDate: (value) => date.format(asDate(value)),
    formatMoment: (value, now = new Date()) => {
      const when = asDate(value);
      if (daysBetween(when, now) === 0) return time.format(when);
      return (when.getFullYear() === now.getFullYear() ? short : date).format(when);
    },
    formatAge: (value, now = new Date()) => {
      const seconds = Math.floor((now.getTime() - asDate(value).getTime()) / 1_000);
      if (seconds < 1) return t('now');
      if (seconds < 60) return t('{count} s', { count: seconds });
      if (seconds < 3_600) return t('{count} min', { count: Math.floor(seconds / 60) });
      if (seconds < 86_400) return t('{count} h', { count: Math.floor(seconds / 3_600) });
      return t('{count} d', { count: Math.floor(seconds / 86_400) });
    },
    formatElapsed: (milliseconds) => {
      const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
      const two = (value: number) => String(value).padStart(2, '0');
      const minutes = Math.floor(seconds / 60);
      const hours = Math.floor(minutes / 60);
      return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
    },
    formatMoney: (amount, currency) => {
      if (!currency || !/^[A-Za-z]{3}$/.test(currency)) return number.format(amount);
      const format = money.get(currency) ?? new Intl.NumberFormat(locale, { style: 'currency', currency });
      money.set(currency, format);
      return format.format(amount);
    },
    formatNumber: (value, digits) => (digits === 2 ? cents : number).format(value),
  };
  return formats;
}

const asDate = (time: Date | string): Date => (typeof time === 'string' ? new Date(time) : time);

/** Days of the calendar, so that yesterday evening is one day before this morning. */
function daysBetween(from: Date, to: Date): number {
  const midnight = (time: Date) => Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}
