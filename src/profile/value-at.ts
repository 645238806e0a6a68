/** The value at a path into a record, or undefined where the path ends early. Own properties only: a path names data. */
export function valueAt(record: unknown, path: readonly string[]): unknown {
  let value = record;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** The time at a path, in milliseconds: a date, a text that is one (ISO 8601), or milliseconds since 1970. Null for anything else. */
export function timeAt(record: unknown, path: readonly string[]): number | null {
  const value = valueAt(record, path);
  const time = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number(value ?? Number.NaN);
  return Number.isNaN(time) ? null : time;
}
