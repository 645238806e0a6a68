import type { IconName } from '../../pieces/icon.tsx';

/** A picture for an identifier type, by the words that owners use for it. */
export function iconOfType(type: string, isPerson: boolean): IconName {
  if (/mail/i.test(type)) return 'mail';
  if (/phone|mobile|msisdn|tel/i.test(type)) return 'handset';
  if (isPerson) return 'id';
  return /device|install|app/i.test(type) ? 'phone-device' : 'cookie';
}
