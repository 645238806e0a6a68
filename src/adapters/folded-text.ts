/** Most texts: looking for letters of all scripts takes several times as long. */
const ASCII = /^[\0-\x7f]*$/;

/** Without case and accents: `Étienne` and `ETIENNE` are the same. */
export function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase().trim();
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase().trim();
}

/** Runs of letters and digits. */
export function wordsOf(value: string): string[] {
  return value.match(ASCII.test(value) ? /[A-Za-z\d]+/g : /[\p{L}\p{N}]+/gu) ?? [];
}
