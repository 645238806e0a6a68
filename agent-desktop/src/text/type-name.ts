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

/** The same types as the middle of a sentence has them. */
const IN_SENTENCE: Readonly<Record<string, (t: Translate) => string>> = {
  email: (t) => t('e-mail address'),
  phone: (t) => t('phone number'),
  phoneNumber: (t) => t('phone number'),
  customerId: (t) => t('customer number'),
  crmId: (t) => t('customer number'),
  visitorId: (t) => t('browser'),
  deviceId: (t) => t('device'),
};

/** An identifier type within a sentence: `Recognised by phone number`. */
export function typeInSentence(type: string, t: Translate): string {
  const known = Object.hasOwn(IN_SENTENCE, type) ? IN_SENTENCE[type] : undefined;
  if (known !== undefined) return known(t);
  // What is not translated begins small, except an abbreviation.
  return typeName(type, t).replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());
}

/** An identifier type as a label of its value: `Phone number`. */
export function typeLabel(type: string, t: Translate): string {
  const words = typeInSentence(type, t);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An identifier type of the owner's in words: `phone` is `Phone`, `loyaltyCard` is `Loyalty card`. */
export function typeName(type: string, t: Translate): string {
  if (Object.hasOwn(KNOWN, type)) return KNOWN[type]?.(t) ?? type;
  const words = (type.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [type]).map((word) =>
    /^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase(),
  );
  const name = words.join(' ').replace(/\bid$/, 'ID');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
