/** Entries of a list that are shown, entries of a list within a record, and fields of an object. */
const MAX_ENTRIES = 5;
const MAX_INNER_ENTRIES = 2;
const MAX_FIELDS = 50;
/** Characters of a text that are shown within a record. */
const MAX_TEXT = 200;
/** Levels within a record that are shown. */
const MAX_DEPTH = 8;
/** Names in a message at most. */
const MAX_NAMES = 20;
/** Characters of one value in a message. */
const MAX_VALUE = 60;

/** Columns that a list or an object may fill on one line. */
const LINE = 120;

/** A record as indented JSON. Short inner objects are on one line; long lists, texts and objects are cut. */
export function showRecord(record: unknown): string {
  const json: unknown = JSON.parse(JSON.stringify(shortened(record, 0)) ?? 'null');
  return layOut(json, '', Array.isArray(json));
}

function layOut(value: unknown, indent: string, mayBeFlat = true): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const parts = (within: string) =>
    Object.entries(value).map(([name, each]) => (isList ? '' : `${JSON.stringify(name)}: `) + layOut(each, within, true));
  const flat = parts('');
  if (flat.length === 0) return `${open}${close}`;
  const line = isList ? `[${flat.join(', ')}]` : `{ ${flat.join(', ')} }`;
  if (mayBeFlat && indent.length + line.length <= LINE && !line.includes('\n')) return line;
  const within = `${indent}  `;
  return `${open}\n${parts(within)
    .map((part) => within + part)
    .join(',\n')}\n${indent}${close}`;
}

/** An error's message with that of its cause, such as a database's own message, which only the owner may see. */
export function showError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const because = cause instanceof Error && !error.message.includes(cause.message) ? cause.message : '';
  return because === '' ? error.message : `${error.message}: ${because}`;
}

/** One value in one short line. */
export function showValue(value: unknown): string {
  return cut(JSON.stringify(shortened(value, 0)) ?? String(value), MAX_VALUE);
}

/** Names, separated by commas; of a long list the first ones. */
export function showNames(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return names.slice(0, MAX_NAMES).join(', ') + more;
}

function shortened(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value, MAX_TEXT);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return '…';
  // Dates have a text of their own. A buffer becomes a list of bytes.
  if ('toJSON' in value && typeof value.toJSON === 'function') return shortened(value.toJSON(), depth + 1);
  if (Array.isArray(value)) {
    const most = depth === 0 ? MAX_ENTRIES : MAX_INNER_ENTRIES;
    const shown = value.slice(0, most).map((each) => shortened(each, depth + 1));
    return value.length > most ? [...shown, `… and ${value.length - most} more`] : shown;
  }
  const fields = Object.entries(value);
  const shown = fields.slice(0, MAX_FIELDS).map(([name, each]) => [name, shortened(each, depth + 1)]);
  return Object.fromEntries(fields.length > MAX_FIELDS ? [...shown, ['…', `and ${fields.length - MAX_FIELDS} more`]] : shown);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}… (${text.length} characters)` : text;
}
