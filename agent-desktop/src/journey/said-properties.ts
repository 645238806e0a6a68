import { wordsOf } from '../customer/words.ts';
import type { Formats } from '../text/formats.ts';
import type { Translate } from '../text/translate.ts';
import { textOf } from './kinds.ts';
import { durationOf } from './sentences.ts';

/** One line of what is known of an interaction. */
export interface SaidLine {
  /** Unique among the lines of an interaction. */
  readonly key: string;
  readonly label: string;
  readonly text: string;
}

/** What is needed to say a property in the agent's language. */
export type PropertyFormats = Pick<Formats, 'formatDate' | 'formatTime' | 'formatNumber'> & { readonly t: Translate };

/** A sender may put anything into an interaction: this many properties are shown. */
const MOST_PROPERTIES = 40;

/** Of each property what it is called and what it says, for a person: `durationSeconds: 192` is `Duration: 3 min 12 s`. */
export function saidProperties(properties: Readonly<Record<string, unknown>>, formats: PropertyFormats): SaidLine[] {
  return shown(properties).map(([name, value]) => {
    const measured = inUnit(name, value, formats);
    const label = labelOf(measured?.name ?? name);
    return { key: `property ${name}`, label, text: measured?.text ?? valueText(value, formats) };
  });
}

/** The same as its sender wrote it. */
export function sentProperties(properties: Readonly<Record<string, unknown>>): SaidLine[] {
  return shown(properties).map(([name, value]) => ({ key: `property ${name}`, label: name, text: sentText(value) }));
}

function shown(properties: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(properties)
    .filter(([, value]) => value !== null && value !== '')
    .slice(0, MOST_PROPERTIES);
}

function labelOf(name: string): string {
  return wordsOf(name).replace(/\bid$/i, 'ID') || name;
}

function valueText(value: unknown, { t, formatDate, formatTime }: PropertyFormats): string {
  if (typeof value === 'boolean') return value ? t('yes') : t('no');
  // Only with a time of day and a zone: any other text with digits may be a number of the owner's.
  const isTime =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value));
  return isTime ? `${formatDate(value)}, ${formatTime(value)}` : sentText(value);
}

const sentText = (value: unknown): string =>
  textOf(value) ?? (typeof value === 'object' ? textOf(JSON.stringify(value)) : null) ?? String(value);

/** How a number is said whose property's name ends with the unit. */
const UNITS: Readonly<Record<string, (value: number, formats: PropertyFormats) => string>> = {
  ms: (value, { t, formatNumber }) => t('{count} ms', { count: formatNumber(value) }),
  milliseconds: (value, { t, formatNumber }) => t('{count} ms', { count: formatNumber(value) }),
  seconds: (value, { t }) => durationOf(Math.round(value), t),
  minutes: (value, { t }) => durationOf(Math.round(value * 60), t),
  hours: (value, { t, formatNumber }) => t('{count} h', { count: formatNumber(value) }),
  days: (value, { t }) => t('{count, plural, one {# day} other {# days}}', { count: value }),
  percent: (value, { formatNumber }) => `${formatNumber(value)} %`,
};

function inUnit(name: string, value: unknown, formats: PropertyFormats): { name: string; text: string } | null {
  const [, about, unit] = /^(.*[\p{Ll}\d])[_-]?(ms|milliseconds|seconds|minutes|hours|days|percent)$/iu.exec(name) ?? [];
  if (about === undefined || unit === undefined || typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null;
  // `items` does not end with a unit: the unit begins a word of its own.
  const begins = name.slice(about.length);
  if (!/^[_-]|^\p{Lu}/u.test(begins)) return null;
  return { name: about, text: UNITS[unit.toLowerCase()]?.(value, formats) ?? String(value) };
}
