import type { Translate } from './translate.ts';

/** Types that most owners have, by their usual names. */
const KNOWN: Readonly<Record<string, (t: Translate) => string>> = {
  email: (t) => t('E-mail'),
  phone: (t) => t('Phone'),
  phoneNumber: (t) => t('Phone'),
  customerId: (t) => t('Customer'),
  crmId: (t) => t('Customer'),
  visitorId: (t) => t('Browser'),
  deviceId: (t) => t('Device'),
};

/** An identifier type of the owner's in words: `phone` is `Phone`, `loyaltyCard` is `Loyalty card`. */
export function typeName(type: string, t: Translate): string {
  if (Object.hasOwn(KNOWN, type)) return KNOWN[type]?.(t) ?? type;
  const words = (type.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [type]).map((word) =>
    /^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase(),
  );
  const name = words.join(' ').replace(/\bid$/, 'ID');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
