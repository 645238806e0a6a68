import type { Translate } from '../text/translate.ts';

/** A number of E.164 has at most fifteen digits; a national one at least seven. */
const FEWEST = 7;
const MOST = 15;

/** @returns what is wrong with a telephone number as it was typed, as a sentence; null when nothing is, or when it is none. */
export function phoneMistake(typed: string, t: Translate): string | null {
  const text = typed.trim();
  // Without a `+` or `00`, a short number may be an order's.
  if (!/^(\+|00)[\d\s()./-]*$/u.test(text)) return null;
  const count = text.replace(/^00/u, '').replace(/\D/gu, '').length;
  if (count < FEWEST) return t('A phone number has at least {most} digits with its country; this has {count}.', { most: FEWEST, count });
  return count > MOST ? t('A phone number has at most {most} digits; this has {count}.', { most: MOST, count }) : null;
}
