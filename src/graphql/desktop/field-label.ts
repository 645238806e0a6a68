/** Words that are not written as other words are. */
const SPELLED: Readonly<Record<string, string>> = { email: 'e-mail', id: 'ID', sku: 'SKU', url: 'URL', crm: 'CRM' };

/** Ends of names of which a value is read out letter by letter. */
const CODES: ReadonlySet<string> = new Set(['id', 'no', 'number', 'code', 'sku', 'reference', 'ref', 'iban', 'postcode', 'zip']);
const PHONES: ReadonlySet<string> = new Set(['phone', 'telephone', 'mobile', 'cellphone']);

/**
 * The names of nested fields in words, as one label: `memberSince` is `Member since`, `loyalty.points` is `Loyalty points`.
 * @param path names of fields, the outermost first.
 */
export function labelOf(path: readonly string[]): string {
  const words = path.flatMap(wordsOf).map((word) => (Object.hasOwn(SPELLED, word) ? (SPELLED[word] as string) : word));
  const label = words.join(' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** What a text is, as far as the name of its field says so. */
export function kindByName(name: string): 'text' | 'code' | 'email' | 'phone' | 'link' {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (words.includes('email')) return 'email';
  if (words.some((word) => PHONES.has(word)) && last !== 'type') return 'phone';
  if (last === 'url') return 'link';
  return CODES.has(last) ? 'code' : 'text';
}

/** `crmID`, `crmId` and `crm_id` are `crm` and `id`. Words of capitals that are not known stay in capitals. */
function wordsOf(name: string): string[] {
  const parts = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^A-Za-z\d_]+/g) ?? [name];
  const words = parts.map((part) => (/^[A-Z]{2,}$/.test(part) && !Object.hasOwn(SPELLED, part.toLowerCase()) ? part : part.toLowerCase()));
  return words
    .join(' ')
    .replace(/\be mail\b/g, 'email')
    .split(' ');
}
