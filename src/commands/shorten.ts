/** Entries of a list, and fields of an object, that are shown. */
const MAX_ENTRIES = 5;
const MAX_FIELDS = 50;
/** Characters of a text that are shown within a record. */
const MAX_TEXT = 200;
/** Levels within a record that are shown. */
const MAX_DEPTH = 8;
/** Names in a message at most. */
const MAX_NAMES = 20;
/** Characters of one value in a message. */
const MAX_VALUE = 60;

/** A record as a terminal shows it: as indented JSON, long lists, texts and objects cut. */
export function showRecord(record: unknown): string {
  return JSON.stringify(shortened(record, 0), null, 2) ?? String(record);
}

/** One value, in one short line. */
export function showValue(value: unknown): string {
  return cut(JSON.stringify(shortened(value, 0)) ?? String(value), MAX_VALUE);
}

/** Names with commas between. */
export function showNames(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return names.slice(0, MAX_NAMES).join(', ') + more;
}

function shortened(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value, MAX_TEXT);
  if (typeof value === 'bigint') return String(value);
  // Dates and other classes say themselves how they are written.
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  if (depth === MAX_DEPTH) return '…';
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_ENTRIES).map((each) => shortened(each, depth + 1));
    return value.length > MAX_ENTRIES ? [...shown, `… and ${value.length - MAX_ENTRIES} more`] : shown;
  }
  const fields = Object.entries(value);
  const shown = fields.slice(0, MAX_FIELDS).map(([name, each]) => [name, shortened(each, depth + 1)]);
  return Object.fromEntries(fields.length > MAX_FIELDS ? [...shown, ['…', `and ${fields.length - MAX_FIELDS} more`]] : shown);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}… (${text.length} characters)` : text;
}
