import type { Fact } from '../model/gateway.ts';
import type { Text } from '../text/text.tsx';
import { wordsOf } from './words.ts';

/** What is needed to write a value in the agent's language. */
export type ValueFormats = Pick<Text, 't' | 'formatDate' | 'formatNumber' | 'formatTime'>;

/** A value of the owner's schema as text, by its kind; nothing for null. */
export function valueText({ kind, path }: Pick<Fact, 'kind' | 'path'>, value: unknown, text: ValueFormats): string {
  if (value === null || value === undefined) return '';
  switch (kind) {
    case 'number':
      return typeof value === 'number' ? numberText(value, path, text) : String(value);
    case 'date':
      return isTime(value) ? text.formatDate(value) : String(value);
    case 'time':
      return isTime(value) ? `${text.formatDate(value)}, ${text.formatTime(value)}` : String(value);
    case 'yes-no':
      return value === true ? text.t('yes') : text.t('no');
    case 'choice':
      return wordsOf(String(value));
    case 'json':
      return typeof value === 'string' ? value : JSON.stringify(value);
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}

/** Names of what is counted in money: 603.9 is written as 603.90. */
const IS_MONEY = /(spen[dt]|total|amount|price|revenue|balance|turnover|value|cost)/i;

function numberText(value: number, path: string, { formatNumber }: ValueFormats): string {
  const isMoney = !Number.isInteger(value) && IS_MONEY.test(path.split('.').at(-1) ?? '');
  return formatNumber(value, isMoney ? 2 : undefined);
}

const isTime = (value: unknown): value is string => typeof value === 'string' && !Number.isNaN(Date.parse(value));
