import type { Texts } from './translate.ts';

export const german: Texts = {
  'E-mail': 'E-Mail',
  Phone: 'Telefon',
  Customer: 'Kunde',
  Browser: 'Browser',
  Device: 'Gerät',
  'e-mail address': 'E-Mail-Adresse',
  'phone number': 'Telefonnummer',
  'customer number': 'Kundennummer',
  browser: 'Browser',
  device: 'Gerät',
  Today: 'Heute',
  Yesterday: 'Gestern',
  now: 'jetzt',
  '{count} s': '{count} s',
  '{count} min': '{count} Min.',
  '{count} h': '{count} Std.',
  '{count} d': '{count} T.',
};
