import { useMemo } from 'react';
import { useText } from '../text/text.tsx';
import type { Amount } from './kinds.ts';

/** @returns what writes an amount. Without a currency it is a number, with cents where it has some: no sign that nobody sent. */
export function useAmount(): (amount: Amount) => string {
  const { formatMoney, language } = useText();
  return useMemo(() => {
    const cents = new Intl.NumberFormat(language === 'de' ? 'de-DE' : 'en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    return ({ value, currency }) => (currency === null ? cents.format(value) : money(value, currency, formatMoney));
  }, [formatMoney, language]);
}

/** A sender may name a currency that does not exist. */
function money(value: number, currency: string, formatMoney: (value: number, currency: string) => string): string {
  try {
    return formatMoney(value, currency);
  } catch {
    return `${value} ${currency}`;
  }
}
