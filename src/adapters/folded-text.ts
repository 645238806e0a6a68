/** Without case and accents: `Étienne` and `ETIENNE` are the same. */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase().trim();
}

/** Runs of letters and digits. */
export function wordsOf(value: string): string[] {
  return value.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}
