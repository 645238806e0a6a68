import type { Fact } from '../model/gateway.ts';
import { Tag } from '../pieces/tag.tsx';
import { useText } from '../text/text.tsx';
import { useAmount } from './amount.ts';

export interface CellProps {
  readonly column: Fact;
  readonly value: unknown;
  readonly hasCents: boolean;
}

/** One value of an entry, by the kind of its column. Nothing where there is none. */
export function Cell({ column: { kind }, value, hasCents }: CellProps) {
  const { t, formatDate, formatMoment, formatNumber } = useText();
  const amount = useAmount();
  if (value === null || value === undefined || value === '') return null;
  if (kind === 'number' && typeof value === 'number') return hasCents ? amount({ value, currency: null }) : formatNumber(value);
  if (kind === 'yes-no') return value === true ? t('yes') : t('no');
  if (kind === 'choice') return <Tag kind={isOpen(value) ? 'attention' : 'plain'}>{inWords(String(value))}</Tag>;
  if (kind === 'date' && isTime(value)) return formatDate(`${value}`.length === 10 ? `${value}T00:00:00` : `${value}`);
  if (kind === 'time' && isTime(value)) return formatMoment(`${value}`);
  if (kind === 'code') return <span className="code">{String(value)}</span>;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Whether a state is one that somebody still has to do something about. */
const isOpen = (value: unknown): boolean => /^(open|new|pending|waiting|unanswered)$/i.test(String(value));

/** `ANSWER_DUE` as `answer due`. */
const inWords = (value: string): string => value.toLowerCase().replaceAll('_', ' ');

const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));
