const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The greatest numbers of 16, 32 and 64 bits but one: a column of such integers takes no greater one. */
const GREATEST_16 = '32766';
const GREATEST_32 = '2147483646';
const GREATEST_64 = '9223372036854775806';

/** A key of the same form as this one that most likely nobody has: a back end may refuse another form. */
export function madeUpKey(key: string): string {
  if (UUID.test(key)) return differing(key, 'ffffffff-ffff-4fff-bfff-ffffffffffff', 'eeeeeeee-eeee-4eee-aeee-eeeeeeeeeeee');
  // A short number is likely to be somebody's; a column of 16 bits takes no greater one.
  if (/^\d{1,5}$/.test(key)) return differing(key, GREATEST_16, '32765');
  if (/^\d{10}$/.test(key)) return differing(key, GREATEST_32, '2147483645');
  if (/^\d{19,}$/.test(key)) return differing(key, GREATEST_64, '9223372036854775805');
  const made = (digit: string, letter: string) =>
    key
      .replace(/\d/g, digit)
      .replace(/\p{Ll}|\p{Lo}/gu, letter)
      .replace(/\p{Lu}/gu, letter.toUpperCase());
  const other = differing(key, made('9', 'z'), made('8', 'y'));
  return other === key ? `${key}-0` : other;
}

function differing(key: string, first: string, second: string): string {
  return key === first ? second : first;
}
